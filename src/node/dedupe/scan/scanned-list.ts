import { closeSync, openSync } from 'node:fs';
import type { KeyComparer } from '../../../core/dedupe/key-comparer.js';
import { KeywrightError } from '../../../core/errors.js';
import { ByteSource } from '../../files/byte-source.js';
import { damagedFile, shownPath } from '../../files/file-error.js';
import { isPipe, spool, streamOf } from '../../files/pipe.js';
import { stateOf, type TempSpace } from '../../files/temp-space.js';
import type { ReaderChoices } from '../../lists/kinds/reader.js';
import type { KeyFileKind, ListKind } from '../../lists/kinds/readers.js';
import { type ListReading, ReadingNotes } from '../../lists/kinds/reading.js';
import { type KeyFile, openKeyFile } from '../../lists/list-file.js';
import type { ListSpans, RowLayout, RowSpans, TextLayout } from '../../rows/row-spans.js';
import { BLOCK, type OpenText } from './block-scanner.js';
import { expectedKeys } from './expected-keys.js';
import { type HashedKeys, scanText } from './scanned-text.js';
import { unmatchable } from './unmatchable.js';

/** How inputs are read and compared. */
export interface InputOptions {
  readonly choices: ReaderChoices;
  readonly stdin: AsyncIterable<Uint8Array> | undefined;
  readonly signal: AbortSignal | undefined;
  readonly comparer: KeyComparer;
}

/** Keys with their rows and hashes. The arrays are reused when the next batch is asked for. */
export interface HashedRows extends HashedKeys {
  readonly keys: RowSpans;
  /** Where in the file `bytes[0]` stands, when the file holds the keys as they are. */
  readonly offset: number | undefined;
  /** Whether between the keys there is nothing but one LF, and one behind the last. */
  readonly isDense: boolean;
}

/** How a ledger's keys stand in a file. */
const LEDGER_TEXT = {
  kind: 'text',
  gzip: false,
  unit: 'line',
  begin: 0,
  firstLine: 1,
  heading: undefined,
  lines: undefined,
} as const;

/** A list that may be read more than once: a file, or what came from a pipe and was put into one. */
export class Input {
  readonly path: string;
  readonly isAgainst: boolean;
  /** Whether it stands for what a ledger holds: its lines mean nothing then. */
  readonly isLedger: boolean;
  readonly kind: KeyFileKind;
  /** The file itself, when it is text and not compressed. */
  readonly text: OpenText | undefined;
  /** What its places are called in messages. */
  readonly unit: 'line' | 'element';
  readonly #fd: number;
  readonly #spooled: boolean;
  readonly #state: string;
  readonly #options: InputOptions;
  #reading: ListReading = new ReadingNotes().reading;

  private constructor(
    path: string,
    isAgainst: boolean,
    file: Pick<KeyFile, 'kind' | 'gzip' | 'unit' | 'begin' | 'firstLine' | 'heading' | 'lines'>,
    fd: number,
    spooled: boolean,
    options: InputOptions,
    isLedger = false,
  ) {
    this.path = path;
    this.isLedger = isLedger;
    this.isAgainst = isAgainst;
    this.kind = file.kind;
    this.unit = file.unit;
    this.#fd = fd;
    this.#spooled = spooled;
    this.#options = options;
    this.#state = stateOf(fd);
    if (file.kind === 'text' && !file.gzip) {
      const { begin, firstLine, lines } = file;
      const heading = file.heading === undefined ? undefined : Buffer.from(file.heading);
      const keyless = !isAgainst;
      this.text = {
        path,
        fd,
        begin,
        firstLine,
        heading,
        lines: lines?.look,
        keyless,
        end: this.size,
        block: BLOCK,
      };
    }
  }

  /**
   * Opens a list; standard input and pipes are copied to a temporary file first.
   *
   * @throws {KeywrightError} as `openKeyFile`; `unwritable_file` for the copy.
   */
  static async open(
    path: string,
    isAgainst: boolean,
    space: TempSpace,
    options: InputOptions,
  ): Promise<Input> {
    const { choices, stdin, signal } = options;
    if (path === '-' || isPipe(path)) {
      const fd = await spool(await ByteSource.open(path, stdin, signal), space);
      const file = await openKeyFile('-', { ...choices, stdin: streamOf(fd), signal });
      await file.close();
      return new Input(path, isAgainst, file, fd, true, options);
    }
    const file = await openKeyFile(path, { ...choices, signal });
    await file.close();
    return new Input(path, isAgainst, file, openSync(path, 'r'), false, options);
  }

  /** Keys that a ledger holds, one a line in an open file. */
  static ofLedger(path: string, fd: number, options: InputOptions): Input {
    return new Input(path, true, LEDGER_TEXT, fd, true, options, true);
  }

  /** Bytes of the file. */
  get size(): number {
    return Number(this.#state.split(' ')[0]);
  }

  /**
   * All keys, in order, from the first; with `rows` what `RowOutput` needs to write their rows.
   *
   * @throws {KeywrightError} `damaged_file` as `KeyFile.keys`, and when the file has changed since it was opened;
   *   `no_keys` when there are none.
   */
  async *hashed(rows: boolean): AsyncGenerator<HashedRows, void, undefined> {
    let count = 0;
    const { text } = this;
    for await (const batch of text === undefined ? this.#hashedRows(rows) : this.#scanned(text)) {
      this.#options.signal?.throwIfAborted();
      count += batch.keys.count - batch.keyless.length;
      yield batch;
    }
    if (stateOf(this.#fd) !== this.#state) {
      throw damagedFile(this.path, 'was changed while it was read: try again when nothing writes to it');
    }
    if (count === 0) throw new KeywrightError('no_keys', noKeys(this), { path: this.path });
  }

  /** How it was read, when it was. */
  get reading(): ListReading {
    return this.#reading;
  }

  /** How many keys it probably holds, by its beginning. */
  expectedKeys(): number {
    return expectedKeys(this.#fd, this.size);
  }

  /** What it is, when it holds keys. */
  get listKind(): ListKind {
    return this.kind === 'manifest' ? 'json' : this.kind;
  }

  /**
   * How its rows are put together, as far as its beginning tells.
   *
   * @throws {KeywrightError} as {@link hashed}.
   */
  async layout(): Promise<RowLayout> {
    const { path, listKind: kind } = this;
    if (kind === 'text') return { path, kind };
    // A JSON list would be read whole for it.
    if (kind === 'json') return { path, kind, member: undefined };
    for await (const { keys } of this.hashed(false)) return keys.layout;
    throw new KeywrightError('no_keys', noKeys(this), { path });
  }

  close(): void {
    if (!this.#spooled) closeSync(this.#fd);
  }

  async *#scanned(text: OpenText): AsyncGenerator<HashedRows, void, undefined> {
    const layout: TextLayout = { path: this.path, kind: 'text' };
    const notes = new ReadingNotes();
    notes.heading = text.heading !== undefined;
    for await (const { keys, ...hashed } of scanText(text, this.#options.comparer)) {
      const { keyless } = hashed;
      for (const index of keyless) {
        const [from, to] = [keys.spans[2 * index] ?? 0, keys.spans[2 * index + 1] ?? 0];
        const cell = Buffer.from(keys.bytes.slice(from, to));
        notes.noteWithoutKey(cell.toString(), text.heading !== undefined && cell.equals(text.heading));
      }
      yield { keys: { ...keys, keyless, rowBytes: keys.bytes, rowSpans: keys.spans, layout }, ...hashed };
    }
    this.#reading = notes.reading;
  }

  async *#hashedRows(rows: boolean): AsyncGenerator<HashedRows, void, undefined> {
    const { choices, signal, comparer } = this.#options;
    const stdin = this.#spooled ? streamOf(this.#fd) : undefined;
    const path = this.#spooled ? '-' : this.path;
    const file = await openKeyFile(path, { ...choices, signal, stdin, keyless: !this.isAgainst });
    let hashes = new Uint32Array();
    for await (const keys of rows ? file.rows() : rowless(file)) {
      if (hashes.length < 2 * keys.count) hashes = new Uint32Array(2 * keys.count);
      const odd = hashKeys(keys, comparer, hashes);
      yield { keys, hashes, odd, keyless: keys.keyless, offset: undefined, isDense: false };
    }
    this.#reading = file.reading;
  }
}

function hashKeys(keys: ListSpans, comparer: KeyComparer, hashes: Uint32Array): readonly number[] {
  const { bytes, spans, count, keyless } = keys;
  const odd: number[] = [];
  let next = 0;
  for (let index = 0; index < count; index++) {
    const [from, to] = [spans[2 * index] ?? 0, spans[2 * index + 1] ?? 0];
    const isKeyless = keyless[next] === index;
    if (isKeyless) {
      unmatchable(hashes, 2 * index);
      next++;
    }
    if (isKeyless || !comparer.hashKey(bytes, from, to, hashes, 2 * index)) odd.push(index);
  }
  return odd;
}

async function* rowless(file: KeyFile): AsyncGenerator<RowSpans, void, undefined> {
  for await (const keys of file.keys()) yield { ...keys, rowBytes: keys.bytes, rowSpans: keys.spans };
}

function noKeys({ path, kind, isAgainst }: Input): string {
  if (kind === 'manifest')
    return `${shownPath(path)} is a manifest and holds no keys: name the key file itself`;
  if (isAgainst) return `${shownPath(path)} holds no keys: an empty list would let every key pass as new`;
  return `${shownPath(path)} holds no keys: check that it is the right file`;
}
