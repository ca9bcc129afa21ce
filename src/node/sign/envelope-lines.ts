import type { SignableText } from '../../core/sign/envelope.js';
import { writeEnvelope } from '../../core/sign/envelope-line.js';
import type { KeyringRole } from '../../core/sign/role.js';
import type { InstantSigner } from './native-signer.js';

/** What envelopes of one role have in common: what stands around their payload, its base64, and the signature. */
interface Around {
  readonly before: Uint8Array;
  readonly afterText: Uint8Array;
  readonly afterBase64: Uint8Array;
  readonly after: Uint8Array;
}

const NONE = new Uint8Array();

const ROOM = 1 << 16;
/** The base64 of an RSA signature of 8192 bits, and all that stands around the payload. */
const MOST_BESIDE = 2048;

/** Envelopes, each a line with its end, written down as bytes where they are signed: no text is put together or copied. */
export class EnvelopeLines {
  readonly #around = new Map<KeyringRole, Around>();
  #bytes = Buffer.allocUnsafeSlow(ROOM);
  #end = 0;

  /** Signs a checked payload, at once. */
  sign({ text, role }: SignableText, signer: InstantSigner): void {
    // A character is three bytes at most.
    const from = this.#begin(role, 3 * text.length);
    this.#seal(role, from, from + this.#bytes.write(text, from), signer);
  }

  /** Signs a checked payload, `source[start, end)` in UTF-8. */
  signBytes(source: Buffer, start: number, end: number, role: KeyringRole, signer: InstantSigner): void {
    const from = this.#begin(role, end - start);
    this.#seal(role, from, from + source.copy(this.#bytes, from, start, end), signer);
  }

  /** Adds what was signed otherwise. */
  add(line: string): void {
    this.#reserve(3 * line.length + 1);
    this.#end += this.#bytes.write(`${line}\n`, this.#end);
  }

  /** All that were written since the last call; nobody else has these bytes. */
  taken(): Uint8Array<ArrayBuffer> {
    const [bytes, end] = [this.#bytes, this.#end];
    // The next ones will be as long.
    this.#bytes = Buffer.allocUnsafeSlow(end + ROOM);
    this.#end = 0;
    return new Uint8Array(bytes.buffer, 0, end);
  }

  /** Writes what stands before a payload of so many bytes at most; the answer is where that begins. */
  #begin(role: KeyringRole, most: number): number {
    // Three bytes are four of base64.
    this.#reserve(Math.ceil(most * (7 / 3)) + MOST_BESIDE);
    return put(this.#aroundOf(role).before, this.#bytes, this.#end);
  }

  /** Writes all that stands behind a payload, which is there. */
  #seal(role: KeyringRole, from: number, to: number, signer: InstantSigner): void {
    const bytes = this.#bytes;
    const { afterText, afterBase64, after } = this.#aroundOf(role);
    const at = put(afterText, bytes, to);
    let end = at + bytes.write(bytes.toString('base64', from, to), at, 'latin1');
    const signature = signer.signAtOnce(bytes.subarray(at, end));
    end = put(afterBase64, bytes, end);
    end += bytes.write(signature.toString('base64'), end, 'latin1');
    this.#end = put(after, bytes, end);
  }

  #aroundOf(role: KeyringRole): Around {
    const known = this.#around.get(role);
    if (known !== undefined) return known;
    const parts = `${writeEnvelope('\0', '\0', role, '\0')}\n`.split('\0').map((part) => Buffer.from(part));
    const [before = NONE, afterText = NONE, afterBase64 = NONE, after = NONE] = parts;
    const around = { before, afterText, afterBase64, after };
    this.#around.set(role, around);
    return around;
  }

  #reserve(length: number): void {
    if (this.#end + length <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(2 * this.#end + length);
    this.#bytes.copy(larger, 0, 0, this.#end);
    this.#bytes = larger;
  }
}

/** Writes few bytes, for which a call of the system's copy takes longer; the answer is where they end. */
function put(part: Uint8Array, bytes: Uint8Array, at: number): number {
  for (let index = 0; index < part.length; index++) bytes[at + index] = part[index] ?? 0;
  return at + part.length;
}
