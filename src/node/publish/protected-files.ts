import { type BigIntStats, fstatSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { errnoOf } from '../files/file-error.js';

/** What two names of one file have in common. */
export function identityOf(stats: BigIntStats): string {
  return `${stats.dev}:${stats.ino}`;
}

/**
 * The files that no output may be, whatever it is called: known by device and inode, and by their real path where there
 * is no such file yet, as the journal of a ledger.
 */
export class ProtectedFiles {
  readonly #identities = new Set<string>();
  readonly #places = new Set<string>();

  /** `-` is standard input, which counts where it is a file. */
  constructor(paths: readonly string[]) {
    for (const path of paths) {
      const stats = path === '-' ? standardStats(0) : statsOf(path);
      if (stats?.isFile()) this.#identities.add(identityOf(stats));
      const place = path === '-' ? undefined : realPlace(path);
      if (place !== undefined) this.#places.add(place);
    }
  }

  /** Whether an output at `place`, a real path, would be one of them. */
  holds(place: string): boolean {
    const stats = statsOf(place);
    return this.#places.has(place) || (stats !== undefined && this.#identities.has(identityOf(stats)));
  }

  /** Whether what is open as `descriptor` is one of them. */
  holdsOpen(descriptor: number): boolean {
    const stats = standardStats(descriptor);
    return stats?.isFile() === true && this.#identities.has(identityOf(stats));
  }
}

// An input that cannot be looked at is its reader's to report.
function statsOf(path: string): BigIntStats | undefined {
  try {
    return statSync(path, { bigint: true, throwIfNoEntry: false });
  } catch (error) {
    if (errnoOf(error) === undefined && !path.includes('\0')) throw error;
    return undefined;
  }
}

function standardStats(descriptor: number): BigIntStats | undefined {
  try {
    return fstatSync(descriptor, { bigint: true });
  } catch {
    // It is closed.
    return undefined;
  }
}

function realPlace(path: string): string | undefined {
  try {
    return join(realpathSync(dirname(path)), basename(path));
  } catch {
    // No output can be made in a folder that is not there.
    return undefined;
  }
}
