import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalForm, createLicenseKeys, memoryKeys } from '../../../src/index.js';
import { readListedKeys } from '../../../src/node/lists/listed-keys.js';
import { ListedKeys } from '../../../src/node.js';
import { failureOf } from '../../failure.js';
import { newFolder } from '../../new-folder.js';

const folder = newFolder();

function list(name: string, content: string): string {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
}

describe('ListedKeys', () => {
  it('says where a key stands first, in whatever spelling and kind of list', async () => {
    const text = list('old.txt', 'x\n\naaaa-bbbb\nAAAA BBBB\n');
    const csv = list('old.csv', 'note,key\n1,CCCC-DDDD\n2,AAAABBBB\n');
    const json = list('old.json', '["EEEE-FFFF"]');
    const ledger = new ListedKeys([text, csv, json]);
    expect(await ledger.create(['AAAA-BBBB', 'ccccdddd', 'EEEE/FFFF', 'GGGG-HHHH', 'gggg.hhhh'])).toEqual([
      { fresh: false, firstSeen: `${text}:3` },
      { fresh: false, firstSeen: `${csv}:2` },
      { fresh: false, firstSeen: `${json}:1` },
      { fresh: true },
      { fresh: false, firstSeen: 'request:4' },
    ]);
    expect(ledger.found.lists.map(({ keys }) => keys)).toEqual([3, 2, 1]);
  });

  it('knows the place of what it is given', async () => {
    const ledger = new ListedKeys([], { places: ['a.txt:7', 'a.txt:9'] });
    expect(await ledger.create(['X1', 'x-1'])).toEqual([
      { fresh: true },
      { fresh: false, firstSeen: 'a.txt:7' },
    ]);
  });

  it('agrees with a store in memory, key by key', async () => {
    const key = fc.stringMatching(/^[A-Ca-c]{1,3}-?[0-1]{1,2}$/);
    await fc.assert(
      fc.asyncProperty(fc.array(key), fc.array(key, { minLength: 1 }), async (keys, old) => {
        const path = list('random.txt', `${old.join('\n')}\n`);
        const existing = old.map((key, index): [string, string] => [key, `${path}:${index + 1}`]);
        const expected = await memoryKeys(existing, canonicalForm).create(keys);
        expect(await new ListedKeys([path], { headerRow: false }).create(keys)).toEqual(expected);
      }),
      { numRuns: 200 },
    );
  });

  it('tells keys apart of which nothing is compared', async () => {
    expect(await new ListedKeys([]).create(['---', '...', '---'])).toEqual([
      { fresh: true },
      { fresh: true },
      { fresh: false, firstSeen: 'request:1' },
    ]);
  });

  it('serves createLicenseKeys', async () => {
    const ledger = new ListedKeys([list('one.txt', 'AAAA\n')]);
    const request = { license_keys: ['aaaa', 'BBBB'], product_id: 1, activation_limit: 0, validity: 0 };
    const { payload } = await createLicenseKeys(
      { ...request, status: 'available' },
      { ledger, now: new Date(0) },
    );
    expect(payload).toMatchObject({ code: 900, created: 1, duplicate: 1 });
  });

  it('refuses an empty list, and keys that no customer can type', async () => {
    const create = (path: string) => failureOf(() => new ListedKeys([path]).create(['AAAA']));
    expect((await create(list('empty.txt', '\n'))).code).toBe('no_keys');
    expect(await create(list('cyrillic.txt', 'AAAA\n\u0410AAA\n'))).toMatchObject({
      code: 'damaged_file',
      details: { line: 2 },
    });
    expect(await new ListedKeys([list('wide.txt', '\uff21AAA\n')]).create(['AAAA'])).toMatchObject([
      { fresh: false },
    ]);
  });
});

describe('readListedKeys', () => {
  it('leaves the keys as they are, in order', async () => {
    const path = list('spelled.txt', '  ab cd\nAB-CD\nwx+"yz,\n');
    const { keys } = await readListedKeys([path], { anyFormat: true });
    expect(keys).toEqual([
      { key: 'ab cd', place: `${path}:1` },
      { key: 'AB-CD', place: `${path}:2` },
      { key: 'wx+"yz,', place: `${path}:3` },
    ]);
  });

  it('refuses PEM', async () => {
    const path = list('key.pem', '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n');
    expect((await failureOf(() => readListedKeys([path], {}))).message).toMatch(/is PEM: name a list/);
  });
});
