import { lstatSync, renameSync, unlinkSync } from 'node:fs';
import { fileExists } from '../files/write-error.js';
import { giveName, identityAt, keepOriginal, removeQuietly, takeName } from './given-name.js';
import { hiddenName } from './temporary-name.js';

/** A name that now shows (or soon would show) our file, and what it showed before. */
interface Published {
  readonly place: string;
  readonly identity: string;
  backup: string | undefined;
}

/** Gives finished temporary files their names, and can take it all back. */
export class Publication {
  readonly #force: boolean;
  readonly #published: Published[] = [];

  constructor(force: boolean) {
    this.#force = force;
  }

  /**
   * Publishes one file; `path` is its name in messages.
   *
   * @throws {KeywrightError} `file_exists`, without `force`; `unwritable_file`; the system's own errors otherwise.
   */
  publish(temporary: string, place: string, path: string): void {
    const published: Published = { place, identity: identityAt(temporary) ?? '', backup: undefined };
    this.#published.push(published);
    if (this.#force) replace(temporary, published);
    else if (!giveName(temporary, place)) throw fileExists(path);
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
}

function replace(temporary: string, published: Published): void {
  const { place } = published;
  if (lstatSync(place, { throwIfNoEntry: false })?.isFile()) {
    published.backup = hiddenName(place, 'bak');
    keepOriginal(place, published.backup);
  }
  takeName(temporary, place);
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
