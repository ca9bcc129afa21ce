import type { KeySpans } from '../../../core/dedupe/key-spans.js';
import { damagedFile } from '../../files/file-error.js';
import { csvCells, csvRows, misfit, swallowed } from '../../rows/csv.js';
import { CsvLine, holds } from '../../rows/csv-line.js';
import type { CsvLayout, RowSpans } from '../../rows/row-spans.js';
import { commonShape, shapeOf } from '../columns/column-evidence.js';
import {
  isAbsent,
  isShortenedAt,
  LONGEST_ABSENT,
  LOST_DIGITS,
  mayBeWrapped,
  PLAIN_START,
  shownCell,
  shownSpan,
} from '../columns/key-cell.js';
import { MORE_THAN_KEY } from '../columns/line-shape.js';
import type { CsvPlan } from '../columns/table-plan.js';
import { isPemAt, PEM_PROBLEM } from './no-list.js';
import type { ListInput, ListReader } from './reader.js';
import { KeyBatch, UNPRINTABLE_KEY } from './span-builder.js';
import { checkedText, isBlank, LINES_TOGETHER, LineScanner, slices } from './text-list.js';

const TAB = 0x09;

/**
 * Lists with columns, as `planTable` has them. Rows on lines of their own are cut out of the bytes; from the first on that
 * is more complicated (a cell of several lines, stray quotes) `csvRows` reads the rest, several times slower.
 */
export const CSV_READER: ListReader<'csv'> = {
  kind: 'csv',
  unit: 'line',
  open({ table }) {
    if (table.kind !== 'csv') return undefined;
    const { begin, firstLine } = table;
    return { begin, firstLine, read: (input) => csvList(input, table) };
  },
};

/**
 * The keys of a list with columns, and its rows.
 *
 * @throws {KeywrightError} `damaged_file` as `checkedText`, `csvRows` and `KeyBatch` say.
 */
export async function* csvList(input: ListInput, plan: CsvPlan): AsyncGenerator<RowSpans, void, undefined> {
  const list = new CsvList(input, plan);
  const rest = slices(input.chunks);
  const scanner = new LineScanner(input.path, { blanks: true, firstLine: plan.firstLine });
  try {
    for (let ended = false; !ended; ) {
      const next = await rest.next();
      ended = next.done === true;
      if (next.done === true) scanner.finish();
      else scanner.push(next.value);
      for (let lines = scanner.scan(); lines !== undefined; lines = scanner.scan()) {
        const left = yield* list.cut(lines);
        if (left === undefined) continue;
        yield* list.parsed(joined(scanner.from(left.from), rest), left.line);
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

/** Cuts keys and rows. */
class CsvList {
  readonly #input: ListInput;
  readonly #plan: CsvPlan;
  readonly #line: CsvLine;
  readonly #batch: KeyBatch;
  readonly #shape: string | undefined;
  readonly #spans = new Uint32Array(2 * LINES_TOGETHER);
  readonly #rowSpans = new Uint32Array(2 * LINES_TOGETHER);
  readonly #lines = new Uint32Array(LINES_TOGETHER);
  #layout: CsvLayout | undefined;
  #heading: Uint8Array | undefined;
  #keyless: number[] = [];

  constructor(input: ListInput, plan: CsvPlan) {
    const { path, notes, keyless } = input;
    const { key, hasHeader, judged } = plan;
    this.#input = input;
    this.#plan = plan;
    this.#line = new CsvLine(plan.delimiter);
    this.#batch = new KeyBatch({ path, unit: 'line', notes, keyless });
    this.#batch.lines = plan.lines;
    this.#shape = commonShape(judged);
    notes.by = key.by;
    notes.heading = hasHeader;
    notes.column = String(key.at + 1);
    notes.shapes = key.by === 'alone' || key.by === 'option' ? undefined : new Set(judged.map(shapeOf));
    if (!hasHeader) this.#begin(undefined, new Uint8Array());
  }

  /** The rows on these lines; where the first one begins that only a parser can read, when there is one. */
  *cut(lines: KeySpans): Generator<RowSpans, Place | undefined, undefined> {
    const { bytes, spans, firstLine } = lines;
    const { key, width } = this.#plan;
    const row = this.#line;
    let count = 0;
    for (let index = 0; index < lines.count; index++) {
      const [from, to] = [spans[2 * index] ?? 0, spans[2 * index + 1] ?? 0];
      const line = firstLine + (lines.lines[index] ?? 0);
      if (!row.read(bytes, from, to, key.at)) {
        yield* this.#rows(lines, count);
        return { from, line };
      }
      if (row.empty) continue;
      if (this.#layout === undefined) {
        this.#takeHeader(Buffer.from(bytes.subarray(from, to)));
        continue;
      }
      if (row.cells > width) throw misfit(this.#input.path, width, line);
      if (row.cells < width) {
        yield* this.#rows(lines, count);
        count = 0;
        const text = Buffer.from(bytes.subarray(from, to)).toString('utf8');
        this.#add(csvCells(text, this.#plan.delimiter), line, text, width - row.cells);
        yield* this.#taken();
        continue;
      }
      if (!this.#cutKey(bytes, count, line)) continue;
      this.#rowSpans[2 * count] = from;
      this.#rowSpans[2 * count + 1] = to;
      this.#lines[count++] = lines.lines[index] ?? 0;
    }
    yield* this.#rows(lines, count);
    return undefined;
  }

  /** The rows of these bytes, the first of which begins on line `firstLine`, by the parser. */
  async *parsed(
    chunks: AsyncIterable<Uint8Array>,
    firstLine: number,
  ): AsyncGenerator<RowSpans, void, undefined> {
    const { path } = this.#input;
    const { delimiter, width } = this.#plan;
    const checked = checkedText(chunks, path, firstLine);
    // A heading may be wider than the rows by empty cells at its end.
    const options = { firstLine, width: this.#layout === undefined ? undefined : width, texts: true };
    for await (const found of csvRows(checked, path, delimiter, options)) {
      for (const [index, cells] of found.rows.entries()) {
        const [line, text] = [found.lines[index] ?? 0, found.texts[index] ?? ''];
        if (this.#layout === undefined) {
          this.#takeHeader(Buffer.from(text));
          continue;
        }
        const given = cells.length - (found.missing[index] ?? 0);
        if (given > width) throw misfit(path, width, line);
        this.#refuseSwallowed(cells, line);
        this.#add(cells, line, text, width - given);
        if (this.#batch.full) yield* this.#taken();
      }
      yield* this.#taken();
    }
  }

  /** Adds a row that was split, filled up by `missing` cells. */
  #add(cells: readonly string[], line: number, text: string, missing: number): void {
    const { delimiter, key } = this.#plan;
    if (missing > 0) this.#input.notes.padded++;
    const cell = cells[key.at] ?? '';
    const once =
      this.#heading !== undefined && Buffer.from(shownCell(cell)).equals(this.#heading) ? '' : cell;
    const row = this.#input.rows ? Buffer.from(text + delimiter.repeat(missing)) : undefined;
    this.#batch.add(once, line, row);
  }

  /** Takes the heading. What its end has more than the rows are delimiters alone. */
  #takeHeader(text: Buffer): void {
    const { delimiter, width } = this.#plan;
    const names = csvCells(text.toString('utf8'), delimiter);
    const empty = Math.max(0, names.length - width);
    this.#input.notes.emptyNames = empty;
    this.#begin(names.slice(0, width), text.subarray(0, text.length - empty));
  }

  #begin(columns: readonly string[] | undefined, header: Uint8Array): void {
    const { delimiter, width, key } = this.#plan;
    const { path, notes } = this.#input;
    this.#layout = { path, kind: 'csv', delimiter, columns, width, header, keyAt: key.at };
    const name = shownCell(columns?.[key.at] ?? '');
    if (name === '') return;
    notes.column = name;
    this.#heading = Buffer.from(name);
  }

  /** Notes where the key of the row stands; false when there is none to hand over. */
  #cutKey(bytes: Uint8Array, at: number, line: number): boolean {
    let { keyFrom: from, keyTo: to } = this.#line;
    while (from < to && isBlank(bytes[from] ?? 0)) from++;
    while (from < to && isBlank(bytes[to - 1] ?? 0)) to--;
    const { path, keyless, notes } = this.#input;
    // Other control characters are none that a line may hold.
    if (holds(bytes, TAB, from, to)) throw damagedFile(path, UNPRINTABLE_KEY, line);
    if (isShortenedAt(bytes, from, to)) throw damagedFile(path, LOST_DIGITS, line);
    const { lines } = this.#plan;
    const isPlain =
      to - from > LONGEST_ABSENT &&
      PLAIN_START[bytes[from] ?? 0] === 1 &&
      lines?.other(bytes, from, to) === undefined;
    if (!isPlain || to - from === this.#heading?.length) {
      if (mayBeWrapped(bytes[from])) [from, to] = shownSpan(bytes, from, to) ?? [from, to];
      if (isPemAt(bytes, from, to)) throw damagedFile(path, PEM_PROBLEM, line);
      const isHeading = this.#isHeading(bytes, from, to);
      const other = lines?.other(bytes, from, to);
      if (other === 'more' && !keyless) throw damagedFile(path, MORE_THAN_KEY, line);
      if (isAbsent(bytes, from, to) || isHeading || other !== undefined) {
        notes.noteWithoutKey(new TextDecoder().decode(bytes.slice(from, to)), isHeading);
        if (!keyless) return false;
        this.#keyless.push(at);
      }
    }
    this.#spans[2 * at] = from;
    this.#spans[2 * at + 1] = to;
    return true;
  }

  /** Lists that were put behind each other repeat their heading. */
  #isHeading(bytes: Uint8Array, from: number, to: number): boolean {
    const heading = this.#heading;
    return (
      heading !== undefined &&
      heading.length === to - from &&
      heading.every((byte, at) => byte === bytes[from + at])
    );
  }

  /** A quote that closes rows below its own makes one cell of them. */
  #refuseSwallowed(cells: readonly string[], line: number): void {
    if (this.#shape === undefined) return;
    for (const cell of cells) {
      const lines = cell.split(/[\r\n]+/).slice(1);
      const pieces = lines.flatMap((each) => each.split(this.#plan.delimiter).map(shownCell));
      if (
        lines.some((each) => each.includes(this.#plan.delimiter)) &&
        pieces.some((piece) => shapeOf(piece) === this.#shape)
      )
        throw swallowed(this.#input.path, line);
    }
  }

  *#rows({ bytes, firstLine }: KeySpans, count: number): Generator<RowSpans, void, undefined> {
    const [spans, lines, rowSpans, layout, keyless] = [
      this.#spans,
      this.#lines,
      this.#rowSpans,
      this.#layout,
      this.#keyless,
    ];
    this.#keyless = [];
    if (layout === undefined || count === 0) return;
    yield { bytes, spans, lines, firstLine, count, keyless, rowBytes: bytes, rowSpans, layout };
  }

  *#taken(): Generator<RowSpans, void, undefined> {
    const rows = this.#layout && this.#batch.take(this.#layout);
    if (rows !== undefined) yield rows;
  }
}
