import type { SignableText } from '../../core/sign/envelope.js';
import type { KeyringRole } from '../../core/sign/role.js';
import { type EnvelopeFrame, envelopeFrame, put, putBase64 } from './envelope-frame.js';
import type { InstantSigner } from './native-signer.js';

const ROOM = 1 << 16;
/** The base64 of an RSA signature of 8192 bits, and all that stands around the payload. */
const MOST_BESIDE = 2048;

/** Envelopes, each a line with its end, written down as bytes where they are signed: no text is put together or copied. */
export class EnvelopeLines {
  readonly #frames = new Map<KeyringRole, EnvelopeFrame>();
  #bytes = Buffer.allocUnsafeSlow(ROOM);
  #end = 0;

  /** Signs a checked payload, at once. */
  sign({ text, role }: SignableText, signer: InstantSigner): void {
    // A character is three bytes at most, and three bytes are four of base64.
    this.#reserve(7 * text.length + MOST_BESIDE);
    const bytes = this.#bytes;
    const { before, afterText, afterBase64, after } = this.#frameOf(role);
    const from = put(before, bytes, this.#end);
    const to = from + bytes.write(text, from);
    const at = put(afterText, bytes, to);
    let end = at + bytes.write(bytes.toString('base64', from, to), at, 'latin1');
    const signature = signer.signAtOnce(bytes.subarray(at, end));
    end = put(afterBase64, bytes, end);
    end = putBase64(signature, 0, signature.length, bytes, end);
    this.#end = put(after, bytes, end);
  }

  /** All that were written since the last call; nobody else has these bytes. */
  taken(): Uint8Array<ArrayBuffer> {
    const [bytes, end] = [this.#bytes, this.#end];
    // The next ones will be as long.
    this.#bytes = Buffer.allocUnsafeSlow(end + ROOM);
    this.#end = 0;
    return new Uint8Array(bytes.buffer, 0, end);
  }

  #frameOf(role: KeyringRole): EnvelopeFrame {
    const known = this.#frames.get(role);
    if (known !== undefined) return known;
    const frame = envelopeFrame(role);
    this.#frames.set(role, frame);
    return frame;
  }

  #reserve(length: number): void {
    if (this.#end + length <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(2 * this.#end + length);
    this.#bytes.copy(larger, 0, 0, this.#end);
    this.#bytes = larger;
  }
}
