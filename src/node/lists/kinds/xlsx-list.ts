import { damagedFile } from '../../files/file-error.js';
import { csvTable } from '../../rows/csv.js';
import type { CsvLayout, RowSpans } from '../../rows/row-spans.js';
import { JUDGED_ROWS, shapeOf } from '../columns/column-evidence.js';
import { LOST_DIGITS, shownCell } from '../columns/key-cell.js';
import { planRows } from '../columns/rows-plan.js';
import type { ListInput, ListReader, ReaderChoices } from './reader.js';
import { KeyBatch } from './span-builder.js';
import { type CellValue, Workbook } from './workbook.js';
import { isZip, zipContent } from './zip-archive.js';

/** The longest workbook that is read, and what it may unpack to. */
const MAX_FILE = 64 * 2 ** 20;
const MAX_UNPACKED = 256 * 2 ** 20;
/** A spreadsheet keeps so many digits of a number. */
const MOST_DIGITS = 15;

/**
 * Excel workbooks (.xlsx): the first sheet, or the one that is named; cells as they are shown. They are read whole: at most 64 MiB, that
 * unpack to 256 MiB at most. The package `hucre` must be installed.
 */
export const XLSX_READER: ListReader<'xlsx'> = {
  kind: 'xlsx',
  unit: 'line',
  open({ bytes, choices }) {
    if (!isZip(bytes)) return undefined;
    return { begin: 0, firstLine: 1, read: (input) => xlsxList(input, choices) };
  },
};

/**
 * @throws {KeywrightError} `missing_driver`; `damaged_file`: no workbook, too large, or, with its row, a key that is a number which
 *   lost digits; `unclear_list`: also which sheet holds the keys; `unknown_column`.
 */
async function* xlsxList(
  input: ListInput,
  choices: ReaderChoices,
): AsyncGenerator<RowSpans, void, undefined> {
  const { path, notes, keyless } = input;
  const bytes = await readWhole(input.chunks, path);
  const book = await Workbook.of(bytes, path);
  const rows = await book.rows(choices.sheet);
  const isChosen = choices.sheet !== undefined || choices.column !== undefined || choices.unkeyed === true;
  if (!isChosen) await book.refuseKeyless(rows);
  const judged = rows.slice(0, JUDGED_ROWS + 1).map(({ cells }) => cells);
  const plan = planRows(path, judged, choices);
  const columns = plan.hasHeader ? (rows[0]?.cells ?? []).slice(0, plan.width).map(shownCell) : undefined;
  const heading = columns?.[plan.key.at];
  notes.column = heading ?? String(plan.key.at + 1);
  notes.by = plan.key.by;
  notes.heading = plan.hasHeader;
  notes.shapes =
    plan.key.by === 'option' || plan.key.by === 'alone' ? undefined : new Set(plan.judged.map(shapeOf));
  if (choices.sheet === undefined) notes.otherSheets = await book.otherSheets(plan.judged);
  const layout: CsvLayout = {
    path,
    kind: 'csv',
    delimiter: ',',
    columns,
    width: plan.width,
    header: columns === undefined ? new Uint8Array() : Buffer.from(rowText(columns)),
    keyAt: plan.key.at,
  };
  const batch = new KeyBatch({ path, unit: 'line', notes, keyless, heading });
  batch.lines = plan.lines;
  const below = rows.slice(plan.hasHeader ? 1 : 0);
  const digits = digitsOfTexts(below.map(({ values }) => values[plan.key.at]));
  for (const { cells, values, line } of below) {
    refuseNumber(values[plan.key.at], cells[plan.key.at] ?? '', { digits, path, line });
    const filled = Array.from({ length: plan.width }, (_, at) => cells[at] ?? '');
    // What is true or false is no key, whatever the column.
    const key = typeof values[plan.key.at] === 'boolean' ? '' : (cells[plan.key.at] ?? '');
    batch.add(key, line, input.rows ? Buffer.from(rowText(filled)) : undefined);
    if (batch.full) yield* taken(batch, layout);
  }
  yield* taken(batch, layout);
}

function* taken(batch: KeyBatch, layout: CsvLayout): Generator<RowSpans, void, undefined> {
  const rows = batch.take(layout);
  if (rows !== undefined) yield rows;
}

/** A row as CSV. Who writes it guards it against spreadsheets. */
function rowText(cells: readonly string[]): string {
  return csvTable([cells], [...cells.keys()]).replace(/\n$/, '');
}

/** What a format puts between the thousands of a number, by the language of who looks at it. */
const GROUPED_NUMBER = /^\d{1,3}(?:[.,'’\s]\d{3})+$/;
const GROUPED =
  'has a number for its key that is shown with marks between its thousands: format the column as text and enter it again';

const LOST_ZEROS =
  'has a number for its key that is shorter than the other keys, as one that lost zeros at its beginning: enter it again as text';

/** How many digits the keys have that are texts of digits alone, where all have as many. */
function digitsOfTexts(values: readonly (CellValue | undefined)[]): number | undefined {
  const texts = values.flatMap((value) => (typeof value === 'string' ? shownCell(value) : []));
  const [length, ...others] = new Set(texts.filter((text) => /^\d+$/.test(text)).map((text) => text.length));
  return others.length === 0 ? length : undefined;
}

function refuseNumber(
  value: CellValue | undefined,
  shown: string,
  {
    digits = 0,
    path,
    line,
  }: { readonly digits?: number | undefined; readonly path: string; readonly line: number },
): void {
  if (typeof value !== 'number') return;
  if (GROUPED_NUMBER.test(shown)) throw damagedFile(path, GROUPED, line);
  if (/^\d+$/.test(shown) && shown.length < digits) throw damagedFile(path, LOST_ZEROS, line);
  const kept = Math.abs(value).toString().replace(/\D/g, '').replace(/^0+/, '').length;
  if (kept <= MOST_DIGITS && Math.abs(value) < 10 ** MOST_DIGITS && !/\de[+-]?\d/i.test(shown)) return;
  throw damagedFile(path, LOST_DIGITS, line);
}

async function readWhole(chunks: AsyncIterable<Uint8Array>, path: string): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    length += chunk.length;
    if (length > MAX_FILE) throw damagedFile(path, 'is a workbook over 64 MiB: save it as CSV');
    parts.push(chunk);
  }
  const bytes = Buffer.concat(parts);
  const content = zipContent(bytes, MAX_UNPACKED);
  if (content === undefined)
    throw damagedFile(path, 'is a damaged ZIP archive: copy it again, or save the list as CSV');
  if (content.unpacked > MAX_UNPACKED)
    throw damagedFile(path, 'unpacks to more than 256 MiB: save the list as CSV');
  if (!content.names.some((name) => name.startsWith('xl/'))) {
    throw damagedFile(path, 'is a ZIP archive: unpack it and name the lists in it');
  }
  return bytes;
}
