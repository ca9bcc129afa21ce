import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { doExitDuties } from '../../../src/node/publish/exit-duty.js';
import { withFileLock } from '../../../src/node/publish/file-lock.js';
import { replaceFile } from '../../../src/node/publish/replaced-file.js';
import { processMark } from '../../../src/node/publish/temporary-name.js';
import { failureOf } from '../../failure.js';
import { newFolder } from '../../new-folder.js';

let folder = '';
let place = '';
let lock = '';
beforeEach(() => {
  folder = newFolder();
  place = join(folder, 'ring.json');
  lock = join(folder, '.ring.json.lock');
});

const bytes = (text: string) => new TextEncoder().encode(text);
const content = () => readFileSync(place, 'utf8');

/** A process of this machine that is over. */
const dead = () => `${processMark().split('-')[0]}-${spawnSync('true').pid}-0123456789abcdef`;

describe('a lock', () => {
  it('is one at a time, and leaves nothing', async () => {
    let [inside, most] = [0, 0];
    const work = async () => {
      most = Math.max(most, ++inside);
      await new Promise((resolve) => setTimeout(resolve, 2));
      inside--;
    };
    await Promise.all(Array.from({ length: 10 }, () => withFileLock(place, work)));
    expect(most).toBe(1);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('goes when the work fails, and when the process ends in the midst of it', async () => {
    await expect(withFileLock(place, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(readdirSync(folder)).toEqual([]);
    await withFileLock(place, async () => {
      expect(readdirSync(folder)).toEqual(['.ring.json.lock']);
      doExitDuties();
      expect(readdirSync(folder)).toEqual([]);
    });
  });

  it('of a process whose number another has now is broken; it tells when its process began', async (context) => {
    if (process.platform !== 'linux') return context.skip('the system does not tell');
    const [machine] = processMark().split('-');
    await withFileLock(place, async () => {
      expect(readFileSync(lock, 'utf8')).toMatch(
        new RegExp(`^${machine}-${process.pid}-[0-9a-f]{8}-[0-9a-f]{16}$`),
      );
    });
    for (const living of [process.pid, process.ppid]) {
      writeFileSync(lock, `${machine}-${living}-01234567-0123456789abcdef`);
      expect(await withFileLock(place, async () => 'done', { longestWait: 0 })).toBe('done');
    }
  });

  it('of a process that was killed is broken, by one of many', async () => {
    writeFileSync(lock, dead());
    let [inside, most] = [0, 0];
    const work = async () => {
      most = Math.max(most, ++inside);
      await new Promise((resolve) => setTimeout(resolve, 1));
      inside--;
    };
    await Promise.all(Array.from({ length: 5 }, () => withFileLock(place, work)));
    expect(most).toBe(1);
    expect(readdirSync(folder)).toEqual([]);
  });

  it.each([
    ['that lives', () => `${processMark().split('-')[0]}-1-0123456789abcdef`],
    ['of another machine', () => 'ffffffff-4194303-0123456789abcdef'],
    ['that nobody knows', () => ''],
  ])('of a process %s is waited for, then told, and left', async (_, holder) => {
    writeFileSync(lock, holder());
    const failure = await failureOf(() => withFileLock(place, async () => undefined, { longestWait: 100 }));
    expect(failure.code).toBe('unwritable_file');
    expect(failure.message).toMatch(/ring\.json is being changed .* or remove \.ring\.json\.lock beside it/);
    expect(readdirSync(folder)).toEqual(['.ring.json.lock']);
  });

  it.each([
    ['a pipe', () => void spawnSync('mkfifo', [lock])],
    ['a link to a device', () => symlinkSync('/dev/zero', lock)],
    ['a folder', () => mkdirSync(lock)],
    ['a long text', () => writeFileSync(lock, 'x'.repeat(5000))],
  ])('that is %s is nobody’s, and never read', async (_, plant) => {
    plant();
    const failure = await failureOf(() => withFileLock(place, async () => undefined));
    expect(failure.code).toBe('unwritable_file');
    expect(failure.message).toMatch(/\.ring\.json\.lock .* no lock that keywright made/);
    expect(readdirSync(folder)).toEqual(['.ring.json.lock']);
  });

  it('is not waited for any longer than the signal says', async () => {
    writeFileSync(lock, '');
    const abort = new AbortController();
    const waiting = withFileLock(place, async () => undefined, { signal: abort.signal });
    abort.abort(new Error('interrupted'));
    await expect(waiting).rejects.toThrow('interrupted');
    expect(readdirSync(folder)).toEqual(['.ring.json.lock']);
  });
});

describe('a file that is read, changed and written', () => {
  const newMode = 0o644;

  it('loses no change of many at once', async () => {
    const add = (letter: string) =>
      replaceFile(place, async (exists) => bytes(`${exists ? content() : ''}${letter}`), { newMode });
    const letters = [...'abcdefghij'];
    await Promise.all(letters.map(add));
    expect([...content()].toSorted()).toEqual(letters);
    expect(readdirSync(folder)).toEqual(['ring.json']);
  });

  it('is read again when a program without a lock wrote it meanwhile', async () => {
    writeFileSync(place, 'first');
    const seen: string[] = [];
    const change = async () => {
      seen.push(content());
      if (seen.length === 1) writeFileSync(place, 'second');
      return bytes(`${seen.at(-1)}!`);
    };
    await replaceFile(place, change, { newMode });
    expect(seen).toEqual(['first', 'second']);
    expect(content()).toBe('second!');
    expect(readdirSync(folder)).toEqual(['ring.json']);
  });

  it('stays as it was when the change fails', async () => {
    writeFileSync(place, 'first');
    await expect(replaceFile(place, () => Promise.reject(new Error('no')), { newMode })).rejects.toThrow(
      'no',
    );
    expect(content()).toBe('first');
    expect(readdirSync(folder)).toEqual(['ring.json']);
  });
});
