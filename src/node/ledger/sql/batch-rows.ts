import type { BatchKind, BatchRecord, BatchState, Holder } from '../model/ledger.js';
import type { FoundBatch } from '../model/store.js';
import { bytesIn, numberIn, orNull, textIn, timeIn, wordIn } from './sql-transaction.js';
import type { SqlRow } from './sql-value.js';

const KINDS: readonly BatchKind[] = ['generate', 'import', 'bulk-create'];
const STATES: readonly BatchState[] = ['reserving', 'prepared', 'done'];

/** A batch as a claim finds it. */
export function foundBatch(row: SqlRow): FoundBatch {
  return {
    ...batchIn(row),
    parameters: bytesIn(row, 'parameters'),
    drawn: numberIn(row, 'drawn'),
    token: textIn(row, 'token'),
    locked: orNull(row, 'locked', bytesIn),
  };
}

/** A batch as it is told. */
export function recordOf(row: SqlRow): BatchRecord {
  return { ...batchIn(row), recorded: numberIn(row, 'recorded'), wasted: numberIn(row, 'wasted') };
}

/** What holds a key: a chunk, joined with its batch. */
export function holderIn(row: SqlRow): Holder {
  const attempt = numberIn(row, 'attempt');
  return {
    id: textIn(row, 'id'),
    shard: textIn(row, 'shard'),
    kind: wordIn(row, 'kind', KINDS),
    at: timeIn(row, 'at'),
    attempt,
    current: attempt === 0 || attempt === numberIn(row, 'drawn'),
  };
}

function batchIn(row: SqlRow) {
  return {
    id: textIn(row, 'id'),
    shard: textIn(row, 'shard'),
    kind: wordIn(row, 'kind', KINDS),
    state: wordIn(row, 'state', STATES),
    mask: orNull(row, 'mask', textIn),
    count: numberIn(row, 'count'),
    by: textIn(row, 'issued_by'),
    at: timeIn(row, 'at'),
    doneAt: orNull(row, 'done_at', timeIn),
    attempt: numberIn(row, 'attempt'),
  };
}
