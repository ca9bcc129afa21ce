import { formatUtcTime, isUtcTime, wholeSeconds } from '../encoding/utc-time.js';
import { encodeUtf8 } from '../encoding/utf8.js';
import { KeywrightError } from '../errors.js';
import { signNote } from '../note/note.js';
import { BODY_BYTES, formatBodyNote } from '../note/signed-body.js';
import type { Signer } from '../sign/signer.js';
import { formatRows, REASON_WORD } from './id-rows.js';
import { LIST, REVOKED } from './revocations.js';
import { ID_WIDTH, isLicenseComparison, type LicenseComparison } from './revoked-id.js';

/** What a list says of itself. */
export interface RevocationsTerms {
  /** The name it is published under: some text without blanks and `+`, as `acme.example/licenses`. */
  readonly name: string;
  readonly product: string;
  /** Greater than that of the issue before. */
  readonly number: number;
  readonly issued: Date;
  /** When the next issue is due. */
  readonly next: Date;
  /** `canonical` unless told. */
  readonly comparison?: LicenseComparison | undefined;
}

/**
 * A signed list of revoked keys, as bytes: `ids` (see `revokedId`) with a word that says why, or with an empty text.
 *
 * @throws {KeywrightError} `invalid_option` for a name, a product, a number or times that no verifier would take, for what is
 * no id, for a reason that is no single word of lower-case letters, digits, `-` and `_`, and for more than 64 MiB of ids;
 * `invalid_key` for a signer of another algorithm than Ed25519, or one without its public key.
 *
 * @example
 * const ids = new Map([[revokedId('7QX4M-9K2TD', 'canonical') ?? '', 'refunded']]);
 * const terms = { name: 'acme.example/app', product: 'app', number: 1, issued: new Date(0), next: new Date(1e9) };
 * const list = await signRevocations(ids, terms, ed25519Signer(privateKey));
 */
export async function signRevocations(
  ids: ReadonlyMap<string, string>,
  terms: RevocationsTerms,
  signer: Signer,
): Promise<Uint8Array> {
  const { name, product, number, issued, next, comparison = 'canonical' } = terms;
  if (!/^[^\p{Cc}\p{Cs}]{1,255}$/u.test(product))
    throw refuse('product', 'is empty, longer than 255, or holds control characters: name it in one line');
  if (!Number.isSafeInteger(number) || number < 1)
    throw refuse('number', 'is no whole number from 1: count the issues');
  if (!isUtcTime(issued)) throw refuse('issued', 'is no Date of the years 0 to 9999: pass new Date()');
  if (!isUtcTime(next)) throw refuse('next', 'is no Date of the years 0 to 9999: name another time');
  if (wholeSeconds(next) <= wholeSeconds(issued))
    throw refuse('next', 'is not a second after the issue: name a later time');
  if (!isLicenseComparison(comparison)) throw refuse('comparison', 'is unknown: use canonical or exact');
  checkRows(ids);
  const body = formatRows(ids);
  const text = formatBodyNote(LIST, body, {
    name,
    kind: REVOKED,
    product,
    comparison,
    number: String(number),
    issued: formatUtcTime(wholeSeconds(issued)),
    next: formatUtcTime(wholeSeconds(next)),
    width: String(ID_WIDTH),
    count: String(ids.size),
  });
  const tail = encodeUtf8(`\n${text}\n${await signNote(text, name, signer)}`);
  if (body.length + tail.length > BODY_BYTES)
    throw refuse('ids', 'take more than 64 MiB: cut the list by products');
  const list = new Uint8Array(body.length + tail.length);
  list.set(body);
  list.set(tail, body.length);
  return list;
}

/** {@link ID_WIDTH} bytes. */
const ID = /^[0-9a-f]{16}$/;

function checkRows(ids: ReadonlyMap<string, string>): void {
  for (const [id, reason] of ids) {
    if (!ID.test(id)) throw refuse('id', 'is not 16 digits of lower-case hex: make it with revokedId');
    if (reason !== '' && !REASON_WORD.test(reason)) {
      throw refuse('reason', 'is no word of at most 32 lower-case letters, digits, - and _: shorten it');
    }
  }
}

function refuse(option: string, what: string): KeywrightError<'invalid_option'> {
  return new KeywrightError('invalid_option', `the ${option} ${what}`, { option });
}
