import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

const NAME = /^keywright-test-([0-9]{1,10})\./;
const folders: string[] = [];

/** A folder that goes when the tests of the file are over, however they end. */
export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), `keywright-test-${process.pid}.`));
  folders.push(folder);
  return folder;
}

function removeAll(): void {
  for (const path of folders.splice(0)) rmSync(path, { recursive: true, force: true });
}

/** What test processes left that were killed outright. */
function removeStale(): void {
  for (const name of readdirSync(tmpdir())) {
    const [, id] = NAME.exec(name) ?? [];
    if (id === undefined || isAlive(Number(id))) continue;
    try {
      rmSync(join(tmpdir(), name), { recursive: true, force: true });
    } catch {
      // Somebody else's, or another process removes it at this moment.
    }
  }
}

function isAlive(id: number): boolean {
  try {
    return process.kill(id, 0);
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH');
  }
}

// Of the file, not of the suite in which a folder is first made.
afterAll(removeAll, 60_000);
process.once('exit', removeAll);
// So a worker is ended; it would go without its exit.
process.once('SIGTERM', () => process.exit(143));
removeStale();
