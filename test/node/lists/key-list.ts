import { Readable } from 'node:stream';
import { type KeyFile, type KeyFileOptions, openKeyFile } from '../../../src/node/lists/list-file.js';

export interface KeyList {
  readonly kind: string;
  readonly gzip: boolean;
  readonly keys: readonly string[];
  readonly lines: readonly number[];
  readonly bytes: number;
  readonly sha256: string;
  readonly reading: KeyFile['reading'];
}

/** Everything a key file says, with its keys as strings. */
export async function parseKeyList(path: string, options: KeyFileOptions = {}): Promise<KeyList> {
  const file = await openKeyFile(path, options);
  const keys: string[] = [];
  const lineNumbers: number[] = [];
  for await (const { bytes, spans, lines, firstLine, count } of file.keys()) {
    for (let i = 0; i < count; i++) {
      const key = bytes.subarray(spans[2 * i], spans[2 * i + 1]);
      keys.push(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(key));
      lineNumbers.push(firstLine + (lines[i] ?? 0));
    }
  }
  if (file.count !== keys.length) throw new Error('count differs from the keys handed over');
  return {
    kind: file.kind,
    gzip: file.gzip,
    keys,
    lines: lineNumbers,
    bytes: file.bytes,
    sha256: file.sha256,
    reading: file.reading,
  };
}

/** The same of bytes that come in as standard input, in chunks of `size`. */
export function readBytes(
  content: string | Uint8Array,
  options: KeyFileOptions = {},
  size = 1 << 16,
): Promise<KeyList> {
  const bytes = Buffer.from(content);
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.subarray(at, at + size));
  return parseKeyList('-', { ...options, stdin: Readable.from(chunks, { objectMode: true }) });
}
