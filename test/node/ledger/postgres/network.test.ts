import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { createLedger, openLedger } from '../../../../src/node/ledger/open-ledger.js';
import { newFolder } from '../../../new-folder.js';

/** What statfs(2) says of every folder. */
const folders = vi.hoisted(() => ({ kind: 0 }));
vi.mock('node:fs', async (importOriginal) => ({
  ...(await importOriginal<typeof import('node:fs')>()),
  statfsSync: () => ({ type: folders.kind }),
}));

it.each([
  [0x6969, 'NFS'],
  [0xff534d42 | 0, 'CIFS'],
  [0x01021997, '9P'],
])('a ledger on a file system of kind %s gets a warning that says PostgreSQL', async (kind, name) => {
  folders.kind = kind;
  const path = join(newFolder(), 'issued.db');
  const secret = randomBytes(32);
  const warnings: string[] = [];
  const onWarning = (warning: string) => warnings.push(warning);
  await createLedger(path, { secret, now: new Date(), onWarning });
  await (await openLedger(path, { secret, onWarning })).close();
  const line = `the ledger ${path} lies on a network file system (${name}), whose locks may fail: use PostgreSQL where several machines issue`;
  expect(warnings).toStrictEqual([line, line]);
  folders.kind = 0xef53;
  await (await openLedger(path, { secret, onWarning })).close();
  expect(warnings).toHaveLength(2);
});
