import { KeywrightError } from '../../core/errors.js';
import { shownPath, shownText } from '../files/file-error.js';
import type { CsvDelimiter } from './csv.js';
import type { KeyFileStyle } from './key-rows.js';
import { styleByEnding } from './name-ending.js';
import { columnNames, keyName } from './row-records.js';
import type { CsvLayout, RowLayout } from './row-spans.js';

const KINDS = { text: 'text', csv: 'CSV', json: 'JSON', jsonl: 'JSONL' } as const;
/** A table whose cells tabs part: as CSV, where the lists are such tables. */
const TABS = /\.(tsv|tab)$/i;

/** What {@link OutputShape} is told. */
export interface OutputShapeOptions {
  /** What the output is. Default: by the ending of `out`, else what the first list is. */
  readonly as?: KeyFileStyle | undefined;
  /** The name of the output. */
  readonly out?: string | undefined;
}

/**
 * What rows are by the ending of a file's name, which may be that of a table; undefined where that leaves it open.
 *
 * @throws {KeywrightError} `invalid_option`: see {@link styleByEnding}.
 */
export function rowsByEnding(path: string): KeyFileStyle | undefined {
  return TABS.test(path) ? 'csv' : styleByEnding(path);
}

/**
 * What rows of several lists are written as. Lists of different kinds, or CSV files with different columns,
 * only go together when `as` says into what: text is the keys alone; into CSV columns go by their names, the
 * first list deciding which there are.
 */
export class OutputShape {
  readonly #as: KeyFileStyle | undefined;
  readonly #ending: KeyFileStyle | undefined;
  readonly #out: string;
  readonly #admitted = new Set<RowLayout>();
  #first: RowLayout | undefined;

  /** @throws {KeywrightError} `invalid_option`: see {@link styleByEnding}. */
  constructor({ as, out = '' }: OutputShapeOptions = {}) {
    this.#as = as;
    this.#out = out;
    this.#ending = as === undefined ? rowsByEnding(out) : undefined;
  }

  /** Known when the first list is. */
  get style(): KeyFileStyle {
    return this.#as ?? this.#ending ?? this.#first?.kind ?? 'text';
  }

  /** What stands between the cells of a CSV output. */
  get delimiter(): CsvDelimiter {
    return this.#first?.kind === 'csv' ? this.#first.delimiter : ',';
  }

  /**
   * Takes the layout of a list, again and again if need be.
   *
   * @throws {KeywrightError} `invalid_option` (`as`): the list and the first do not go together.
   */
  admit(layout: RowLayout): void {
    if (this.#admitted.has(layout)) return;
    const first = this.#first ?? layout;
    this.#first = first;
    if (this.#as === undefined) refuseMixture(first, layout);
    if (this.#as === undefined && TABS.test(this.#out) && this.delimiter !== '\t') {
      throw refused(
        `${shownPath(this.#out)} is to hold tabs, and ${shownPath(first.path)} does not: end it in .csv`,
      );
    }
    if (this.style === 'csv') refuseNewColumns(first, layout);
    if (this.style !== 'text' && !this.copies(layout)) refuseRepeatedColumns(layout);
    this.#admitted.add(layout);
  }

  /** Whether rows of a list can be written as they stand in it. */
  copies(layout: RowLayout): boolean {
    const first = this.#first;
    if (layout.kind !== this.style) return false;
    if (layout.kind !== 'csv') return true;
    return first?.kind === 'csv' && sameColumns(first, layout);
  }
}

function refuseMixture(first: RowLayout, other: RowLayout): void {
  const [one, two] = [shownPath(first.path), shownPath(other.path)];
  if (first.kind !== other.kind) {
    const kinds = `${one} is ${KINDS[first.kind]} and ${two} is ${KINDS[other.kind]}`;
    throw refused(`${kinds}: say what to write; text is the keys alone`);
  }
  if (first.kind === 'csv' && other.kind === 'csv' && !sameColumns(first, other)) {
    const difference = `${one} and ${two} have different columns or delimiters`;
    throw refused(`${difference}: write the keys alone as text, or match columns by name as CSV`);
  }
}

function refuseNewColumns(first: RowLayout, other: RowLayout): void {
  if (first.kind !== 'csv' || other.kind !== 'csv') return;
  const known = columnNames(first);
  const stranger = columnNames(other).find((name) => name !== keyName(other) && !known.includes(name));
  if (stranger === undefined) return;
  throw refused(
    `${shownPath(other.path)} has a column ${shownText(stranger)} that ${shownPath(first.path)} has not: name the file with all columns first, or write the keys alone as text`,
  );
}

function refuseRepeatedColumns(layout: RowLayout): void {
  if (layout.kind !== 'csv') return;
  const names = columnNames(layout);
  const repeated = names.find((name, at) => names.indexOf(name) !== at);
  if (repeated === undefined) return;
  throw refused(
    `${shownPath(layout.path)} has two columns ${shownText(repeated)}: rename one, or write the keys alone as text`,
  );
}

function sameColumns(one: CsvLayout, other: CsvLayout): boolean {
  const [names, others] = [columnNames(one), columnNames(other)];
  return (
    one.delimiter === other.delimiter &&
    one.keyAt === other.keyAt &&
    (one.columns === undefined) === (other.columns === undefined) &&
    names.length === others.length &&
    names.every((name, at) => name === others[at])
  );
}

function refused(message: string): KeywrightError<'invalid_option'> {
  return new KeywrightError('invalid_option', message, { option: 'as' });
}
