import { dirname, relative, resolve } from 'node:path';
import type { RecordedFile } from '../ledger/model/prepared.js';

/** Files as a ledger keeps them: named from the folder of the last one, so that they are found where it is called otherwise. */
export function namedFromLast(files: readonly RecordedFile[]): readonly RecordedFile[] {
  const folder = dirname(files.at(-1)?.path ?? '');
  return named(files, (name) => relative(folder, name));
}

/** The same files where the last one is to lie in `folder`; whole paths are left as they are. */
export function placedIn(folder: string, files: readonly RecordedFile[]): readonly RecordedFile[] {
  return named(files, (name) => resolve(folder, name));
}

function named(files: readonly RecordedFile[], name: (path: string) => string): readonly RecordedFile[] {
  return files.map((file) => ({ ...file, temporary: name(file.temporary), path: name(file.path) }));
}
