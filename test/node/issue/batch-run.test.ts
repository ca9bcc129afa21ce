import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { batchTemporary } from '../../../src/node/issue/attempt-files.js';
import { BatchRun } from '../../../src/node/issue/batch-run.js';
import { memoryLedger } from '../../../src/node/ledger/memory.js';
import { codeOf } from '../../failure.js';
import { newFolder } from '../../new-folder.js';
import { batchOf } from '../ledger/contract.js';

/** A batch that died when its one file was recorded, under the temporary name that `named` makes. */
async function recorded(named: (path: string, own: string) => string, attempt = 1) {
  const folder = newFolder();
  const path = join(folder, 'keys.txt');
  const ledger = memoryLedger();
  const batch = batchOf();
  const claim = await ledger.claim(batch);
  const own = batchTemporary(path, { ...claim, attempt });
  const temporary = named(path, own);
  writeFileSync(temporary, 'content');
  const sha256 = createHash('sha256').update('content').digest('hex');
  await ledger.prepare(claim, { files: [{ temporary, path, bytes: 7, sha256 }], report: '{}' });
  const resume = async (force: boolean) => {
    const run = await BatchRun.open(ledger, batch, { paths: [path], force });
    const again = await run.claim();
    const prepared = await run.make(again, () => Promise.reject(new Error('made anew')));
    return { report: prepared.report, repeated: await run.publish(again, prepared) };
  };
  return { folder, path, temporary, resume };
}

it.each([false, true])(
  'a batch publishes what it recorded, however often it is claimed (force: %s)',
  async (force) => {
    const { folder, path, resume } = await recorded((_, own) => own);
    expect(await resume(force)).toMatchObject({ report: '{}', repeated: false });
    expect(readFileSync(path, 'utf8')).toBe('content');
    expect(readdirSync(folder)).toStrictEqual(['keys.txt']);
    expect(await resume(force)).toMatchObject({ repeated: true });
  },
);

it.each([
  ['a file of somebody else', (path: string) => join(path, '..', 'accounts.csv')],
  ['a file elsewhere', () => join(newFolder(), 'accounts.csv')],
  ['what another batch wrote', (path: string) => join(path, '..', '.keys.txt.other.1.tmp')],
  ['what another attempt wrote', (path: string) => join(path, '..', '.keys.txt.batch-0.9.tmp')],
])('a record that names %s moves and removes nothing', async (_, named) => {
  for (const force of [false, true]) {
    const { path, temporary, resume } = await recorded(named);
    expect(await codeOf(resume(force))).toBe('damaged_ledger');
    expect(readFileSync(temporary, 'utf8')).toBe('content');
    expect(existsSync(path)).toBe(false);
  }
});
