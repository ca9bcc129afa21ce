import {
  BrokenJson,
  type JsonSpan,
  type MemberSpan,
  objectMembers,
  skipped,
} from '../../rows/json-elements.js';
import { namesKey } from '../columns/key-names.js';

/** A text whose first line begins with a mark of its own, `[1] AAAA-BBBB`, `[] AAAA-BBBB`, or with what is no number, `[7QX4-M9K2]`. */
const MARKED = /^\[ *(?:\d* *\][ \t]*[^\s\],]|\d+[A-DF-Za-df-z_-])/;

/** What {@link sniffJson} can say of a file. */
export type JsonKind = 'json' | 'jsonl' | 'manifest' | 'unknown manifest';

/**
 * Which kind of JSON `head`, the beginning of a file without byte order mark, is, or undefined when it is
 * none. A `{` or `[` must be followed by what JSON allows there, so that keys in braces stay text; several
 * lines of which the first is a whole value are JSONL, and so is one object that is a row: it has the key (see
 * {@link isRow}), or no list.
 */
export function sniffJson(head: string, column: string | undefined): JsonKind | undefined {
  const text = head.trimStart();
  const manifest = /^\{\s*"schema"\s*:\s*"keywright\/(?:manifest|prepare|sealed-batch)\/v(\d+)"/.exec(text);
  if (manifest !== null) return manifest[1] === '1' ? 'manifest' : 'unknown manifest';
  if (/^\[\s*(["{[\]\d-]|true|false|null)/.test(text) && !MARKED.test(text)) return 'json';
  const lineEnd = text.search(/[\r\n]/);
  const line = lineEnd < 0 ? text : text.slice(0, lineEnd);
  if (/^"(?:[^"\\]|\\.)*"\s*$/.test(line)) {
    const first = parsedJson(line);
    return typeof first === 'string' && !namesKey(first) ? 'jsonl' : undefined;
  }
  if (!/^\{\s*["}]/.test(text)) return undefined;
  const bytes = Buffer.from(line);
  if (!isObject(parsedJson(line))) return 'json';
  const members = shallowMembers(bytes);
  // What is nested too deep is told by who reads it.
  if (members === undefined) return 'json';
  const alone = lineEnd < 0 || text.slice(lineEnd).trim() === '';
  return alone && !isRow(bytes, members, column) && listsIn(bytes, members).length > 0 ? 'json' : 'jsonl';
}

function shallowMembers(bytes: Uint8Array): readonly MemberSpan[] | undefined {
  try {
    return membersOf(bytes);
  } catch (error) {
    if (error instanceof BrokenJson) return undefined;
    throw error;
  }
}

/** The members of an object that is all there is in `bytes`; undefined when it is not. */
export function membersOf(bytes: Uint8Array): readonly MemberSpan[] | undefined {
  const members: MemberSpan[] = [];
  try {
    const found = objectMembers(bytes, skipped(bytes, 0));
    for (;;) {
      const next = found.next();
      if (next.done !== true) members.push(next.value);
      else return skipped(bytes, next.value) === bytes.length ? members : undefined;
    }
  } catch (error) {
    if (error instanceof BrokenJson && !error.tooDeep) return undefined;
    throw error;
  }
}

/** Whether an object is a row: the member that is asked for, or one whose name plainly is the key's, is a text or null. */
export function isRow(
  bytes: Uint8Array,
  members: readonly MemberSpan[],
  column: string | undefined,
): boolean {
  const asked = column?.split('.')[0];
  return members.some(({ name, value: [from] }) => {
    const text = nameOf(bytes, name);
    const first = bytes[from];
    if (text === column || (text === asked && first === 0x7b)) return first !== 0x5b;
    return namesKey(text) && (first === 0x22 || first === 0x6e);
  });
}

/** A list in a document, by the names that lead to it, and the members beside it. */
export interface ListInJson {
  readonly path: readonly string[];
  readonly value: JsonSpan;
  readonly beside: readonly MemberSpan[];
}

/** How deep in a document a list may stand. */
const DEEPEST_LIST = 5;

/** The lists of a document that stand nearest to its top, all equally deep; none where an object on the way is a row itself. */
export function listsIn(bytes: Uint8Array, members: readonly MemberSpan[]): readonly ListInJson[] {
  let level: readonly Omit<ListInJson, 'value'>[] = [{ path: [], beside: members }];
  for (let depth = 0; depth < DEEPEST_LIST && level.length > 0; depth++) {
    const lists = level.flatMap(({ path, beside }) =>
      listsAmong(bytes, beside).map(({ name, value }) => ({
        path: [...path, nameOf(bytes, name)],
        value,
        beside,
      })),
    );
    if (lists.length > 0) return lists;
    level = level.flatMap(({ path, beside }) =>
      beside
        .filter(({ value: [from] }) => bytes[from] === 0x7b)
        .map(({ name, value }) => ({
          path: [...path, nameOf(bytes, name)],
          beside: [...objectMembers(bytes, value[0])],
        })),
    );
    if (level.some(({ beside }) => isRow(bytes, beside, undefined))) return [];
  }
  return [];
}

/** Those members that are lists. */
function listsAmong(bytes: Uint8Array, members: readonly MemberSpan[]): readonly MemberSpan[] {
  return members.filter(({ value: [from] }) => bytes[from] === 0x5b);
}

/** The name of a member. */
export function nameOf(bytes: Uint8Array, [from, to]: MemberSpan['name']): string {
  const name = parsedJson(Buffer.from(bytes.subarray(from, to)).toString('utf8'));
  return typeof name === 'string' ? name : '';
}

/** Whether a value is an object and no list. */
export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A value, or undefined. The engine's own error quotes the text, that is keys, and must not go on. */
export function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
