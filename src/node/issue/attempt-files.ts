import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import { removeQuietly } from '../publish/given-name.js';
import { namesIn, stem } from '../publish/temporary-name.js';

/** What tells a run that writes files from all others: its batch and its attempt. */
export interface BatchAttempt {
  readonly id: string;
  /** As `2/8`. */
  readonly shard: string;
  readonly attempt: number;
}

/**
 * `.<name>.<batch>.<attempt>.tmp`: where a batch of a ledger writes what goes to `place`. Unlike other temporary files it
 * may be all there is of keys that are issued, so nobody takes it for stale but who holds its batch.
 */
export function batchTemporary(place: string, run: BatchAttempt): string {
  return join(dirname(place), `${stem(place)}${batchPart(run)}.${run.attempt}.tmp`);
}

/**
 * Removes what attempts up to `run.attempt` left beside `places`. To be called where those are void, or the batch is
 * done: neither can be published any more. Never throws.
 */
export function removeAttempts(places: readonly string[], run: BatchAttempt): void {
  for (const directory of new Set(places.map((place) => dirname(place)))) {
    const names = namesIn(directory).filter((name) => name.endsWith('.tmp'));
    for (const place of places.filter((place) => dirname(place) === directory)) {
      const prefix = `${stem(place)}${batchPart(run)}.`;
      names
        .filter((name) => isAttempt(name, prefix, run.attempt))
        .forEach((name) => {
          removeQuietly(join(directory, name));
        });
    }
  }
}

function isAttempt(name: string, prefix: string, newest: number): boolean {
  const [, attempt] =
    /^([0-9]{1,16})\.tmp$/.exec(name.startsWith(prefix) ? name.slice(prefix.length) : '') ?? [];
  return attempt !== undefined && Number(attempt) <= newest;
}

/** The batch's id where that makes a plain file name, and without a dot, for dots part the name; else its hash. */
function batchPart({ id, shard }: BatchAttempt): string {
  const part = shard === '1/1' ? '' : `~${shard.replace('/', 'of')}`;
  if (/^[A-Za-z0-9_-]{1,48}$/.test(id)) return id + part;
  return createHash('sha256').update(id).digest('hex').slice(0, 32) + part;
}
