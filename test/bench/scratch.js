import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Works in a fresh folder, which is gone afterwards, also when the process ends first.
 *
 * @template Answer
 * @param {(folder: string) => Promise<Answer>} work
 */
export async function withFolder(work) {
  const folder = mkdtempSync(join(tmpdir(), 'keywright-bench-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  process.once('exit', remove);
  try {
    return await work(folder);
  } finally {
    process.off('exit', remove);
    remove();
  }
}
