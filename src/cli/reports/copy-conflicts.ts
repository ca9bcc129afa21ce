import type { CopyConflict } from '../../node/ledger/copy/copy-plan.js';
import { grouped } from '../command/progress.js';

/** What two ledgers say that cannot both be, and how to go on. */
export function conflictLine(
  { problem, id, shard, other, keys = 0 }: CopyConflict,
  refused: boolean,
): string {
  const batch = `batch ${id} (${shard})`;
  if (problem === 'parameters') return `${batch} was begun with other parameters there: ${IMPORT}`;
  if (problem === 'published') return `${batch} was published twice, with other keys there: ${IMPORT}`;
  return `${grouped(keys)} keys of ${batch} are also of batch ${other?.id} (${other?.shard}) there: ${refused ? 'look at both, then --keep-both' : 'both have them'}`;
}

/** Two batches of one id go into no ledger, whatever becomes of one of them. */
const IMPORT = 'import the lists of this ledger there, in place of a copy';
