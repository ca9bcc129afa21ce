import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { OutputFolder } from '../../../src/node/publish/output-folder.js';
import { newFolder } from '../../new-folder.js';

let folder: string;
beforeEach(() => {
  folder = newFolder();
});
const at = (name: string) => join(folder, name);
const bytes = new TextEncoder().encode('text');

it('appears whole, its files for their owner alone', async () => {
  const output = new OutputFolder(at('all'));
  output.write('a.json', bytes);
  output.write('b.json', bytes);
  expect(existsSync(at('all'))).toBe(false);
  await output.publish();
  output.discard();
  expect(readdirSync(folder)).toEqual(['all']);
  expect(readdirSync(at('all'))).toEqual(['a.json', 'b.json']);
  expect(readFileSync(at('all/a.json'), 'utf8')).toBe('text');
  expect(statSync(at('all/a.json')).mode & 0o777).toBe(0o600);
});

it('leaves nothing when it is discarded', () => {
  const output = new OutputFolder(at('all'));
  output.write('a.json', bytes);
  output.discard();
  expect(readdirSync(folder)).toEqual([]);
});

it('takes an empty folder, and nothing else', async () => {
  mkdirSync(at('empty'));
  const output = new OutputFolder(at('empty'));
  output.write('a', bytes);
  await output.publish();
  expect(readdirSync(at('empty'))).toEqual(['a']);
  writeFileSync(at('file'), '');
  symlinkSync(at('nowhere'), at('link'));
  mkdirSync(at('void'));
  symlinkSync(at('void'), at('link to a folder'));
  for (const taken of ['empty', 'file', 'link', 'link to a folder']) {
    expect(() => new OutputFolder(at(taken))).toThrow(/exists already/);
  }
});

it('refuses when its name was taken meanwhile', async () => {
  const output = new OutputFolder(at('all'));
  output.write('a', bytes);
  mkdirSync(at('all'));
  writeFileSync(at('all/mine'), '');
  await expect(output.publish()).rejects.toMatchObject({
    code: expect.stringMatching(/file_exists|unwritable_file/),
  });
  output.discard();
  expect(readdirSync(folder)).toEqual(['all']);
  expect(readdirSync(at('all'))).toEqual(['mine']);
});

it('refuses a place that is not there, and a name twice', () => {
  expect(() => new OutputFolder(at('no/all'))).toThrow(expect.objectContaining({ code: 'unwritable_file' }));
  expect(() => new OutputFolder('')).toThrow(expect.objectContaining({ code: 'unwritable_file' }));
  const output = new OutputFolder(at('all'));
  output.write('a', bytes);
  expect(() => output.write('a', bytes)).toThrow(expect.objectContaining({ code: expect.any(String) }));
  output.discard();
});
