<?php
/*
 * Verifies, offline, what keywright signs: responses, licenses, lists of revoked keys, updates of keyrings, sealed keys.
 *
 * Copy this file into your app. It needs PHP 8.1 or later of 64 bits, with the extensions sodium and openssl. With intl it
 * compares keys in any letters; without it in ASCII alone: a key with other letters then fits no license and no batch, and
 * every list calls it revoked.
 *
 * Every function answers with a verdict, whatever it is given. Only ->ok opens anything; ->reason says why not, in the words
 * of keywright's docs/verify-in-your-app.md and docs/seal.md. InvalidKeyring and InvalidOption are thrown for the caller's
 * own mistakes: a keyring file that may not be used, a policy that lacks what is required or contradicts itself.
 *
 * JSON objects are ArrayObject, lists are arrays. What is to be kept (evidence, the latest of a list, the state of a
 * keyring) is JSON text.
 *
 * Limits: letters outside ASCII are compared by the Unicode of intl and PCRE. A signature whose R has a part of small
 * order, which only the owner of the private key can make, is refused. Dates of the year 0 are judged as they are, and
 * shown as the first of the year 1. An envelope of 8 MiB or a list of 64 MiB needs a memory_limit of 512M: where strangers
 * send them, set it, or refuse what is longer than you expect.
 */

declare(strict_types=1);

namespace Keywright;

use ArrayObject;
use DateTimeImmutable;
use DateTimeInterface;
use InvalidArgumentException;
use Normalizer;
use SodiumException;

/** The keyring file may not be used. */
final class InvalidKeyring extends InvalidArgumentException
{
}

/** A function was asked for what it cannot do. */
final class InvalidOption extends InvalidArgumentException
{
}

/** The answer no. What it names besides the reason allows nothing. */
final class Refused
{
    public readonly bool $ok;

    public function __construct(
        public readonly string $reason,
        /** The key that signed, where the signature is good and something else is not. */
        public readonly ?string $kid = null,
        public readonly ?License $license = null,
        public readonly ?SealClaims $claims = null,
    ) {
        $this->ok = false;
    }
}

// ---- Keyrings ----

const PURPOSES = ['response', 'license', 'seal', 'list', 'keyring'];

/** What a keyring says about one public key. */
final class Key
{
    /** @param list<string> $purposes */
    public function __construct(
        public readonly string $kid,
        public readonly string $alg,
        /** The point of Ed25519, or the modulus of RSA. */
        public readonly string $bytes,
        public readonly string $status,
        public readonly ?string $role,
        public readonly ?string $product,
        public readonly array $purposes,
        /** In milliseconds. */
        public readonly ?int $validFrom,
        public readonly ?int $validUntil,
    ) {
    }

    public function isFor(string $purpose): bool
    {
        return in_array($purpose, $this->purposes, true);
    }

    public function serves(?string $role): bool
    {
        return $this->role === null || $role === null || $this->role === $role;
    }

    /** Whether it may sign then, in milliseconds. A key with a validity demands a time. */
    public function isValidAt(?int $time, bool $fromBeginning = false): bool
    {
        if (!$fromBeginning && $this->validFrom !== null && ($time === null || $time < $this->validFrom)) {
            return false;
        }
        return $this->validUntil === null ? $this->status === 'active' : $time !== null && $time < $this->validUntil;
    }

    public function signatureLength(): int
    {
        return $this->alg === 'RS256' ? strlen($this->bytes) : 64;
    }

    public function hasSigned(string $message, string $signature): bool
    {
        if (strlen($signature) !== $this->signatureLength()) {
            return false;
        }
        if ($this->alg === 'RS256') {
            $key = @openssl_pkey_get_public(rsaPem($this->bytes));
            return $key !== false && @openssl_verify($message, $signature, $key, OPENSSL_ALGO_SHA256) === 1;
        }
        // sodium refuses an S that is not below the order, and compares R as it is spelled.
        return sodium_crypto_sign_verify_detached($signature, $message, $this->bytes);
    }

    public function compromised(): self
    {
        return new self($this->kid, $this->alg, $this->bytes, 'compromised', $this->role, $this->product, $this->purposes,
            $this->validFrom, $this->validUntil);
    }
}

/** The public keys to trust: parseKeyring makes it. */
final class Keyring
{
    /** @param list<Key> $keys */
    public function __construct(public readonly array $keys)
    {
    }

    public function find(string $kid): ?Key
    {
        foreach ($this->keys as $key) {
            if ($key->kid === $kid) {
                return $key;
            }
        }
        return null;
    }
}

/** Reads a keyring file. Ship it with your app: who can change it signs their own licenses. Throws InvalidKeyring. */
function parseKeyring(string $text): Keyring
{
    $set = readJson(str_starts_with($text, "\u{feff}") ? substr($text, 3) : $text);
    if (!$set instanceof ArrayObject || !hasMember($set, 'keys')) {
        throw new InvalidKeyring('the keyring is no JWKS');
    }
    if (member($set, 'schema', 'keywright/keyring/v1') !== 'keywright/keyring/v1') {
        throw new InvalidKeyring('the keyring is not of keywright/keyring/v1: update the app');
    }
    $keys = [];
    foreach (['keys', 'compromised'] as $list) {
        $items = member($set, $list, []);
        if (!is_array($items)) {
            throw new InvalidKeyring("the keyring has no list of $list");
        }
        foreach ($items as $jwk) {
            $key = readKey($jwk, $list);
            if ((new Keyring($keys))->find($key->kid) !== null) {
                throw new InvalidKeyring("the keyring holds a key twice (kid $key->kid)");
            }
            $keys[] = $key;
        }
    }
    return $keys === [] ? throw new InvalidKeyring('the keyring holds no key') : new Keyring($keys);
}

function readKey(mixed $jwk, string $list): Key
{
    if (!$jwk instanceof ArrayObject) {
        throw new InvalidKeyring('the keyring has no key where one should be');
    }
    foreach (['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'] as $name) {
        if (hasMember($jwk, $name)) {
            throw new InvalidKeyring('the keyring holds a private key: give its public members only');
        }
    }
    [$alg, $bytes, $public] = readPublic($jwk);
    $kid = encodeBase64Url(hash('sha256', $public, true));
    $demand = static function (bool $holds, string $name) use ($kid): void {
        if (!$holds) {
            throw new InvalidKeyring("the keyring has a $name that may not be (kid $kid)");
        }
    };
    $demand(member($jwk, 'kid', $kid) === $kid, 'kid');
    $demand(member($jwk, 'use', 'sig') === 'sig', 'use');
    $demand(!hasMember($jwk, 'role') || isRole(member($jwk, 'role')), 'role');
    $status = $list === 'compromised' ? $list : member($jwk, 'status', 'active');
    $demand(in_array($status, ['active', 'retired', 'compromised'], true), 'status');
    foreach (['kid_given', 'product'] as $name) {
        $demand(!hasMember($jwk, $name) || isText(member($jwk, $name)), $name);
    }
    $purposes = member($jwk, 'purposes', ['response', 'license']);
    $demand(is_array($purposes) && $purposes !== [], 'purposes');
    foreach ($purposes as $purpose) {
        $demand(in_array($purpose, PURPOSES, true), 'purposes');
    }
    $times = [];
    foreach (['validFrom', 'validUntil'] as $name) {
        $times[$name] = parseTime(member($jwk, $name));
        $demand(!hasMember($jwk, $name) || $times[$name] !== null, $name);
    }
    return new Key($kid, $alg, $bytes, $status, member($jwk, 'role'), member($jwk, 'product'), $purposes, ...$times);
}

/** @return array{string, string, string} the algorithm, its bytes, and the JSON text that the kid is the hash of */
function readPublic(ArrayObject $jwk): array
{
    [$kty, $alg] = [member($jwk, 'kty'), hasMember($jwk, 'alg') ? member($jwk, 'alg') : true];
    if ($kty === 'RSA' && member($jwk, 'e') === 'AQAB' && in_array($alg, [true, 'RS256'], true)) {
        $n = member($jwk, 'n');
        $modulus = decodeBase64Url($n) ?? '';
        if (isModulus($modulus)) {
            return ['RS256', $modulus, "{\"e\":\"AQAB\",\"kty\":\"RSA\",\"n\":\"$n\"}"];
        }
    }
    if ($kty === 'OKP' && member($jwk, 'crv') === 'Ed25519' && in_array($alg, [true, 'Ed25519', 'EdDSA'], true)) {
        $x = member($jwk, 'x');
        $point = decodeBase64Url($x) ?? '';
        if (isSoundPoint($point)) {
            return ['Ed25519', $point, "{\"crv\":\"Ed25519\",\"kty\":\"OKP\",\"x\":\"$x\"}"];
        }
    }
    throw new InvalidKeyring('the keyring has a key that is no sound one of Ed25519, or of RSA with 2048 to 8192 bits');
}

/** Whether a public key is a point of the great prime order, in its one spelling: others verify what nobody signed. */
function isSoundPoint(string $point): bool
{
    // The numbers from the prime on begin (their last byte is the highest) as the prime does, and end in ed to ff.
    $high = substr($point, 1, 30) . chr(ord($point[31] ?? "\0") & 127);
    if (strlen($point) !== 32 || ($high === str_repeat("\xff", 30) . "\x7f" && ord($point[0]) >= 0xed)) {
        return false;
    }
    try {
        // sodium asks whether the point is on the curve, of small order, and of the main subgroup, before it converts.
        sodium_crypto_sign_ed25519_pk_to_curve25519($point);
        return true;
    } catch (SodiumException) {
        return false;
    }
}

function isModulus(string $modulus): bool
{
    $first = ord($modulus[0] ?? "\0");
    $bits = 8 * (strlen($modulus) - 1) + strlen(decbin($first));
    return $first > 0 && $bits >= 2048 && $bits <= 8192 && ord($modulus[-1]) % 2 === 1;
}

function rsaPem(string $modulus): string
{
    $number = ord($modulus[0]) > 127 ? "\0$modulus" : $modulus;
    $key = der(0x30, der(2, $number) . der(2, "\1\0\1"));
    $spki = der(0x30, der(0x30, hex2bin('06092a864886f70d0101010500')) . der(3, "\0$key"));
    return "-----BEGIN PUBLIC KEY-----\n" . chunk_split(base64_encode($spki), 64, "\n") . "-----END PUBLIC KEY-----\n";
}

function der(int $tag, string $content): string
{
    $length = strlen($content);
    $spelled = $length < 128 ? chr($length) : ltrim(pack('N', $length), "\0");
    return chr($tag) . ($length < 128 ? '' : chr(128 + strlen($spelled))) . $spelled . $content;
}

// ---- Responses ----

const LATEST_SECONDS = 253_402_300_799; // the last second of the year 9999
const SAFE_INTEGER = 9_007_199_254_740_991;
const PAYLOAD_BYTES = 1_048_576;
const PAYLOAD_DEPTH = 64;

/** A response that is to be believed. */
final class Verified
{
    public readonly bool $ok;

    public function __construct(
        public readonly ArrayObject $payload,
        public readonly string $kid,
        /** That key's role by the keyring; null when it serves both. */
        public readonly ?string $role,
    ) {
        $this->ok = true;
    }
}

/** Says who signed a response, and when. Ages are seconds, and need `now`; `maxFuture` is 300 unless told. */
function verifyResponse(
    string $envelope,
    Keyring $keyring,
    ?string $role = null,
    ?string $product = null,
    int|float|null $maxAge = null,
    int|float|null $maxFuture = null,
    ?string $nonce = null,
    ?DateTimeInterface $now = null,
): Verified|Refused {
    checkOptions($role, [$product, $nonce], [$maxAge, $maxFuture]);
    if ($now === null && ($maxAge !== null || $maxFuture !== null)) {
        throw new InvalidOption('now is missing: an age needs it');
    }
    $products = array_unique(array_filter(array_map(static fn (Key $key) => $key->product, $keyring->keys), 'is_string'));
    if ($product === null && count($products) > 1) {
        throw new InvalidOption('product is missing: name one of those in the keyring');
    }
    $time = $now === null ? null : milliseconds($now);
    return examine($envelope, $keyring, new Asked($role, $product, $maxAge, $maxFuture ?? 300, $nonce, $time), 'response');
}

/** What is demanded of an envelope. */
final class Asked
{
    public function __construct(
        public readonly ?string $role,
        public readonly ?string $product,
        public readonly int|float|null $maxAge,
        public readonly int|float $maxFuture,
        public readonly ?string $nonce,
        public readonly ?int $now,
    ) {
    }
}

function examine(string $envelope, Keyring $keyring, Asked $asked, string $purpose): Verified|Refused
{
    $members = readEnvelope($envelope);
    if ($members === null) {
        return new Refused('malformed');
    }
    $signature = $members['signature'];
    if ($signature === '') {
        return new Refused('unsigned');
    }
    $candidates = array_filter($keyring->keys, static fn (Key $key) => $key->isFor($purpose) && $key->serves($asked->role)
        && $key->signatureLength() === strlen($signature));
    if ($candidates === []) {
        return new Refused('unknown_key');
    }
    $key = findSigner($candidates, $members['base64'], $signature);
    if ($key === null) {
        return new Refused('bad_signature');
    }
    if ($key->status === 'compromised') {
        return new Refused('key_compromised', $key->kid);
    }
    $payload = readJson($members['payload']);
    if (!$payload instanceof ArrayObject) {
        return new Refused('malformed', $key->kid);
    }
    if ($members['hasResponse'] && !isSame($members['response'], $payload)) {
        return new Refused('sibling_mismatch', $key->kid);
    }
    $reason = responseBreach($payload, $key, $asked);
    return $reason === null ? new Verified($payload, $key->kid, $key->role) : new Refused($reason, $key->kid);
}

/** @param array<Key> $keys */
function findSigner(array $keys, string $message, string $signature): ?Key
{
    foreach ($keys as $key) {
        if ($key->hasSigned($message, $signature)) {
            return $key;
        }
    }
    return null;
}

/**
 * The members of an envelope, decoded; the signature is empty where there is none.
 *
 * @return array{base64: string, payload: string, signature: string, response: mixed, hasResponse: bool}|null
 */
function readEnvelope(string $envelope): ?array
{
    $members = utf16Length($envelope) > 8 * PAYLOAD_BYTES ? null : readJson($envelope, PAYLOAD_DEPTH + 1);
    if (!$members instanceof ArrayObject) {
        return null;
    }
    $base64 = member($members, 'response_base64');
    $payload = decodeBase64($base64);
    if ($payload === null || strlen($payload) > PAYLOAD_BYTES || !is_string(member($members, 'private_key_used', ''))) {
        return null;
    }
    $sealed = member($members, 'signature');
    $isUnsigned = $sealed === null || $sealed === '' || $sealed === 'Private key not set';
    if (!$isUnsigned && (!is_string($sealed) || strlen($sealed) > 1368)) {
        return null;
    }
    $signature = $isUnsigned ? '' : decodeBase64($sealed);
    [$response, $hasResponse] = [member($members, 'response'), hasMember($members, 'response')];
    return $signature === null ? null : compact('base64', 'payload', 'signature', 'response', 'hasResponse');
}

function responseBreach(ArrayObject $payload, Key $key, Asked $asked): ?string
{
    $time = signedTime($payload);
    if (!$key->isValidAt($time === null ? null : 1000 * $time)) {
        return 'key_retired';
    }
    if ($asked->product !== null && $asked->product !== $key->product) {
        return 'wrong_product';
    }
    if ($asked->now !== null) {
        // Without a time the age is NaN: not from the future, and not young enough either.
        $age = $asked->now / 1000 - ($time ?? NAN);
        if ($age < -$asked->maxFuture) {
            return 'from_future';
        }
        if ($asked->maxAge !== null && !($age <= $asked->maxAge)) {
            return 'stale';
        }
    }
    return $asked->nonce === null || member($payload, 'nonce') === $asked->nonce ? null : 'nonce_mismatch';
}

function signedTime(ArrayObject $payload): ?int
{
    return wholeNumber(member($payload, 'timestamp'));
}

// ---- Licenses ----

/** What a signed payload says about one license key. */
final class License
{
    public function __construct(
        public readonly string $key,
        public readonly string $product,
        /** The first instant at which it is expired; null: it never is. */
        public readonly ?DateTimeImmutable $validUntil,
        /** Null: it always was valid. */
        public readonly ?DateTimeImmutable $validFrom,
        /** Null: any. @var list<string>|null */
        public readonly ?array $devices,
        public readonly ArrayObject $entitlements,
        public readonly string $comparison,
        /** The license as it was signed. */
        public readonly ArrayObject $signed,
        /** Both ends in milliseconds. @var array{?int, ?int} */
        public readonly array $span,
    ) {
    }
}

/** A license that may be used: by this key, for this product, on this device, now. */
final class Licensed
{
    public readonly bool $ok;

    public function __construct(
        public readonly License $license,
        public readonly string $kid,
        public readonly ?string $role,
        public readonly DateTimeImmutable $signedAt,
        /** Whether the clock is more than a day behind the earliest time that it can be: tell the customer. */
        public readonly bool $clockBehind,
        /** Whether a list of revocations is overdue: fetch it. */
        public readonly bool $listStale,
    ) {
        $this->ok = true;
    }
}

/**
 * Says whether this product may be used with this key on this device now.
 *
 * @param ?string $key what the customer typed; null: unchecked
 * @param ?string $device what the app calls this one; null: none, which no license with devices allows
 * @param string $evidence what addEvidence made
 * @param list<Revocations|Refused> $revocations the answers of openRevocations
 */
function verifyLicense(
    string $envelope,
    Keyring $keyring,
    string $product,
    ?string $key,
    ?string $device,
    DateTimeInterface $now,
    string $evidence = '',
    array $revocations = [],
    int|float|null $maxListAge = null,
    ?string $role = null,
    int|float|null $maxAge = null,
    int|float|null $maxFuture = null,
    ?string $nonce = null,
): Licensed|Refused {
    checkOptions($role, [$product, $nonce], [$maxAge, $maxFuture, $maxListAge]);
    checkLists($revocations, $product);
    [$clock, $floor] = [milliseconds($now), earliest($evidence, $keyring)];
    $latest = max($clock, $floor);
    $verdict = examine($envelope, $keyring, new Asked($role, null, $maxAge, $maxFuture ?? INF, $nonce, $latest), 'license');
    if (!$verdict instanceof Verified) {
        return $verdict;
    }
    [$time, $license] = [signedTime($verdict->payload), readLicense($verdict->payload)];
    if ($license === null || $time === null || $time > LATEST_SECONDS) {
        return new Refused('not_a_license', $verdict->kid);
    }
    $latest = max($latest, 1000 * $time);
    $bound = $keyring->find($verdict->kid)?->product ?? $product;
    $reason = $bound !== $product ? 'wrong_product' : licenseBreach($license, $product, $key, $device)
        ?? listBreach($license->comparison, $revocations, $maxListAge, $latest, isRevoked($revocations, $license->key))
        ?? outside($license->span, $latest);
    if ($reason !== null) {
        return new Refused($reason, $verdict->kid, $license);
    }
    $stale = isAnyStale($revocations, $latest);
    return new Licensed($license, $verdict->kid, $verdict->role, toDate(1000 * $time), isBehind($clock, $floor), $stale);
}

function readLicense(ArrayObject $payload): ?License
{
    $signed = member($payload, 'license');
    if (member($payload, 'schema') !== 'keywright/license/v1' || !$signed instanceof ArrayObject) {
        return null;
    }
    $comparison = member($signed, 'comparison', 'canonical');
    [$key, $product, $devices] = [member($signed, 'key'), member($signed, 'product'), member($signed, 'devices', [])];
    $entitlements = member($signed, 'entitlements', new ArrayObject());
    $isKey = is_string($key) && (sameKeyText($key, 'exact') !== null || isBeyondUs($key));
    if (!in_array($comparison, ['canonical', 'exact'], true) || !$isKey || !isText($product)) {
        return null;
    }
    if (!$entitlements instanceof ArrayObject || !is_array($devices) || $devices !== array_filter($devices, 'is_string')) {
        return null;
    }
    $span = readSpan($signed);
    if ($span === null || !hasMember($signed, 'valid_until')) {
        return null;
    }
    [$from, $until] = array_map(static fn (?int $time) => $time === null ? null : toDate($time), $span);
    $allowed = hasMember($signed, 'devices') ? $devices : null;
    return new License($key, $product, $until, $from, $allowed, $entitlements, $comparison, $signed, $span);
}

/**
 * Both ends in milliseconds, null where there is no such end; or null where one is wrong.
 *
 * @return array{?int, ?int}|null
 */
function readSpan(ArrayObject $said): ?array
{
    [$from, $until] = [parseTime(member($said, 'valid_from')), parseTime(member($said, 'valid_until'))];
    $isWrong = ($from === null && hasMember($said, 'valid_from'))
        || ($until === null && member($said, 'valid_until') !== null);
    return $isWrong || ($from !== null && $until !== null && $until <= $from) ? null : [$from, $until];
}

function licenseBreach(License $license, string $product, ?string $key, ?string $device): ?string
{
    if ($license->product !== $product) {
        return 'wrong_product';
    }
    $own = sameKeyText($license->key, $license->comparison);
    if ($key !== null && ($own === null || sameKeyText($key, $license->comparison) !== $own)) {
        return 'wrong_key';
    }
    return $license->devices === null || in_array($device, $license->devices, true) ? null : 'wrong_device';
}

/** @param array{?int, ?int} $span */
function outside(array $span, int $now): ?string
{
    [$from, $until] = $span;
    if ($from !== null && $now < $from) {
        return 'not_yet_valid';
    }
    return $until !== null && $now >= $until ? 'expired' : null;
}

// ---- Keys as texts ----

const LONGEST_KEY = 4096;
const WHITE_SPACE = '\x09-\x0d\x20\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}';

/** What all spellings of a key have in common (canonical form v1); null for what is no key, or cannot be compared here. */
function canonicalForm(string $text): ?string
{
    if (strlen($text) > LONGEST_KEY || !isUtf8($text) || isBeyondUs($text)) {
        return null;
    }
    if (isAscii($text)) {
        return strtoupper(preg_replace('/[-_.:\/\x09-\x0d\x20]/', '', $text));
    }
    $dropped = '/[\p{Cf}\p{Pd}\x{2212}_.:\/' . WHITE_SPACE . ']/u';
    $bare = preg_replace($dropped, '', Normalizer::normalize($text, Normalizer::FORM_KC));
    if (preg_match('/\p{M}{31}/u', $text) !== 0 || preg_match('/\p{M}{31}/u', $bare) !== 0) {
        return null;
    }
    // Dropping can bring a letter and a mark together, and so can an upper-case letter: normalized again each time.
    $cased = preg_replace_callback('/[a-z]+/', static fn (array $run) => strtoupper($run[0]),
        Normalizer::normalize($bare, Normalizer::FORM_KC));
    return Normalizer::normalize($cased, Normalizer::FORM_KC);
}

/** Whether a key has letters that take intl to compare, which is not there. */
function isBeyondUs(string $text): bool
{
    return !isAscii($text) && strlen($text) <= LONGEST_KEY && !class_exists(Normalizer::class);
}

function sameKeyText(string $key, string $comparison): ?string
{
    $form = canonicalForm($key) ?? '';
    return $form === '' ? null : ($comparison === 'exact' ? $key : $form);
}

function isAscii(string $text): bool
{
    return preg_match('/[\x80-\xff]/', $text) === 0;
}

// ---- Time evidence ----

const DAY = 86_400;
const LONGEST_AHEAD = 400 * DAY;

/**
 * The earliest time that it can be now, whatever the clock says: the latest of when the app was built, what was signed by
 * keys that are not compromised, and what the clock showed before, as long as that is at most 400 days past the other two.
 * Whatever cannot be read of the evidence counts as absent.
 */
function earliestNow(string $evidence, Keyring $keyring): DateTimeImmutable
{
    return toDate(earliest($evidence, $keyring));
}

/**
 * The evidence with what was just verified, and with the time that the clock shows: a text to keep. Begin with
 * '{"built":SECONDS}'.
 */
function addEvidence(
    string $evidence,
    Licensed|Revocations|KeyringUpdate|ProvenKey|Refused $verdict,
    DateTimeInterface $now,
    Keyring $keyring,
): string {
    [$built, $signed, $seen] = readEvidence($evidence);
    $proven = latestProof($built, $signed, $keyring);
    $time = 0;
    if (!$verdict instanceof Refused) {
        $time = readSeconds($verdict->signedAt->getTimestamp());
        $signed[$verdict->kid] = max($time, $signed[$verdict->kid] ?? 0);
    }
    $seen = max($time > $proven ? 0 : $seen, $now->getTimestamp());
    return writeJson(['built' => $built, 'signed' => (object) $signed, 'seen' => $seen]);
}

/** The later of what the clock says and the earliest that it can be. */
function effectiveNow(DateTimeInterface $now, DateTimeInterface $floor): DateTimeInterface
{
    return $now < $floor ? $floor : $now;
}

function earliest(string $evidence, Keyring $keyring): int
{
    [$built, $signed, $seen] = readEvidence($evidence);
    $proven = latestProof($built, $signed, $keyring);
    return 1000 * ($seen > $proven && $seen <= $proven + LONGEST_AHEAD ? $seen : $proven);
}

/** @param array<int> $signed */
function latestProof(int $built, array $signed, Keyring $keyring): int
{
    $latest = $built;
    foreach ($signed as $kid => $time) {
        if ($keyring->find((string) $kid)?->status !== 'compromised') {
            $latest = max($latest, $time);
        }
    }
    return $latest;
}

/** @return array{int, array<int>, int} */
function readEvidence(string $evidence): array
{
    $kept = readJson($evidence);
    $signed = member($kept, 'signed');
    $times = $signed instanceof ArrayObject ? array_map(readSeconds(...), $signed->getArrayCopy()) : [];
    return [readSeconds(member($kept, 'built')), $times, readSeconds(member($kept, 'seen'))];
}

function readSeconds(mixed $time): int
{
    return isNumber($time) && $time > 0 && $time < LATEST_SECONDS + 1 ? (int) floor($time) : 0;
}

function isBehind(int $clock, int $floor): bool
{
    return $floor - $clock > 1000 * DAY;
}

// ---- Revocations ----

/** A signed list of revoked keys. */
final class Revocations
{
    public readonly bool $ok;

    public function __construct(
        public readonly string $name,
        public readonly string $product,
        public readonly string $comparison,
        public readonly int $number,
        public readonly int $count,
        public readonly DateTimeImmutable $signedAt,
        /** When the next list is due. */
        public readonly DateTimeImmutable $next,
        public readonly bool $isStale,
        public readonly string $kid,
        /** Keep it, and pass it as `last`. */
        public readonly string $latest,
        private readonly string $body,
    ) {
        $this->ok = true;
    }

    public function has(string $key): bool
    {
        return isBeyondUs($key) || $this->reasonOf($key) !== null;
    }

    /** Whether a whole sealed batch was taken back. */
    public function hasOrigin(string $origin): bool
    {
        return $this->findText($origin) !== null;
    }

    /** The word that the list gives for a revoked key, empty where it gives none; null: not revoked. */
    public function reasonOf(string $key): ?string
    {
        $text = sameKeyText($key, $this->comparison);
        return $text === null ? null : $this->findText($text);
    }

    private function findText(string $text): ?string
    {
        $row = "\n" . substr(hash('sha256', "keywright/id/v1\n$text\n"), 0, 16);
        $at = str_starts_with($this->body, substr($row, 1)) ? -1 : strpos($this->body, $row);
        return $at === false ? null : substr($this->body, $at + 18, max(0, strpos($this->body, "\n", $at + 17) - $at - 18));
    }
}

/** Opens a list of revocations. `last` is the `latest` of the one before. Pass the answer on, whatever it is. */
function openRevocations(
    string $source,
    Keyring $keyring,
    string $name,
    string $product,
    DateTimeInterface $now,
    string $last = '',
): Revocations|Refused {
    checkOptions(null, [$product], []);
    if (!isUtf8($name) || utf16Length($name) > 255 || preg_match('/^[^\p{C}+' . WHITE_SPACE . ']+$/Du', $name) !== 1) {
        throw new InvalidOption('the name is no name of a list');
    }
    $opened = openBody($source, 'list', $keyring);
    $terms = $opened instanceof Body ? readTerms($opened, $name, $product) : null;
    if (!$opened instanceof Body || $terms === null) {
        return new Refused('list_bad');
    }
    $seen = readLatest(readJson($last), $name);
    if (isRollback($opened, $seen) || isOlder($opened, $seen, $keyring)) {
        return new Refused('list_rollback');
    }
    [$comparison, $next, $count] = $terms;
    $latest = writeJson(keepLatest($opened, $seen));
    return new Revocations($name, $product, $comparison, $opened->number, $count, toDate($opened->issued), toDate($next),
        milliseconds($now) >= $next, $opened->signers[0]->kid, $latest, $opened->body);
}

/** @return array{string, int, int}|null the comparison, when the next is due in milliseconds, how many rows */
function readTerms(Body $opened, string $name, string $product): ?array
{
    $lines = $opened->lines;
    $expected = ['name' => $name, 'product' => $product, 'kind' => 'revoked', 'width' => '8'];
    foreach ($expected as $line => $value) {
        if ($lines[$line] !== $value) {
            return null;
        }
    }
    $next = parseTime($lines['next']);
    if (!in_array($lines['comparison'], ['canonical', 'exact'], true) || $next === null || $next <= $opened->issued) {
        return null;
    }
    $count = countRows($opened->body);
    return $count !== null && $lines['count'] === (string) $count ? [$lines['comparison'], $next, $count] : null;
}

/** How many rows a list has; null where one is not as it should be, or not behind the one before. */
function countRows(string $body): ?int
{
    [$count, $before] = [0, ''];
    for ($at = 0; $at < strlen($body); $at = $end + 1) {
        $end = $at + strspn($body, '0123456789abcdef', $at, 16);
        $id = substr($body, $at, 16);
        if ($end - $at !== 16 || strcmp($id, $before) <= 0) {
            return null;
        }
        if (($body[$end] ?? '') === ' ') {
            $word = strspn($body, 'abcdefghijklmnopqrstuvwxyz0123456789_-', $end + 1);
            if ($word < 1 || $word > 32) {
                return null;
            }
            $end += 1 + $word;
        }
        if (($body[$end] ?? '') !== "\n") {
            return null;
        }
        [$count, $before] = [$count + 1, $id];
    }
    return $count;
}

/** @param array<mixed> $lists */
function checkLists(array $lists, ?string $product): void
{
    foreach ($lists as $list) {
        $isRefused = $list instanceof Refused && in_array($list->reason, ['list_bad', 'list_rollback'], true);
        if (!$isRefused && !$list instanceof Revocations) {
            throw new InvalidOption('the revocations are not what openRevocations answered');
        }
        if ($list instanceof Revocations && $list->product !== $product) {
            throw new InvalidOption('the revocations are of another product: open those of this one');
        }
    }
}

/** @param array<Revocations|Refused> $lists */
function listBreach(string $comparison, array $lists, int|float|null $maxAge, int $now, bool $isRevoked): ?string
{
    $refused = array_map(static fn (Refused $each) => $each->reason, array_filter($lists, static fn ($each) => !$each->ok));
    if ($refused !== []) {
        return in_array('list_bad', $refused, true) ? 'list_bad' : 'list_rollback';
    }
    foreach ($lists as $list) {
        // A list that compares otherwise may name this very key in a spelling that it does not find.
        if ($list->comparison !== $comparison) {
            return 'list_bad';
        }
    }
    if ($maxAge !== null && $lists === []) {
        return 'list_missing';
    }
    foreach ($maxAge === null ? [] : $lists as $list) {
        if (milliseconds($list->signedAt) < floor($now - 1000 * $maxAge) || $now >= milliseconds($list->next)) {
            return 'list_stale';
        }
    }
    return $isRevoked ? 'revoked' : null;
}

/** @param array<Revocations|Refused> $lists */
function isRevoked(array $lists, string $key, ?string $origin = null): bool
{
    foreach ($lists as $list) {
        if ($list instanceof Revocations && ($list->has($key) || ($origin !== null && $list->hasOrigin($origin)))) {
            return true;
        }
    }
    return false;
}

/** @param array<Revocations|Refused> $lists */
function isAnyStale(array $lists, int $now): bool
{
    foreach ($lists as $list) {
        if ($list instanceof Revocations && $now >= milliseconds($list->next)) {
            return true;
        }
    }
    return false;
}

// ---- Signed bodies: lists and updates of keyrings ----

final class Note
{
    /** @param list<array{string, string}> $signatures names and bytes */
    public function __construct(public readonly string $text, public readonly array $signatures)
    {
    }
}

function parseNote(string $source): ?Note
{
    $split = strrpos($source, "\n\n");
    $isText = isUtf8($source) && strcspn($source, CONTROLS) === strlen($source);
    if ($split === false || !$isText || !str_ends_with($source, "\n")) {
        return null;
    }
    $lines = explode("\n", substr($source, $split + 2, -1), 101);
    $signatures = [];
    foreach (count($lines) > 100 ? [''] : $lines as $line) {
        $isLine = preg_match('/^\x{2014} ([^+' . WHITE_SPACE . ']+) ([A-Za-z0-9+\/]+=*)$/Du', $line, $match) === 1;
        $bytes = $isLine ? decodeBase64($match[2]) : null;
        if ($bytes === null || strlen($bytes) <= 4) {
            return null;
        }
        $signatures[] = [$match[1], $bytes];
    }
    return new Note(substr($source, 0, $split + 1), $signatures);
}

/** All below the blank but the line feed. */
const CONTROLS = "\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0b\x0c\x0d\x0e\x0f"
    . "\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f";

/**
 * The keys that signed under that name; null where a line is of a key that did not sign it.
 *
 * @param array<Key> $keys
 * @return list<Key>|null
 */
function findSigners(Note $note, string $name, array $keys): ?array
{
    $signers = [];
    foreach ($note->signatures as [$named, $bytes]) {
        if ($named !== $name) {
            continue;
        }
        $known = array_filter($keys, static fn (Key $key) => noteId($name, $key) === substr($bytes, 0, 4));
        $signer = findSigner($known, $note->text, substr($bytes, 4));
        if ($signer === null && $known !== []) {
            return null;
        }
        if ($signer !== null && !in_array($signer, $signers, true)) {
            $signers[] = $signer;
        }
    }
    return $signers;
}

function noteId(string $name, Key $key): string
{
    return substr(hash('sha256', "$name\n\x01$key->bytes", true), 0, 4);
}

const BODY_BYTES = 67_108_864;
const NOTE_BYTES = 65_536;
const LINES = [
    'list' => ['name', 'kind', 'product', 'comparison', 'number', 'issued', 'next', 'width', 'count', 'sha256'],
    'keyring' => ['name', 'number', 'issued', 'sha256'],
];

final class Body
{
    /**
     * @param array<string, string> $lines
     * @param non-empty-list<Key> $signers
     */
    public function __construct(
        public readonly string $body,
        public readonly array $lines,
        public readonly int $number,
        public readonly int $issued,
        public readonly array $signers,
    ) {
    }
}

function openBody(string $source, string $purpose, Keyring $keyring): Body|Refused
{
    $start = strlen($source) > BODY_BYTES ? null : findNote($source);
    $note = $start === null ? null : parseNote(substr($source, $start + 1));
    $lines = $note === null ? null : readLines($note, $purpose);
    $number = parsePlace($lines['number'] ?? '');
    $issued = parseTime($lines['issued'] ?? null);
    if ($note === null || $lines === null || $number === null || $number < 1 || $issued === null) {
        return new Refused('malformed');
    }
    $candidates = array_filter($keyring->keys, static fn (Key $key) => $key->alg === 'Ed25519' && $key->isFor($purpose));
    $signers = findSigners($note, $lines['name'], $candidates);
    if ($signers === null) {
        return new Refused('bad_signature');
    }
    $sound = array_filter($signers, static fn (Key $key) => $key->status !== 'compromised');
    $valid = array_values(array_filter($sound, static fn (Key $key) => $key->isValidAt($issued)));
    if ($valid === []) {
        return new Refused($sound !== [] ? 'key_retired' : ($signers !== [] ? 'key_compromised' : 'unknown_key'));
    }
    $body = substr($source, 0, $start);
    return base64_encode(hash('sha256', $body, true)) === $lines['sha256']
        ? new Body($body, $lines, $number, $issued, $valid)
        : new Refused('malformed');
}

/** Where the note begins: an empty line before the one before the signatures; null without. */
function findNote(string $source): ?int
{
    $least = max(0, strlen($source) - NOTE_BYTES);
    $found = 0;
    for ($at = strlen($source) - 1; $at >= $least; $at--) {
        if ($source[$at] !== "\n" || ($at > 0 && $source[$at - 1] !== "\n")) {
            continue;
        }
        if (++$found === 2) {
            return $at;
        }
        $at--; // the line feed before an empty line ends none
    }
    return null;
}

/** @return array<string, string>|null */
function readLines(Note $note, string $purpose): ?array
{
    $given = explode("\n", substr($note->text, 0, -1));
    $names = LINES[$purpose];
    if (array_shift($given) !== "keywright/$purpose/v1" || count($given) !== count($names)) {
        return null;
    }
    $lines = [];
    foreach ($names as $index => $name) {
        if (!str_starts_with($given[$index], "$name ")) {
            return null;
        }
        $lines[$name] = substr($given[$index], strlen($name) + 1);
    }
    return $lines;
}

/** @return list<array{kid: string, number: int, sha256: string, issued: string}> */
function readLatest(mixed $kept, string $name): array
{
    $seen = member($kept, 'name') === $name ? keptList(member($kept, 'seen')) : [];
    $issues = [];
    foreach ($seen as $each) {
        [$kid, $number, $sha256] = [member($each, 'kid'), member($each, 'number'), member($each, 'sha256')];
        $issued = member($each, 'issued');
        $isWhole = isNumber($number) && abs($number) <= SAFE_INTEGER && $number == floor($number);
        if ($isWhole && is_string($kid) && is_string($sha256) && parseTime($issued) !== null) {
            $issues[] = ['kid' => $kid, 'number' => (int) $number, 'sha256' => $sha256, 'issued' => $issued];
        }
    }
    return $issues;
}

/** @return array<mixed> */
function keptList(mixed $kept): array
{
    return is_array($kept) ? array_slice($kept, -1000) : [];
}

/** @param list<array{kid: string, number: int, sha256: string, issued: string}> $seen */
function isRollback(Body $opened, array $seen): bool
{
    foreach ($seen as $issue) {
        $isOther = $opened->number === $issue['number'] && $opened->lines['sha256'] !== $issue['sha256'];
        if (in_array($issue['kid'], kidsOf($opened->signers), true) && ($opened->number < $issue['number'] || $isOther)) {
            return true;
        }
    }
    return false;
}

/** @param list<array{kid: string, number: int, sha256: string, issued: string}> $seen */
function isOlder(Body $opened, array $seen, Keyring $keyring): bool
{
    foreach ($seen as $issue) {
        $status = $keyring->find($issue['kid'])?->status ?? 'compromised';
        if ($opened->issued < parseTime($issue['issued']) && $status !== 'compromised') {
            return true;
        }
    }
    return false;
}

/**
 * Whether it was signed before what was seen of other keys. What a key signed that the keyring calls compromised is passed
 * over: a thief's date would lock the repair out.
 *
 * @param list<array{kid: string, number: int, sha256: string, issued: string}> $seen
 */
function isSuperseded(Body $opened, array $seen, Keyring $keyring): bool
{
    $signers = array_map(fn ($key) => $key->kid, $opened->signers);
    foreach ($seen as $issue) {
        $isPassed = in_array($issue['kid'], $signers, true) || $keyring->find($issue['kid'])?->status === 'compromised';
        if (!$isPassed && $opened->issued < parseTime($issue['issued'])) {
            return true;
        }
    }
    return false;
}

/**
 * @param list<array{kid: string, number: int, sha256: string, issued: string}> $seen
 * @return array{name: string, seen: list<array{kid: string, number: int, sha256: string, issued: string}>}
 */
function keepLatest(Body $opened, array $seen): array
{
    $kids = kidsOf($opened->signers);
    $kept = array_values(array_filter($seen, static fn (array $issue) => !in_array($issue['kid'], $kids, true)));
    foreach ($kids as $kid) {
        $said = ['number' => $opened->number, 'sha256' => $opened->lines['sha256'], 'issued' => writeTime($opened->issued)];
        $kept[] = ['kid' => $kid, ...$said];
    }
    return ['name' => $opened->lines['name'], 'seen' => $kept];
}

/**
 * @param array<Key> $keys
 * @return list<string>
 */
function kidsOf(array $keys): array
{
    return array_values(array_map(static fn (Key $key) => $key->kid, $keys));
}

// ---- Updates of keyrings ----

/** A keyring to trust from now on. Keep the update's own bytes, and the state. */
final class KeyringUpdate
{
    public readonly bool $ok;

    public function __construct(
        public readonly Keyring $keyring,
        public readonly string $name,
        public readonly int $number,
        public readonly string $kid,
        public readonly DateTimeImmutable $signedAt,
        public readonly string $state,
    ) {
        $this->ok = true;
    }
}

/**
 * The keyring that a signed update makes of the trusted one. A key called compromised stays so. `state` is that of the update
 * before, empty for the first.
 */
function applyKeyringUpdate(Keyring $trusted, string $update, string $state = ''): KeyringUpdate|Refused
{
    [$before, $seen, $called] = readState(readJson($state), $trusted);
    $opened = openBody($update, 'keyring', keepCompromised($trusted, $trusted, $called));
    if ($opened instanceof Refused) {
        return $opened;
    }
    $name = $opened->lines['name'];
    if ($before !== null && $before !== $name) {
        return new Refused('malformed');
    }
    if (isRollback($opened, $seen)) {
        return new Refused('rollback');
    }
    try {
        $given = parseKeyring($opened->body);
    } catch (InvalidKeyring) {
        return new Refused('malformed');
    }
    $keyring = keepCompromised($given, $trusted, $called);
    if (isSuperseded($opened, $seen, $keyring)) {
        return new Refused('rollback');
    }
    $compromised = $called;
    foreach ($given->keys as $key) {
        foreach ($opened->signers as $signer) {
            $call = ['kid' => $key->kid, 'by' => $signer->kid];
            if ($key->status === 'compromised' && !in_array($call, $called, true)) {
                $compromised[] = $call;
            }
        }
    }
    $kept = writeJson([...keepLatest($opened, $seen), 'compromised' => $compromised]);
    return new KeyringUpdate($keyring, $name, $opened->number, $opened->signers[0]->kid, toDate($opened->issued), $kept);
}

/** @param list<array{kid: string, by: string}> $called */
function keepCompromised(Keyring $given, Keyring $trusted, array $called): Keyring
{
    $stolen = array_column($called, 'kid');
    foreach ($trusted->keys as $key) {
        if ($key->status === 'compromised') {
            $stolen[] = $key->kid;
        }
    }
    $isStolen = static fn (Key $key) => in_array($key->kid, $stolen, true);
    $missing = array_filter($trusted->keys, static fn (Key $key) => $isStolen($key) && $given->find($key->kid) === null);
    $all = [...$given->keys, ...array_values($missing)];
    return new Keyring(array_map(static fn (Key $key) => $isStolen($key) ? $key->compromised() : $key, $all));
}

/**
 * What is believed of a state: its name, what was seen, and which keys were called compromised by whom.
 *
 * @return array{?string, list<array<string, mixed>>, list<array{kid: string, by: string}>}
 */
function readState(mixed $state, Keyring $trusted): array
{
    $isBelieved = static function (mixed $kid) use ($trusted): bool {
        $key = is_string($kid) ? $trusted->find($kid) : null;
        return $key !== null && $key->isFor('keyring') && $key->status !== 'compromised';
    };
    $name = member($state, 'name');
    $seen = is_string($name) ? readLatest($state, $name) : [];
    $seen = array_values(array_filter($seen, static fn (array $issue) => $isBelieved($issue['kid'])));
    $called = [];
    foreach ($seen === [] ? [] : keptList(member($state, 'compromised')) as $each) {
        [$kid, $by] = [member($each, 'kid'), member($each, 'by')];
        if (is_string($kid) && $isBelieved($by)) {
            $called[] = ['kid' => $kid, 'by' => $by];
        }
    }
    return [$seen === [] ? null : $name, $seen, $called];
}

// ---- Sealed batches ----

/** What a seal says of one key. */
final class SealClaims
{
    public function __construct(
        public readonly DateTimeImmutable $issued,
        public readonly ?string $product,
        /** Null: it never expires, or nothing is said: see `sealed`. */
        public readonly ?DateTimeImmutable $validUntil,
        public readonly ?DateTimeImmutable $validFrom,
        /** The claims as they were sealed. */
        public readonly ArrayObject $sealed,
        /** Both ends in milliseconds. @var array{?int, ?int} */
        public readonly array $span,
    ) {
    }
}

/** A key that stands in a sealed batch, and may be used. */
final class ProvenKey
{
    public readonly bool $ok;

    public function __construct(
        public readonly SealClaims $claims,
        public readonly string $origin,
        public readonly int $index,
        public readonly int $size,
        public readonly string $kid,
        public readonly DateTimeImmutable $signedAt,
        public readonly bool $clockBehind,
        public readonly bool $listStale,
    ) {
        $this->ok = true;
    }
}

/**
 * Says whether the key that somebody typed stands in a sealed batch, and may be used for this product now.
 *
 * @param list<string> $origins beginnings of origins up to a slash, as 'acme.example'
 * @param ?string $product null: unchecked
 * @param ?DateTimeInterface $now null: unchecked, so an expired key is accepted as well
 * @param list<string> $seals seals that the app brings along
 * @param list<Revocations|Refused> $revocations the answers of openRevocations
 */
function verifySealedKey(
    string $key,
    string $proof,
    Keyring $keyring,
    array $origins,
    ?string $product,
    ?DateTimeInterface $now,
    string $evidence = '',
    array $seals = [],
    array $revocations = [],
    int|float|null $maxListAge = null,
): ProvenKey|Refused {
    checkOptions(null, [$product, ...$origins, ...$seals], [$maxListAge]);
    if ($origins === []) {
        throw new InvalidOption('the origins are missing: name whose seals are accepted');
    }
    if (($product === null || $now === null) && ($revocations !== [] || $maxListAge !== null)) {
        throw new InvalidOption('the revocations are of a product, and judged by the time: give product and now');
    }
    checkLists($revocations, $product);
    $parsed = parseProof($proof);
    if ($parsed === null) {
        return new Refused('malformed');
    }
    $accepted = array_filter($origins, static fn (string $each) => isWithin($parsed->origin, $each));
    if ($accepted === []) {
        return new Refused('unknown_origin');
    }
    $signers = judgeSeal($parsed, $seals, $keyring);
    if (is_string($signers)) {
        return new Refused($signers);
    }
    if (!isInBatch($key, $parsed)) {
        return new Refused('not_in_batch');
    }
    $claims = parseClaims($parsed->claims);
    if ($claims === null) {
        return new Refused('bad_claims');
    }
    $issued = milliseconds($claims->issued);
    // A batch may be endorsed by a newer key: its validFrom is not asked.
    $valid = array_values(array_filter($signers, static fn (Key $each) => $each->isValidAt($issued, true)));
    if ($valid === []) {
        return new Refused('key_retired', $signers[0]->kid, claims: $claims);
    }
    $isOther = static fn (?string $each) => $each !== null && $each !== $claims->product;
    // A batch of two products may be signed by the keys of both.
    usort($valid, static fn (Key $a, Key $b) => $isOther($a->product) <=> $isOther($b->product));
    $floor = earliest($evidence, $keyring);
    $clock = $now === null ? null : milliseconds($now);
    $latest = $clock === null ? null : max($clock, $floor, $issued);
    $reason = match (true) {
        $isOther($valid[0]->product) || $isOther($product) => 'wrong_product',
        $latest === null => null,
        !hasMember($claims->sealed, 'valid_until') => 'bad_claims',
        default => listBreach($parsed->comparison, $revocations, $maxListAge, $latest,
            isRevoked($revocations, $key, $parsed->origin)) ?? outside($claims->span, $latest),
    };
    if ($reason !== null) {
        return new Refused($reason, $valid[0]->kid, claims: $claims);
    }
    $behind = $clock !== null && isBehind($clock, $floor);
    $stale = $latest !== null && isAnyStale($revocations, $latest);
    [$origin, $index, $size] = [$parsed->origin, $parsed->index, $parsed->size];
    return new ProvenKey($claims, $origin, $index, $size, $valid[0]->kid, $claims->issued, $behind, $stale);
}

function isWithin(string $origin, string $accepted): bool
{
    return $origin === $accepted || str_starts_with($origin, str_ends_with($accepted, '/') ? $accepted : "$accepted/");
}

const LONGEST_PROOF = 131_072;
const LONGEST_PATH = 53;
const LEAF_LINES = ['keywright/key/v1' => 'canonical', 'keywright/key-exact/v1' => 'exact'];

final class Proof
{
    /** @param list<string> $path */
    public function __construct(
        public readonly string $firstLine,
        public readonly string $comparison,
        public readonly string $salt,
        public readonly string $claims,
        public readonly int $index,
        public readonly array $path,
        public readonly Note $note,
        public readonly string $origin,
        public readonly int $size,
        public readonly string $root,
    ) {
    }
}

function parseProof(string $source): ?Proof
{
    if (!isUtf8($source) || utf16Length($source) > LONGEST_PROOF) {
        return null;
    }
    [$head, $sealed] = [...explode("\n\n", $source, 2), ''];
    [$first, $extra, $place, $hashes] = [...explode("\n", $head, 4), '', '', '', null];
    $path = [];
    $lines = count(explode("\n", $head)) > 3 ? explode("\n", $hashes) : [];
    foreach ($lines as $line) {
        $hash = decodeBase64($line);
        if ($hash === null || strlen($hash) !== 32 || count($path) === LONGEST_PATH) {
            return null;
        }
        $path[] = $hash;
    }
    $index = str_starts_with($place, 'index ') ? parsePlace(substr($place, 6)) : null;
    $text = str_starts_with($extra, 'extra ') ? decodeBase64(substr($extra, 6)) : null;
    $note = parseNote($sealed);
    if ($first !== 'c2sp.org/tlog-proof@v1' || $index === null || $text === null || !isUtf8($text) || $note === null) {
        return null;
    }
    [$leaf, $checkpoint] = [explode("\n", $text), explode("\n", $note->text)];
    $isLeaf = count($leaf) === 5 && isset(LEAF_LINES[$leaf[0]]) && $leaf[1] === '' && $leaf[4] === '';
    if (!$isLeaf || count($checkpoint) !== 4) {
        return null;
    }
    $salt = decodeBase64($leaf[2]);
    [$origin, $size, $root] = [$checkpoint[0], parsePlace($checkpoint[1]), decodeBase64($checkpoint[2])];
    $isOrigin = preg_match('~^(?!keywright/)[!-*,-\~]+/keywright/seal/v1/[!-*,-\~]+$~D', $origin) === 1;
    if (!in_array(strlen($salt ?? '?'), [0, 16], true) || !$isOrigin || strlen($origin) > 255) {
        return null;
    }
    return $size === null || $size < 1 || strlen($root ?? '') !== 32 ? null
        : new Proof($leaf[0], LEAF_LINES[$leaf[0]], $leaf[2], $leaf[3], $index, $path, $note, $origin, $size, $root);
}

/**
 * The trusted keys that signed the proof's seal, or one of the same text; or why there is none.
 *
 * @param list<string> $seals
 * @return non-empty-list<Key>|string
 */
function judgeSeal(Proof $parsed, array $seals, Keyring $keyring): array|string
{
    $candidates = array_filter($keyring->keys, static fn (Key $key) => $key->alg === 'Ed25519' && $key->isFor('seal'));
    [$signers, $isBad] = [[], false];
    foreach ([$parsed->note, ...array_map(parseNote(...), $seals)] as $note) {
        if ($note?->text !== $parsed->note->text) {
            continue;
        }
        $found = findSigners($note, $parsed->origin, $candidates);
        $isBad = $isBad || $found === null;
        $signers = [...$signers, ...$found ?? []];
    }
    $sound = array_values(array_filter($signers, static fn (Key $key) => $key->status !== 'compromised'));
    if ($sound !== []) {
        return $sound;
    }
    return $signers !== [] ? 'key_compromised' : ($isBad ? 'bad_signature' : 'unknown_key');
}

function isInBatch(string $typed, Proof $proof): bool
{
    $key = sameKeyText($typed, $proof->comparison);
    if ($key === null || strpbrk($key, "\n\r") !== false || $proof->index >= $proof->size) {
        return false;
    }
    [$at, $last] = [$proof->index, $proof->size - 1];
    $hash = hash('sha256', "\0$proof->firstLine\n$key\n$proof->salt\n$proof->claims\n", true);
    foreach ($proof->path as $beside) {
        if ($last === 0) {
            return false;
        }
        // The last of its level, without a sibling, goes up as it is until it has one.
        while ($at === $last && $at % 2 === 0) {
            [$at, $last] = [$at >> 1, $last >> 1];
        }
        $hash = hash('sha256', "\1" . ($at % 2 === 1 ? $beside . $hash : $hash . $beside), true);
        [$at, $last] = [$at >> 1, $last >> 1];
    }
    return $last === 0 && $hash === $proof->root;
}

function parseClaims(string $text): ?SealClaims
{
    $sealed = readJson($text);
    if (!$sealed instanceof ArrayObject) {
        return null;
    }
    [$issued, $product] = [wholeNumber(member($sealed, 'issued')), member($sealed, 'product')];
    $span = readSpan($sealed);
    $isProduct = !hasMember($sealed, 'product') || isText($product);
    if ($issued === null || $issued > LATEST_SECONDS || $span === null || !$isProduct) {
        return null;
    }
    [$from, $until] = array_map(static fn (?int $time) => $time === null ? null : toDate($time), $span);
    return new SealClaims(toDate(1000 * $issued), $product, $until, $from, $sealed, $span);
}

function parsePlace(string $text): ?int
{
    $place = preg_match('/^(?:0|[1-9][0-9]{0,15})$/D', $text) === 1 ? (int) $text : PHP_INT_MAX;
    return $place <= SAFE_INTEGER ? $place : null;
}

// ---- JSON, base64, UTF-8 and times, as strict as they must be ----

/**
 * The value of a JSON text; NO_JSON for what is none, names a member twice, holds half a surrogate pair, is nested too deep,
 * or is no UTF-8. json_decode takes the last of two members, and makes whole numbers of those that others round.
 */
function readJson(string $text, int $deepest = PAYLOAD_DEPTH): mixed
{
    if (!isUtf8($text)) {
        return NO_JSON;
    }
    $reader = new JsonReader($text, $deepest);
    try {
        return $reader->read();
    } catch (NoJson) {
        return NO_JSON;
    }
}

/** No value of JSON: those are null, booleans, int, float, string, array and ArrayObject. */
enum Nothing
{
    case Here;
}

const NO_JSON = Nothing::Here;

final class NoJson extends \Exception
{
}

final class JsonReader
{
    private int $at = 0;

    public function __construct(private readonly string $text, private readonly int $deepest)
    {
    }

    public function read(): mixed
    {
        $value = $this->readValue(0);
        $this->skipSpace();
        return $this->at === strlen($this->text) ? $value : throw new NoJson();
    }

    private function readValue(int $depth): mixed
    {
        $this->skipSpace();
        $first = $this->text[$this->at] ?? '';
        if ($first === '{' || $first === '[') {
            $this->at++;
            return $depth === $this->deepest ? throw new NoJson() : $this->readItems($first, $depth + 1);
        }
        if ($first === '"') {
            return $this->readString();
        }
        foreach (['true' => true, 'false' => false, 'null' => null] as $word => $value) {
            if (substr_compare($this->text, $word, $this->at, strlen($word)) === 0) {
                $this->at += strlen($word);
                return $value;
            }
        }
        return $this->readNumber();
    }

    /** @return ArrayObject<array-key, mixed>|list<mixed> */
    private function readItems(string $open, int $depth): ArrayObject|array
    {
        [$isObject, $end] = $open === '{' ? [true, '}'] : [false, ']'];
        $items = [];
        for ($isFirst = true; !$this->takes($end); $isFirst = false) {
            if (!$isFirst && !$this->takes(',')) {
                throw new NoJson();
            }
            if (!$isObject) {
                $items[] = $this->readValue($depth);
                continue;
            }
            $this->skipSpace();
            $name = ($this->text[$this->at] ?? '') === '"' ? $this->readString() : throw new NoJson();
            if (array_key_exists($name, $items) || !$this->takes(':')) {
                throw new NoJson();
            }
            $items[$name] = $this->readValue($depth);
        }
        return $isObject ? new ArrayObject($items) : $items;
    }

    private function readString(): string
    {
        $string = '';
        $this->at++;
        while (true) {
            $plain = strcspn($this->text, '"\\' . "\n" . CONTROLS, $this->at);
            $string .= substr($this->text, $this->at, $plain);
            $this->at += $plain + 1;
            $end = $this->text[$this->at - 1] ?? '';
            if ($end === '"') {
                return $string;
            }
            $string .= $end === '\\' ? $this->readEscape() : throw new NoJson();
        }
    }

    private function readEscape(): string
    {
        $sign = $this->text[$this->at++] ?? '';
        if ($sign !== 'u') {
            $named = ['b' => "\x08", 'f' => "\f", 'n' => "\n", 'r' => "\r", 't' => "\t"];
            return $named[$sign] ?? (in_array($sign, ['"', '\\', '/'], true) ? $sign : throw new NoJson());
        }
        $code = $this->readUnit();
        if ($code >= 0xd800 && $code < 0xe000) {
            $low = substr($this->text, $this->at, 2) === '\\u' ? 2 : throw new NoJson();
            $this->at += $low;
            $next = $this->readUnit();
            if ($code > 0xdbff || $next < 0xdc00 || $next > 0xdfff) {
                throw new NoJson();
            }
            $code = 0x10000 + (($code - 0xd800) << 10) + $next - 0xdc00;
        }
        return encodeUtf8($code);
    }

    private function readUnit(): int
    {
        $hex = substr($this->text, $this->at, 4);
        $this->at += 4;
        return strspn($hex, '0123456789abcdefABCDEF') === 4 ? (int) hexdec($hex) : throw new NoJson();
    }

    private function readNumber(): int|float
    {
        $number = '/-?(?:0|[1-9][0-9]*+)(\.[0-9]++)?([eE][-+]?[0-9]++)?/A';
        if (preg_match($number, $this->text, $match, 0, $this->at) !== 1) {
            throw new NoJson();
        }
        $this->at += strlen($match[0]);
        $double = (float) $match[0];
        // Whole numbers beyond these are rounded elsewhere, so they are here.
        return count($match) === 1 && abs($double) <= SAFE_INTEGER ? (int) $match[0] : $double;
    }

    private function takes(string $sign): bool
    {
        $this->skipSpace();
        $isThere = ($this->text[$this->at] ?? '') === $sign;
        $this->at += $isThere ? 1 : 0;
        return $isThere;
    }

    private function skipSpace(): void
    {
        $this->at += strspn($this->text, " \t\n\r", $this->at);
    }
}

function encodeUtf8(int $code): string
{
    if ($code < 0x80) {
        return chr($code);
    }
    $text = chr(0x80 | ($code & 63));
    for ($rest = $code >> 6, $limit = 0x20; $rest >= $limit; $rest >>= 6, $limit >>= 1) {
        $text = chr(0x80 | ($rest & 63)) . $text;
    }
    return chr((0xff00 >> (strlen($text) + 1)) & 0xff | $rest) . $text;
}

function writeJson(mixed $value): string
{
    return json_encode($value, JSON_THROW_ON_ERROR | JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE);
}

/** A member of a JSON object; `absent` where it is none, or has none of that name. Null is a value like any other. */
function member(mixed $owner, string $name, mixed $absent = null): mixed
{
    return hasMember($owner, $name) ? $owner[$name] : $absent;
}

function hasMember(mixed $owner, string $name): bool
{
    return $owner instanceof ArrayObject && $owner->offsetExists($name);
}

/** Whether two JSON values say the same: the order of members is free, numbers are doubles. */
function isSame(mixed $one, mixed $other): bool
{
    if ($one instanceof ArrayObject && $other instanceof ArrayObject) {
        [$one, $other] = [$one->getArrayCopy(), $other->getArrayCopy()];
    } elseif (!is_array($one) || !is_array($other)) {
        return isNumber($one) && isNumber($other) ? (float) $one === (float) $other : $one === $other;
    }
    if (count($one) !== count($other)) {
        return false;
    }
    foreach ($one as $name => $value) {
        if (!array_key_exists($name, $other) || !isSame($value, $other[$name])) {
            return false;
        }
    }
    return true;
}

function isNumber(mixed $value): bool
{
    return is_int($value) || is_float($value);
}

function wholeNumber(mixed $value): ?int
{
    $isWhole = isNumber($value) && $value >= 0 && $value <= SAFE_INTEGER && $value == floor($value);
    return $isWhole ? (int) $value : null;
}

function isText(mixed $value): bool
{
    return is_string($value) && $value !== '';
}

function isRole(mixed $value): bool
{
    return $value === 'product' || $value === 'global';
}

/** The bytes of the one base64 text that they have: base64_decode alone takes blanks, and bits that say nothing. */
function decodeBase64(mixed $text): ?string
{
    $bytes = is_string($text) ? base64_decode($text, true) : false;
    return $bytes !== false && base64_encode($bytes) === $text ? $bytes : null;
}

function decodeBase64Url(mixed $text): ?string
{
    if (!is_string($text) || strcspn($text, '+/=') !== strlen($text)) {
        return null;
    }
    return decodeBase64(strtr($text, '-_', '+/') . str_repeat('=', -strlen($text) & 3));
}

function encodeBase64Url(string $bytes): string
{
    return rtrim(strtr(base64_encode($bytes), '+/', '-_'), '=');
}

function isUtf8(string $text): bool
{
    return preg_match('//u', $text) === 1;
}

/** The length as other languages count it. */
function utf16Length(string $text): int
{
    $length = 0;
    foreach (count_chars($text, 1) as $byte => $count) {
        $length += $byte > 0xef ? 2 * $count : ($byte < 0x80 || $byte > 0xbf ? $count : 0);
    }
    return $length;
}

/** Milliseconds of a time like 2026-01-31T00:00:00Z; null for any other text. */
function parseTime(mixed $text): ?int
{
    $pattern = '/^([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{3}))?Z$/D';
    if (!is_string($text) || preg_match($pattern, $text, $match) !== 1) {
        return null;
    }
    [$year, $month, $day, $hour, $minute, $second] = array_map('intval', array_slice($match, 1, 6));
    // checkdate has no year 0, and gmmktime takes the first hundred for later ones.
    if (!checkdate($month, $day, $year + 400) || $hour > 23 || $minute > 59 || $second > 59) {
        return null;
    }
    $years = $month > 2 ? $year : $year - 1;
    $leaps = (int) (floor($years / 4) - floor($years / 100) + floor($years / 400));
    $days = 365 * $years + $leaps + intdiv(153 * (($month + 9) % 12) + 2, 5) + $day - 719_469;
    return 1000 * (DAY * $days + 3600 * $hour + 60 * $minute + $second) + (int) ($match[7] ?? 0);
}

/** A time as keywright writes it. */
function formatTime(DateTimeInterface $time): string
{
    return writeTime(milliseconds($time));
}

function writeTime(int $milliseconds): string
{
    // The calendar is the same four hundred years later.
    $isYear0 = $milliseconds < YEAR_1;
    $text = toDate($milliseconds + ($isYear0 ? 146_097_000 * DAY : 0))->format('Y-m-d\TH:i:s.v\Z');
    return str_replace('.000', '', $isYear0 ? '0000' . substr($text, 4) : $text);
}

const YEAR_1 = -62_135_596_800_000;

function milliseconds(DateTimeInterface $time): int
{
    return 1000 * $time->getTimestamp() + intdiv((int) $time->format('u'), 1000);
}

function toDate(int $milliseconds): DateTimeImmutable
{
    // PHP is some days wrong in the year 0.
    $time = max($milliseconds, YEAR_1);
    $seconds = (int) floor($time / 1000);
    return (new DateTimeImmutable("@$seconds"))->modify('+' . ($time - 1000 * $seconds) . ' msec');
}

/**
 * @param array<mixed> $texts
 * @param array<int|float|null> $ages
 */
function checkOptions(?string $role, array $texts, array $ages): void
{
    if ($role !== null && !isRole($role)) {
        throw new InvalidOption('the role is unknown: use product or global');
    }
    foreach ($texts as $text) {
        if ($text !== null && !isText($text)) {
            throw new InvalidOption('a product, nonce, origin or seal is empty, or no text');
        }
    }
    foreach ($ages as $age) {
        if ($age !== null && !($age >= 0 && is_finite($age))) {
            throw new InvalidOption('an age is no number of seconds');
        }
    }
}
