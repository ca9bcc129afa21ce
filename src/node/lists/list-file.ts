import { ByteSource } from '../files/byte-source.js';
import { damagedFile } from '../files/file-error.js';
import { gunzipped, isGzip } from '../files/gzip.js';
import { PeekedBytes } from '../files/peeked-bytes.js';
import { bomLength, isUtf16 } from '../files/text-encoding.js';
import { type CsvDelimiter, csvDelimiter } from '../rows/csv.js';
import type { ListSpans, RowSpans } from '../rows/row-spans.js';
import { csvList } from './csv-list.js';
import { jsonList, jsonlList, sniffJson } from './json-list.js';
import { textRows } from './text-list.js';

/** What a key file turned out to be; a `manifest` describes a batch and holds no keys. */
export type KeyFileKind = 'text' | 'csv' | 'json' | 'jsonl' | 'manifest';

/** How {@link openKeyFile} reads. */
export interface KeyFileOptions {
  /** The column (CSV) or member (JSON, JSONL) that holds the key; given, a file that is no JSON is read as CSV. */
  readonly column?: string | undefined;
  /** What the path `-` means. */
  readonly stdin?: AsyncIterable<Uint8Array> | undefined;
  /** The bytes of a path that can be read but once, where they were kept; undefined for all others. */
  readonly kept?: ((path: string) => AsyncIterable<Uint8Array> | undefined) | undefined;
  /** Stops the reading, before each chunk, with its reason. */
  readonly signal?: AbortSignal | undefined;
}

const HEAD = 1 << 16;

/**
 * Opens a list of keys, or standard input for `-`, and finds out what it is by its content: gzip by its
 * magic number; JSON, JSONL and manifests by their structure; CSV by the name `.csv` or `.tsv` (also with
 * `.gz`), by `column` being given, or by a delimiter in its first line; everything else is text, one key a line.
 *
 * A list may turn out damaged after some of its keys were handed over; then {@link KeyFile.keys} throws.
 * Call {@link KeyFile.close} on a file whose keys are not read.
 *
 * @throws {KeywrightError} `missing_file`: does not exist or may not be read. `damaged_file`: a directory,
 *   UTF-16, damaged gzip.
 */
export async function openKeyFile(path: string, options: KeyFileOptions = {}): Promise<KeyFile> {
  const { stdin, signal } = options;
  const kept = options.kept?.(path);
  const source = kept ? ByteSource.of(path, kept, signal) : await ByteSource.open(path, stdin, signal);
  try {
    const raw = new PeekedBytes(source.chunks());
    const gzip = isGzip(await raw.head(2));
    const plain = gzip ? new PeekedBytes(gunzipped(raw.chunks(), path)) : raw;
    const content = sniff(await plain.head(HEAD), path, options.column);
    return new KeyFile(source, plain, gzip, content, options.column);
  } catch (error) {
    await source.close();
    throw error;
  }
}

/** A list of keys that {@link openKeyFile} opened. */
export class KeyFile {
  readonly path: string;
  readonly kind: KeyFileKind;
  readonly gzip: boolean;
  readonly #source: ByteSource;
  readonly #plain: PeekedBytes;
  readonly #content: Content;
  readonly #column: string | undefined;
  #count = 0;

  constructor(
    source: ByteSource,
    plain: PeekedBytes,
    gzip: boolean,
    content: Content,
    column: string | undefined,
  ) {
    this.path = source.path;
    this.kind = content.kind;
    this.gzip = gzip;
    this.#source = source;
    this.#plain = plain;
    this.#content = content;
    this.#column = column;
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

  /**
   * The keys, once, in batches whose arrays are reused; none of a manifest. Closes the file at the end, also
   * when the consumer stops early.
   *
   * @throws {KeywrightError} `damaged_file` (with the line, or the element of a JSON list, where there is one)
   *   as `textLines`, `csvList`, `jsonList`, `jsonlList` and `gunzipped` say; `unknown_column`.
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
    try {
      if (this.kind === 'manifest') {
        for await (const _ of this.#plain.chunks());
        return;
      }
      for await (const batch of this.#batches(rows)) {
        this.#count += batch.count;
        yield batch;
      }
    } finally {
      await this.close();
    }
  }

  #batches(rows: boolean): AsyncGenerator<RowSpans, void, undefined> {
    const chunks = this.#plain.chunks(this.#content.bom);
    switch (this.#content.kind) {
      case 'text':
        return textRows(chunks, this.path);
      case 'csv':
        return csvList(chunks, this.path, this.#content.delimiter, this.#column, rows);
      case 'json':
        return jsonList(chunks, this.path, this.#column, rows);
      default:
        return jsonlList(chunks, this.path, this.#column, rows);
    }
  }
}

type Content = { readonly bom: number } & (
  | { readonly kind: Exclude<KeyFileKind, 'csv'> }
  | { readonly kind: 'csv'; readonly delimiter: CsvDelimiter }
);

function sniff(head: Uint8Array, path: string, column: string | undefined): Content {
  if (isUtf16(head)) throw damagedFile(path, 'is UTF-16: save it as UTF-8 text');
  const bom = bomLength(head);
  const text = new TextDecoder().decode(head.subarray(bom));
  const firstLine = (/[^\r\n]*/.exec(text.trimStart())?.[0] ?? '').trim();
  const named = /\.(csv|tsv)(\.gz)?$/i.exec(path)?.[1]?.toLowerCase();
  const isCsv = named !== undefined || column !== undefined;
  // A list of quoted cells is also one of JSON strings: the name and --column decide.
  const json = isCsv && text.trimStart().startsWith('"') ? undefined : sniffJson(text);
  if (json === 'unknown manifest') {
    throw damagedFile(
      path,
      'is a batch manifest of another version: read it with the keywright that wrote it',
    );
  }
  if (json !== undefined) return { kind: json, bom };
  const delimiter = csvDelimiter(firstLine);
  if (delimiter === undefined && !isCsv) return { kind: 'text', bom };
  return { kind: 'csv', delimiter: delimiter ?? (named === 'tsv' ? '\t' : ','), bom };
}
