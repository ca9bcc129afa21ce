import { KnownKeys } from '../../core/dedupe/known-keys.js';
import type { JsonObject, JsonValue } from '../../core/encoding/json-text.js';
import { isKeywrightError, KeywrightError } from '../../core/errors.js';
import type { ImportRow, Issue } from '../../core/vendors/server/vendor.js';
import { shownPath, shownText } from '../files/file-error.js';
import { type ExpectedKeys, ExpectedShape } from '../lists/columns/expected-shape.js';
import { fitting } from '../lists/columns/fitting.js';
import { saysNoKey, shownCell } from '../lists/columns/key-cell.js';
import { columnNamed, columnOfOption } from '../lists/columns/key-column.js';
import { type KnownList, knownList } from '../lists/known-lists.js';
import { type KeyFile, type KeyFileOptions, openKeyFile } from '../lists/list-file.js';
import { unguardedCell } from '../rows/csv-guard.js';
import { bareRow, columnNames, type RowRecord, rowRecord } from '../rows/row-records.js';
import type { RowLayout, RowSpans } from '../rows/row-spans.js';
import type { FieldReader } from './field-values.js';
import type { Place, Problems } from './problems.js';
import { readTranslation, type Translation } from './translation.js';

/** A column, and the field that its cells go to; with a table, what they stand for there, see `readTranslation`. */
export type Mapping = readonly [
  column: string,
  field: string,
  table?: string | undefined,
  /** The option that named the column. Default `map`. */
  option?: 'entitlements' | undefined,
];

/** A row to import, and where it stands. */
export interface PlacedRow extends ImportRow {
  readonly place: Place;
  /** What is compared of the key, where that was asked for. */
  readonly compared?: string | undefined;
}

/** How {@link ImportRows} reads. */
export interface ImportRowsOptions extends KeyFileOptions, ExpectedKeys {
  readonly map: readonly Mapping[];
  readonly values: FieldReader;
  /** Compare keys as the texts they are. Default: by canonical form v1. */
  readonly exact?: boolean | undefined;
  /** Tell of each row what is compared of its key. */
  readonly compared?: boolean | undefined;
  /** How many keys will come; more may. */
  readonly expected?: number | undefined;
  readonly problems: Problems;
  /** The column that says what the importer calls a row. */
  readonly ref?: string | undefined;
}

const NO_FIELDS: JsonObject = {};

/** Rows that are handed over together. */
const TOGETHER = 1000;

/**
 * The rows of lists of keys with their mapped fields. A row that repeats a key, in whatever spelling, whose
 * key is no license key, or with a cell that cannot be its field's value, is a problem and left out. An empty cell
 * or null leaves the field unset, one that its table does not have is a problem. Memory grows by some bytes a key.
 */
export class ImportRows {
  readonly #options: ImportRowsOptions;
  /** As in `FingerprintSet`: about once in 10⁹ rows a key is taken for another one, and told as a repeat. */
  readonly #known: KnownKeys;
  readonly #expected: ExpectedShape;
  readonly #tables = new Map<string, Translation>();
  readonly inputs: KnownList[] = [];
  /** Manifests among the lists, which hold no keys. */
  readonly skipped: string[] = [];
  #count = 0;
  /** Of the key that was new last. */
  #compared: string | undefined;

  constructor(options: ImportRowsOptions) {
    this.#options = options;
    const { exact, expected, compared = false } = options;
    let view: Buffer = Buffer.alloc(0);
    const onNew = (bytes: Uint8Array, length: number) => {
      // All keys come in one array, which is replaced by a longer one at most.
      if (view.buffer !== bytes.buffer) view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
      this.#compared = view.toString('latin1', 0, length);
    };
    this.#known = new KnownKeys({ exact, expected, onNew: compared ? onNew : undefined });
    this.#expected = new ExpectedShape(options);
  }

  /** How many rows were read so far. */
  get count(): number {
    return this.#count;
  }

  /**
   * Reads a list, some rows at a time.
   *
   * @throws {KeywrightError} as `openKeyFile` and `ExpectedShape.problem`; `no_keys` for a list without any; `unknown_column` when it lacks a
   *   mapped column, or that of references; as `readTranslation`.
   */
  async *read(path: string): AsyncGenerator<readonly PlacedRow[], void, undefined> {
    const { column, headerRow, sheet, fits, stdin, signal, map } = this.#options;
    const choices = { column, headerRow, sheet, fits: fits ?? fitting(this.#options.format) };
    for (const [, , table] of map) {
      if (table === undefined || this.#tables.has(table)) continue;
      this.#tables.set(table, await readTranslation(table, { stdin, signal }));
    }
    const hash = this.#known.lineHash;
    const file = await openKeyFile(path, { ...choices, hash, stdin, signal, keyless: true });
    const seen = new Set<string>();
    for await (const batch of file.rows()) {
      if (batch.layout.kind === 'csv') {
        const names = columnNames(batch.layout);
        for (const [wanted, option] of this.#wanted) columnOfOption(path, names, wanted, option);
      }
      const keyless = new Set(batch.keyless);
      for (let from = 0; from < batch.count; from += TOGETHER) {
        yield this.#rowsOf(batch, from, keyless, path, seen);
        await this.#options.problems.flush();
      }
    }
    this.#note(file, seen);
  }

  /** The columns that each list must have, and who asks for them. */
  get #wanted(): readonly WantedColumn[] {
    const { map, ref } = this.#options;
    const mapped = map.map(([column, , , option]) => [column, option ?? 'map'] as const);
    return ref === undefined ? mapped : [...mapped, [ref, 'ref']];
  }

  #rowsOf(
    batch: RowSpans,
    from: number,
    keyless: ReadonlySet<number>,
    path: string,
    seen: Set<string>,
  ): readonly PlacedRow[] {
    const rows: PlacedRow[] = [];
    const recordOf = this.#wanted.length === 0 ? bareRow : rowRecord;
    const end = Math.min(from + TOGETHER, batch.count);
    this.#known.prefetchSpans(batch, from, end);
    for (let index = from; index < end; index++) {
      const record = recordOf(batch, index);
      const reference = this.#referenceOf(record, batch.layout, seen);
      const place = { path, line: record.line, ordinal: this.#count++, reference };
      if (keyless.has(index)) {
        this.#options.problems.note(place, [{ path: [], message: withoutKey(record.key) }]);
        continue;
      }
      const issues: Issue[] = [];
      const fields = this.#fieldsOf(record, batch.layout, issues, seen);
      // A row that is left out for its cells leaves its key to a row below.
      const problem = issues.length === 0 ? this.#keyProblem(batch, index, record.key, place) : undefined;
      if (problem !== undefined) issues.push({ path: [], message: problem });
      if (issues.length > 0) this.#options.problems.note(place, issues);
      else rows.push({ key: record.key, fields, reference, place, compared: this.#compared });
    }
    return rows;
  }

  /** Empty where a row has none, undefined where none was asked for. */
  #referenceOf({ fields }: RowRecord, layout: RowLayout, seen: Set<string>): string | undefined {
    const { ref } = this.#options;
    if (ref === undefined) return undefined;
    const cell = cellOf(fields, ref, layout);
    if (cell !== undefined) seen.add(ref);
    return cell ?? '';
  }

  #keyProblem(batch: RowSpans, index: number, key: string, { path, line }: Place): string | undefined {
    try {
      if (this.#known.addSpan(batch, index)) return this.#expected.problem(key, path, line);
      return 'repeats the key of a row before it: remove it (keywright dedupe does)';
    } catch (error) {
      if (isKeywrightError(error, 'not_a_key')) return `is no license key: ${error.message}`;
      throw error;
    }
  }

  #fieldsOf(record: RowRecord, layout: RowLayout, issues: Issue[], seen: Set<string>): JsonObject {
    if (this.#options.map.length === 0) return NO_FIELDS;
    const fields: [string, JsonValue][] = [];
    for (const [column, field, table] of this.#options.map) {
      const cell = cellOf(record.fields, column, layout);
      if (cell === undefined) continue;
      seen.add(column);
      if (cell === '') continue;
      const text = table === undefined ? cell : this.#tables.get(table)?.get(shownCell(cell));
      if (text === undefined) {
        const message = `has a value that is not in ${shownPath(table ?? '')}: add it there, or correct the row`;
        issues.push({ path: [field], message });
        continue;
      }
      const value = this.#options.values.read(field, text, layout.kind !== 'csv' && table === undefined);
      if (value === undefined) issues.push({ path: [field], message: this.#options.values.demand(field) });
      else fields.push([field, value]);
    }
    return Object.fromEntries(fields);
  }

  #note(file: KeyFile, seen: ReadonlySet<string>): void {
    const { path } = file;
    if (file.kind === 'manifest') {
      this.skipped.push(path);
      return;
    }
    if (file.count === 0) {
      throw new KeywrightError('no_keys', `${shownPath(path)} holds no keys: name a list of license keys`, {
        path,
      });
    }
    const absent = this.#wanted.find(([column]) => !seen.has(column));
    if (absent !== undefined) {
      const [column, option] = absent;
      const problem = `${shownPath(path)} has no column or member ${shownText(column)}: check its name`;
      throw new KeywrightError('unknown_column', problem, { path, columns: [], option });
    }
    this.inputs.push(knownList(file));
  }
}

/** Why a row counts as one without key, by what stands in its place. */
function withoutKey(text: string): string {
  return saysNoKey(text)
    ? 'has no key: fill it in or remove it'
    : 'holds other text than a key alone: leave the key alone on it, or remove it';
}

type WantedColumn = readonly [column: string, option: 'map' | 'ref' | 'entitlements'];

/** The tables of mappings, which are read. */
export function tablesOf(map: readonly Mapping[]): readonly string[] {
  return map.flatMap(([, , table]) => table ?? []);
}

/** What stands in a column; an apostrophe that guards a CSV against spreadsheets, as `generate` writes it, is none of it. */
function cellOf(
  fields: ReadonlyMap<string, string>,
  column: string,
  { kind }: RowLayout,
): string | undefined {
  const cell = fields.get(column.trim()) ?? fields.get(likeNamed(fields, column) ?? '');
  return kind === 'csv' && cell !== undefined ? unguardedCell(cell) : cell;
}

/** The name of a column that is spelled a little differently. */
function likeNamed(fields: ReadonlyMap<string, string>, column: string): string | undefined {
  const names = [...fields.keys()];
  return names[columnNamed('', names, column)];
}
