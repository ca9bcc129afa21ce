import { Readable } from 'node:stream';
import { type KeyFileOptions, openKeyFile } from '../../../src/node/lists/list-file.js';
import { rowRecords } from '../../../src/node/rows/row-records.js';

export interface ReadRow {
  /** The row as it stands in the file. */
  readonly row: string;
  readonly key: string;
  readonly line: number;
  readonly fields: Readonly<Record<string, string>>;
}

/** The rows of bytes that come in as standard input, in chunks of `size`. */
export async function readRows(
  content: string | Uint8Array,
  options: KeyFileOptions = {},
  size = 1 << 16,
): Promise<{ readonly kind: string; readonly rows: readonly ReadRow[] }> {
  const file = await openKeyFile('-', { ...options, stdin: chunksOf(content, size) });
  const rows: ReadRow[] = [];
  for await (const batch of file.rows()) {
    const { rowBytes, rowSpans, layout } = batch;
    if (layout.path !== '-' || layout.kind !== file.kind)
      throw new Error('the layout is that of another file');
    let index = 0;
    for (const { key, line, fields } of rowRecords(batch)) {
      const row = Buffer.from(rowBytes.subarray(rowSpans[2 * index], rowSpans[2 * index + 1])).toString();
      rows.push({ row, key, line, fields: Object.fromEntries(fields) });
      index++;
    }
  }
  return { kind: file.kind, rows };
}

/** `content` in chunks of `size`, as standard input would bring them. */
export function chunksOf(content: string | Uint8Array, size: number): Readable {
  const bytes = Buffer.from(content);
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.subarray(at, at + size));
  return Readable.from(chunks, { objectMode: true });
}
