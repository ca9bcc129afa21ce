import { KeywrightError } from '../../core/errors.js';
import { ByteSource } from './byte-source.js';
import { damagedFile, shownPath } from './file-error.js';
import { isUtf16 } from './text-encoding.js';

/** How {@link readTextFile} and {@link textFileLines} read. */
export interface TextFileOptions {
  /** What the path `-` means. */
  readonly stdin?: AsyncIterable<Uint8Array> | undefined;
  readonly signal?: AbortSignal | undefined;
  /** The most bytes that are read: of the file, or of one line. 8 MiB unless told. */
  readonly most?: number | undefined;
}

const MOST = 8 * 2 ** 20;

/**
 * A text file, or standard input for `-`, whole. A byte order mark stays: who reads it decides.
 *
 * @throws {KeywrightError} `missing_file`; `damaged_file`: empty, too long, not UTF-8, a directory.
 */
export async function readTextFile(path: string, options: TextFileOptions = {}): Promise<string> {
  return fileText(await readFileBytes(path, options), path);
}

/** The bytes of a file, or of standard input for `-`. @throws {KeywrightError} as {@link readTextFile}, but for what is no text. */
export async function readFileBytes(path: string, options: TextFileOptions = {}): Promise<Buffer> {
  const { stdin, signal, most = MOST } = options;
  const source = await ByteSource.open(path, stdin, signal);
  const parts: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of source.chunks()) {
      length += chunk.length;
      if (length > most) throw damagedFile(path, 'is far too long: name the right file');
      parts.push(chunk);
    }
  } finally {
    await source.close();
  }
  const bytes = Buffer.concat(parts);
  if (bytes.length === 0) throw damagedFile(path, 'is empty: name the right file');
  return bytes;
}

/** What {@link readTextFile} makes of the bytes of a file. */
export function fileText(bytes: Uint8Array, path: string): string {
  if (isUtf16(bytes)) throw damagedFile(path, 'is UTF-16: save it as UTF-8 text');
  return decode(() => utf8().decode(bytes), path);
}

/**
 * The lines of a text file or of standard input, empty ones too, without their ends and without a byte order
 * mark. Memory does not grow with the file.
 *
 * @throws {KeywrightError} as {@link readTextFile}, but an empty file is none of its errors.
 */
export async function* textFileLines(
  path: string,
  options: TextFileOptions = {},
): AsyncGenerator<string, void, undefined> {
  const { stdin, signal, most = MOST } = options;
  const source = await ByteSource.open(path, stdin, signal);
  const decoder = utf8();
  let rest = '';
  let isFirst = true;
  try {
    for await (const chunk of source.chunks()) {
      const text = decode(() => decoder.decode(chunk, { stream: true }), path);
      const lines = (rest + (isFirst ? withoutMark(text) : text)).split('\n');
      isFirst &&= text === '';
      rest = lines.pop() ?? '';
      if (rest.length > most) throw damagedFile(path, 'has a line far too long: write one value a line');
      for (const line of lines) yield line.endsWith('\r') ? line.slice(0, -1) : line;
    }
    rest += decode(() => decoder.decode(), path);
    if (rest !== '') yield rest;
  } finally {
    await source.close();
  }
}

/** A text without its byte order mark. */
export function withoutMark(text: string): string {
  return text.replace(/^\ufeff/, '');
}

/** An object that a JSON file should hold and does not. */
export function noJsonObject(path: string, what: string): KeywrightError<'damaged_file'> {
  return new KeywrightError('damaged_file', `${shownPath(path)} is no JSON object: ${what}`, { path });
}

function utf8() {
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
}

// The decoder's own error says nothing of the file.
function decode(read: () => string, path: string): string {
  try {
    return read();
  } catch {
    throw damagedFile(path, 'is not valid UTF-8: save it as UTF-8 text');
  }
}
