import fs from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { GatheredLines } from '../../../src/node/send/gathered-lines.js';
import { newFolder } from '../../new-folder.js';

function opened(flags: string) {
  const path = join(newFolder(), 'lines');
  fs.writeFileSync(path, '');
  const descriptor = fs.openSync(path, flags);
  return { lines: new GatheredLines(path, descriptor), text: () => fs.readFileSync(path, 'utf8') };
}

it('lines of one turn are written at its end, or as soon as somebody wants them, in their order', async () => {
  const { lines, text } = opened('a');
  lines.add('one\n');
  lines.add('two\n');
  expect(text()).toBe('');
  await setImmediate();
  expect(text()).toBe('one\ntwo\n');
  lines.add('three\n');
  lines.flush();
  expect(text()).toBe('one\ntwo\nthree\n');
  lines.add('four\n');
  lines.end();
  expect(text()).toBe('one\ntwo\nthree\nfour\n');
});

it('lines that cannot be written are told to whoever adds or flushes next, and nothing follows them', async () => {
  const { lines, text } = opened('r');
  lines.add('one\n');
  await setImmediate();
  for (const next of [() => lines.add('two\n'), () => lines.flush()]) {
    expect(next).toThrow(expect.objectContaining({ code: 'unwritable_file' }));
  }
  lines.end();
  expect(text()).toBe('');
});

it('nothing follows a failure that the file had otherwise', () => {
  const { lines, text } = opened('a');
  lines.add('one\n');
  expect(lines.fail(new Error('no sync'))).toMatchObject({ message: 'no sync' });
  lines.end();
  expect(() => lines.add('two\n')).toThrow('no sync');
  expect(text()).toBe('');
});
