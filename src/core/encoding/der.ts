/** One element of a DER text (ITU-T X.690): its tag byte and its content. */
export interface DerElement {
  readonly tag: number;
  readonly content: Uint8Array;
}

/** The tag bytes that keys use. */
export const TAG = { integer: 2, bits: 3, octets: 4, null: 5, oid: 6, sequence: 0x30 } as const;

/**
 * The elements that stand one after another in `bytes`; none when these are not DER (a length that is cut
 * off, indefinite, or spelled longer than needed).
 */
export function parseDer(bytes: Uint8Array): readonly DerElement[] {
  const elements: DerElement[] = [];
  let at = 0;
  while (at < bytes.length) {
    const tag = bytes[at] ?? 0;
    const first = bytes[at + 1] ?? 128;
    const long = first < 128 ? 0 : first - 128;
    let length = long === 0 ? first : 0;
    for (const byte of bytes.subarray(at + 2, at + 2 + long)) length = length * 256 + byte;
    const start = at + 2 + long;
    at = start + length;
    if (long > 3 || long !== lengthBytes(length).length || at > bytes.length) return [];
    elements.push({ tag, content: bytes.subarray(start, at) });
  }
  return elements;
}

/** One DER element with that tag and content. */
export function formatDer(tag: number, ...content: readonly Uint8Array[]): Uint8Array {
  const size = content.reduce((sum, part) => sum + part.length, 0);
  const long = lengthBytes(size);
  return concat([Uint8Array.of(tag, long.length === 0 ? size : 128 + long.length, ...long), ...content]);
}

/** A DER INTEGER that is not negative, from big-endian bytes. */
export function writeInteger(bytes: Uint8Array): Uint8Array {
  return formatDer(TAG.integer, (bytes[0] ?? 128) > 127 ? concat([Uint8Array.of(0), bytes]) : bytes);
}

/**
 * The big-endian bytes of a DER INTEGER that is positive and spelled without a needless zero, or
 * `undefined`.
 */
export function readInteger(element: DerElement | undefined): Uint8Array | undefined {
  if (element?.tag !== TAG.integer) return undefined;
  const { content } = element;
  const [first = 128, second = 0] = content;
  if (first > 127) return undefined;
  if (first !== 0) return content;
  return second > 127 ? content.subarray(1) : undefined;
}

/** Whether two byte strings are the same; not for secrets. */
export function sameBytes(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, index) => byte === other[index]);
}

function lengthBytes(length: number): readonly number[] {
  const bytes: number[] = [];
  if (length > 127)
    for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return bytes;
}

/** The parts, one behind the other. */
export function concat(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
