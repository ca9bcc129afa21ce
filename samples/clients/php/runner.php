<?php
// Judges cases of samples/clients/vectors.json: one JSON line in, one JSON line out.

declare(strict_types=1);

require __DIR__ . '/keywright.php';

function bytesOf(object $input): string
{
    return $input->text ?? base64_decode($input->base64);
}

/** What an app kept is a text: one of a case is it, anything else is JSON. */
function keptText(object $policy, string $name): string
{
    $kept = $policy->$name ?? null;
    return is_string($kept) ? $kept : json_encode($kept, JSON_THROW_ON_ERROR);
}

/** The arguments of those names that the policy has. */
function argumentsOf(object $policy, string ...$names): array
{
    $arguments = array_intersect_key((array) $policy, array_flip($names));
    if (is_string($arguments['now'] ?? null)) {
        $arguments['now'] = new DateTimeImmutable($arguments['now']);
    }
    return $arguments;
}

function openList(object $list, string $input, Keywright\Keyring $keyring): Keywright\Revocations|Keywright\Refused
{
    $arguments = argumentsOf($list, 'name', 'product', 'now');
    return Keywright\openRevocations($input, $keyring, ...$arguments, last: keptText($list, 'last'));
}

function openLists(object $policy, Keywright\Keyring $keyring): array
{
    $lists = array_map(fn (object $list) => (object) ['now' => $policy->now, ...(array) $list], $policy->revocations ?? []);
    return array_map(fn (object $list) => openList($list, bytesOf($list->input), $keyring), $lists);
}

function judge(string $kind, string $input, Keywright\Keyring $keyring, object $policy): array
{
    $asked = ['role', 'product', 'maxAge', 'maxFuture', 'nonce', 'now'];
    return match ($kind) {
        'response' => told(Keywright\verifyResponse($input, $keyring, ...argumentsOf($policy, ...$asked)), ['kid', 'role']),
        'license' => told(
            Keywright\verifyLicense($input, $keyring, ...argumentsOf($policy, 'key', 'device', 'maxListAge', ...$asked),
                evidence: keptText($policy, 'evidence'), revocations: openLists($policy, $keyring)),
            ['kid', 'role', 'signedAt', 'clockBehind', 'listStale'],
        ),
        'revocations' => told(openList($policy, $input, $keyring), ['kid', 'number', 'next'], $policy),
        'keyring' => told(Keywright\applyKeyringUpdate($keyring, $input, keptText($policy, 'state')),
            ['kid', 'name', 'number', 'signedAt']),
        'proof' => told(
            Keywright\verifySealedKey($policy->key, $input, $keyring,
                ...argumentsOf($policy, 'origins', 'product', 'now', 'seals', 'maxListAge'),
                evidence: keptText($policy, 'evidence'), revocations: openLists($policy, $keyring)),
            ['kid', 'origin', 'index', 'size', 'signedAt', 'clockBehind', 'listStale'],
        ),
    };
}

function told(object $verdict, array $names, ?object $policy = null): array
{
    if (!$verdict->ok) {
        return ['ok' => false, 'reason' => $verdict->reason];
    }
    $time = fn (mixed $value) => $value instanceof DateTimeInterface ? Keywright\formatTime($value) : $value;
    $answer = ['ok' => true];
    foreach ($names as $name) {
        $answer[$name] = $time($verdict->$name);
    }
    if ($verdict instanceof Keywright\Licensed) {
        [$key, $product, $until] = [$verdict->license->key, $verdict->license->product, $verdict->license->validUntil];
        $answer += ['key' => $key, 'product' => $product, 'validUntil' => $time($until)];
    }
    if ($verdict instanceof Keywright\Revocations) {
        $answer += ['issued' => $time($verdict->signedAt), 'has' => array_map($verdict->has(...), $policy->asks ?? [])];
    }
    if ($verdict instanceof Keywright\KeyringUpdate) {
        $keys = array_map(fn (Keywright\Key $key) => [$key->kid, $key->status], $verdict->keyring->keys);
        $answer += ['keys' => $keys, 'state' => json_decode($verdict->state)];
    }
    return $answer;
}

$keyrings = []; // most cases share a few
while (($line = fgets(STDIN)) !== false) {
    $case = json_decode($line, false, 512, JSON_THROW_ON_ERROR);
    $text = json_encode($case->keyring, JSON_THROW_ON_ERROR);
    $keyrings[$text] ??= Keywright\parseKeyring($text);
    try {
        $answer = judge($case->kind, bytesOf($case->input), $keyrings[$text], $case->policy);
    } catch (Keywright\InvalidOption | TypeError) {
        $answer = ['ok' => false, 'reason' => 'invalid_option'];
    }
    echo json_encode($answer, JSON_THROW_ON_ERROR), "\n";
}
