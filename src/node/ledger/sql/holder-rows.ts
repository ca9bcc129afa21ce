import type { Holder } from '../model/ledger.js';
import { TAG_BYTES } from '../tags/cmac.js';
import { BATCH_COLUMNS, holderIn } from './batch-rows.js';
import { bytesIn, numberIn } from './row-columns.js';
import type { SqlTransaction, TagList } from './sql-transaction.js';

/** Whether keys were ever created here, those included that arrive. */
export async function hasCreated(transaction: SqlTransaction): Promise<boolean> {
  const rows = await transaction.all(
    "SELECT 1 FROM keywright_batches WHERE kind = 'bulk-create' LIMIT 1",
    [],
  );
  return rows.length > 0;
}

/** The further chunks that hold some of the tags, by the places of those. */
export async function furtherChunks(
  transaction: SqlTransaction,
  { bytes, count }: TagList,
): Promise<ReadonlyMap<number, readonly number[]>> {
  const rows = await transaction.doubles();
  if (rows.length === 0) return new Map();
  const chunks = new Map<string, readonly number[]>();
  for (const row of rows) {
    const tag = hexOf(bytesIn(row, 'tag'));
    chunks.set(tag, [...(chunks.get(tag) ?? []), numberIn(row, 'chunk')]);
  }
  const found = new Map<number, readonly number[]>();
  for (let place = 0; place < count; place++) {
    const held = chunks.get(hexOf(bytes.subarray(place * TAG_BYTES, (place + 1) * TAG_BYTES)));
    if (held !== undefined) found.set(place, held);
  }
  return found;
}

function hexOf(tag: Uint8Array): string {
  return Buffer.from(tag.buffer, tag.byteOffset, tag.length).toString('hex');
}

/** Null for a chunk that arrives. */
export async function holderOf(transaction: SqlTransaction, chunk: number): Promise<Holder | null> {
  const [row = {}] = await transaction.all(
    `SELECT ${BATCH_COLUMNS.replace(/\w+/g, 'b.$&')}, c.attempt AS taken_by, c.arriving FROM keywright_chunks c
    JOIN keywright_batches b ON b.number = c.batch WHERE c.id = ?`,
    [chunk],
  );
  return row['arriving'] === null || row['arriving'] === undefined ? holderIn(row) : null;
}
