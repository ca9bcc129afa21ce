import type { KeySpans } from '../core/dedupe/key-spans.js';
import { type CsvDelimiter, csvRows } from './csv.js';
import { KeyBatch } from './key-batch.js';
import { keyColumn, unknownColumn } from './key-column.js';
import { checkedText } from './text-lines.js';

/**
 * The keys of a CSV list: of the column `column`, else of its only column, else of the one whose name is
 * plainly that of the key (see `keyColumn`). The first row is the header, with one exception: a list of a
 * single column whose first cell is neither `column` nor such a name has no header, and its first row is a key.
 *
 * @throws {KeywrightError} `unknown_column`; `damaged_file` as `checkedText`, `csvRows` and `KeyBatch` say.
 */
export async function* csvKeys(
  chunks: AsyncIterable<Uint8Array>,
  path: string,
  delimiter: CsvDelimiter,
  column: string | undefined,
): AsyncGenerator<KeySpans, void, undefined> {
  const batch = new KeyBatch(path, 'line');
  let keyAt = -1;
  for await (const { rows, lines } of csvRows(checkedText(chunks, path), path, delimiter)) {
    let row = 0;
    if (keyAt < 0) {
      const header = rows[0] ?? [];
      keyAt = keyColumn(header, column);
      const headless = keyAt < 0 && header.length === 1 && column === undefined;
      if (keyAt < 0 && !headless) throw unknownColumn(path, header, column);
      if (headless) keyAt = 0;
      else row = 1;
    }
    for (; row < rows.length; row++) {
      batch.add(rows[row]?.[keyAt] ?? '', lines[row] ?? 0);
      if (batch.full) yield* taken(batch);
    }
    yield* taken(batch);
  }
}

function* taken(batch: KeyBatch): Generator<KeySpans, void, undefined> {
  const spans = batch.take();
  if (spans !== undefined) yield spans;
}
