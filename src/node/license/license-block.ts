import { type EnvelopeFrame, put, putBase64 } from '../sign/envelope-frame.js';
import { payloadOf, type UnsignedLicense } from './license-texts.js';

/** Licenses on their way to be signed, one behind the other: bytes cross to a thread faster than texts. */
export interface LicenseBlock {
  /** Lines that lack nothing but their signatures, for which there is room; or bare payloads in UTF-8. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** From where to where each is signed: the base64 of its payload, or the payload. */
  readonly places: Uint32Array<ArrayBuffer>;
}

/** A block, and whose licenses it has. */
export interface KeyedBlock extends LicenseBlock {
  readonly keys: readonly string[];
}

/** What stands around payloads that become envelopes. */
export interface UnsignedFrame {
  readonly frame: EnvelopeFrame;
  /** How long the base64 of a signature is. */
  readonly signatureLength: number;
}

/** A license that was written down: one that differs from it in its key alone is copied from there. */
interface Written {
  readonly before: string;
  readonly after: string;
  readonly keyLength: number;
  /** Where the line, its payload, the key in that, its base64 and the line's end are. */
  readonly start: number;
  readonly text: number;
  readonly key: number;
  readonly textEnd: number;
  readonly base64: number;
  readonly base64End: number;
  readonly end: number;
}

/** More bytes go to a thread as they come, or memory would grow with long licenses. */
const BLOCK_BYTES = 2 ** 20;
const ROOM = 1 << 16;
const LAST_ASCII = 0x7f;

/** Puts licenses together to blocks of `most` of them: lines, or without a frame bare payloads. */
export class BlockWriter {
  readonly #most: number;
  readonly #around: UnsignedFrame | undefined;
  readonly #beside: number;
  readonly #places: Uint32Array;
  #bytes = Buffer.allocUnsafeSlow(ROOM);
  #end = 0;
  #keys: string[] = [];
  #spare: ArrayBuffer | undefined;
  #last: Written | undefined;

  constructor(most: number, around: UnsignedFrame | undefined) {
    this.#most = most;
    this.#around = around;
    this.#places = new Uint32Array(2 * most);
    const { frame, signatureLength = 0 } = around ?? {};
    const parts = frame === undefined ? [] : Object.values<Uint8Array>({ ...frame });
    this.#beside = parts.reduce((sum, { length }) => sum + length, signatureLength);
  }

  /** Adds a license; the answer is the block that it completes, if it does. */
  add(license: UnsignedLicense): KeyedBlock | undefined {
    const { before, spelled, after, key } = license;
    // A character is three bytes at most, and three bytes are four of base64.
    this.#reserve(7 * (before.length + spelled.length + after.length) + this.#beside);
    if (this.#around === undefined) this.#addBare(license);
    else if (!this.#addAlike(license)) this.#addWhole(license, this.#around);
    this.#keys.push(key);
    return this.#keys.length < this.#most && this.#end < BLOCK_BYTES ? undefined : this.#taken();
  }

  /** The block of the licenses that are left, if there are any. */
  end(): KeyedBlock | undefined {
    return this.#keys.length === 0 ? undefined : this.#taken();
  }

  /** Takes back the memory of a block, which nobody needs any more. */
  recycle(bytes: ArrayBuffer): void {
    this.#spare = bytes;
  }

  #addBare(license: UnsignedLicense): void {
    const from = this.#end;
    this.#end += this.#bytes.write(payloadOf(license), from);
    this.#place(from, this.#end);
  }

  #addWhole({ before, spelled, after }: UnsignedLicense, { frame, signatureLength }: UnsignedFrame): void {
    const bytes = this.#bytes;
    const start = this.#end;
    const text = put(frame.before, bytes, start);
    const key = text + bytes.write(before, text);
    const keyEnd = key + bytes.write(spelled, key);
    const textEnd = keyEnd + bytes.write(after, keyEnd);
    const base64 = put(frame.afterText, bytes, textEnd);
    const base64End = base64 + bytes.write(bytes.toString('base64', text, textEnd), base64, 'latin1');
    const end = put(frame.after, bytes, put(frame.afterBase64, bytes, base64End) + signatureLength);
    const places = { start, text, key, textEnd, base64, base64End, end };
    this.#last = { before, after, keyLength: keyEnd - key, ...places };
    this.#end = end;
    this.#place(base64, base64End);
  }

  /** Adds one that differs from the last one written whole in its key alone, which is as long; false for any other. */
  #addAlike({ before, spelled, after }: UnsignedLicense): boolean {
    const last = this.#last;
    if (last === undefined || spelled.length !== last.keyLength) return false;
    if (before !== last.before || after !== last.after) return false;
    const bytes = this.#bytes;
    const by = this.#end - last.start;
    // Groups of three bytes that hold any of the key.
    const first = Math.floor((last.key - last.text) / 3);
    const from = last.text + 3 * first;
    const to = from + 3 * Math.ceil((last.key + last.keyLength - from) / 3);
    if (to > last.textEnd) return false;
    bytes.copyWithin(this.#end, last.start, last.end);
    for (let at = 0; at < spelled.length; at++) {
      const code = spelled.charCodeAt(at);
      if (code > LAST_ASCII) return false;
      bytes[last.key + by + at] = code;
    }
    putBase64(bytes, from + by, to + by, bytes, last.base64 + by + 4 * first);
    this.#end += last.end - last.start;
    this.#place(last.base64 + by, last.base64End + by);
    return true;
  }

  #place(from: number, to: number): void {
    this.#places[2 * this.#keys.length] = from;
    this.#places[2 * this.#keys.length + 1] = to;
  }

  #taken(): KeyedBlock {
    const bytes = new Uint8Array(this.#bytes.buffer, 0, this.#end);
    const block = { bytes, places: this.#places.slice(0, 2 * this.#keys.length), keys: this.#keys };
    // The next ones will be as long.
    this.#bytes =
      this.#spare === undefined ? Buffer.allocUnsafeSlow(this.#end + ROOM) : Buffer.from(this.#spare);
    [this.#end, this.#keys, this.#spare, this.#last] = [0, [], undefined, undefined];
    return block;
  }

  #reserve(length: number): void {
    if (this.#end + length <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(2 * this.#end + length);
    this.#bytes.copy(larger, 0, 0, this.#end);
    this.#bytes = larger;
  }
}
