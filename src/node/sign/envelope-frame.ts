import { writeEnvelope } from '../../core/sign/envelope-line.js';
import type { KeyringRole } from '../../core/sign/role.js';

/** What envelopes of one role have in common: what stands around their payload, its base64, and the signature. */
export interface EnvelopeFrame {
  readonly before: Uint8Array;
  readonly afterText: Uint8Array;
  readonly afterBase64: Uint8Array;
  /** The end of the line as well. */
  readonly after: Uint8Array;
}

const NONE = new Uint8Array();

/** The frame of a role. */
export function envelopeFrame(role: KeyringRole): EnvelopeFrame {
  const parts = `${writeEnvelope('\0', '\0', role, '\0')}\n`.split('\0').map((part) => Buffer.from(part));
  const [before = NONE, afterText = NONE, afterBase64 = NONE, after = NONE] = parts;
  return { before, afterText, afterBase64, after };
}

/** Writes few bytes, for which a call of the system's copy takes longer; the answer is where they end. */
export function put(part: Uint8Array, bytes: Uint8Array, at: number): number {
  for (let index = 0; index < part.length; index++) bytes[at + index] = part[index] ?? 0;
  return at + part.length;
}

const SYMBOLS = Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/');
const PADDING = 0x3d;

/** Writes the base64 of `source[from, to)`, few bytes, without a text in between; the answer is where it ends. */
export function putBase64(
  source: Uint8Array,
  from: number,
  to: number,
  bytes: Uint8Array,
  at: number,
): number {
  let end = at;
  for (let index = from; index < to; index += 3) {
    const second = index + 1 < to ? (source[index + 1] ?? 0) : 0;
    const third = index + 2 < to ? (source[index + 2] ?? 0) : 0;
    const bits = ((source[index] ?? 0) << 16) | (second << 8) | third;
    bytes[end] = SYMBOLS[bits >> 18] ?? 0;
    bytes[end + 1] = SYMBOLS[(bits >> 12) & 63] ?? 0;
    bytes[end + 2] = SYMBOLS[(bits >> 6) & 63] ?? 0;
    bytes[end + 3] = SYMBOLS[bits & 63] ?? 0;
    end += 4;
  }
  const over = (to - from) % 3;
  if (over > 0) bytes[end - 1] = PADDING;
  if (over === 1) bytes[end - 2] = PADDING;
  return end;
}
