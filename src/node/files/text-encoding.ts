/** {@link utf8Length} of bytes that are no UTF-8. */
export const INVALID = 0;
/** {@link utf8Length} of a sequence that the end of the bytes cuts off. */
export const CUT_OFF = -1;

/**
 * The length of the UTF-8 sequence of two to four bytes that begins at `at` (RFC 3629, section 4), or
 * {@link INVALID} (overlong, surrogate, above U+10FFFF, stray byte) or {@link CUT_OFF}. Bytes from `end`
 * on are not looked at.
 */
export function utf8Length(bytes: Uint8Array, at: number, end: number): number {
  const lead = bytes[at] ?? 0;
  if (lead < 0xc2 || lead > 0xf4) return INVALID;
  const length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  if (at + 1 >= end) return CUT_OFF;
  const second = bytes[at + 1] ?? 0;
  const lowest = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  const highest = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
  if (second < lowest || second > highest) return INVALID;
  for (let i = at + 2; i < at + length; i++) {
    if (i >= end) return CUT_OFF;
    if (((bytes[i] ?? 0) & 0xc0) !== 0x80) return INVALID;
  }
  return length;
}

/** Whether the two bytes at `at` are one of the control characters U+0080 to U+009F. */
export function isC1Control(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === 0xc2 && (bytes[at + 1] ?? 0) < 0xa0;
}

/** Whether `head`, the beginning of a file, is UTF-16: by its byte order mark, or by a NUL in every second byte. */
export function isUtf16(head: Uint8Array): boolean {
  const [first, second] = head;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) return true;
  const length = Math.min(head.length, 1024) & ~1;
  const nuls = [0, 0];
  for (let i = 0; i < length; i++) if (head[i] === 0) nuls[i & 1] = (nuls[i & 1] ?? 0) + 1;
  const [even = 0, odd = 0] = nuls;
  return length >= 4 && Math.min(even, odd) === 0 && Math.max(even, odd) * 4 >= length;
}

/** How many bytes of `head` are a UTF-8 byte order mark: 3 or 0. */
export function bomLength(head: Uint8Array): number {
  return head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf ? 3 : 0;
}

/** What ends the first line of a text, of CSV the first row, which may hold others in quotes; LF where nothing does. */
export function firstLineEnd(text: string, isCsv: boolean): string {
  let quoted = false;
  for (const [found] of text.matchAll(/"|\r\n|\n|\r/g)) {
    if (found === '"') quoted = isCsv && !quoted;
    else if (!quoted) return found;
  }
  return '\n';
}
