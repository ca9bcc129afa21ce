const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const SPACE = 0x20;

/**
 * Where the elements of a list stand in the text of a JSON document: element `i` is
 * `bytes[spans[2i], spans[2i+1])`. The list is the document, or the only member of it that is a list.
 *
 * @param bytes valid JSON with such a list
 * @returns undefined when two members are lists, one of which hides the other by its name
 */
export function elementSpans(bytes: Uint8Array): readonly number[] | undefined {
  let at = 0;
  while ((bytes[at] ?? 0) <= SPACE) at++;
  if (bytes[at] === 0x5b) return elementsFrom(bytes, at + 1).spans;
  let found: readonly number[] | undefined;
  for (at++; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    if (byte === QUOTE) at = endOfString(bytes, at);
    else if (byte === 0x7b) at = endOfValue(bytes, at) - 1;
    else if (byte === 0x5b) {
      if (found !== undefined) return undefined;
      const { spans, end } = elementsFrom(bytes, at + 1);
      [found, at] = [spans, end];
    }
  }
  return found;
}

/** The elements of the list whose bracket stands before `from`; `end` is where it closes. */
function elementsFrom(bytes: Uint8Array, from: number): { readonly spans: number[]; readonly end: number } {
  const spans: number[] = [];
  for (let at = from; at < bytes.length; ) {
    const byte = bytes[at] ?? 0;
    if (isClosing(byte)) return { spans, end: at };
    if (byte <= SPACE || byte === COMMA) {
      at++;
      continue;
    }
    spans.push(at);
    at = endOfValue(bytes, at);
    spans.push(at);
  }
  return { spans, end: bytes.length };
}

/** The members of a JSON object in its order, as the texts of their names and values; `bytes` is a valid one. */
export function memberTexts(bytes: Uint8Array): readonly (readonly [name: string, value: string])[] {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const members: [string, string][] = [];
  let at = skipped(bytes, bytes.indexOf(0x7b) + 1, COMMA);
  while (bytes[at] === QUOTE) {
    const nameEnd = endOfString(bytes, at) + 1;
    const from = skipped(bytes, nameEnd, COLON);
    const to = endOfValue(bytes, from);
    members.push([text.toString('utf8', at, nameEnd), text.toString('utf8', from, to)]);
    at = skipped(bytes, to, COMMA);
  }
  return members;
}

/** Where something begins behind white space and `mark`. */
function skipped(bytes: Uint8Array, from: number, mark: number): number {
  let at = from;
  while (at < bytes.length && ((bytes[at] ?? 0) <= SPACE || bytes[at] === mark)) at++;
  return at;
}

/** Where the value that begins at `from` has ended. */
function endOfValue(bytes: Uint8Array, from: number): number {
  let depth = 0;
  for (let at = from; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    if (byte === QUOTE) at = endOfString(bytes, at);
    else if (isOpening(byte)) depth++;
    else if (isClosing(byte)) depth--;
    if (depth < 0) return at;
    if (depth > 0) continue;
    if (byte === QUOTE || isClosing(byte)) return at + 1;
    if (byte <= SPACE || byte === COMMA) return at;
  }
  return bytes.length;
}

/** The closing quote of the string that opens at `from`. */
function endOfString(bytes: Uint8Array, from: number): number {
  let at = from + 1;
  while (at < bytes.length && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1;
  return at;
}

function isOpening(byte: number | undefined): boolean {
  return byte === 0x5b || byte === 0x7b;
}

function isClosing(byte: number | undefined): boolean {
  return byte === 0x5d || byte === 0x7d;
}
