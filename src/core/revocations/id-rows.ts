import { ID_WIDTH } from './revoked-id.js';

/*
 * The body of a list: rows of an id as lower-case hex, then nothing, or a blank and a word that says why; in ascending
 * order of ids, each once; every row ends in a line feed. The bytes stay as they are, and are searched by halves.
 */

const LF = 0x0a;
const BLANK = 0x20;
/** The symbols of an id. */
export const ID_LENGTH = 2 * ID_WIDTH;
const LONGEST_REASON = 32;

/** What a row may say about why: one word of lower-case letters, digits, `-` and `_`, at most 32 long. */
export const REASON_WORD = /^[a-z0-9_-]{1,32}$/;

/** How many rows `body` has; undefined when they are no such rows. Takes linear time, and no memory. */
export function countRows(body: Uint8Array): number | undefined {
  let count = 0;
  let before = -1;
  for (let at = 0; at < body.length; count++) {
    const end = endOfRow(body, at);
    if (end === undefined || (before >= 0 && compareRows(body, before, at) >= 0)) return undefined;
    before = at;
    at = end + 1;
  }
  return count;
}

/** Where the row that begins at `start` has its line feed; undefined when it is no row. */
function endOfRow(body: Uint8Array, start: number): number | undefined {
  let [at, hex] = [start, 0];
  while (at < start + ID_LENGTH) hex += HEX[body[at++] ?? 0] ?? 0;
  if (hex < ID_LENGTH) return undefined;
  if (body[at] === BLANK) {
    const word = ++at;
    while (isWord(body[at])) at++;
    if (at === word || at > word + LONGEST_REASON) return undefined;
  }
  return body[at] === LF ? at : undefined;
}

/** 1 for digits of hex. Looked up, for processors guess branches on what comes at random wrong. */
const HEX = new Uint8Array(128).fill(1, 0x30, 0x3a).fill(1, 0x61, 0x67);

function isWord(byte = 0): boolean {
  return HEX[byte] === 1 || byte === 0x2d || byte === 0x5f || (byte > 0x66 && byte < 0x7b);
}

function compareRows(body: Uint8Array, one: number, other: number): number {
  for (let index = 0; index < ID_LENGTH; index++) {
    const difference = (body[one + index] ?? 0) - (body[other + index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** The reason of the row of `id`, empty where it gives none; undefined when there is no such row. */
export function findRow(body: Uint8Array, id: string): string | undefined {
  let [low, high] = [0, body.length];
  // Rows have different lengths: the middle is some byte of one, and the row begins behind the line feed before it.
  while (low < high) {
    let start = (low + high) >> 1;
    while (start > low && body[start - 1] !== LF) start--;
    let end = start + ID_LENGTH;
    while (body[end] !== LF) end++;
    const row = String.fromCharCode(...body.subarray(start, end));
    if (row.startsWith(id)) return row.slice(ID_LENGTH + 1);
    if (row < id) low = end + 1;
    else high = start;
  }
  return undefined;
}

/** The ids of all rows, with the reason of each, empty where it gives none. */
export function readRows(body: Uint8Array): Map<string, string> {
  const ids = new Map<string, string>();
  for (let at = 0; at < body.length; ) {
    const id = String.fromCharCode(...body.subarray(at, at + ID_LENGTH));
    const end = body.indexOf(LF, at + ID_LENGTH);
    ids.set(id, String.fromCharCode(...body.subarray(at + ID_LENGTH + 1, end)));
    at = end + 1;
  }
  return ids;
}

/** The rows of ids, each with its reason or an empty text. */
export function formatRows(ids: ReadonlyMap<string, string>): Uint8Array {
  let length = ids.size * (ID_LENGTH + 1);
  for (const reason of ids.values()) if (reason !== '') length += reason.length + 1;
  const body = new Uint8Array(length);
  let at = 0;
  const write = (text: string) => {
    for (let index = 0; index < text.length; index++) body[at++] = text.charCodeAt(index);
  };
  for (const id of Array.from(ids.keys()).sort()) {
    write(id);
    const reason = ids.get(id) ?? '';
    if (reason !== '') write(` ${reason}`);
    body[at++] = LF;
  }
  return body;
}
