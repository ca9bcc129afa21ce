import { realpathSync } from 'node:fs';

/** What SQLite writes beside a database (https://www.sqlite.org/tempfiles.html). */
const BESIDE = ['-journal', '-wal', '-shm'];

/**
 * The files of the ledger called `name` (a path, a URL, `env:NAME`): the database and what SQLite writes beside it,
 * whether it is there now or not. None of a server. What another program makes of these files destroys the ledger.
 */
export function ledgerFiles(
  name: string,
  env: Readonly<Record<string, string | undefined>> = {},
): readonly string[] {
  const place = name.startsWith('env:') ? (env[name.slice('env:'.length)] ?? '') : name;
  if (place === '' || place === '-' || /^[a-z][a-z0-9+.-]*:\/\//i.test(place)) return [];
  // SQLite puts its journal beside the file that a link leads to.
  return [...new Set([place, realPathOf(place)])].flatMap((path) => [
    path,
    ...BESIDE.map((ending) => `${path}${ending}`),
  ]);
}

function realPathOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
