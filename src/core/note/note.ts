import { decodeBase64, encodeBase64 } from '../encoding/base64.js';
import { encodeUtf8 } from '../encoding/utf8.js';
import { KeywrightError } from '../errors.js';
import { verifyEd25519 } from '../sign/ed25519.js';
import { sha256 } from '../sign/sha256.js';
import type { Signer } from '../sign/signer.js';

/** A signed note, as C2SP signed-note 1.0.0 has it: a text, and lines that each hold a signature over it. */
export interface Note {
  /** What is signed, with its last line feed. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

/** One signature line. */
export interface NoteSignature {
  /** The key's name: whose key it is, chosen by its owner, as `acme.example/licenses`. */
  readonly name: string;
  /** Four bytes of key id, then the signature. */
  readonly bytes: Uint8Array;
}

/** A public key that may have signed a note. */
export interface NoteKey {
  readonly kid: string;
  readonly bytes: Uint8Array;
}

/** A note with more signatures is refused, so none is written; the specification demands that 16 be taken. */
export const MOST_SIGNATURES = 100;
const ID_LENGTH = 4;
/** The signature type of Ed25519. */
const ED25519 = 0x01;
const DASH = '\u2014';
const SIGNATURE_LINE = new RegExp(`^${DASH} ([^\\p{White_Space}+]+) ([A-Za-z0-9+/]+=*)$`, 'u');
/** The specification forbids what is below U+0020 alone. */
const CONTROL = /[^\P{Cc}\n\x7f-\x9f]/u;

/** Takes a note apart; undefined when it is none. The text ends at the last empty line. */
export function parseNote(source: string): Note | undefined {
  const split = source.lastIndexOf('\n\n');
  if (split < 0 || CONTROL.test(source) || !source.endsWith('\n')) return undefined;
  const lines = source.slice(split + 2, -1).split('\n');
  if (lines.length > MOST_SIGNATURES) return undefined;
  const signatures = lines.flatMap((line) => readLine(line) ?? []);
  return signatures.length === lines.length ? { text: source.slice(0, split + 1), signatures } : undefined;
}

function readLine(line: string): NoteSignature | undefined {
  const [, name, base64 = ''] = SIGNATURE_LINE.exec(line) ?? [];
  const bytes = decodeBase64(base64);
  return name !== undefined && bytes !== undefined && bytes.length > ID_LENGTH ? { name, bytes } : undefined;
}

/**
 * Which of `keys` signed the note under `name`. Lines of other names and keys are passed over, but a line of a known key
 * whose signature does not hold refuses the whole note: undefined. A key that signed twice is named once.
 */
export function findSigners<Key extends NoteKey>(
  { text, signatures }: Note,
  name: string,
  keys: readonly Key[],
): readonly Key[] | undefined {
  const message = encodeUtf8(text);
  const signers: Key[] = [];
  for (const { bytes } of signatures.filter((line) => line.name === name)) {
    const id = bytes.subarray(0, ID_LENGTH);
    const known = keys.filter((key) => sameBytes(noteKeyId(name, key.bytes), id));
    const signer = known.find((key) => verifyEd25519(bytes.subarray(ID_LENGTH), message, key.bytes));
    // Two keys of one id are a matter of chance: the line is one of them.
    if (signer === undefined && known.length > 0) return undefined;
    if (signer !== undefined && !signers.includes(signer)) signers.push(signer);
  }
  return signers;
}

/** The key id: the first four bytes of the hash of a key's name, its signature type and itself. */
export function noteKeyId(name: string, publicKey: Uint8Array): Uint8Array {
  const hashed = Uint8Array.of(...encodeUtf8(name), 0x0a, ED25519, ...publicKey);
  return sha256(hashed).subarray(0, ID_LENGTH);
}

/** A public key as programs take it that verify notes: the key's name, its id in hex, its signature type and itself in base64. */
export function formatVerifierKey(name: string, publicKey: Uint8Array): string {
  const id = Array.from(noteKeyId(name, publicKey), (byte) => byte.toString(16).padStart(2, '0')).join('');
  return `${name}+${id}+${encodeBase64(Uint8Array.of(ED25519, ...publicKey))}`;
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.every((byte, index) => byte === b[index]);
}

/** Whether a key may be called so: some text without white space and `+`. */
export function isNoteName(name: unknown): name is string {
  return typeof name === 'string' && name.length <= 255 && /^[^\p{White_Space}\p{C}+]+$/u.test(name);
}

/**
 * The signature line, with its line feed, that `signer` puts under the note's `text`. It is verified before it is given
 * away: a signer outside this process may hold another key than the one it is said to hold.
 *
 * @throws {KeywrightError} `invalid_key` for a signer of another algorithm than Ed25519, one that does not tell its public
 * key, and one whose signature does not hold; `invalid_option` for a name that is empty, longer than 255, or holds white
 * space or `+`.
 */
export async function signNote(text: string, name: string, { publicKey, sign }: Signer): Promise<string> {
  if (!isNoteName(name)) {
    const message = 'the name is empty, too long, or holds a blank or +: use one like acme.example/licenses';
    throw new KeywrightError('invalid_option', message, { option: 'name' });
  }
  if (publicKey?.alg !== 'Ed25519')
    throw refuseKey('the signer names no public key of Ed25519: use one that does');
  const message = encodeUtf8(text);
  const signature = await sign(message);
  if (!verifyEd25519(signature, message, publicKey.bytes)) {
    throw refuseKey('the signature is not of the public key that was named: name the right one');
  }
  return `${DASH} ${name} ${encodeBase64(Uint8Array.of(...noteKeyId(name, publicKey.bytes), ...signature))}\n`;
}

function refuseKey(message: string): KeywrightError<'invalid_key'> {
  return new KeywrightError('invalid_key', message, {});
}
