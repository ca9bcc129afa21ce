import { CASE, type Difference, SAME, SPELLING } from '../../../core/dedupe/key-comparer.js';
import { GrowingBytes } from '../../files/growing-bytes.js';
import type { OutputFile } from '../../publish/output-files.js';
import { csvRow } from '../../rows/csv.js';
import type { HashedRows, Input } from '../scan/scanned-list.js';
import { type KeyJudge, textOf } from './key-judge.js';
import type { AuditFilesOptions, DedupeCounts, Finding } from './options.js';

/** What becomes of invalid rows. */
export type InvalidRule = 'fail' | 'drop' | 'keep';

type Tally = { -readonly [Name in keyof DedupeCounts]: number };
type Repeats = Pick<DedupeCounts, 'duplicates' | 'known' | 'spellings' | 'cases'>;

const COLUMNS = ['kind', 'file', 'line', 'key', 'first_file', 'first_line', 'spelling', 'problem', 'format'];
const ROOM = 1 << 18;
const NO_KEY = 'it holds no key';

/** A row that is no key, by its index in the batch. */
export interface InvalidRow {
  readonly index: number;
  readonly problem: string;
}

/** Counts what is found, keeps the first of it, and writes all of it to the report, in the order of the rows. */
export class Findings {
  readonly #judge: KeyJudge;
  readonly #rule: InvalidRule;
  readonly #limit: number;
  readonly #report: OutputFile | undefined;
  readonly #rows = new GrowingBytes(ROOM);
  readonly #tallies = new Map<Input, Tally>();
  readonly #fits = new Map<Input, number[]>();
  readonly #cells = new Map<Input, string>();
  readonly #first: Finding[] = [];
  /** The masks of the formats, as cells. */
  readonly #masks: readonly string[];
  readonly #tellsFits: boolean;

  constructor(
    judge: KeyJudge,
    options: AuditFilesOptions,
    rule: InvalidRule,
    report: OutputFile | undefined,
  ) {
    this.#judge = judge;
    this.#rule = rule;
    this.#limit = options.findings ?? 10;
    this.#report = report;
    this.#masks = judge.masks.map(textCell);
    this.#tellsFits = report !== undefined && judge.masks.length > 1;
    if (report !== undefined) this.#rows.appendText(csvRow(COLUMNS));
  }

  /** The first findings. */
  get first(): readonly Finding[] {
    return this.#first;
  }

  /** Whether the place of the first occurrence is wanted for the next finding but `ahead`. */
  wantsPlace(ahead: number): boolean {
    return this.#report !== undefined || this.#first.length + ahead < this.#limit;
  }

  /** Whether enough has come together for {@link flush}. */
  get isFull(): boolean {
    return this.#rows.end >= ROOM / 2;
  }

  /** What was counted in one input. */
  tally(input: Input): Tally {
    let tally = this.#tallies.get(input);
    if (tally === undefined) {
      tally = { read: 0, kept: 0, duplicates: 0, known: 0, spellings: 0, cases: 0, invalid: 0, dropped: 0 };
      this.#tallies.set(input, tally);
    }
    return tally;
  }

  /** The invalid rows of a batch. With its input, which format each of the others fits is counted and reported. */
  judge({ keys, odd, keyless }: HashedRows, input?: Input): readonly InvalidRow[] {
    const isLenient = this.#judge.masks.length === 0;
    if (isLenient && odd.length === 0) return [];
    const invalid: InvalidRow[] = [];
    const { bytes, spans, count, lines, firstLine } = keys;
    const [isOdd, isKeyless] = [new Set(odd), new Set(keyless)];
    const fits = input && this.fits(input);
    for (const index of isLenient ? odd : Array(count).keys()) {
      const [from, to] = [spans[2 * index] ?? 0, spans[2 * index + 1] ?? 0];
      const judgement = isKeyless.has(index) ? NO_KEY : this.#judge.judge(bytes, from, to, isOdd.has(index));
      if (typeof judgement === 'string') invalid.push({ index, problem: judgement });
      else if (fits !== undefined && input !== undefined) {
        fits[judgement] = (fits[judgement] ?? 0) + 1;
        const line = firstLine + (lines[index] ?? 0);
        if (this.#tellsFits) this.#addFit(input, line, textOf(bytes, from, to), judgement);
      }
    }
    return invalid;
  }

  #addFit(input: Input, line: number, key: string, format: number): void {
    this.#rows.appendText(
      `fits,${this.#cell(input)},${line},${keyCell(key)},,,,,${this.#masks[format] ?? ''}\n`,
    );
  }

  /** How many keys of an input fit each format. */
  fits(input: Input): number[] {
    const known = this.#fits.get(input);
    if (known !== undefined) return known;
    const fits = this.#judge.masks.map(() => 0);
    this.#fits.set(input, fits);
    return fits;
  }

  /** Whether invalid rows are left out. */
  get dropsInvalid(): boolean {
    return this.#rule === 'drop';
  }

  /** One invalid row, `bytes[from, to)` its key. */
  addInvalid(input: Input, line: number, bytes: Uint8Array, from: number, to: number, problem: string): void {
    const tally = this.tally(input);
    tally.invalid++;
    if (this.dropsInvalid) tally.dropped++;
    if (!this.wantsPlace(0)) return;
    const key = textOf(bytes, from, to);
    if (this.#first.length < this.#limit) {
      this.#first.push({ kind: 'invalid', path: input.path, line, key, problem });
    }
    if (this.#report === undefined) return;
    this.#rows.appendText(`invalid,${this.#cell(input)},${line},${textCell(key)},,,,${textCell(problem)},\n`);
  }

  /** Rows as in {@link addRepeat}, of which nobody wants to know more. */
  countRepeats(input: Input, { duplicates, known, spellings, cases }: Repeats): void {
    const tally = this.tally(input);
    tally.duplicates += duplicates;
    tally.known += known;
    tally.spellings += spellings;
    tally.cases += cases;
  }

  /** One row whose key stands on line `firstLine` of `first`, and how it is spelled there. */
  addRepeat(
    input: Input,
    line: number,
    bytes: Uint8Array,
    from: number,
    to: number,
    first: Input,
    firstLine: number,
    spelledThere: Difference,
  ): void {
    // A ledger knows no spelling.
    const difference = first.isLedger ? SAME : spelledThere;
    const differs = difference !== SAME;
    const kind = difference === CASE ? 'case' : first.isAgainst ? 'known' : 'duplicate';
    this.countRepeats(input, {
      duplicates: kind === 'duplicate' ? 1 : 0,
      known: kind === 'known' ? 1 : 0,
      cases: kind === 'case' ? 1 : 0,
      spellings: difference === SPELLING ? 1 : 0,
    });
    if (!this.wantsPlace(0)) return;
    const key = textOf(bytes, from, to);
    if (this.#first.length < this.#limit) {
      const place = { path: first.path, line: first.isLedger ? 0 : firstLine };
      this.#first.push({ kind, path: input.path, line, key, first: place, differs, ...this.#formatOf(key) });
    }
    if (this.#report === undefined) return;
    const there = first.isLedger ? ',' : `${firstLine},${differs ? 'different' : 'same'}`;
    const mask = this.#judge.maskOf(key);
    this.#rows.appendText(
      `${kind},${this.#cell(input)},${line},${keyCell(key)},${this.#cell(first)},${there},,${mask === undefined ? '' : textCell(mask)}\n`,
    );
  }

  #formatOf(key: string): Pick<Finding, 'format'> {
    const format = this.#judge.maskOf(key);
    return format === undefined ? {} : { format };
  }

  /** Writes what came together for the report. */
  async flush(): Promise<void> {
    const { end } = this.#rows;
    if (this.#report !== undefined && end > 0) await this.#report.write(this.#rows.taken().subarray(0, end));
  }

  /** A path as a cell. */
  #cell(input: Input): string {
    const known = this.#cells.get(input);
    if (known !== undefined) return known;
    const cell = csvRow([input.path]).slice(0, -1);
    this.#cells.set(input, cell);
    return cell;
  }
}

/** What is no key, as a cell that no spreadsheet runs. */
function textCell(text: string): string {
  return csvRow([text]).slice(0, -1);
}

/** A key as a cell, never altered; nearly none has to be quoted. */
function keyCell(key: string): string {
  return /^[\w ./:+-]+$/.test(key) ? key : csvRow([key], [0]).slice(0, -1);
}
