import type { BatchKind, BatchRecord, BatchState } from '../../node/ledger/model/ledger.js';
import { UsageError } from '../command/exit-code.js';
import { type Arguments, type CommandOptions, choice, text, time, valued } from '../command/options.js';

/** What made a batch. */
export const BATCH_KINDS: readonly BatchKind[] = ['generate', 'import', 'bulk-create'];

/** What a batch is called that is where it is: as its state, unless it was taken back. */
export type ShownState = BatchState | 'voided';

/** The state of a batch as it is shown. */
export function shownState({ state, voided }: Pick<BatchRecord, 'state' | 'voided'>): ShownState {
  return voided === null ? state : 'voided';
}

const STATES: readonly ShownState[] = ['reserving', 'prepared', 'done', 'voided'];

/** Which batches are meant. */
export const BATCH_FILTER: CommandOptions = {
  state: valued('reserving, prepared, done or voided', { words: STATES, value: 'STATE' }),
  kind: valued('generate, import or bulk-create', { words: BATCH_KINDS }),
  id: valued('ids of this pattern, in which * is any text and ? one character', { value: 'GLOB' }),
  since: valued('begun at that time or later: ISO 8601, a date (UTC), or Unix seconds'),
  until: valued('begun before that time'),
};

/** Whether a batch is one of those that {@link BATCH_FILTER} mean. */
export function batchFilter(args: Arguments): (batch: BatchRecord) => boolean {
  const [state, kind] = [choice(args, 'state', STATES), choice(args, 'kind', BATCH_KINDS)];
  const [since, until] = [time(args, 'since'), time(args, 'until')];
  const glob = text(args, 'id');
  if (since !== undefined && until !== undefined && since >= until)
    throw new UsageError('--since is not before --until: swap them');
  return (batch) =>
    (state === undefined || state === shownState(batch)) &&
    (kind === undefined || kind === batch.kind) &&
    (glob === undefined || matchesGlob(batch.id, glob)) &&
    (since === undefined || batch.at >= since) &&
    (until === undefined || batch.at < until);
}

/** `*` is any text and `?` one character; behind a backslash each is itself. Takes the product of both lengths at most. */
export function matchesGlob(text: string, glob: string): boolean {
  const parts = Array.from(glob.matchAll(/\\(.)|(.)/gsu), ([, literal, plain]) => ({ literal, plain }));
  let [at, part, star, from] = [0, 0, -1, 0];
  while (at < text.length) {
    const { literal, plain } = parts[part] ?? {};
    if (plain === '*') [star, from, part] = [part, at, part + 1];
    else if (plain === '?' || (literal ?? plain) === text[at]) [at, part] = [at + 1, part + 1];
    else if (star >= 0) [from, at, part] = [from + 1, from + 1, star + 1];
    else return false;
  }
  return parts.slice(part).every(({ plain }) => plain === '*');
}
