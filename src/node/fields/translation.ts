import { KeywrightError } from '../../core/errors.js';
import { damagedFile, shownPath } from '../files/file-error.js';
import { shownCell } from '../lists/columns/key-cell.js';
import { openKeyFile } from '../lists/list-file.js';
import { csvCells } from '../rows/csv.js';

/** What the cells of a column stand for: the second column of a table, by its first. */
export type Translation = ReadonlyMap<string, string>;

/** How {@link readTranslation} reads. */
export interface TranslationOptions {
  readonly stdin?: AsyncIterable<Uint8Array> | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** So many entries are kept in memory. */
const MOST = 1_000_000;

/**
 * Reads a CSV of two columns, with or without a heading.
 *
 * @throws {KeywrightError} as `openKeyFile`; `damaged_file`, with the line: not two columns, an empty cell, an entry twice that
 *   stands for two things; no entries.
 */
export async function readTranslation(path: string, options: TranslationOptions): Promise<Translation> {
  // A heading that is taken for an entry does no harm.
  const file = await openKeyFile(path, { ...options, unkeyed: true, keyless: true, doubtfulRow: 'row' });
  const entries = new Map<string, string>();
  for await (const { layout, rowBytes, rowSpans, firstLine, lines, count } of file.rows()) {
    if (layout.kind !== 'csv') throw noTable(path);
    const bytes = Buffer.from(rowBytes.buffer, rowBytes.byteOffset, rowBytes.byteLength);
    for (let index = 0; index < count; index++) {
      const row = bytes.toString('utf8', rowSpans[2 * index], rowSpans[2 * index + 1]);
      const [from = '', to = '', ...others] = csvCells(row, layout.delimiter).map(shownCell);
      const line = firstLine + (lines[index] ?? 0);
      if (layout.width !== 2 || others.length > 0) throw noTable(path);
      if (from === '' || to === '')
        throw damagedFile(path, 'has an empty cell: fill it in, or remove the line', line);
      const known = entries.get(from);
      if (known !== undefined && known !== to)
        throw damagedFile(path, 'has an entry that stands for something else further up: remove one', line);
      if (entries.size === MOST)
        throw damagedFile(path, 'has more than 1,000,000 entries: leave some out', line);
      entries.set(from, to);
    }
  }
  if (entries.size > 0) return entries;
  if (file.kind === 'csv') throw damagedFile(path, 'holds no entries: name a CSV of two columns');
  throw noTable(path);
}

function noTable(path: string): KeywrightError<'damaged_file'> {
  const message = `${shownPath(path)} is no table of two columns: save it as a CSV of what rows say, and of what that stands for`;
  return new KeywrightError('damaged_file', message, { path });
}
