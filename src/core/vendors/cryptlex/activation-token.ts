import { decodeBase64 } from '../../encoding/base64.js';
import { isJsonObject, type JsonObject, ownMember, parseJson } from '../../encoding/json-text.js';
import { decodeUtf8, encodeUtf8 } from '../../encoding/utf8.js';
import { KeywrightError } from '../../errors.js';
import { canVerifyRsa, verifyRsa } from '../../sign/rsa.js';
import { RSA_2048_LENGTH, readRsa2048 } from '../server/rsa-2048.js';

/** What an activation must be for, all of it required. */
export interface ActivationPolicy {
  /** The product's public key as the dashboard gives it: RSA-2048, SPKI PEM. */
  readonly publicKey: string;
  readonly productId: string;
  /** The license key, compared exactly. */
  readonly key: string;
  /** This machine's fingerprint, compared exactly whatever strategy the license names. */
  readonly fingerprint: string;
  /** The current time: the clock is never read. */
  readonly now: Date;
}

/** The claims that decide; a token without one of them, or with one of another type, is none. */
export interface ActivationClaims extends JsonObject {
  readonly key: string;
  /** The product's id. */
  readonly pid: string;
  /** The machine's fingerprint. */
  readonly fp: string;
  /** Issued at. This and all other times are Unix seconds. */
  readonly iat: number;
  /** The allowed clock offset, in seconds. */
  readonly aco: number;
  /** When the license expires; 0 for never. */
  readonly eat: number;
  /** When the lease expires; 0 for never. */
  readonly leat: number;
  /** The server sync interval, in seconds; 0 for no sync. */
  readonly ssi: number;
  /** When the grace period for a sync ends; 0 for never. */
  readonly ssgpeat: number;
  readonly suspended: boolean;
}

/** What became of an activation token; the first that applies, in the vendor's order of checks. */
export type ActivationCode =
  | 'LA_OK'
  | 'LA_FAIL'
  | 'LA_EXPIRED'
  | 'LA_SUSPENDED'
  | 'LA_GRACE_PERIOD_OVER'
  | 'LA_E_TIME'
  | 'LA_E_MACHINE_FINGERPRINT';

/** The codes of a genuine activation of this license on this machine that is not, or no longer, in force. */
type LapsedCode = 'LA_EXPIRED' | 'LA_SUSPENDED' | 'LA_GRACE_PERIOD_OVER';

/** The answer of {@link verifyActivationToken}. */
export type ActivationVerdict =
  | { readonly ok: true; readonly code: 'LA_OK'; readonly claims: ActivationClaims }
  | {
      readonly ok: false;
      readonly code: LapsedCode;
      readonly claims: ActivationClaims;
      readonly hint: string;
    }
  | {
      readonly ok: false;
      readonly code: Exclude<ActivationCode, 'LA_OK' | LapsedCode>;
      readonly claims: null;
      readonly hint: string;
    };

/**
 * Verifies an activation token offline: a JWT (RFC 7519), at most 1 MiB, signed with RS256 and nothing else.
 * Any token whatever gets a verdict; only `LA_OK` is `ok`.
 *
 * After the signature the checks come in the order of the vendor's own sample: license key, product,
 * fingerprint, clock, lease, grace period, expiry, suspension. A limit holds through its last second; an expiry
 * or a lease that ends before the token was issued is over, whatever the clock says. Claims come with the four
 * codes of a genuine activation of this license key on this machine, `LA_OK`, `LA_EXPIRED`, `LA_SUSPENDED` and
 * `LA_GRACE_PERIOD_OVER`, so that an app can say when it expired: decide by `ok`, never by whether there are
 * claims. They are null with every other code.
 *
 * **What the signature does not prove.** That the license still is as it was when the token was issued: a
 * suspension, a revocation, a deactivation show only in a newer token. That the clock is right: who sets it back,
 * as far as the day the token was issued, stays unexpired. That this is the machine: `fingerprint` is what the
 * caller says it is, so a token works wherever somebody makes the app report the same. The claims `iss`, `aud`
 * and `exp` are not looked at. The response of an offline activation is no such token, but encrypted for the
 * vendor's own library.
 *
 * **One key, one role.** The public key must be that of no server which signs what clients choose, as Lukittu's signs
 * challenges: a client could have a token of its own making signed there.
 *
 * @see https://github.com/cryptlex/web-api-activation-examples
 * @throws {KeywrightError} `invalid_key` for a public key that is unreadable, private, or other than RSA of 2048
 * bits with exponent 65537; `invalid_option` for a policy member that is missing or empty, or an invalid `now`.
 *
 * @example
 * const now = new Date();
 * const verdict = await verifyActivationToken(token, { publicKey, productId, key, fingerprint, now });
 * verdict.code; // 'LA_OK'
 */
export async function verifyActivationToken(
  token: unknown,
  policy: ActivationPolicy,
): Promise<ActivationVerdict> {
  const modulus = readRsa2048(policy.publicKey);
  checkPolicy(policy);
  const parts = readToken(token);
  if (parts === undefined)
    return fail('It is no token signed with RS256: pass it on exactly as the server sent it.');
  if (!canVerifyRsa()) return fail('RSA needs crypto.subtle: use https.');
  if (!(await verifyRsa(parts.signature, parts.message, modulus))) {
    return fail("The token was changed, or is another product's: check the public key, activate again.");
  }
  const claims = readObject(parts.payload);
  if (claims === undefined || !isActivation(claims)) {
    return fail('The claims are not those of an activation: activate again.');
  }
  return judge(claims, policy);
}

const MOST_CHARACTERS = 1_048_576;

interface TokenParts {
  /** The ASCII text that was signed: RFC 7515 section 5.2. */
  readonly message: Uint8Array;
  readonly payload: Uint8Array;
  readonly signature: Uint8Array;
}

/** The parts of a token whose header and form are as they must be; its signature is yet to be checked. */
function readToken(token: unknown): TokenParts | undefined {
  if (typeof token !== 'string' || token.length > MOST_CHARACTERS) return undefined;
  const texts = token.split('.', 4);
  const [header, payload, signature] = texts.map((text) => decodeBase64(text, 'url'));
  if (texts.length !== 3 || payload === undefined || signature?.length !== RSA_2048_LENGTH) return undefined;
  if (!isHeader(header)) return undefined;
  return { message: encodeUtf8(token.slice(0, token.lastIndexOf('.'))), payload, signature };
}

/**
 * Whether a header says RS256 and asks for nothing that would have to be understood: `crit` (RFC 7515 section
 * 4.1.11), `b64` (RFC 7797). Keys that it brings or names are never used.
 */
function isHeader(bytes: Uint8Array | undefined): boolean {
  const header = bytes === undefined ? undefined : readObject(bytes);
  if (header === undefined || Object.hasOwn(header, 'crit') || Object.hasOwn(header, 'b64')) return false;
  return ownMember(header, 'alg') === 'RS256';
}

function readObject(bytes: Uint8Array): JsonObject | undefined {
  const text = decodeUtf8(bytes);
  const reading = text === undefined ? undefined : parseJson(text);
  return reading !== undefined && 'value' in reading && isJsonObject(reading.value)
    ? reading.value
    : undefined;
}

function isActivation(claims: JsonObject): claims is ActivationClaims {
  return (
    ['key', 'pid', 'fp'].every((name) => typeof ownMember(claims, name) === 'string') &&
    ['iat', 'aco', 'eat', 'leat', 'ssi', 'ssgpeat'].every((name) =>
      Number.isSafeInteger(ownMember(claims, name)),
    ) &&
    typeof ownMember(claims, 'suspended') === 'boolean'
  );
}

function judge(
  claims: ActivationClaims,
  { key, productId, fingerprint, now }: ActivationPolicy,
): ActivationVerdict {
  const { iat, aco, eat, leat, ssi, ssgpeat } = claims;
  const seconds = Math.floor(now.getTime() / 1000);
  const isOver = (time: number) => time !== 0 && (time < seconds || time < iat);
  if (claims.key !== key) return fail('It activates another license key.');
  if (claims.pid !== productId) return fail('It activates another product.');
  if (claims.fp !== fingerprint) return refuse('LA_E_MACHINE_FINGERPRINT', 'It activates another machine.');
  if (iat - seconds > aco) return refuse('LA_E_TIME', 'Issued later than now: set the clock.');
  if (isOver(leat)) return fail('The lease is over: activate again.');
  if (ssi !== 0 && ssgpeat !== 0 && ssgpeat < seconds) {
    return lapse('LA_GRACE_PERIOD_OVER', claims, 'Not synced for too long: connect to the server.');
  }
  if (isOver(eat)) return lapse('LA_EXPIRED', claims, 'The license expired: renew it, then sync.');
  if (claims.suspended) return lapse('LA_SUSPENDED', claims, 'The license is suspended: ask who issued it.');
  return { ok: true, code: 'LA_OK', claims };
}

function fail(hint: string): ActivationVerdict {
  return refuse('LA_FAIL', hint);
}

function refuse(code: Exclude<ActivationCode, 'LA_OK' | LapsedCode>, hint: string): ActivationVerdict {
  return { ok: false, code, claims: null, hint };
}

function lapse(code: LapsedCode, claims: ActivationClaims, hint: string): ActivationVerdict {
  return { ok: false, code, claims, hint };
}

/** An undefined `key` must not come to equal a claim that is not there. */
function checkPolicy(policy: ActivationPolicy): void {
  for (const option of ['productId', 'key', 'fingerprint'] as const) {
    const value: unknown = policy[option];
    if (typeof value !== 'string' || value === '') {
      throw new KeywrightError('invalid_option', `the ${option} is empty, or no text: give it`, { option });
    }
  }
  const now: unknown = policy.now;
  if (!(now instanceof Date && !Number.isNaN(now.getTime()))) {
    throw new KeywrightError('invalid_option', 'now is no valid Date: pass new Date()', { option: 'now' });
  }
}
