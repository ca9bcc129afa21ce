import { isUtf8 } from 'node:buffer';
import { damagedFile } from '../files/file-error.js';
import { elementSpans } from '../rows/json-elements.js';
import type { RowSpans } from '../rows/row-spans.js';
import { keyColumn, unknownColumn } from './key-column.js';
import { KeyBatch } from './span-builder.js';
import { textLines } from './text-list.js';

const MAX_JSON = 256 * 2 ** 20;

/** What {@link sniffJson} can say of a file. */
export type JsonKind = 'json' | 'jsonl' | 'manifest' | 'unknown manifest';

/**
 * Which kind of JSON `head`, the beginning of a file without byte order mark, is, or undefined when it is
 * none. A `{` or `[` must be followed by what JSON allows there, so that keys in braces stay text; several
 * lines of which the first is a whole value are JSONL.
 */
export function sniffJson(head: string): JsonKind | undefined {
  const text = head.trimStart();
  const manifest = /^\{\s*"schema"\s*:\s*"keywright\/(?:manifest|prepare)\/v(\d+)"/.exec(text);
  if (manifest !== null) return manifest[1] === '1' ? 'manifest' : 'unknown manifest';
  if (/^\[\s*(["{[\]\d-]|true|false|null)/.test(text)) return 'json';
  const lineEnd = text.search(/[\r\n]/);
  const first = parsed(lineEnd < 0 ? text : text.slice(0, lineEnd));
  if (typeof first === 'string') return keyColumn([first], undefined) < 0 ? 'jsonl' : undefined;
  if (!/^\{\s*["}]/.test(text)) return undefined;
  if (!isObject(first)) return 'json';
  const alone = lineEnd < 0 || text.slice(lineEnd).trim() === '';
  return alone && Object.values(first).some(Array.isArray) ? 'json' : 'jsonl';
}

/**
 * The keys of a JSON list of strings, or of objects that hold the key as `column` or under a name that is
 * plainly the key's, or of an object with exactly one member that is a list. Read whole, at most 256 MiB. With `rows` the elements come too.
 *
 * @throws {KeywrightError} `unknown_column` when the first object has no such member; `damaged_file`: not
 *   UTF-8, not JSON, no such list, over 256 MiB, or, with the element, one that is or has no key.
 */
export async function* jsonList(
  chunks: AsyncIterable<Uint8Array>,
  path: string,
  column: string | undefined,
  rows: boolean,
): AsyncGenerator<RowSpans, void, undefined> {
  const bytes = await readWhole(chunks, path);
  if (!isUtf8(bytes)) throw damagedFile(path, 'is not valid UTF-8: save it as UTF-8 text');
  const value = parsed(bytes.toString('utf8'));
  if (value === undefined)
    throw damagedFile(path, 'looks like JSON but is broken: mend it, or write one key a line');
  const list = listIn(value);
  const spans = list && rows ? elementSpans(bytes) : [];
  if (list === undefined || spans === undefined) {
    throw damagedFile(
      path,
      'is JSON but no list of keys: write a list of strings, or of objects with the key',
    );
  }
  const keys = new JsonKeys(path, column, 'json');
  for (const [index, element] of list.entries()) {
    const row = rows ? bytes.subarray(spans[2 * index], spans[2 * index + 1]) : undefined;
    const full = keys.add(element, index + 1, row);
    if (full !== undefined) yield full;
  }
  const rest = keys.rest();
  if (rest !== undefined) yield rest;
}

/**
 * The keys of a JSONL file: a JSON string a line, or an object with the key as {@link jsonList} wants it.
 *
 * @throws {KeywrightError} `unknown_column` as {@link jsonList}; `damaged_file`, with the line, also as `textLines`.
 */
export async function* jsonlList(
  chunks: AsyncIterable<Uint8Array>,
  path: string,
  column: string | undefined,
  rows: boolean,
): AsyncGenerator<RowSpans, void, undefined> {
  const keys = new JsonKeys(path, column, 'jsonl');
  for await (const { bytes, spans, lines, firstLine, count } of textLines(chunks, path)) {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let i = 0; i < count; i++) {
      const line = firstLine + (lines[i] ?? 0);
      const row = text.subarray(spans[2 * i], spans[2 * i + 1]);
      const value = parsed(row.toString('utf8'));
      if (value === undefined)
        throw damagedFile(path, 'is no JSON: write a string or an object on each line', line);
      const full = keys.add(value, line, rows ? row : undefined);
      if (full !== undefined) yield full;
    }
  }
  const rest = keys.rest();
  if (rest !== undefined) yield rest;
}

/** Takes the key out of each value. */
class JsonKeys {
  readonly #path: string;
  readonly #column: string | undefined;
  readonly #kind: 'json' | 'jsonl';
  readonly #unit: 'line' | 'element';
  readonly #batch: KeyBatch;
  #member: string | undefined;

  constructor(path: string, column: string | undefined, kind: 'json' | 'jsonl') {
    this.#path = path;
    this.#column = column;
    this.#kind = kind;
    this.#unit = kind === 'json' ? 'element' : 'line';
    this.#batch = new KeyBatch(path, this.#unit);
  }

  /** Adds one; a batch that became full is handed over. */
  add(value: unknown, line: number, row: Uint8Array | undefined): RowSpans | undefined {
    const key = isObject(value) ? this.#keyOf(value) : value;
    if (typeof key !== 'string') {
      throw damagedFile(this.#path, 'has no key as a string: write each key in quotes', line, this.#unit);
    }
    this.#batch.add(key, line, row);
    return this.#batch.full ? this.rest() : undefined;
  }

  rest(): RowSpans | undefined {
    return this.#batch.take({ path: this.#path, kind: this.#kind, member: this.#member });
  }

  // The first object decides under which member the keys are.
  #keyOf(object: object): unknown {
    if (this.#member === undefined) {
      const names = Object.keys(object);
      this.#member = names[keyColumn(names, this.#column)];
      if (this.#member === undefined) throw unknownColumn(this.#path, names, this.#column);
    }
    return Object.getOwnPropertyDescriptor(object, this.#member)?.value;
  }
}

function listIn(value: unknown): readonly unknown[] | undefined {
  if (Array.isArray(value)) return value;
  if (!isObject(value)) return undefined;
  const lists = Object.values(value).filter((member) => Array.isArray(member));
  return lists.length === 1 ? lists[0] : undefined;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

// The engine's own error quotes the text, that is keys, and must not go on.
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function readWhole(chunks: AsyncIterable<Uint8Array>, path: string): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    length += chunk.length;
    if (length > MAX_JSON)
      throw damagedFile(path, 'is JSON over 256 MiB: write it as JSONL, one value a line');
    parts.push(chunk);
  }
  return Buffer.concat(parts);
}
