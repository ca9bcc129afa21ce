import {
  listOf,
  nullable,
  objectOf,
  objectShape,
  textShape,
  truthShape,
  wholeNumberShape,
} from '../../../core/encoding/json-shape.js';
import { shapeOf } from '../columns/column-evidence.js';
import { isAbsent, saysNoKey } from '../columns/key-cell.js';

/** What is told of how a list was read. */
export interface ListReading {
  /** The column or member that the keys were taken from: its name, without a heading its number; null where there are keys alone. */
  readonly column: string | null;
  /** By what it was chosen; null where there are keys alone. */
  readonly by: 'option' | 'name' | 'cells' | 'both' | 'alone' | null;
  /** Whether the first row was taken for a heading. */
  readonly heading: boolean;
  /** Rows without key, by what stands in its place: `NULL`, `-` …, nothing, `heading` or `other text`. */
  readonly withoutKey: Readonly<Record<string, number>>;
  /** Rows that lacked cells at their end, and were filled up. */
  readonly padded: number;
  /** Whether most keys below those that the choice was made by have another shape than all of these. */
  readonly contradicted: boolean;
  /** Sheets of a workbook that were not read, and may hold keys as well. */
  readonly otherSheets: readonly string[];
  /** Empty cells at the end of the heading, as a delimiter there makes them, for which no row has one; they were left out. */
  readonly emptyNames: number;
}

const WAYS: readonly ListReading['by'][] = ['option', 'name', 'cells', 'both', 'alone'];

/** What a {@link ListReading} looks like where it was kept as JSON. */
export const LIST_READING = objectOf<ListReading>({
  column: nullable(textShape),
  by: (value) => WAYS.find((way) => way === value) ?? null,
  heading: truthShape,
  withoutKey: (value) =>
    Object.fromEntries(
      Object.entries(objectShape(value)).map(([cell, rows]) => [cell, wholeNumberShape(rows)]),
    ),
  padded: wholeNumberShape,
  contradicted: truthShape,
  // Reports that were kept before have none.
  otherSheets: (value) => (value === undefined ? [] : listOf(textShape)(value)),
  emptyNames: (value) => (value === undefined ? 0 : wholeNumberShape(value)),
});

/** Of each batch so many keys are looked at. */
const LOOKED_AT = 32;

/** Notes how a list is read, while it is. */
export class ReadingNotes {
  column: string | null = null;
  by: ListReading['by'] = null;
  heading = false;
  padded = 0;
  otherSheets: readonly string[] = [];
  emptyNames = 0;
  /** Of the keys that the choice was made by. */
  shapes: ReadonlySet<string> | undefined;
  readonly #withoutKey = new Map<string, number>();
  #looked = 0;
  #other = 0;

  /** A row without key: what stands in its place is a heading once more, or else some other text. */
  noteWithoutKey(cell: string, isHeading: boolean): void {
    const said = saysNoKey(cell) ? cell : isHeading ? 'heading' : 'other text';
    this.#withoutKey.set(said, (this.#withoutKey.get(said) ?? 0) + 1);
  }

  /** Holds some keys of a batch against those that the choice was made by. */
  compare(bytes: Uint8Array, spans: Uint32Array, count: number): void {
    const { shapes } = this;
    if (shapes === undefined || shapes.size === 0) return;
    const step = Math.max(1, Math.floor(count / LOOKED_AT));
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let index = 0; index < count; index += step) {
      const from = spans[2 * index] ?? 0;
      const to = Math.min(spans[2 * index + 1] ?? 0, from + 200);
      // A row without key says nothing about the column.
      if (isAbsent(bytes, from, to)) continue;
      this.#looked++;
      if (!shapes.has(shapeOf(buffer.toString('utf8', from, to)))) this.#other++;
    }
  }

  get reading(): ListReading {
    const { column, by, heading, padded, otherSheets, emptyNames } = this;
    const contradicted = 2 * this.#other > this.#looked;
    const withoutKey = Object.fromEntries(this.#withoutKey);
    return { column, by, heading, withoutKey, padded, contradicted, otherSheets, emptyNames };
  }
}
