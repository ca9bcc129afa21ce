import { formatUtcTime, isUtcTime, wholeSeconds } from '../encoding/utc-time.js';
import { encodeUtf8 } from '../encoding/utf8.js';
import { KeywrightError } from '../errors.js';
import { MOST_SIGNATURES, signNote } from '../note/note.js';
import { formatBodyNote, readBody } from '../note/signed-body.js';
import type { Keyring } from '../sign/keyring.js';
import { formatKeyring } from '../sign/keyring-changes.js';
import type { Signer } from '../sign/signer.js';
import { KEYRING_UPDATE } from './keyring-update.js';

/** What an update says of itself. */
export interface KeyringUpdateTerms {
  /** The name it is published under: some text without blanks and `+`, as `acme.example/keyring`. */
  readonly name: string;
  /** Greater than that of the update before. */
  readonly number: number;
  readonly issued: Date;
}

/**
 * An update of a keyring for apps that are out already: the keyring file with a signed note. Several signers make it
 * valid for several generations of apps, each of which trusts one of them.
 *
 * @throws {KeywrightError} `invalid_option` for a name, a number or a time that no verifier would take, and without a
 * signer; `invalid_key` for a signer of another algorithm than Ed25519, or one without its public key.
 *
 * @example
 * const terms = { name: 'acme.example/keyring', number: 2, issued: new Date(0) };
 * const update = await signKeyringUpdate(keyring, terms, [ed25519Signer(privateKey)]);
 */
export async function signKeyringUpdate(
  keyring: Keyring,
  { name, number, issued }: KeyringUpdateTerms,
  signers: readonly Signer[],
): Promise<string> {
  if (!Number.isSafeInteger(number) || number < 1)
    throw refuse('number', 'is no whole number from 1: count the updates');
  if (!isUtcTime(issued)) throw refuse('issued', 'is no Date of the years 0 to 9999: pass new Date()');
  if (signers.length === 0) throw refuse('signers', 'are none: give one');
  refuseMore(signers.length);
  const { body, text } = unsigned(keyring, { name, number, issued });
  let lines = '';
  for (const signer of signers) lines += await signNote(text, name, signer);
  return `${body}\n${text}\n${lines}`;
}

/**
 * An update with one more signature line: of a signer who could not sign together with the others, for apps that trust
 * its key alone. One that has signed already adds nothing.
 *
 * @returns undefined when `update` says something else: another keyring, name, number, or, where one is given, time.
 * @throws {KeywrightError} `invalid_key` as `signKeyringUpdate`.
 *
 * @example
 * const terms = { name: 'acme.example/keyring', number: 2, issued: new Date(0) };
 * const update = await signKeyringUpdate(keyring, terms, [ed25519Signer(privateKey)]);
 * const next = ed25519Signer(await generateKeyPair());
 * const both = await endorseKeyringUpdate(update, keyring, { name: terms.name, number: 2 }, next);
 */
export async function endorseKeyringUpdate(
  update: string,
  keyring: Keyring,
  { name, number, issued }: Omit<KeyringUpdateTerms, 'issued'> & { readonly issued?: Date | undefined },
  signer: Signer,
): Promise<string | undefined> {
  const read = readBody(update, KEYRING_UPDATE);
  if (typeof read === 'string') return undefined;
  const { body, text } = unsigned(keyring, { name, number, issued: issued ?? read.lines.issued });
  if (!update.startsWith(`${body}\n${text}\n`) || read.note.text !== text) return undefined;
  const line = await signNote(text, name, signer);
  if (update.includes(line)) return update;
  refuseMore(read.note.signatures.length + 1);
  return `${update}${line}`;
}

function refuseMore(signatures: number): void {
  if (signatures > MOST_SIGNATURES)
    throw refuse('signers', `are more than ${MOST_SIGNATURES}, whose update no app reads: leave some out`);
}

function unsigned(keyring: Keyring, { name, number, issued }: KeyringUpdateTerms) {
  const body = formatKeyring(keyring);
  const text = formatBodyNote(KEYRING_UPDATE, encodeUtf8(body), {
    name,
    number: String(number),
    issued: formatUtcTime(wholeSeconds(issued)),
  });
  return { body, text };
}

function refuse(option: string, what: string): KeywrightError<'invalid_option'> {
  return new KeywrightError('invalid_option', `the ${option} ${what}`, { option });
}
