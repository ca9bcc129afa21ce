import type { LineHash } from '../../core/dedupe/key-spans.js';
import { KeywrightError } from '../../core/errors.js';
import { ByteSource } from '../files/byte-source.js';
import { shownPath } from '../files/file-error.js';
import { gunzipped, isGzip } from '../files/gzip.js';
import { PeekedBytes } from '../files/peeked-bytes.js';
import { bomLength, firstLineEnd } from '../files/text-encoding.js';
import type { ListSpans, RowSpans } from '../rows/row-spans.js';
import { JUDGED_ROWS } from './columns/column-evidence.js';
import type { LineShape } from './columns/line-shape.js';
import { MAX_LINE } from './kinds/line-problem.js';
import { refuseNoList } from './kinds/no-list.js';
import { ListHead, type OpenedList, type ReaderChoices } from './kinds/reader.js';
import { type KeyFileKind, READERS } from './kinds/readers.js';
import { type ListReading, ReadingNotes } from './kinds/reading.js';

/** How {@link openKeyFile} reads. */
export interface KeyFileOptions extends ReaderChoices {
  /** Hand over rows without key, too, as `ListSpans.keyless`; else they are noted and left out. */
  readonly keyless?: boolean | undefined;
  /** Hashes what it can on the way: see `KeySpans.hashes`. */
  readonly hash?: LineHash | undefined;
  /** What the path `-` means. */
  readonly stdin?: AsyncIterable<Uint8Array> | undefined;
  /** The bytes of a path that can be read but once, where they were kept; undefined for all others. */
  readonly kept?: ((path: string) => AsyncIterable<Uint8Array> | undefined) | undefined;
  /** Stops the reading, before each chunk, with its reason. */
  readonly signal?: AbortSignal | undefined;
}

/** The most that is looked at before a list is read. */
const MOST_HEAD = 4 << 20;

/**
 * Opens a list of keys, or standard input for `-`, and finds out what it is by its content: gzip by its
 * magic number, else the first of {@link READERS} that takes it by its first thousand rows.
 *
 * A list may turn out damaged after some of its keys were handed over; then {@link KeyFile.keys} throws.
 * Call {@link KeyFile.close} on a file whose keys are not read.
 *
 * @throws {KeywrightError} `missing_file`: does not exist or may not be read. `damaged_file`: a directory,
 *   damaged gzip, what is no list (UTF-16, PEM, other files). `unclear_list`, `unknown_column`: which column holds the
 *   key, or whether the first row is a heading, cannot be told. `invalid_option`: `sheet` of what is no workbook.
 *
 * @example
 * const file = await openKeyFile('keys.txt');
 * for await (const spans of file.keys()) sink.write(spans.bytes);
 * file.count; // 3
 */
export async function openKeyFile(path: string, options: KeyFileOptions = {}): Promise<KeyFile> {
  const { stdin, signal } = options;
  const kept = options.kept?.(path);
  const source = kept ? ByteSource.of(path, kept, signal) : await ByteSource.open(path, stdin, signal);
  try {
    const raw = new PeekedBytes(source.chunks());
    const gzip = isGzip(await raw.head(2));
    const plain = gzip ? new PeekedBytes(gunzipped(raw.chunks(), path)) : raw;
    const { bytes, isWhole } = await plain.headLines(JUDGED_ROWS + 2, MAX_LINE, MOST_HEAD);
    refuseNoList(bytes, path);
    const bom = bomLength(bytes);
    const head = new ListHead(path, bytes.subarray(bom), isWhole, options);
    const list = opened(head);
    if (options.sheet !== undefined && list.kind !== 'xlsx' && list.kind !== 'manifest') throw noSheets(path);
    const preamble = bytes.slice(0, bom + list.begin);
    const lineEnd = firstLineEnd(head.text, list.kind === 'csv');
    return new KeyFile(source, plain, gzip, { preamble, lineEnd }, list, options);
  } catch (error) {
    await source.close();
    throw error;
  }
}

function noSheets(path: string): KeywrightError<'invalid_option'> {
  const message = `${shownPath(path)} is no Excel workbook, so it has no sheets: name a sheet of workbooks alone`;
  return new KeywrightError('invalid_option', message, { option: 'sheet' });
}

/** What is told of the text of a list. */
interface TextForm {
  readonly preamble: Uint8Array;
  readonly lineEnd: string;
}

interface TakenList extends OpenedList {
  readonly kind: KeyFileKind;
  readonly unit: 'line' | 'element';
}

function opened(head: ListHead): TakenList {
  for (const reader of READERS) {
    const list = reader.open(head);
    if (list !== undefined) return { ...list, kind: reader.kind, unit: reader.unit };
  }
  throw new Error('a list that no reader takes');
}

/** A list of keys that {@link openKeyFile} opened. */
export class KeyFile {
  readonly path: string;
  readonly kind: KeyFileKind;
  readonly gzip: boolean;
  /** What its places are called in messages. */
  readonly unit: 'line' | 'element';
  /** What stands before its rows: a byte order mark, `sep=`, the heading of keys alone. */
  readonly preamble: Uint8Array;
  /** What ends its first line; LF where there is but one. */
  readonly lineEnd: string;
  /** The number of the first line behind that. */
  readonly firstLine: number;
  /** A heading above keys alone. */
  readonly heading: string | undefined;
  /** What keys alone look like, where other lines are to be told from them. */
  readonly lines: LineShape | undefined;
  readonly #source: ByteSource;
  readonly #plain: PeekedBytes;
  readonly #list: TakenList;
  readonly #options: KeyFileOptions;
  readonly #notes = new ReadingNotes();
  #count = 0;

  constructor(
    source: ByteSource,
    plain: PeekedBytes,
    gzip: boolean,
    { preamble, lineEnd }: TextForm,
    list: TakenList,
    options: KeyFileOptions,
  ) {
    this.path = source.path;
    this.kind = list.kind;
    this.unit = list.unit;
    this.gzip = gzip;
    this.preamble = preamble;
    this.lineEnd = lineEnd;
    this.firstLine = list.firstLine;
    this.heading = list.heading;
    this.lines = list.lines;
    this.#source = source;
    this.#plain = plain;
    this.#list = list;
    this.#options = options;
  }

  /** Where its rows begin: bytes behind what stands before them. */
  get begin(): number {
    return this.preamble.length;
  }

  /** How many bytes of the file, as it lies on disk, were read so far. */
  get bytes(): number {
    return this.#source.bytes;
  }

  /** SHA-256 of the file as it lies on disk, in hex. Throws until {@link keys} has ended. */
  get sha256(): string {
    return this.#source.sha256;
  }

  /** How many keys were handed over so far. That a list holds none is no error here. */
  get count(): number {
    return this.#count;
  }

  /** How it was read, as far as it was. */
  get reading(): ListReading {
    return this.#notes.reading;
  }

  /**
   * The keys, once, in batches whose arrays are reused; none of a manifest. Closes the file at the end, also
   * when the consumer stops early.
   *
   * @throws {KeywrightError} `damaged_file` (with the line, or the element of a JSON list, where there is one)
   *   as the list's reader and `gunzipped` say; `unclear_list`, `unknown_column` of JSON and workbooks.
   */
  keys(): AsyncGenerator<ListSpans, void, undefined> {
    return this.#read(false);
  }

  /** As {@link keys}, with the rows that hold them. */
  rows(): AsyncGenerator<RowSpans, void, undefined> {
    return this.#read(true);
  }

  /** Closes the file; may be called more than once. */
  async close(): Promise<void> {
    await this.#source.close();
  }

  async *#read(rows: boolean): AsyncGenerator<RowSpans, void, undefined> {
    const { keyless = false, hash } = this.#options;
    const { path } = this;
    const notes = this.#notes;
    const chunks = this.#plain.chunks(this.begin);
    try {
      for await (const batch of this.#list.read({ path, chunks, rows, keyless, notes, hash })) {
        this.#count += batch.count - batch.keyless.length;
        notes.compare(batch.bytes, batch.spans, batch.count);
        yield batch;
      }
    } finally {
      await this.close();
    }
  }
}
