import { statSync } from 'node:fs';
import { errnoOf } from '../files/file-error.js';
import { type LockOptions, withFileLock } from './file-lock.js';
import { OutputFiles } from './output-files.js';
import { placeOf } from './output-target.js';

/** How {@link replaceFile} works. */
export interface ReplaceOptions extends LockOptions {
  /** The mode of a file that did not exist; one that did keeps its own. */
  readonly newMode: number;
  /** Files that were read for the change, none of which may be this one. */
  readonly inputs?: readonly string[] | undefined;
}

/** How often a file may change under our hands before we give up. */
const ATTEMPTS = 5;

/**
 * Replaces the file `path` by what `change` makes of it, whole or not at all. `change` reads the file itself; `exists`
 * says whether there is one. Of several processes that do it at once, one comes after the other: `change` runs under a
 * lock (see `withFileLock`). And where a program that knows no lock wrote the file meanwhile, `change` runs again.
 *
 * @throws {KeywrightError} as `withFileLock`, `OutputFiles` and `change`; then the file is as it was.
 */
export async function replaceFile(
  path: string,
  change: (exists: boolean) => Promise<Uint8Array>,
  { newMode, inputs, ...lock }: ReplaceOptions,
): Promise<void> {
  await withFileLock(
    placeOf(path, true),
    async () => {
      for (let left = ATTEMPTS; ; left--) {
        const before = stateOfFile(path);
        const bytes = await change(before !== undefined);
        const files = new OutputFiles({ force: before !== undefined, inputs, signal: lock.signal });
        try {
          const file = await files.create(path, before?.mode ?? newMode & ~process.umask());
          await file.write(bytes);
          await files.finish();
          if (left > 1 && stateOfFile(path)?.state !== before?.state) continue;
          await files.publish();
          return;
        } finally {
          await files.discard();
        }
      }
    },
    lock,
  );
}

/** What changes whenever a file does; undefined where there is none. */
function stateOfFile(path: string): { readonly mode: number; readonly state: string } | undefined {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs, mode } = statSync(path, { bigint: true });
    return { mode: Number(mode) & 0o777, state: [dev, ino, size, mtimeNs, ctimeNs].join(' ') };
  } catch (error) {
    // Anything but its absence is told when the file is opened.
    return errnoOf(error) === 'ENOENT' ? undefined : { mode: 0o600, state: '' };
  }
}
