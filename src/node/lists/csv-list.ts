import type { KeySpans } from '../../core/dedupe/key-spans.js';
import { damagedFile } from '../files/file-error.js';
import { type CsvDelimiter, csvCells, csvRows, misfit } from '../rows/csv.js';
import { CsvLine, holds } from '../rows/csv-line.js';
import type { CsvLayout, RowSpans } from '../rows/row-spans.js';
import { keyColumn, unknownColumn } from './key-column.js';
import { KeyBatch, NO_KEY, UNPRINTABLE_KEY } from './span-builder.js';
import { checkedText, isBlank, LINES_TOGETHER, LineScanner, slices } from './text-list.js';

const TAB = 0x09;

/**
 * The keys of a CSV list: of the column `column`, else of its only column, else of the one whose name is
 * plainly that of the key (see `keyColumn`). The first row is the header, with one exception: a list of a
 * single column whose first cell is neither `column` nor such a name has no header, and its first row is a key.
 *
 * Rows on lines of their own are cut out of the bytes; from the first on that is more complicated (a cell of
 * several lines, stray quotes) `csvRows` reads the rest, several times slower. With `rows` the rows come too.
 *
 * @throws {KeywrightError} `unknown_column`; `damaged_file` as `checkedText`, `csvRows` and `KeyBatch` say.
 */
export async function* csvList(
  chunks: AsyncIterable<Uint8Array>,
  path: string,
  delimiter: CsvDelimiter,
  column: string | undefined,
  rows: boolean,
): AsyncGenerator<RowSpans, void, undefined> {
  const list = new CsvList(path, delimiter, column);
  const rest = slices(chunks);
  const scanner = new LineScanner(path, { blanks: true });
  try {
    for (let ended = false; !ended; ) {
      const next = await rest.next();
      ended = next.done === true;
      if (next.done === true) scanner.finish();
      else scanner.push(next.value);
      for (let lines = scanner.scan(); lines !== undefined; lines = scanner.scan()) {
        const { cut, left } = list.cut(lines);
        if (cut !== undefined) yield cut;
        if (left === undefined) continue;
        yield* list.parsed(joined(scanner.from(left.from), rest), left.line, rows);
        return;
      }
    }
  } finally {
    await rest.return();
  }
}

async function* joined(first: Uint8Array, rest: AsyncIterable<Uint8Array>) {
  yield first;
  yield* rest;
}

/** Where a row begins: the byte of the scanner's, and the line. */
interface Place {
  readonly from: number;
  readonly line: number;
}

/** What the rows read so far tell about those to come. */
class CsvList {
  readonly #path: string;
  readonly #delimiter: CsvDelimiter;
  readonly #column: string | undefined;
  readonly #line: CsvLine;
  readonly #spans = new Uint32Array(2 * LINES_TOGETHER);
  readonly #rowSpans = new Uint32Array(2 * LINES_TOGETHER);
  readonly #lines = new Uint32Array(LINES_TOGETHER);
  #width = 0;
  #layout: CsvLayout | undefined;

  constructor(path: string, delimiter: CsvDelimiter, column: string | undefined) {
    this.#path = path;
    this.#delimiter = delimiter;
    this.#column = column;
    this.#line = new CsvLine(delimiter);
  }

  /** The rows on these lines; the one that only a parser can read, and all behind it, are left. */
  cut(lines: KeySpans): { readonly cut: RowSpans | undefined; readonly left?: Place } {
    const { bytes, spans, firstLine } = lines;
    const row = this.#line;
    let count = 0;
    for (let index = 0; index < lines.count; index++) {
      const [from, to] = [spans[2 * index] ?? 0, spans[2 * index + 1] ?? 0];
      const line = firstLine + (lines.lines[index] ?? 0);
      let simple = row.read(bytes, from, to, this.#layout?.keyAt ?? -1);
      if (simple && this.#layout === undefined && !row.empty) {
        const header = Buffer.from(bytes.subarray(from, to));
        if (this.#begin(csvCells(header.toString('utf8'), this.#delimiter), header)) continue;
        simple = row.read(bytes, from, to, 0);
      }
      if (!simple) return { cut: this.#rows(lines, count), left: { from, line } };
      if (row.empty) continue;
      if (row.cells !== this.#width) throw misfit(this.#path, this.#width, line);
      this.#cutKey(bytes, count, line);
      this.#rowSpans[2 * count] = from;
      this.#rowSpans[2 * count + 1] = to;
      this.#lines[count++] = lines.lines[index] ?? 0;
    }
    return { cut: this.#rows(lines, count) };
  }

  /** The rows of these bytes, the first of which begins on line `firstLine`, by the parser. */
  async *parsed(
    chunks: AsyncIterable<Uint8Array>,
    firstLine: number,
    texts: boolean,
  ): AsyncGenerator<RowSpans, void, undefined> {
    const batch = new KeyBatch(this.#path, 'line');
    const options = { firstLine, width: this.#width, texts: texts || this.#layout === undefined };
    const checked = checkedText(chunks, this.#path, firstLine);
    for await (const found of csvRows(checked, this.#path, this.#delimiter, options)) {
      for (const [index, cells] of found.rows.entries()) {
        const text = Buffer.from(found.texts[index] ?? '');
        if (this.#layout === undefined && this.#begin(cells, text)) continue;
        batch.add(cells[this.#layout?.keyAt ?? 0] ?? '', found.lines[index] ?? 0, texts ? text : undefined);
        if (batch.full) yield* this.#taken(batch);
      }
      yield* this.#taken(batch);
    }
  }

  /** Takes the first row; false when it is no header but a key. */
  #begin(names: readonly string[], header: Uint8Array): boolean {
    this.#width = names.length;
    const keyAt = keyColumn(names, this.#column);
    const shape = { path: this.#path, kind: 'csv', delimiter: this.#delimiter } as const;
    if (keyAt >= 0) {
      this.#layout = { ...shape, columns: names, header, keyAt };
      return true;
    }
    if (names.length > 1 || this.#column !== undefined) throw unknownColumn(this.#path, names, this.#column);
    this.#layout = { ...shape, columns: undefined, header: new Uint8Array(), keyAt: 0 };
    return false;
  }

  #cutKey(bytes: Uint8Array, at: number, line: number): void {
    let { keyFrom: from, keyTo: to } = this.#line;
    while (from < to && isBlank(bytes[from] ?? 0)) from++;
    while (from < to && isBlank(bytes[to - 1] ?? 0)) to--;
    if (from === to) throw damagedFile(this.#path, NO_KEY, line);
    // Other control characters are none that a line may hold.
    if (holds(bytes, TAB, from, to)) throw damagedFile(this.#path, UNPRINTABLE_KEY, line);
    this.#spans[2 * at] = from;
    this.#spans[2 * at + 1] = to;
  }

  #rows({ bytes, firstLine }: KeySpans, count: number): RowSpans | undefined {
    const [spans, lines, rowSpans, layout] = [this.#spans, this.#lines, this.#rowSpans, this.#layout];
    if (layout === undefined || count === 0) return undefined;
    return { bytes, spans, lines, firstLine, count, rowBytes: bytes, rowSpans, layout };
  }

  *#taken(batch: KeyBatch): Generator<RowSpans, void, undefined> {
    const rows = this.#layout && batch.take(this.#layout);
    if (rows !== undefined) yield rows;
  }
}
