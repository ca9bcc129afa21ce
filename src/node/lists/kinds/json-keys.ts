import { damagedFile } from '../../files/file-error.js';
import { objectMembers, skipped } from '../../rows/json-elements.js';
import type { RowSpans } from '../../rows/row-spans.js';
import { type ColumnEvidence, JUDGED_ROWS, judgeCells, shapeOf } from '../columns/column-evidence.js';
import { shownCell } from '../columns/key-cell.js';
import { chooseColumn, columnNamed, unclearColumn, unknownColumn } from '../columns/key-column.js';
import { namesKey } from '../columns/key-names.js';
import { type ListChoices, lineShapeOf } from '../columns/rows-plan.js';
import { isObject, nameOf } from './json-kind.js';
import type { ListInput } from './reader.js';
import { KeyBatch } from './span-builder.js';

/** How many members are judged. */
const MOST_NAMES = 1000;
/** How many nested members are named in a message. */
const SHOWN_PATHS = 20;
const WHOLE_TEXTS = { firstLine: 'others', column: '1' } as const;
const NESTED = 'holds lists or objects';

/** Takes the key out of each value of a JSON or JSONL list. */
export class JsonKeys {
  readonly #input: ListInput;
  readonly #kind: 'json' | 'jsonl';
  readonly #unit: 'line' | 'element';
  readonly #batch: KeyBatch;
  #member: string | undefined;
  #path: readonly string[] = [];
  #isUnkeyed = false;

  constructor(input: ListInput, kind: 'json' | 'jsonl') {
    const { path, notes, keyless } = input;
    this.#input = input;
    this.#kind = kind;
    this.#unit = kind === 'json' ? 'element' : 'line';
    this.#batch = new KeyBatch({ path, unit: this.#unit, notes, keyless });
  }

  /**
   * Decides by the first values under which member the keys are.
   *
   * @throws {KeywrightError} `unclear_list`, `unknown_column`.
   */
  choose(values: readonly unknown[], choices: ListChoices): void {
    this.#isUnkeyed = choices.unkeyed === true;
    if (this.#isUnkeyed) return;
    const objects = values.filter(isObject).slice(0, JUDGED_ROWS);
    if (objects.length === 0) {
      const texts = values.filter((value) => typeof value === 'string').slice(0, JUDGED_ROWS);
      this.#batch.lines = lineShapeOf(this.#input.path, texts.map(shownCell), choices, WHOLE_TEXTS);
      return;
    }
    const members = valuesByName(objects);
    const names = [...members.keys()];
    const { path, notes } = this.#input;
    const { column } = choices;
    const evidence = [...members.values()].map((values) => judgeMember(values, choices));
    if (column !== undefined) {
      [this.#member, this.#path] = this.#named(names, objects, column);
      [notes.column, notes.by] = [this.#member, 'option'];
      return;
    }
    const columns = { path, names: [...names, ...nestedPaths(objects)], evidence, areMembers: true };
    const only = evidence.length === 1 ? evidence[0] : undefined;
    if (only !== undefined && only.verdict !== 'clear' && (isNested(only) || !namesKey(names[0] ?? ''))) {
      throw unclearColumn(columns, [...columns.names.keys()], 'no member is plainly the key');
    }
    const { at, by } = this.#chosen(columns);
    this.#member = names[at];
    this.#path = this.#member === undefined ? [] : [this.#member];
    notes.column = this.#member ?? null;
    notes.by = by;
    const filled = evidence[at]?.filled ?? [];
    notes.shapes = new Set(filled.map(shapeOf));
    this.#batch.lines = lineShapeOf(path, filled, choices, {
      firstLine: 'others',
      column: this.#member ?? '1',
    });
  }

  /** Adds one; a batch that became full is handed over. */
  add(value: unknown, line: number, row: Uint8Array): RowSpans | undefined {
    const key = this.#isUnkeyed ? null : isObject(value) ? this.#keyOf(value, row, line) : value;
    if (typeof key !== 'string' && key !== null && key !== undefined) {
      throw damagedFile(
        this.#input.path,
        'has no key as a string: write each key in quotes',
        line,
        this.#unit,
      );
    }
    this.#batch.add(key ?? '', line, this.#input.rows ? row : undefined);
    return this.#batch.full ? this.rest() : undefined;
  }

  /** What was not handed over yet. */
  rest(): RowSpans | undefined {
    return this.#batch.take({ path: this.#input.path, kind: this.#kind, member: this.#member });
  }

  #chosen(columns: Parameters<typeof chooseColumn>[0]) {
    try {
      return chooseColumn(columns);
    } catch (error) {
      // Where nothing at the top is the key, the names below it help.
      const speaks = (each: ColumnEvidence, at: number) =>
        each.verdict === 'clear' || (!isNested(each) && namesKey(columns.names?.[at] ?? ''));
      if (columns.evidence.some(speaks)) throw error;
      throw unclearColumn(columns, [...(columns.names ?? []).keys()], 'no member is plainly the key');
    }
  }

  #named(names: readonly string[], objects: readonly object[], column: string): [string, readonly string[]] {
    const path = column.split('.');
    const isThere = (steps: readonly string[]) =>
      objects.some((object) => memberAt(object, steps) !== undefined);
    if (!names.includes(column) && path.length > 1 && isThere(path)) return [column, path];
    const at = columnNamed(this.#input.path, names, column);
    const name = /^\d+$/.test(column.trim()) && !names.includes(column) ? undefined : names[at];
    if (name !== undefined) return [name, [name]];
    throw unknownColumn(this.#input.path, [...names, ...nestedPaths(objects)], column);
  }

  #keyOf(object: object, row: Uint8Array, line: number): unknown {
    this.#refuseRepeated(row, line);
    return memberAt(object, this.#path);
  }

  // Of two members of one name the engine keeps one, and nobody knows which was meant.
  #refuseRepeated(row: Uint8Array, line: number): void {
    const buffer = Buffer.from(row.buffer, row.byteOffset, row.byteLength);
    const [name = ''] = this.#path;
    const spelled = JSON.stringify(name);
    if (this.#path.length === 1 && !buffer.includes('\\u')) {
      const first = buffer.indexOf(spelled);
      if (first < 0 || buffer.indexOf(spelled, first + 1) < 0) return;
    }
    let from = skipped(row, 0);
    for (const step of this.#path) {
      if (row[from] !== 0x7b) return;
      const found = [...objectMembers(row, from)].filter(({ name }) => nameOf(row, name) === step);
      if (found.length > 1) {
        throw damagedFile(this.#input.path, 'names its key twice: leave one of the two', line, this.#unit);
      }
      from = found[0]?.value[0] ?? row.length;
    }
  }
}

/** The values of each member of these objects, so far as they have it. */
function valuesByName(objects: readonly object[]): ReadonlyMap<string, readonly unknown[]> {
  const members = new Map<string, unknown[]>();
  for (const object of objects) {
    for (const [name, value] of Object.entries(object)) {
      const values = members.get(name);
      if (values !== undefined) values.push(value);
      else if (members.size < MOST_NAMES) members.set(name, [value]);
    }
  }
  return members;
}

/** Whether a member is no text itself, whatever it is called: the key may be in it. */
function isNested({ reason }: ColumnEvidence): boolean {
  return reason === NESTED;
}

function judgeMember(values: readonly unknown[], { fits }: ListChoices): ColumnEvidence {
  const isScalar = values.every((value) => value === null || typeof value !== 'object');
  if (!isScalar) return { verdict: 'unlikely', isRival: false, reason: NESTED, filled: [] };
  const cells = values.map((value) => (value === null ? '' : shownCell(String(value))));
  return judgeCells(cells, fits);
}

/** Own members alone: `__proto__` is a name like any other. */
function memberAt(object: object, path: readonly string[]): unknown {
  let value: unknown = object;
  for (const step of path) {
    if (!isObject(value)) return undefined;
    value = Object.getOwnPropertyDescriptor(value, step)?.value;
  }
  return value;
}

/** The paths to texts inside of members that are objects. */
function nestedPaths(objects: readonly object[]): readonly string[] {
  const paths = new Set<string>();
  const visit = (object: object, before: string, depth: number) => {
    for (const [name, value] of Object.entries(object)) {
      if (paths.size >= SHOWN_PATHS) return;
      if (depth > 0 && typeof value === 'string') paths.add(`${before}${name}`);
      if (isObject(value) && depth < 8) visit(value, `${before}${name}.`, depth + 1);
    }
  };
  for (const object of objects.slice(0, SHOWN_PATHS)) visit(object, '', 0);
  return [...paths];
}
