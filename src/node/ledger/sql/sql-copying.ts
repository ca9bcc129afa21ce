import type {
  Arrival,
  Arrived,
  DoubleTag,
  FoundHere,
  LedgerSnapshot,
  PlacesTaken,
  Reveal,
  RevealedBatch,
  TagSpan,
} from '../model/copying.js';
import { droppedCopy, lostClaim, replacedLedger, unfinishedCopy } from '../model/ledger-error.js';
import type { ChunkName, FoundBatch, LedgerHeader } from '../model/store.js';
import { chunkId } from './chunk-tags.js';
import { readMarks, type WrittenLedger } from './ledger-marks.js';
import { numberIn, SenselessRow, textIn } from './row-columns.js';
import { compared } from './schema.js';
import { ARRIVING, readSnapshot } from './sql-snapshot.js';
import type { SqlTransaction } from './sql-transaction.js';

/** Larger than any attempt: where chunks are counted to while they change places. */
const ASIDE = 1_000_000_000;

/** As `CopiedStore.begin`. */
export async function beginArrival(
  transaction: SqlTransaction,
  name: string,
  { header, batches, found, chunks, renamed, restoring, at }: Arrival,
  opened: LedgerHeader,
): Promise<Arrived> {
  const { id } = await readMarks(transaction);
  if (id !== (header ?? opened).id) {
    if (header === undefined || id !== opened.id) throw replacedLedger(name);
    await adopt(transaction, name, header, opened);
  }
  await transaction.run(
    `UPDATE keywright_ledger SET copying_at = ?${restoring ? ', restoring_at = COALESCE(restoring_at, ?)' : ''}`,
    restoring ? [at.getTime(), at.getTime()] : [at.getTime()],
  );
  const numbers = new Map<number, number>();
  for (const [there, here] of found) {
    numbers.set(there, here.number);
    await takeBatch(transaction, here);
  }
  for (const [chunk, { number }] of renamed)
    await countTo(transaction, chunk, { attempt: ASIDE + chunk, number });
  for (const [chunk, name] of renamed) await countTo(transaction, chunk, name);
  for (const batch of batches) numbers.set(batch.number, await hiddenBatch(transaction, batch));
  const ids = new Map<number, number>();
  for (const chunk of chunks) {
    const batch = numbers.get(chunk.batch);
    if (batch === undefined) throw new SenselessRow('a chunk belongs to no batch');
    const here = await chunkId(transaction, batch, chunk);
    await transaction.run('UPDATE keywright_chunks SET arriving = 1 WHERE id = ? AND recorded = 0', [here]);
    ids.set(chunk.id, here);
  }
  return { batches: numbers, chunks: ids };
}

/** The ledger becomes another one, while nobody has claimed anything in it. */
async function adopt(
  transaction: SqlTransaction,
  name: string,
  { id, comparison, bornBare, root, createdAt }: LedgerHeader,
  opened: LedgerHeader,
): Promise<void> {
  const at = createdAt.getTime();
  const changed = await transaction.run(
    `UPDATE keywright_ledger SET name = ?, comparison = ?, born = ?, at = ? WHERE name = ?
    AND NOT EXISTS (SELECT 1 FROM keywright_batches)`,
    [id, compared(comparison), bornBare ? 'bare' : 'secret', at, opened.id],
  );
  if (changed !== 1) throw replacedLedger(name);
  const rooted = await transaction.run(
    'UPDATE keywright_root SET wrapping = ?, root = ? WHERE id = 1 AND wrapping = ? AND root = ?',
    [root.wrapping, root.bytes, opened.root.wrapping, opened.root.bytes],
  );
  if (rooted !== 1) throw replacedLedger(name);
}

async function takeBatch(
  transaction: SqlTransaction,
  { number, was, attempt, token }: FoundHere,
): Promise<void> {
  await transaction.run(
    'UPDATE keywright_batches SET attempt = ?, token = ? WHERE number = ? AND attempt = ? AND token = ?',
    [attempt, token, number, was.attempt, was.token],
  );
  const [row = {}] = await transaction.all(
    'SELECT id, shard, attempt, token FROM keywright_batches WHERE number = ?',
    [number],
  );
  if (row['token'] !== token || numberIn(row, 'attempt') !== attempt)
    throw lostClaim(textIn(row, 'id'), textIn(row, 'shard'));
}

async function hiddenBatch(transaction: SqlTransaction, batch: FoundBatch): Promise<number> {
  const { id, shard, kind, mask, count, parameters, by, comment, at, claimedAt, token } = batch;
  await transaction.run(
    `INSERT INTO keywright_batches (id, shard, kind, state, mask, count, parameters, issued_by, comment, at, claimed_at,
    attempt, drawn, token) VALUES (?, ?, ?, '${ARRIVING}', ?, ?, ?, ?, ?, ?, ?, 1, 1, ?) ON CONFLICT (id, shard) DO NOTHING`,
    [
      ...[id, shard, kind, mask, count, parameters, by, comment],
      ...[at.getTime(), claimedAt.getTime(), token],
    ],
  );
  const [row = {}] = await transaction.all(
    `SELECT number FROM keywright_batches WHERE id = ? AND shard = ? AND state = '${ARRIVING}'`,
    [id, shard],
  );
  // Somebody claimed it since the copy was planned.
  if (row['number'] === undefined) throw lostClaim(id, shard);
  return numberIn(row, 'number');
}

/** As `CopiedStore.place`. */
export async function placeSpan(
  transaction: SqlTransaction,
  { name, id, lock }: WrittenLedger,
  span: TagSpan,
  doubles: readonly DoubleTag[],
): Promise<PlacesTaken> {
  if ((await readMarks(transaction, lock)).id !== id) throw replacedLedger(name);
  const arriving = new Set<number>();
  for (const row of await transaction.all('SELECT id FROM keywright_chunks WHERE arriving = 1', []))
    arriving.add(numberIn(row, 'id'));
  const isThere = (chunk: number) => arriving.has(chunk);
  if (!span.chunks.every(isThere) || !doubles.every(({ chunk }) => isThere(chunk))) throw droppedCopy(name);
  for (const { tag, chunk } of doubles) await transaction.addDouble(tag, chunk);
  if (span.count === 0 || (await transaction.place(span))) return { places: [], chunks: [] };
  const { places, chunks } = await transaction.held(span);
  if (places.length !== span.count) throw new SenselessRow('it kept other keys than were written');
  const other = places.filter((place, at) => chunks[at] !== span.chunks[place]);
  const at = new Map(places.map((place, index) => [place, chunks[index] ?? 0]));
  return { places: other, chunks: other.map((place) => at.get(place) ?? 0) };
}

/** As `CopiedStore.reveal`. */
export async function revealArrival(
  transaction: SqlTransaction,
  name: string,
  { batches, expected }: Reveal,
): Promise<void> {
  const { copying } = await readMarks(transaction);
  const tally = await transaction.tally();
  const doubles = new Map<number, number>();
  for (const row of await transaction.doubles()) {
    const chunk = numberIn(row, 'chunk');
    doubles.set(chunk, (doubles.get(chunk) ?? 0) + 1);
  }
  for (const [chunk, { count, checksum }] of expected) {
    const there = (tally.get(chunk) ?? 0) + (doubles.get(chunk) ?? 0);
    if (there !== count && !copying) throw droppedCopy(name);
    if (there !== count)
      throw new SenselessRow(`${count} keys of a batch were copied into it, ${there} are there`);
    await transaction.run(
      'UPDATE keywright_chunks SET recorded = ?, checksum = ?, arriving = NULL WHERE id = ?',
      [count, checksum, chunk],
    );
  }
  // What a copy that was cut off had made room for, and this one puts elsewhere.
  for (const row of await transaction.all('SELECT id FROM keywright_chunks WHERE arriving = 1', [])) {
    const id = numberIn(row, 'id');
    if (tally.has(id)) throw unfinishedCopy(name);
    await transaction.run('DELETE FROM keywright_chunks WHERE id = ?', [id]);
  }
  for (const batch of batches) await revealBatch(transaction, batch);
  await transaction.run('UPDATE keywright_ledger SET copying_at = NULL', []);
}

async function countTo(
  transaction: SqlTransaction,
  chunk: number,
  { attempt, number }: ChunkName,
): Promise<void> {
  await transaction.run('UPDATE keywright_chunks SET attempt = ?, number = ? WHERE id = ?', [
    ...[attempt, number, chunk],
  ]);
}

async function revealBatch(transaction: SqlTransaction, { number, row, was }: RevealedBatch): Promise<void> {
  const { state, attempt, drawn, token, by, comment, at, claimedAt, doneAt, locked, adoptedAt } = row;
  const { voided, voidSaidAt } = row;
  const changed = await transaction.run(
    `UPDATE keywright_batches SET state = ?, attempt = ?, drawn = ?, token = ?, issued_by = ?, comment = ?, at = ?,
    claimed_at = ?, done_at = ?, voided_at = ?, void_reason = ?, voided_by = ?, void_said_at = ?, locked = ?, adopted_at = ?
    WHERE number = ? AND ${was === undefined ? `state = '${ARRIVING}'` : 'token = ?'}`,
    [
      ...[state, attempt, drawn, token, by, comment, at.getTime(), claimedAt.getTime()],
      ...[doneAt?.getTime() ?? null, voided?.at.getTime() ?? null, voided?.reason ?? null],
      ...[voided?.by ?? null, voidSaidAt?.getTime() ?? null, locked, adoptedAt?.getTime() ?? null, number],
      ...(was === undefined ? [] : [was]),
    ],
  );
  if (changed === 1) return;
  // It may have been this very call, when that was committed and the reply was lost.
  const ours = await transaction.all(
    `SELECT 1 FROM keywright_batches WHERE number = ? AND token = ? AND state <> '${ARRIVING}'`,
    [number, token],
  );
  if (ours.length === 0) throw lostClaim(row.id, row.shard);
}

/** As `CopiedStore.dropArrival`. */
export async function dropRows(
  transaction: SqlTransaction,
  { name, lock }: WrittenLedger,
  before?: { readonly header: LedgerHeader; readonly opened: LedgerHeader },
): Promise<boolean> {
  const { id, copying } = await readMarks(transaction, lock);
  if (!copying) return false;
  const arriving = 'SELECT id FROM keywright_chunks WHERE arriving = 1';
  await transaction.run(`DELETE FROM keywright_doubles WHERE chunk IN (${arriving})`, []);
  await transaction.run(`DELETE FROM keywright_keys WHERE chunk IN (${arriving})`, []);
  await transaction.run('DELETE FROM keywright_chunks WHERE arriving = 1', []);
  await transaction.run(`DELETE FROM keywright_batches WHERE state = '${ARRIVING}'`, []);
  await transaction.run('UPDATE keywright_ledger SET copying_at = NULL', []);
  // Of a backup that brought nothing, nothing is missing.
  await transaction.run(
    'UPDATE keywright_ledger SET restoring_at = NULL WHERE NOT EXISTS (SELECT 1 FROM keywright_batches)',
    [],
  );
  if (before !== undefined && id !== before.header.id)
    await adopt(transaction, name, before.header, before.opened);
  return true;
}

/** As `CopiedStore.confirmRestored`. */
export async function confirmRows(transaction: SqlTransaction): Promise<boolean> {
  const changed = await transaction.run(
    'UPDATE keywright_ledger SET restoring_at = NULL WHERE restoring_at IS NOT NULL',
    [],
  );
  return changed === 1;
}

/** As `CopiedStore.markMoved`. */
export async function markRows(
  transaction: SqlTransaction,
  seen: LedgerSnapshot,
  to: string,
  at: Date,
  lock: string,
): Promise<boolean> {
  const { id, movedTo } = await readMarks(transaction, lock);
  if (movedTo === to) return true;
  const now = await readSnapshot(transaction);
  if (id !== seen.header.id || contentOf(now) !== contentOf(seen)) return false;
  await transaction.run('UPDATE keywright_ledger SET moved_to = ?, moved_at = ?', [to, at.getTime()]);
  return true;
}

/** What changes with whatever is written. */
function contentOf({ batches, chunks }: LedgerSnapshot): string {
  return JSON.stringify([
    batches.map(({ state, token, attempt }) => [state, token, attempt]),
    chunks.map(({ id, recorded }) => [id, recorded]),
  ]);
}
