import type { KeySpans } from '../../core/dedupe/key-spans.js';
import type { CsvDelimiter } from './csv.js';

/** Keys of a list, and how its rows are put together. */
export interface ListSpans extends KeySpans {
  readonly layout: RowLayout;
  /** Rows without key that were asked for, by their index; their spans are what stands in its place. */
  readonly keyless: readonly number[];
}

/**
 * Keys together with the rows that hold them. The row of key `i` is `rowBytes[rowSpans[2i], rowSpans[2i+1])`,
 * UTF-8, as it stands in the file: of text the key itself, of CSV the row with its delimiters and quotes, of
 * JSON the element, of JSONL the value; always without the line's end. May be reused as {@link KeySpans} may.
 */
export interface RowSpans extends ListSpans {
  readonly rowBytes: Uint8Array;
  readonly rowSpans: Uint32Array;
}

/** How the rows of a list, `path`, are put together. */
export type RowLayout = TextLayout | CsvLayout | JsonLayout;

/** A row is a key. */
export interface TextLayout {
  readonly path: string;
  readonly kind: 'text';
}

/** A row is cells. */
export interface CsvLayout {
  readonly path: string;
  readonly kind: 'csv';
  readonly delimiter: CsvDelimiter;
  /** The names of the columns as the first row says them; undefined where there is no heading. */
  readonly columns: readonly string[] | undefined;
  /** How many columns there are. */
  readonly width: number;
  /** The first row as it stands in the file; empty without names. */
  readonly header: Uint8Array;
  /** The column of the key, from 0. */
  readonly keyAt: number;
}

/** A row is a JSON string, the key, or an object, which has the key as `member`: a name, or a path as `attributes.key`. */
export interface JsonLayout {
  readonly path: string;
  readonly kind: 'json' | 'jsonl';
  /** Undefined as long as all rows were strings. */
  readonly member: string | undefined;
}
