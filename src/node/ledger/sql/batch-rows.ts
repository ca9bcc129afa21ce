import type { BatchKind, BatchRecord, BatchState, Holder } from '../model/ledger.js';
import { BATCH_ID, type FoundBatch, type LockedBatch, type StoreCounts, setOf } from '../model/store.js';
import type { Voiding } from '../model/voiding.js';
import { bytesIn, numberIn, orNull, SenselessRow, textIn, timeIn, wordIn } from './row-columns.js';
import type { SqlRow } from './sql-value.js';

const KINDS: readonly BatchKind[] = ['generate', 'import', 'bulk-create'];
const STATES: readonly BatchState[] = ['reserving', 'prepared', 'done'];

/** The columns that {@link recordOf} reads of the table of batches. */
export const BATCH_COLUMNS = `id, shard, kind, state, mask, count, issued_by, comment, at, claimed_at, done_at, voided_at,
  void_reason, voided_by, attempt, drawn`;

/** A batch as a claim finds it. */
export function foundBatch(row: SqlRow): FoundBatch {
  const batch = batchIn(row);
  const locked = orNull(row, 'locked', bytesIn);
  if ((locked === null) !== (batch.state === 'reserving'))
    throw new SenselessRow(
      `a batch is ${batch.state}, and what it published is ${locked ? '' : 'not '}there`,
    );
  const token = textIn(row, 'token', /^[0-9a-f]{32}$/);
  return {
    ...batch,
    parameters: bytesIn(row, 'parameters'),
    adoptedAt: orNull(row, 'adopted_at', timeIn),
    voidSaidAt: orNull(row, 'void_said_at', timeIn),
    token,
    locked,
  };
}

/** A batch as it is told. */
export function recordOf(row: SqlRow): BatchRecord {
  const { drawn: _, ...batch } = batchIn(row);
  return { ...batch, recorded: numberIn(row, 'recorded'), wasted: numberIn(row, 'wasted') };
}

/** What batches come to. */
export function countsOf(batches: readonly BatchRecord[]): StoreCounts {
  const keys = { issued: 0, created: 0 };
  const states = { reserving: 0, prepared: 0, done: 0 };
  let isVoid = 0;
  for (const { kind, state, recorded, wasted, voided } of batches) {
    states[state]++;
    if (voided !== null) isVoid++;
    keys[setOf(kind)] += recorded + wasted;
  }
  return { keys, batches: states, voided: isVoid };
}

/** What a batch keeps locked. */
export function lockedIn(row: SqlRow): LockedBatch {
  return {
    ...nameIn(row),
    state: wordIn(row, 'state', STATES),
    drawn: numberIn(row, 'drawn', 1),
    locked: orNull(row, 'locked', bytesIn),
  };
}

/** What holds a key: a chunk, joined with its batch. */
export function holderIn(row: SqlRow): Holder {
  const attempt = numberIn(row, 'taken_by');
  return {
    ...nameIn(row),
    kind: wordIn(row, 'kind', KINDS),
    state: wordIn(row, 'state', STATES),
    at: timeIn(row, 'at'),
    by: textIn(row, 'issued_by'),
    comment: orNull(row, 'comment', textIn),
    voided: voidingIn(row),
    attempt,
    current: attempt === 0 || attempt === numberIn(row, 'drawn', 1),
    also: [],
  };
}

function batchIn(row: SqlRow) {
  const state = wordIn(row, 'state', STATES);
  const doneAt = orNull(row, 'done_at', timeIn);
  if ((doneAt === null) !== (state !== 'done'))
    throw new SenselessRow(`a batch is ${state}, and its end is ${doneAt === null ? 'not ' : ''}recorded`);
  const voided = voidingIn(row);
  if (voided !== null && state !== 'done') throw new SenselessRow(`a batch is ${state}, and void`);
  const attempt = numberIn(row, 'attempt', 1);
  const drawn = numberIn(row, 'drawn', 1);
  if (drawn > attempt) throw new SenselessRow('a batch has drawn in an attempt that never was');
  return {
    ...nameIn(row),
    kind: wordIn(row, 'kind', KINDS),
    state,
    mask: orNull(row, 'mask', textIn),
    count: numberIn(row, 'count'),
    by: textIn(row, 'issued_by'),
    comment: orNull(row, 'comment', textIn),
    at: timeIn(row, 'at'),
    claimedAt: timeIn(row, 'claimed_at'),
    doneAt,
    voided,
    attempt,
    drawn,
  };
}

function voidingIn(row: SqlRow): Voiding | null {
  const at = orNull(row, 'voided_at', timeIn);
  return at && { at, reason: textIn(row, 'void_reason'), by: textIn(row, 'voided_by') };
}

function nameIn(row: SqlRow): { readonly id: string; readonly shard: string } {
  const shard = textIn(row, 'shard', /^[1-9][0-9]{0,9}\/[1-9][0-9]{0,9}$/);
  const [index = 1, of = 1] = shard.split('/').map(Number);
  if (index > of || of > 2 ** 32) throw new SenselessRow('a shard is none');
  return { id: textIn(row, 'id', BATCH_ID), shard };
}
