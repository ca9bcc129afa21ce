const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const SPACE = 0x20;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** How deep JSON may be nested. */
export const MAX_DEPTH = 64;

/** A text is no JSON, or nested deeper than {@link MAX_DEPTH}. */
export class BrokenJson extends Error {
  readonly tooDeep: boolean;

  constructor(tooDeep = false) {
    super('broken JSON');
    this.tooDeep = tooDeep;
  }
}

/** Where something stands in the text of a document. */
export type JsonSpan = readonly [from: number, to: number];

/**
 * Where the elements of the list stand that begins at `from` in the text of a document, one after the other; returns where it ends.
 * What an element is, is not looked at; commas between them are.
 *
 * @throws {BrokenJson}
 */
export function* listElements(bytes: Uint8Array, from: number): Generator<JsonSpan, number, undefined> {
  let at = skipped(bytes, from + 1);
  if (bytes[at] === CLOSE_LIST) return at + 1;
  for (;;) {
    const end = endOfValue(bytes, at);
    yield [at, end];
    at = skipped(bytes, end);
    if (bytes[at] === CLOSE_LIST) return at + 1;
    if (bytes[at] !== COMMA) throw new BrokenJson();
    at = skipped(bytes, at + 1);
  }
}

/** A member of an object: where its name and its value stand. */
export interface MemberSpan {
  readonly name: JsonSpan;
  readonly value: JsonSpan;
}

/**
 * The members of the object that begins at `from`, each of them, also those of one name; returns where it ends. Names and values
 * are not looked at, what parts them is.
 *
 * @throws {BrokenJson}
 */
export function* objectMembers(bytes: Uint8Array, from: number): Generator<MemberSpan, number, undefined> {
  let at = skipped(bytes, from + 1);
  if (bytes[at] === CLOSE_OBJECT) return at + 1;
  for (;;) {
    if (bytes[at] !== QUOTE) throw new BrokenJson();
    const nameEnd = endOfValue(bytes, at);
    const colon = skipped(bytes, nameEnd);
    if (bytes[colon] !== COLON) throw new BrokenJson();
    const begin = skipped(bytes, colon + 1);
    const end = endOfValue(bytes, begin);
    yield { name: [at, nameEnd], value: [begin, end] };
    at = skipped(bytes, end);
    if (bytes[at] === CLOSE_OBJECT) return at + 1;
    if (bytes[at] !== COMMA) throw new BrokenJson();
    at = skipped(bytes, at + 1);
  }
}

/** Where the first character that is no white space stands from `from` on. */
export function skipped(bytes: Uint8Array, from: number): number {
  let at = from;
  while (at < bytes.length && isSpace(bytes[at] ?? 0)) at++;
  return at;
}

/** The members of a JSON object in its order, as the texts of their names and values; `bytes` is a valid one. */
export function memberTexts(bytes: Uint8Array): readonly (readonly [name: string, value: string])[] {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return [...objectMembers(bytes, bytes.indexOf(OPEN_OBJECT))].map(({ name, value }) => [
    text.toString('utf8', ...name),
    text.toString('utf8', ...value),
  ]);
}

/** Where the value that begins at `from` has ended. */
function endOfValue(bytes: Uint8Array, from: number): number {
  let depth = 0;
  for (let at = from; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    if (byte === QUOTE) at = endOfString(bytes, at);
    else if (byte === OPEN_LIST || byte === OPEN_OBJECT) depth++;
    else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) depth--;
    if (depth > MAX_DEPTH) throw new BrokenJson(true);
    if (depth < 0) return ended(from, at);
    if (depth > 0) continue;
    if (byte === QUOTE || byte === CLOSE_LIST || byte === CLOSE_OBJECT) return at + 1;
    if (isSpace(byte) || byte === COMMA) return ended(from, at);
  }
  return ended(from, bytes.length);
}

function ended(from: number, at: number): number {
  if (at === from) throw new BrokenJson();
  return at;
}

/** The closing quote of the string that opens at `from`. */
function endOfString(bytes: Uint8Array, from: number): number {
  let at = from + 1;
  while (at < bytes.length && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1;
  if (at >= bytes.length) throw new BrokenJson();
  return at;
}

function isSpace(byte: number): boolean {
  return byte === SPACE || byte === 0x0a || byte === 0x0d || byte === 0x09;
}
