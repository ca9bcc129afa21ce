import { KeywrightError } from '../../core/errors.js';
import { shownPath, shownText } from '../files/file-error.js';
import { columnErrorOf, columnOfOption, unknownColumn } from '../lists/columns/key-column.js';
import { plainName } from '../lists/columns/key-names.js';
import { csvCells } from '../rows/csv.js';
import { CsvLine } from '../rows/csv-line.js';
import { memberTexts } from '../rows/json-elements.js';
import { columnNames } from '../rows/row-records.js';
import type { CsvLayout, RowLayout } from '../rows/row-spans.js';
import { NO_QUANTITY, quantityIn } from './quantity.js';
import { TotalsRow } from './totals-row.js';

/** What is wrong with a row, as `Problems` take it. */
export interface RowFault {
  /** The column; empty for the row as a whole. */
  readonly column: string;
  readonly message: string;
}

/** Says of each row of a list how many keys it gets. */
export interface RowJudge {
  /** How many keys the row `bytes[from, to)` gets, or why it gets none. */
  judge(bytes: Uint8Array, from: number, to: number): number | RowFault;
  /** To be called behind the last row; what is wrong with that, as is seen only then. @throws {KeywrightError} `unknown_column` */
  end(): RowFault | undefined;
}

/** What is asked of the rows. */
export interface RowDemands {
  /** The column that says how many keys a row gets. Default: one each. */
  readonly per: string | undefined;
  /** What the column of the new keys is called; no row has it yet. */
  readonly header: string;
}

/**
 * The judge of a list.
 *
 * @throws {KeywrightError} `unknown_column`, `unclear_list`: the column `per`; `invalid_option`: there is a column `header`.
 */
export function rowJudge(layout: RowLayout, demands: RowDemands): RowJudge {
  return layout.kind === 'csv' ? new CsvJudge(layout, demands) : new JsonJudge(layout.path, demands);
}

const IS_SUM =
  'is the sum of all rows above: remove it if it is their total, or move it up if it is a row like them';

class CsvJudge implements RowJudge {
  readonly #layout: CsvLayout;
  readonly #header: Buffer;
  readonly #line: CsvLine;
  readonly #per: string;
  readonly #perAt: number;
  readonly #totals = new TotalsRow();

  constructor(layout: CsvLayout, { per, header }: RowDemands) {
    const { path, columns, delimiter } = layout;
    const names = columnNames(layout);
    if (columns?.some((name) => plainName(name) === plainName(header) && name.trim() !== ''))
      throw nameTaken(path, header);
    this.#layout = layout;
    this.#header = Buffer.from(layout.header);
    this.#line = new CsvLine(delimiter);
    this.#perAt = per === undefined ? -1 : columnOfOption(path, names, per, 'per');
    const name = columns === undefined ? '' : (names[this.#perAt] ?? '');
    this.#per = name === '' ? `column ${this.#perAt + 1}` : name;
  }

  judge(bytes: Uint8Array, from: number, to: number): number | RowFault {
    if (this.#header.length === to - from && this.#header.equals(bytes.subarray(from, to)))
      return { column: '', message: 'repeats the heading: remove it' };
    if (this.#perAt < 0) return 1;
    const quantity = quantityIn(this.#cell(bytes, from, to));
    if (quantity === undefined) return { column: this.#per, message: NO_QUANTITY };
    this.#totals.take(quantity, this.#perAt, () => this.#cells(bytes, from, to));
    return quantity;
  }

  end(): RowFault | undefined {
    return this.#totals.isLast ? { column: this.#per, message: IS_SUM } : undefined;
  }

  #cells(bytes: Uint8Array, from: number, to: number): readonly string[] {
    const { buffer, byteOffset } = bytes;
    return csvCells(Buffer.from(buffer, byteOffset + from, to - from).toString(), this.#layout.delimiter);
  }

  #cell(bytes: Uint8Array, from: number, to: number): string {
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const line = this.#line;
    if (line.read(bytes, from, to, this.#perAt)) return buffer.toString('utf8', line.keyFrom, line.keyTo);
    return this.#cells(bytes, from, to)[this.#perAt] ?? '';
  }
}

class JsonJudge implements RowJudge {
  readonly #path: string;
  readonly #demands: RowDemands;
  #names: readonly string[] | undefined;
  #isPerSeen = false;

  constructor(path: string, demands: RowDemands) {
    this.#path = path;
    this.#demands = demands;
  }

  judge(bytes: Uint8Array, from: number, to: number): number | RowFault {
    const { per, header } = this.#demands;
    if (bytes[from] !== 0x7b) return { column: '', message: 'is no object: a key is a member of one' };
    const members = memberTexts(bytes.subarray(from, to)).map(
      ([name, value]) => [String(JSON.parse(name)), value] as const,
    );
    if (members.some(([name]) => name === header)) throw nameTaken(this.#path, header);
    if (per === undefined) return 1;
    this.#names ??= members.map(([name]) => name);
    const [found, other] = members.filter(([name]) => name === per);
    if (found === undefined) return { column: per, message: NO_QUANTITY };
    this.#isPerSeen = true;
    if (other !== undefined) return { column: per, message: 'stands there twice: leave one of the two' };
    const value: unknown = JSON.parse(found[1]);
    const text = typeof value === 'string' ? value : found[1];
    return quantityIn(text) ?? { column: per, message: NO_QUANTITY };
  }

  end(): undefined {
    const { per } = this.#demands;
    if (per !== undefined && this.#names !== undefined && !this.#isPerSeen)
      throw columnErrorOf(unknownColumn(this.#path, this.#names, per), 'per');
  }
}

function nameTaken(path: string, header: string): KeywrightError<'invalid_option'> {
  const message = `${shownPath(path)} has a column ${shownText(header)} already: give that of the new keys another name`;
  return new KeywrightError('invalid_option', message, { option: 'header' });
}
