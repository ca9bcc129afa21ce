import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { revokedId } from '../../../src/index.js';
import { restoreKeys, revokeKeys } from '../../../src/node/revocations/revoke-keys.js';
import { RevokedKeys } from '../../../src/node/revocations/revoked-keys.js';
import { failureOf } from '../../failure.js';
import { newFolder } from '../../new-folder.js';

let folder = '';
const put = (name: string, text: string) => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
beforeEach(() => {
  folder = newFolder();
});

it.each(['canonical', 'exact'] as const)('makes the ids that revokedId makes: %s', async (comparison) => {
  const keys = ['7QX4M-9K2TD', '7qx4m9k2td', 'abcd_0001', 'ABCD 0001', 'x'.repeat(300), 'Ab.Cd/9'];
  const read = await RevokedKeys.read([put('keys.txt', `${keys.join('\n')}\n`)], comparison);
  expect([...read.ids]).toEqual([...new Set(keys.map((key) => revokedId(key, comparison)))]);
});

it('knows where each stands, the first time', async () => {
  const paths = [put('a.txt', 'AAAA-0001\nBBBB-0002\n'), put('b.csv', 'n,key\n1,aaaa0001\n2,CCCC-0003\n')];
  const read = await RevokedKeys.read(paths, 'canonical');
  expect([...read.ids].map((id) => read.placeOf(id))).toEqual([
    `${paths[0]}:1`,
    `${paths[0]}:2`,
    `${paths[1]}:3`,
  ]);
  expect(read.found.lists.map(({ keys, column }) => [keys, column])).toEqual([
    [2, null],
    [2, 'key'],
  ]);
});

it('adds and removes, and tells what was there', async () => {
  const keys = await RevokedKeys.read([put('a.txt', 'AAAA-0001\nBBBB-0002\nCCCC-0003\n')], 'canonical');
  const [first = '', second = '', third = ''] = keys.ids;
  const ids = new Map([
    [first, 'leaked'],
    [second, ''],
  ]);
  expect(revokeKeys(ids, keys)).toMatchObject({ added: { keys: 1, origins: 0 }, known: { keys: 2 } });
  expect([...ids.values()]).toEqual(['leaked', '', '']);
  expect(revokeKeys(ids, keys, 'refunded')).toMatchObject({ added: { all: 0 }, known: { all: 3 } });
  expect([...ids.values()]).toEqual(['refunded', 'refunded', 'refunded']);
  ids.delete(third);
  expect(restoreKeys(ids, keys)).toMatchObject({
    removed: { keys: 2 },
    unknown: { keys: 1 },
    places: [`${join(folder, 'a.txt')}:3`],
  });
  expect(ids.size).toBe(0);
});

it('refuses lists that hold no keys', async () => {
  expect(await failureOf(() => RevokedKeys.read([put('a.txt', '\n')], 'canonical'))).toMatchObject({
    code: 'no_keys',
  });
  expect((await RevokedKeys.read([], 'canonical')).found.lists).toEqual([]);
});
