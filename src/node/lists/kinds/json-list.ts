import { isUtf8 } from 'node:buffer';
import { KeywrightError } from '../../../core/errors.js';
import { damagedFile, shownPath, shownText } from '../../files/file-error.js';
import {
  BrokenJson,
  type JsonSpan,
  listElements,
  type MemberSpan,
  skipped,
} from '../../rows/json-elements.js';
import type { RowSpans } from '../../rows/row-spans.js';
import { JUDGED_ROWS, judgeCells } from '../columns/column-evidence.js';
import { namesKey, namesOther, plainName } from '../columns/key-names.js';
import type { ListChoices } from '../columns/rows-plan.js';
import { JsonKeys } from './json-keys.js';
import { isObject, isRow, listsIn, membersOf, parsedJson, sniffJson } from './json-kind.js';
import { MAX_LINE } from './line-problem.js';
import type { ListInput, ListReader, ReaderChoices } from './reader.js';

/** The longest document that is read, where nothing else is said. */
const MAX_JSON = 128 * 2 ** 20;

/** How many lists are named in a message. */
const SHOWN_LISTS = 10;

/** What lists of rows are called, whatever the rows. */
const LIST_NAMES: ReadonlySet<string> = new Set(
  'data items results result records rows list entries values elements content payload response'.split(' '),
);

/**
 * JSON lists of strings, or of objects that hold the key, or of an object with exactly one such list in it, at any depth up to five. Read
 * whole, at most 128 MiB or `mostJson`, and then element by element, each of 1 MiB at most and nested 64 deep.
 */
export const JSON_READER: ListReader<'json'> = {
  kind: 'json',
  unit: 'element',
  open({ text, named, choices }) {
    if (isListOfCells(text, named, choices) || sniffJson(text, choices.column) !== 'json') return undefined;
    return { begin: 0, firstLine: 1, read: (input) => jsonList(input, choices) };
  },
};

/** Whether a list of quoted cells, which is also one of JSON strings, is CSV: its name and the column say so. */
export function isListOfCells(text: string, named: string | undefined, { column }: ListChoices): boolean {
  return (named !== undefined || column !== undefined) && text.trimStart().startsWith('"');
}

/**
 * @throws {KeywrightError} `unclear_list`, `unknown_column`; `damaged_file`: not UTF-8, not JSON, no such list, too long or too
 *   deep, or, with the element, one that has no text for its key.
 */
async function* jsonList(
  input: ListInput,
  choices: ReaderChoices,
): AsyncGenerator<RowSpans, void, undefined> {
  const { path } = input;
  const bytes = await readWhole(input.chunks, path, choices.mostJson ?? MAX_JSON);
  if (!isUtf8(bytes)) throw damagedFile(path, 'is not valid UTF-8: save it as UTF-8 text');
  try {
    yield* keysOf(bytes, input, choices);
  } catch (error) {
    if (!(error instanceof BrokenJson)) throw error;
    if (error.tooDeep) throw damagedFile(path, 'is JSON nested more than 64 deep: write one key a line');
    throw damagedFile(path, 'looks like JSON but is broken: mend it, or write one key a line');
  }
}

function* keysOf(
  bytes: Buffer,
  input: ListInput,
  choices: ListChoices,
): Generator<RowSpans, void, undefined> {
  const start = skipped(bytes, 0);
  const { from, to } =
    bytes[start] === 0x5b ? { from: start, to: bytes.length } : rowsIn(bytes, input.path, choices);
  const judged: unknown[] = [];
  for (const span of elements(bytes, from, to)) {
    if (judged.push(valueAt(bytes, span, input.path, judged.length + 1)) >= JUDGED_ROWS) break;
  }
  const keys = new JsonKeys(input, 'json');
  keys.choose(judged, choices);
  let element = 0;
  for (const span of elements(bytes, from, to)) {
    const value = element < judged.length ? judged[element] : valueAt(bytes, span, input.path, element + 1);
    const full = keys.add(value, ++element, bytes.subarray(...span));
    if (full !== undefined) yield full;
  }
  const rest = keys.rest();
  if (rest !== undefined) yield rest;
}

/** The elements of the list in `bytes[from, to)`, or, where an object begins there, that one. */
function* elements(bytes: Buffer, from: number, to: number): Generator<JsonSpan, void, undefined> {
  if (bytes[from] !== 0x5b) {
    yield [from, to];
    return;
  }
  const end = yield* listElements(bytes, from);
  if (skipped(bytes, end) < to) throw new BrokenJson();
}

function valueAt(bytes: Buffer, [from, to]: JsonSpan, path: string, element: number): unknown {
  if (to - from > MAX_LINE)
    throw damagedFile(path, 'is longer than 1 MiB: this is no row', element, 'element');
  const value = parsedJson(bytes.toString('utf8', from, to));
  if (value === undefined) throw new BrokenJson();
  return value;
}

/** Where the rows of a document stand that is an object: in the list in it, or it is one itself. */
function rowsIn(
  bytes: Buffer,
  path: string,
  choices: ListChoices,
): { readonly from: number; readonly to: number } {
  const members = membersOf(bytes);
  if (members === undefined) throw new BrokenJson();
  if (choices.unkeyed === true)
    throw damagedFile(path, 'is one JSON object, which may be a row or hold them: write a JSON list of rows');
  for (const {
    value: [from, to],
  } of members) {
    const isSmall = bytes[from] !== 0x5b;
    if (isSmall && parsedJson(bytes.toString('utf8', from, to)) === undefined) throw new BrokenJson();
  }
  if (isRow(bytes, members, choices.column)) return { from: skipped(bytes, 0), to: bytes.length };
  const lists = listsIn(bytes, members);
  const [list] = lists;
  if (list === undefined) {
    throw damagedFile(
      path,
      'is JSON but no list of keys: write a list of strings, or of objects with the key',
    );
  }
  const shown = lists.map((each) => shownText(each.path.join('.').slice(0, 40)));
  if (lists.length > 1) {
    const found = shown.slice(0, SHOWN_LISTS).join(', ') + (lists.length > SHOWN_LISTS ? ', …' : '');
    const message = `${shownPath(path)}: several lists in it may hold the keys (${found}): write the right one as a list of its own`;
    throw new KeywrightError('unclear_list', message, { path, asks: 'column' });
  }
  const name = list.path.at(-1) ?? '';
  const [from, to] = list.value;
  const isNamed = namesKey(name) || LIST_NAMES.has(plainName(name));
  // A key that stands deeper, as in JSON:API, tells a row with a list in it, whatever that looks like.
  const isRowWithList = [...members, ...list.beside].some((member) => holdsKey(bytes, member));
  const isDeep = list.path.length > 1;
  if (
    (isDeep && isRowWithList) ||
    (!isNamed && (namesOther(name) || isRowWithList || !isListOfRows(bytes, list.value, choices)))
  ) {
    const message = `${shownPath(path)}: whether its list ${shown[0]} holds keys cannot be told: write the keys as a list of their own`;
    throw new KeywrightError('unclear_list', message, { path, asks: 'column' });
  }
  return { from, to };
}

/** Whether a member is an object in which a name plainly is that of the key. */
function holdsKey(bytes: Buffer, { value: [from, to] }: MemberSpan): boolean {
  const value = bytes[from] === 0x7b ? parsedJson(bytes.toString('utf8', from, to)) : undefined;
  return (
    isObject(value) && Object.entries(value).some(([name, key]) => namesKey(name) && typeof key === 'string')
  );
}

/** Nothing is guessed from a list in one row whose name says nothing: its elements have to say that it holds rows. */
function isListOfRows(bytes: Buffer, [from, to]: JsonSpan, { fits }: ListChoices): boolean {
  const values: unknown[] = [];
  for (const span of elements(bytes, from, to)) {
    if (values.push(parsedJson(bytes.toString('utf8', ...span))) >= JUDGED_ROWS) break;
  }
  if (values.every(isObject)) return true;
  const texts = values.filter((value) => typeof value === 'string');
  return texts.length === values.length && judgeCells(texts, fits).verdict === 'clear';
}

async function readWhole(chunks: AsyncIterable<Uint8Array>, path: string, most: number): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    length += chunk.length;
    if (length > most) {
      const size = most < 2 ** 20 ? `${Math.floor(most / 1024)} KiB` : `${Math.floor(most / 2 ** 20)} MiB`;
      throw damagedFile(path, `is JSON over ${size}: write it as JSONL, one value a line`);
    }
    parts.push(chunk);
  }
  return Buffer.concat(parts);
}
