import { KeywrightError } from '../../../core/errors.js';
import { shownPath } from '../../files/file-error.js';
import { type CsvDelimiter, csvSample, DELIMITERS } from '../../rows/csv.js';
import { isNearlyAll, JUDGED_ROWS } from './column-evidence.js';
import { namesKey } from './key-names.js';
import { type ListChoices, planRows } from './rows-plan.js';

/** The beginning of a list that is text. */
export interface TableHead {
  readonly path: string;
  /** Without a byte order mark. */
  readonly text: string;
  /** Whether the list ends with it. */
  readonly isWhole: boolean;
  /** Whether it holds what no list holds, as control characters: who reads it says where. */
  readonly isBroken: boolean;
  /** What the name of the file says: `csv`, `tsv` or nothing. */
  readonly named: 'csv' | 'tsv' | undefined;
}

/** `sep=;`, by which Excel is told the delimiter, quoted or not. */
export function sepLine({
  text,
  path,
}: TableHead): { readonly delimiter: CsvDelimiter; readonly end: number } | undefined {
  const found = /^[ \t]*("?)sep=([^\r\n])\1[,;\t| ]*(?:\r\n|\r|\n|$)/i.exec(text);
  if (found === null) return undefined;
  const delimiter = DELIMITERS.find((each) => each === found[2]);
  if (delimiter !== undefined) return { delimiter, end: found[0].length };
  throw new KeywrightError(
    'unclear_list',
    `${shownPath(path)} names another delimiter than comma, semicolon, tab or | in its first line: save it with one of these`,
    { path, asks: 'delimiter' },
  );
}

/** The first rows of a list, as each delimiter would have them. */
export class TableRows {
  readonly #head: TableHead;
  readonly #text: string;
  readonly #rows = new Map<CsvDelimiter, readonly (readonly string[])[]>();

  constructor(head: TableHead, begin: number) {
    this.#head = head;
    this.#text = head.text.slice(begin);
  }

  of(delimiter: CsvDelimiter): readonly (readonly string[])[] {
    const known = this.#rows.get(delimiter);
    if (known !== undefined) return known;
    const rows = csvSample(this.#text, delimiter, JUDGED_ROWS + 1, this.#head.isWhole);
    this.#rows.set(delimiter, rows);
    return rows;
  }

  /**
   * The delimiter that splits all rows alike.
   *
   * @throws {KeywrightError} `unclear_list`: several do, or lines hold one and are split unalike.
   */
  delimiter(choices: ListChoices): CsvDelimiter | undefined {
    const { named, path } = this.#head;
    const held = DELIMITERS.filter((delimiter) => this.#text.includes(delimiter) && this.#parts(delimiter));
    const strong = held.filter((delimiter) => isSplit(this.of(delimiter)));
    if (named === 'tsv' && strong.includes('\t')) return '\t';
    if (strong.length === 1) return strong[0];
    if (strong.length > 1) return this.#best(strong, choices);
    const padded = held.filter((delimiter) =>
      isPadded(this.of(delimiter), named !== undefined || choices.column !== undefined),
    );
    if (padded.length === 1) return padded[0];
    if (padded.length > 1) throw unclearDelimiter(path, padded);
    const ragged = held.filter((delimiter) => {
      const rows = this.of(delimiter);
      const parted = rows.filter((row) => row.length > 1).length;
      return (rows[0]?.length ?? 0) > 1 || parted > Math.max(1, MANY * rows.length);
    });
    const [first] = ragged;
    if (first === undefined) return undefined;
    // Its rows are longer than its first one: reading it says which.
    if (named !== undefined || choices.column !== undefined || this.of(first)[0]?.some(namesKey))
      return first;
    throw unclearDelimiter(path, ragged);
  }

  /** Tabs around a line part nothing. */
  #parts(delimiter: CsvDelimiter): boolean {
    return (
      delimiter !== '\t' ||
      this.of(delimiter).some((row) => row.filter((cell) => cell.trim() !== '').length > 1)
    );
  }

  /** Of several the one in whose rows the key is plain, and whose cells none of the others would split. */
  #best(strong: readonly CsvDelimiter[], choices: ListChoices): CsvDelimiter {
    const good = strong.filter((delimiter) => {
      try {
        const { judged, hasHeader } = planRows(this.#head.path, this.of(delimiter), choices);
        const name = hasHeader ? (this.of(delimiter)[0] ?? []) : [];
        return ![...judged, ...name].some((cell) =>
          strong.some((other) => other !== delimiter && cell.includes(other)),
        );
      } catch {
        return false;
      }
    });
    const [first] = good;
    if (first !== undefined && good.length === 1) return first;
    throw unclearDelimiter(this.#head.path, strong);
  }
}

function unclearDelimiter(path: string, found: readonly CsvDelimiter[]): KeywrightError<'unclear_list'> {
  const names = found.map((delimiter) => NAMES[delimiter]).join(' or ');
  return new KeywrightError(
    'unclear_list',
    `${shownPath(path)}: its lines hold ${names}, which part them unalike: write sep= and the delimiter as its first line, as sep=;`,
    { path, asks: 'delimiter' },
  );
}

/** If a larger share of lines holds a delimiter, they may be rows. */
const MANY = 0.2;

const NAMES: Readonly<Record<CsvDelimiter, string>> = {
  ',': 'commas',
  ';': 'semicolons',
  '\t': 'tabs',
  '|': 'bars (|)',
};

/** Whether nearly all rows have the same number of cells, two or more, and the first no fewer. */
function isSplit(rows: readonly (readonly string[])[]): boolean {
  const width = usualWidth(rows);
  if (width < 2) return false;
  const alike = rows.filter((row) => row.length === width).length;
  return isNearlyAll(alike, rows.length) || (rows.length > 2 && isNearlyAll(alike, rows.length - 1));
}

/** Whether the first row is the longest, its cells names, and some other row is split as well. */
function isPadded(rows: readonly (readonly string[])[], isCsv: boolean): boolean {
  const [first = [], ...rest] = rows;
  if (first.length < 2 || rest.some((row) => row.length > first.length)) return false;
  return (
    isCsv || first.some(namesKey) || isNearlyAll(rest.filter((row) => row.length > 1).length, rest.length)
  );
}

function usualWidth(rows: readonly (readonly string[])[]): number {
  const counts = new Map<number, number>();
  for (const row of rows.length > 1 ? rows.slice(1) : rows)
    counts.set(row.length, (counts.get(row.length) ?? 0) + 1);
  return [...counts].reduce((most, each) => (each[1] > most[1] ? each : most), [0, 0])[0];
}
