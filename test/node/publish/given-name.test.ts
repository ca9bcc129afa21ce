import * as fs from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { createLedger, openLedger } from '../../../src/node/ledger/open-ledger.js';
import { giveName, takeName } from '../../../src/node/publish/given-name.js';
import { failureOf } from '../../failure.js';
import { newFolder } from '../../new-folder.js';

const faults = vi.hoisted(() => ({ link: '', rename: '' }));

// Some file systems have no hard links.
vi.mock('node:fs', async (importOriginal) => {
  const real = await importOriginal<typeof fs>();
  const failing = (code: string, syscall: string) => Object.assign(new Error(code), { code, syscall });
  return {
    ...real,
    linkSync: (from: string, to: string) => {
      if (faults.link !== '') throw failing(faults.link, 'link');
      real.linkSync(from, to);
    },
    renameSync: (from: string, to: string) => {
      if (faults.rename !== '') throw failing(faults.rename, 'rename');
      real.renameSync(from, to);
    },
  };
});

let folder = '';
const at = (name: string) => join(folder, name);
const read = (name: string) => fs.readFileSync(at(name), 'utf8');

beforeEach(() => {
  folder = newFolder();
  Object.assign(faults, { link: '', rename: '' });
  fs.writeFileSync(at('.new'), 'new');
});

describe.each([
  ['with hard links', ''],
  ['without', 'EPERM'],
])('a name, %s', (_, link) => {
  beforeEach(() => Object.assign(faults, { link }));

  it('is given where nothing has it', () => {
    expect(giveName(at('.new'), at('a'))).toBe(true);
    expect(fs.readdirSync(folder)).toEqual(['a']);
    expect(read('a')).toBe('new');
  });

  it.each(['old', ''])('is left to what has it (%j)', (content) => {
    fs.writeFileSync(at('a'), content);
    expect(giveName(at('.new'), at('a'))).toBe(false);
    expect([read('a'), read('.new')]).toEqual([content, 'new']);
  });

  it('is left to a link that leads nowhere', () => {
    fs.symlinkSync('nowhere', at('a'));
    expect(giveName(at('.new'), at('a'))).toBe(false);
    expect(fs.readdirSync(folder)).toEqual(['.new', 'a']);
  });

  it('is not given to a file that is gone, and nothing has it then', () => {
    expect(() => giveName(at('.gone'), at('a'))).toThrow('ENOENT');
    expect(fs.readdirSync(folder)).toEqual(['.new']);
  });
});

describe('without hard links', () => {
  beforeEach(() => Object.assign(faults, { link: 'ENOTSUP' }));

  it('the claim goes when the rename fails', () => {
    faults.rename = 'EIO';
    expect(() => giveName(at('.new'), at('a'))).toThrow('EIO');
    expect(fs.readdirSync(folder)).toEqual(['.new']);
  });

  it('an empty file is the claim of who was killed, where the caller knows so; another is not', () => {
    fs.writeFileSync(at('a'), '');
    fs.writeFileSync(at('b'), 'old');
    expect(giveName(at('.new'), at('b'), true)).toBe(false);
    expect(giveName(at('.new'), at('a'), true)).toBe(true);
    expect([read('a'), read('b')]).toEqual(['new', 'old']);
  });

  it('a ledger is made all the same, and one that exists is not touched', async () => {
    const now = new Date(0);
    await createLedger(at('l.db'), { now });
    await (await openLedger(at('l.db'))).close();
    expect(fs.readdirSync(folder)).toEqual(['.new', 'l.db']);
    const before = fs.readFileSync(at('l.db'));
    const failure = await failureOf(() => createLedger(at('l.db'), { now }));
    expect(failure.code).toBe('file_exists');
    expect(fs.readFileSync(at('l.db')).equals(before)).toBe(true);
  });
});

describe('a name that is taken over', () => {
  it('was that of a plain file, or of nothing', () => {
    fs.writeFileSync(at('a'), 'old');
    takeName(at('.new'), at('a'));
    expect(read('a')).toBe('new');
    takeName(at('a'), at('b'));
    expect(fs.readdirSync(folder)).toEqual(['b']);
  });

  it.each([
    ['a link', () => fs.symlinkSync('.new', at('a'))],
    ['a folder', () => fs.mkdirSync(at('a'))],
  ])('was never that of %s', (_, make) => {
    make();
    expect(() => takeName(at('.new'), at('a'))).toThrow('no plain file');
    expect(read('.new')).toBe('new');
  });
});
