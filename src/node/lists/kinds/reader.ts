import { isUtf8 } from 'node:buffer';
import type { LineHash } from '../../../core/dedupe/key-spans.js';
import type { RowSpans } from '../../rows/row-spans.js';
import type { TableHead } from '../columns/delimiter.js';
import type { LineShape } from '../columns/line-shape.js';
import type { ListChoices } from '../columns/rows-plan.js';
import { type CsvPlan, planTable, type TextPlan } from '../columns/table-plan.js';
import { refuseMarkup } from './no-list.js';
import type { ReadingNotes } from './reading.js';

const CONTROL = /[^\P{Cc}\t\r\n]/u;

/** What a list begins with, and what the user says about it. */
export class ListHead implements TableHead {
  readonly path: string;
  /** The beginning, without a byte order mark. */
  readonly bytes: Uint8Array;
  readonly text: string;
  readonly isWhole: boolean;
  readonly isBroken: boolean;
  readonly named: 'csv' | 'tsv' | undefined;
  readonly choices: ReaderChoices;
  #table: TextPlan | CsvPlan | undefined;

  constructor(path: string, bytes: Uint8Array, isWhole: boolean, choices: ReaderChoices) {
    this.path = path;
    this.bytes = bytes;
    this.text = new TextDecoder().decode(bytes);
    this.isBroken = CONTROL.test(this.text) || (isWhole && !isUtf8(bytes));
    this.isWhole = isWhole;
    const named = /\.(csv|tsv)(?:\.gz)?$/i.exec(path)?.[1]?.toLowerCase();
    this.named = named === 'csv' || named === 'tsv' ? named : undefined;
    this.choices = choices;
  }

  /** What it is when no other reader took it. @throws {KeywrightError} as `refuseMarkup` and `planTable`. */
  get table(): TextPlan | CsvPlan {
    if (this.#table === undefined) {
      refuseMarkup(this.text, this.path);
      this.#table = planTable(this, this.choices);
    }
    return this.#table;
  }
}

/** What the user says about a list of any kind. */
export interface ReaderChoices extends ListChoices {
  /** The sheet of a workbook. Default: the first. */
  readonly sheet?: string | undefined;
  /** Bytes that a JSON document, which is read whole, may have. Default 128 MiB. */
  readonly mostJson?: number | undefined;
}

/** What a reader is given to read. */
export interface ListInput {
  readonly path: string;
  /** What the list holds, unfolded, behind its byte order mark and what {@link OpenedList.begin} skips. */
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Hand over rows, too. */
  readonly rows: boolean;
  /** Hand over rows without key, too. */
  readonly keyless: boolean;
  readonly notes: ReadingNotes;
  /** Hashes lines on the way, where the reader looks at nothing but lines. */
  readonly hash?: LineHash | undefined;
}

/** A list that a reader took. */
export interface OpenedList {
  /** Bytes at its beginning that hold no row. */
  readonly begin: number;
  /** The number of its first line. */
  readonly firstLine: number;
  /** A heading above keys alone. */
  readonly heading?: string | undefined;
  /** What keys alone look like, where other lines are to be told from them. */
  readonly lines?: LineShape | undefined;
  read(input: ListInput): AsyncGenerator<RowSpans, void, undefined>;
}

/** One kind of list: a row of `READERS`. */
export interface ListReader<Kind extends string = string> {
  /** What it is called in reports. */
  readonly kind: Kind;
  /** What its places are called in messages. */
  readonly unit: 'line' | 'element';
  /**
   * Takes a list by its beginning, or leaves it to the next reader.
   *
   * @throws {KeywrightError} what speaks against reading it, and `unclear_list`.
   */
  open(head: ListHead): OpenedList | undefined;
}
