import { isKeywrightError, KeywrightError } from '../../../core/errors.js';
import { damagedFile, shownPath, shownText } from '../../files/file-error.js';
import { installCommand } from '../../files/install-command.js';
import { JUDGED_ROWS, judgeCells, shapeOf } from '../columns/column-evidence.js';
import { saysNoKey, shownCell } from '../columns/key-cell.js';
import { namesKey } from '../columns/key-names.js';

type Hucre = typeof import('hucre');
type Sheet = Awaited<ReturnType<Hucre['readXlsx']>>['sheets'][number];
/** What a cell holds. */
export type CellValue = Sheet['rows'][number][number];

/** A row of a sheet: its cells as they are shown, what they hold, and its number. */
export interface SheetRow {
  readonly cells: readonly string[];
  readonly values: readonly CellValue[];
  readonly line: number;
}

/** Who is asked whether a sheet is read. */
type SheetFilter = (
  info: { readonly name: string; readonly hidden?: boolean; readonly veryHidden?: boolean },
  index: number,
) => boolean;

/** An Excel workbook. */
export class Workbook {
  readonly #hucre: Hucre;
  readonly #bytes: Buffer;
  readonly #path: string;

  private constructor(hucre: Hucre, bytes: Buffer, path: string) {
    this.#hucre = hucre;
    this.#bytes = bytes;
    this.#path = path;
  }

  /** @throws {KeywrightError} `missing_driver` */
  static async of(bytes: Buffer, path: string): Promise<Workbook> {
    try {
      return new Workbook(await import('hucre'), bytes, path);
    } catch (error) {
      const message = `an Excel workbook needs the package hucre: run "${installCommand('hucre')}", or save it as CSV`;
      throw new KeywrightError('missing_driver', message, { package: 'hucre' }, { cause: error });
    }
  }

  /**
   * The rows of the sheet of that name, else of the first.
   *
   * @throws {KeywrightError} `unclear_list`: no sheet has the name; or none is given, and the first is hidden and another is not.
   *   `damaged_file`
   */
  async rows(name: string | undefined): Promise<readonly SheetRow[]> {
    const names: string[] = [];
    const visible: string[] = [];
    let isHidden = false;
    const [sheet] = await this.#sheets((info, index) => {
      names.push(info.name);
      const hides = info.hidden === true || info.veryHidden === true;
      if (!hides) visible.push(info.name);
      if (index === 0) isHidden = hides;
      return name === undefined ? index === 0 : info.name === name;
    });
    if (name === undefined && isHidden && visible.length > 0)
      throw this.#unclear('hides its first sheet: name the one that holds the keys', names);
    if (sheet === undefined) throw this.#unclear('has no sheet of that name: name one of its sheets', names);
    return this.#rowsOf(sheet);
  }

  /** The sheets behind the first that may hold keys, as those of the first or others; one that cannot be read may. */
  async otherSheets(keys: readonly string[]): Promise<readonly string[]> {
    const names: string[] = [];
    const shapes = new Set(keys.map(shapeOf));
    try {
      const sheets = await this.#sheets(({ name }, index) => {
        if (index > 0) names.push(name);
        return index > 0;
      });
      return sheets.filter((sheet) => mayHoldKeys(this.#rowsOf(sheet), shapes)).map(({ name }) => name);
    } catch (error) {
      if (!isKeywrightError(error, 'damaged_file')) throw error;
      return names;
    }
  }

  /** Refuses a workbook whose first sheet, with these rows, holds no keys, where another may. @throws {KeywrightError} `unclear_list` */
  async refuseKeyless(rows: readonly SheetRow[]): Promise<void> {
    if (holdsKeys(rows)) return;
    const others = await this.otherSheets([]);
    if (others.length === 0) return;
    throw this.#unclear('holds no keys in its first sheet, and may in others: name the one', others);
  }

  async #sheets(sheets: SheetFilter): Promise<readonly Sheet[]> {
    try {
      return (await this.#hucre.readXlsx(this.#bytes, { readStyles: true, sheets })).sheets;
    } catch {
      throw damagedFile(this.#path, 'is a damaged workbook: open it and save it again, or save it as CSV');
    }
  }

  /** The rows that are not empty. */
  #rowsOf(sheet: Sheet): readonly SheetRow[] {
    const shown = (row: readonly CellValue[], at: number) =>
      row.map((value, column) => this.#shownValue(sheet, value, at, column));
    return sheet.rows
      .map((values, at) => ({ cells: shown(values, at), values, line: at + 1 }))
      .filter(({ cells }) => cells.some((cell) => cell !== ''));
  }

  /** A value as the sheet shows it: numbers and dates by the format of their cell. */
  #shownValue(sheet: Sheet, value: CellValue, row: number, column: number): string {
    if (value === null || value === undefined) return '';
    if (typeof value === 'string') return value;
    if (typeof value === 'boolean') return value ? 'TRUE' : 'FALSE';
    const format = sheet.cells?.get(`${row},${column}`)?.style?.numFmt;
    if (format !== undefined && !/^general$/i.test(format)) return this.#hucre.formatValue(value, format);
    return value instanceof Date ? value.toISOString() : String(value);
  }

  #unclear(problem: string, names: readonly string[]): KeywrightError<'unclear_list'> {
    const found = names.map((each) => shownText(each.slice(0, 40))).join(', ');
    const message = `${shownPath(this.#path)} ${problem} (found: ${found})`;
    return new KeywrightError('unclear_list', message, { path: this.#path, asks: 'sheet', option: 'sheet' });
  }
}

/** Whether a column is named as keys are, and its cells may be some, or several of its cells look like keys. */
function holdsKeys(rows: readonly SheetRow[]): boolean {
  return columnsOf(rows).some((column) => {
    const [first = '', ...below] = column;
    if (namesKey(first) && judgeCells(below, undefined).verdict !== 'unlikely') return true;
    const filled = column.filter((cell) => !saysNoKey(cell));
    return (
      filled.length > 1 && [column, below].some((cells) => judgeCells(cells, undefined).verdict === 'clear')
    );
  });
}

/** Whether a column is named as keys are and has cells, or its cells look like keys, or have one of `shapes`. */
function mayHoldKeys(rows: readonly SheetRow[], shapes: ReadonlySet<string>): boolean {
  return columnsOf(rows).some((column) => {
    const [first = '', ...below] = column;
    const filled = column.filter((cell) => !saysNoKey(cell));
    if (namesKey(first) && below.some((cell) => !saysNoKey(cell))) return true;
    if (filled.length === 0) return false;
    if (2 * filled.filter((cell) => shapes.has(shapeOf(cell))).length >= filled.length) return true;
    return [column, below].some((cells) => judgeCells(cells, undefined).verdict === 'clear');
  });
}

/** The cells of each column, of the rows that are judged. */
function columnsOf(rows: readonly SheetRow[]): readonly (readonly string[])[] {
  const judged = rows.slice(0, JUDGED_ROWS + 1).map(({ cells }) => cells.map(shownCell));
  const width = Math.max(0, ...judged.map(({ length }) => length));
  return Array.from({ length: width }, (_, at) => judged.map((cells) => cells[at] ?? ''));
}
