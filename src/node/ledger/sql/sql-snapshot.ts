import type { DoubleTag, LedgerSnapshot, StoredBatch, StoredChunk, TagSpan } from '../model/copying.js';
import { TAG_BYTES } from '../tags/cmac.js';
import { foundBatch } from './batch-rows.js';
import { bytesIn, numberIn, orNull, SenselessRow, textIn } from './row-columns.js';
import { readHeader } from './schema.js';
import type { SqlTransaction } from './sql-transaction.js';
import type { SqlRow } from './sql-value.js';

/** Tags that are read at a time. */
const TOGETHER = 1 << 15;

/** What a batch's state is called while it arrives. */
export const ARRIVING = 'copying';

/** A ledger as a transaction sees it. */
export async function readSnapshot(transaction: SqlTransaction): Promise<LedgerSnapshot> {
  const batches = await transaction.all('SELECT * FROM keywright_batches ORDER BY number', []);
  const header = await readHeader(transaction);
  return {
    header,
    marks: header.marks,
    batches: batches.map(batchIn),
    chunks: await chunksIn(transaction),
    doubles: await doublesIn(transaction),
    tags: () => tagsIn(transaction),
  };
}

export async function chunksIn(transaction: SqlTransaction): Promise<readonly StoredChunk[]> {
  return (await transaction.all('SELECT * FROM keywright_chunks ORDER BY id', [])).map(chunkIn);
}

export async function doublesIn(transaction: SqlTransaction): Promise<readonly DoubleTag[]> {
  const rows = await transaction.doubles();
  return rows.map((row) => ({ tag: bytesIn(row, 'tag'), chunk: numberIn(row, 'chunk') }));
}

/** All tags in ascending order. @throws {SenselessRow} they are none, or in no order. */
export async function* tagsIn(transaction: SqlTransaction): AsyncGenerator<TagSpan> {
  let after = new Uint8Array(0);
  for (;;) {
    const span = await transaction.tagsAfter(after, TOGETHER);
    refuseDisorder(after, span);
    if (span.count > 0) yield span;
    if (span.count < TOGETHER) return;
    after = span.bytes.slice(-TAG_BYTES);
  }
}

/** An index that is damaged may return anything. */
function refuseDisorder(after: Uint8Array, { bytes, count, chunks }: TagSpan): void {
  if (bytes.length !== count * TAG_BYTES || chunks.length !== count || !chunks.every(Number.isSafeInteger))
    throw new SenselessRow('its keys are no tags');
  if (count > 0 && after.length > 0 && Buffer.compare(after, bytes.subarray(0, TAG_BYTES)) >= 0)
    throw new SenselessRow('its keys are out of order');
  for (let at = TAG_BYTES; at < bytes.length; at += TAG_BYTES) {
    let index = at;
    while (index < at + TAG_BYTES && bytes[index] === bytes[index - TAG_BYTES]) index++;
    if (index === at + TAG_BYTES || (bytes[index] ?? 0) < (bytes[index - TAG_BYTES] ?? 0))
      throw new SenselessRow('its keys are out of order');
  }
}

function batchIn(row: SqlRow): StoredBatch {
  const arriving = row['state'] === ARRIVING;
  return {
    ...foundBatch(arriving ? { ...row, state: 'reserving' } : row),
    number: numberIn(row, 'number'),
    arriving,
  };
}

function chunkIn(row: SqlRow): StoredChunk {
  return {
    id: numberIn(row, 'id'),
    batch: numberIn(row, 'batch'),
    attempt: numberIn(row, 'attempt'),
    number: numberIn(row, 'number'),
    recorded: numberIn(row, 'recorded'),
    checksum: orNull(row, 'checksum', textIn),
    arriving: row['arriving'] !== null,
  };
}
