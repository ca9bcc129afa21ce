import { isKeywrightError, KeywrightError } from '../../../core/errors.js';
import { damagedFile, shownPath, shownText } from '../../files/file-error.js';
import { installCommand } from '../../files/install-command.js';
import { csvTable } from '../../rows/csv.js';
import type { CsvLayout, RowSpans } from '../../rows/row-spans.js';
import { JUDGED_ROWS, judgeCells, shapeOf } from '../columns/column-evidence.js';
import { LOST_DIGITS, saysNoKey, shownCell } from '../columns/key-cell.js';
import { namesKey } from '../columns/key-names.js';
import { planRows } from '../columns/rows-plan.js';
import type { ListInput, ListReader, ReaderChoices } from './reader.js';
import { KeyBatch } from './span-builder.js';
import { isZip, zipContent } from './zip-archive.js';

type Hucre = typeof import('hucre');
type Sheet = Awaited<ReturnType<Hucre['readXlsx']>>['sheets'][number];
type CellValue = Sheet['rows'][number][number];

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
 *   lost digits; `unclear_list`, `unknown_column`.
 */
async function* xlsxList(
  input: ListInput,
  choices: ReaderChoices,
): AsyncGenerator<RowSpans, void, undefined> {
  const { path, notes, keyless } = input;
  const bytes = await readWhole(input.chunks, path);
  const hucre = await loadHucre();
  const sheet = await sheetOf(hucre, bytes, path, choices.sheet);
  const rows = rowsOf(hucre, sheet);
  const judged = rows.slice(0, JUDGED_ROWS + 1).map(({ cells }) => cells);
  const plan = planRows(path, judged, choices);
  const columns = plan.hasHeader ? (rows[0]?.cells ?? []).slice(0, plan.width).map(shownCell) : undefined;
  const heading = columns?.[plan.key.at];
  notes.column = heading ?? String(plan.key.at + 1);
  notes.by = plan.key.by;
  notes.heading = plan.hasHeader;
  notes.shapes =
    plan.key.by === 'option' || plan.key.by === 'alone' ? undefined : new Set(plan.judged.map(shapeOf));
  if (choices.sheet === undefined) notes.otherSheets = await otherSheets(hucre, bytes, path, plan.judged);
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
  for (const { cells, line } of rows.slice(plan.hasHeader ? 1 : 0)) {
    refuseLostDigits(sheet.rows[line - 1]?.[plan.key.at], cells[plan.key.at] ?? '', path, line);
    const filled = Array.from({ length: plan.width }, (_, at) => cells[at] ?? '');
    batch.add(cells[plan.key.at] ?? '', line, input.rows ? Buffer.from(rowText(filled)) : undefined);
    if (batch.full) yield* taken(batch, layout);
  }
  yield* taken(batch, layout);
}

interface SheetRow {
  readonly cells: readonly string[];
  readonly line: number;
}

/** The rows of a sheet that are not empty, as they are shown. */
function rowsOf(hucre: Hucre, sheet: Sheet): readonly SheetRow[] {
  const shown = (row: readonly CellValue[], at: number) =>
    row.map((value, column) => shownValue(hucre, sheet, value, at, column));
  return sheet.rows
    .map((row, at) => ({ cells: shown(row, at), line: at + 1 }))
    .filter(({ cells }) => cells.some((cell) => cell !== ''));
}

/** The sheets behind the first that may hold keys as well; one that cannot be read may. */
async function otherSheets(
  hucre: Hucre,
  bytes: Buffer,
  path: string,
  keys: readonly string[],
): Promise<readonly string[]> {
  const names: string[] = [];
  const shapes = new Set(keys.map(shapeOf));
  try {
    const sheets = await readSheets(hucre, bytes, path, ({ name }, index) => {
      if (index > 0) names.push(name);
      return index > 0;
    });
    return sheets.filter((sheet) => mayHoldKeys(rowsOf(hucre, sheet), shapes)).map(({ name }) => name);
  } catch (error) {
    if (!isKeywrightError(error, 'damaged_file')) throw error;
    return names;
  }
}

/** Whether a column is named as keys are and has cells, or its cells look like keys, or like those of the first sheet. */
function mayHoldKeys(rows: readonly SheetRow[], shapes: ReadonlySet<string>): boolean {
  const judged = rows.slice(0, JUDGED_ROWS + 1).map(({ cells }) => cells.map(shownCell));
  const width = Math.max(0, ...judged.map(({ length }) => length));
  return Array.from({ length: width }, (_, at) => judged.map((cells) => cells[at] ?? '')).some((column) => {
    const [first = '', ...below] = column;
    const filled = column.filter((cell) => !saysNoKey(cell));
    if (namesKey(first) && below.some((cell) => !saysNoKey(cell))) return true;
    if (filled.length === 0) return false;
    if (2 * filled.filter((cell) => shapes.has(shapeOf(cell))).length >= filled.length) return true;
    return [column, below].some((cells) => judgeCells(cells, undefined).verdict === 'clear');
  });
}

function* taken(batch: KeyBatch, layout: CsvLayout): Generator<RowSpans, void, undefined> {
  const rows = batch.take(layout);
  if (rows !== undefined) yield rows;
}

/** A row as CSV. Who writes it guards it against spreadsheets. */
function rowText(cells: readonly string[]): string {
  return csvTable([cells], [...cells.keys()]).replace(/\n$/, '');
}

/** A value as the sheet shows it: numbers and dates by the format of their cell. */
function shownValue(
  { formatValue }: Hucre,
  sheet: Sheet,
  value: CellValue,
  row: number,
  column: number,
): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return value ? 'TRUE' : 'FALSE';
  const format = sheet.cells?.get(`${row},${column}`)?.style?.numFmt;
  if (format !== undefined && !/^general$/i.test(format)) return formatValue(value, format);
  return value instanceof Date ? value.toISOString() : String(value);
}

function refuseLostDigits(value: CellValue | undefined, shown: string, path: string, line: number): void {
  if (typeof value !== 'number') return;
  const digits = Math.abs(value).toString().replace(/\D/g, '').replace(/^0+/, '').length;
  if (digits <= MOST_DIGITS && Math.abs(value) < 10 ** MOST_DIGITS && !/\de[+-]?\d/i.test(shown)) return;
  throw damagedFile(path, LOST_DIGITS, line);
}

async function sheetOf(hucre: Hucre, bytes: Buffer, path: string, name: string | undefined): Promise<Sheet> {
  const names: string[] = [];
  const take = (info: { readonly name: string }, index: number) => {
    names.push(info.name);
    return name === undefined ? index === 0 : info.name === name;
  };
  const sheets = await readSheets(hucre, bytes, path, take);
  const [sheet] = sheets;
  if (sheet !== undefined) return sheet;
  const found = names.map((each) => shownText(each.slice(0, 40))).join(', ');
  const message = `${shownPath(path)} has no sheet of that name: name one of its sheets (found: ${found})`;
  throw new KeywrightError('unclear_list', message, { path, asks: 'sheet', option: 'sheet' });
}

async function readSheets(
  { readXlsx }: Hucre,
  bytes: Buffer,
  path: string,
  take: (info: { readonly name: string }, index: number) => boolean,
): Promise<readonly Sheet[]> {
  try {
    return (await readXlsx(bytes, { readStyles: true, sheets: take })).sheets;
  } catch {
    throw damagedFile(path, 'is a damaged workbook: open it and save it again, or save it as CSV');
  }
}

async function loadHucre(): Promise<Hucre> {
  try {
    return await import('hucre');
  } catch (error) {
    const message = `an Excel workbook needs the package hucre: run "${installCommand('hucre')}", or save it as CSV`;
    throw new KeywrightError('missing_driver', message, { package: 'hucre' }, { cause: error });
  }
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
