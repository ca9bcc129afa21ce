import { closeSync, fstatSync, linkSync, lstatSync, openSync, renameSync, rmSync, unlinkSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { errnoOf } from './file-error.js';
import { identityOf } from './output-target.js';
import { hiddenName } from './temporary-name.js';
import { fileExists } from './write-error.js';

/** How the system says that a file system has no hard links. */
export const NO_HARD_LINKS = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'];
const NO_DIRECTORY_SYNC = ['EINVAL', 'EPERM', 'EACCES', 'EISDIR', ...NO_HARD_LINKS];

/** A name that now shows (or soon would show) our file, and what it showed before. */
interface Published {
  readonly place: string;
  identity: string;
  backup: string | undefined;
}

/**
 * Gives finished temporary files their names, and can take it all back. The steps are synchronous: each
 * takes microseconds, and a signal handler never finds one half done.
 */
export class Publication {
  readonly #force: boolean;
  readonly #published: Published[] = [];

  constructor(force: boolean) {
    this.#force = force;
  }

  /**
   * Publishes one file; `path` is its name in messages.
   *
   * @throws {KeywrightError} `file_exists`, without `force`; the system's own errors otherwise.
   */
  publish(temporary: string, place: string, path: string): void {
    const published: Published = { place, identity: identityAt(temporary) ?? '', backup: undefined };
    this.#published.push(published);
    if (this.#force) this.#replace(temporary, published);
    else this.#add(temporary, published, path);
  }

  /** Lets go of what was replaced. Never throws. */
  commit(): void {
    for (const { backup } of this.#published.splice(0)) if (backup !== undefined) removeQuietly(backup);
  }

  /** Takes back everything not committed, last first; what somebody else put there meanwhile stays. Never throws. */
  rollback(): void {
    for (const published of this.#published.splice(0).reverse()) {
      try {
        takeBack(published);
      } catch {
        // What is left is a name nobody lets us touch; the error that led here says more.
      }
    }
  }

  #add(temporary: string, published: Published, path: string): void {
    try {
      linkSync(temporary, published.place);
    } catch (error) {
      const errno = errnoOf(error) ?? '';
      if (errno === 'EEXIST') throw fileExists(path);
      if (!NO_HARD_LINKS.includes(errno)) throw error;
      claimAndRename(temporary, published, path);
      return;
    }
    unlinkSync(temporary);
  }

  #replace(temporary: string, published: Published): void {
    if (lstatSync(published.place, { throwIfNoEntry: false })?.isFile()) {
      published.backup = hiddenName(published.place, 'bak');
      keepOriginal(published.place, published.backup);
    }
    renameSync(temporary, published.place);
  }
}

/** Removes a file, if it is there and the directory lets us; called where another outcome is already certain. */
export function removeQuietly(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // The caller's own outcome says more than a hidden file left behind.
  }
}

/** Makes the names in `directory` durable, where the system can. Rejects with the system's error. */
export async function syncDirectory(directory: string): Promise<void> {
  try {
    const handle = await open(directory, 'r');
    await handle.sync().finally(() => handle.close());
  } catch (error) {
    if (!NO_DIRECTORY_SYNC.includes(errnoOf(error) ?? '')) throw error;
  }
}

function claimAndRename(temporary: string, published: Published, path: string): void {
  const ours = published.identity;
  let claim: number;
  try {
    claim = openSync(published.place, 'wx', 0o600);
  } catch (error) {
    throw errnoOf(error) === 'EEXIST' ? fileExists(path) : error;
  }
  published.identity = identityOf(fstatSync(claim, { bigint: true }));
  closeSync(claim);
  renameSync(temporary, published.place);
  published.identity = ours;
}

function keepOriginal(place: string, backup: string): void {
  try {
    linkSync(place, backup);
  } catch (error) {
    if (!NO_HARD_LINKS.includes(errnoOf(error) ?? '')) throw error;
    renameSync(place, backup);
  }
}

function takeBack({ place, identity, backup }: Published): void {
  const now = identityAt(place);
  if (backup === undefined) {
    if (now === identity) unlinkSync(place);
  } else if (now === undefined || now === identity) {
    renameSync(backup, place);
  } else {
    removeQuietly(backup);
  }
}

function identityAt(path: string): string | undefined {
  const stats = lstatSync(path, { bigint: true, throwIfNoEntry: false });
  return stats === undefined ? undefined : identityOf(stats);
}
