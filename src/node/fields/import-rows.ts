import { KnownKeys } from '../../core/dedupe/known-keys.js';
import type { JsonObject, JsonValue } from '../../core/encoding/json-text.js';
import { isKeywrightError, KeywrightError } from '../../core/errors.js';
import type { ImportRow, Issue } from '../../core/vendors/server/vendor.js';
import { shownPath, shownText } from '../files/file-error.js';
import { type ExpectedKeys, ExpectedShape } from '../lists/columns/expected-shape.js';
import { fitting } from '../lists/columns/fitting.js';
import { columnNamed, unknownColumn } from '../lists/columns/key-column.js';
import { type KnownList, knownList } from '../lists/known-lists.js';
import { type KeyFile, type KeyFileOptions, openKeyFile } from '../lists/list-file.js';
import { bareRow, columnNames, type RowRecord, rowRecord } from '../rows/row-records.js';
import type { RowSpans } from '../rows/row-spans.js';
import type { FieldReader } from './field-values.js';
import type { Place, Problems } from './problems.js';

/** A column, and the field that its cells go to. */
export type Mapping = readonly [column: string, field: string];

/** A row to import, and where it stands. */
export interface PlacedRow extends ImportRow {
  readonly place: Place;
}

/** How {@link ImportRows} reads. */
export interface ImportRowsOptions extends KeyFileOptions, ExpectedKeys {
  readonly map: readonly Mapping[];
  readonly values: FieldReader;
  /** Compare keys as the texts they are. Default: by canonical form v1. */
  readonly exact?: boolean | undefined;
  readonly problems: Problems;
}

/** Rows that are handed over together. */
const TOGETHER = 1000;

/**
 * The rows of lists of keys with their mapped fields. A row that repeats a key, in whatever spelling, whose
 * key is no license key, or with a cell that cannot be its field's value, is a problem and left out. An empty cell
 * or null leaves the field unset. Memory grows by some bytes a key.
 */
export class ImportRows {
  readonly #options: ImportRowsOptions;
  /** 64 bits of each key: that two different keys share them is less likely than 10⁻⁷ for a million. */
  readonly #known: KnownKeys;
  readonly #expected: ExpectedShape;
  readonly inputs: KnownList[] = [];
  /** Manifests among the lists, which hold no keys. */
  readonly skipped: string[] = [];
  #count = 0;

  constructor(options: ImportRowsOptions) {
    this.#options = options;
    this.#known = new KnownKeys({ exact: options.exact });
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
   *   mapped column.
   */
  async *read(path: string): AsyncGenerator<readonly PlacedRow[], void, undefined> {
    const { column, headerRow, sheet, fits, stdin, signal, map } = this.#options;
    const choices = { column, headerRow, sheet, fits: fits ?? fitting(this.#options.format) };
    const file = await openKeyFile(path, { ...choices, stdin, signal, keyless: true });
    const seen = new Set<string>();
    for await (const batch of file.rows()) {
      if (batch.layout.kind === 'csv') checkColumns(columnNames(batch.layout), map, path);
      const keyless = new Set(batch.keyless);
      for (let from = 0; from < batch.count; from += TOGETHER) {
        yield this.#rowsOf(batch, from, keyless, path, seen);
      }
    }
    this.#note(file, seen);
  }

  #rowsOf(
    batch: RowSpans,
    from: number,
    keyless: ReadonlySet<number>,
    path: string,
    seen: Set<string>,
  ): readonly PlacedRow[] {
    const rows: PlacedRow[] = [];
    const recordOf = this.#options.map.length === 0 ? bareRow : rowRecord;
    for (let index = from; index < Math.min(from + TOGETHER, batch.count); index++) {
      const record = recordOf(batch, index);
      const place = { path, line: record.line, ordinal: this.#count++ };
      if (keyless.has(index)) {
        this.#options.problems.note(place, [{ path: [], message: 'has no key: fill it in or remove it' }]);
        continue;
      }
      const issues: Issue[] = [];
      const fields = this.#fieldsOf(record, issues, seen);
      // A row that is left out for its cells leaves its key to a row below.
      const problem = issues.length === 0 ? this.#keyProblem(batch, index, record.key, place) : undefined;
      if (problem !== undefined) issues.push({ path: [], message: problem });
      if (issues.length > 0) this.#options.problems.note(place, issues);
      else rows.push({ key: record.key, fields, place });
    }
    return rows;
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

  #fieldsOf(record: RowRecord, issues: Issue[], seen: Set<string>): JsonObject {
    const fields: [string, JsonValue][] = [];
    for (const [column, field] of this.#options.map) {
      const cell = cellOf(record.fields, column);
      if (cell === undefined) continue;
      seen.add(column);
      if (cell === '') continue;
      const value = this.#options.values.read(field, cell);
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
    const absent = this.#options.map.find(([column]) => !seen.has(column));
    if (absent !== undefined) {
      const problem = `${shownPath(path)} has no column or member ${shownText(absent[0])}: check its name`;
      throw new KeywrightError('unknown_column', problem, { path, columns: [], option: 'map' });
    }
    this.inputs.push(knownList(file));
  }
}

function checkColumns(columns: readonly string[], map: readonly Mapping[], path: string): void {
  for (const [column] of map) {
    if (columnNamed(path, columns, column) >= 0) continue;
    const { message, details } = unknownColumn(path, columns, column);
    throw new KeywrightError('unknown_column', message, { ...details, option: 'map' });
  }
}

function cellOf(fields: ReadonlyMap<string, string>, column: string): string | undefined {
  const exact = fields.get(column.trim());
  if (exact !== undefined) return exact;
  const names = [...fields.keys()];
  const name = names[columnNamed('', names, column)];
  return name === undefined ? undefined : fields.get(name);
}
