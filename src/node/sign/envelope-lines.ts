import { type SignableText, writeEnvelope } from '../../core/sign/envelope.js';
import type { InstantSigner } from './native-signer.js';

/** What envelopes of one role have in common: what stands around their payload, its base64, and the signature. */
interface Around {
  readonly before: string;
  readonly afterText: string;
  readonly afterBase64: string;
  readonly after: string;
}

const ROOM = 1 << 16;
/** The base64 of an RSA signature of 8192 bits, and all that stands around the payload. */
const MOST_BESIDE = 2048;

/** Envelopes, each a line with its end, written down as bytes where they are signed: no text is put together or copied. */
export class EnvelopeLines {
  readonly #around = new Map<SignableText['role'], Around>();
  #bytes = Buffer.allocUnsafeSlow(ROOM);
  #end = 0;

  /** Signs a checked payload, at once. */
  sign({ text, role }: SignableText, signer: InstantSigner): void {
    const { before, afterText, afterBase64, after } = this.#aroundOf(role);
    // A character is three bytes at most, and three bytes are four of base64.
    this.#reserve(7 * text.length + MOST_BESIDE);
    const bytes = this.#bytes;
    const from = this.#end + bytes.write(before, this.#end, 'latin1');
    const to = from + bytes.write(text, from);
    const at = to + bytes.write(afterText, to, 'latin1');
    let end = at + bytes.write(bytes.toString('base64', from, to), at, 'latin1');
    const signature = signer.signAtOnce(bytes.subarray(at, end));
    end += bytes.write(afterBase64, end, 'latin1');
    end += bytes.write(signature.toString('base64'), end, 'latin1');
    this.#end = end + bytes.write(after, end, 'latin1');
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

  #aroundOf(role: SignableText['role']): Around {
    const known = this.#around.get(role);
    if (known !== undefined) return known;
    const [before = '', afterText = '', afterBase64 = '', after = ''] = writeEnvelope(
      '\0',
      '\0',
      role,
      '\0',
    ).split('\0');
    const around = { before, afterText, afterBase64, after: `${after}\n` };
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
