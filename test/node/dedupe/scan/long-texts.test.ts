import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { canonicalForm } from '../../../../src/core/format/canonical.js';
import { dedupeFiles } from '../../../../src/node/dedupe/dedupe-files.js';
import { newFolder } from '../../../new-folder.js';

const folder = newFolder();

/** Enough for several blocks of text: 3 MiB each. */
const COUNT = 100_000;
const ODD = 12_345;

/** Key `id`: in a hundred one is spelled in lower case, one is odd by its characters. */
function keyOf(id: number, line: number): string {
  const digits = `${id.toString(36)}${(Math.imul(id, 0x9e3779b1) >>> 0).toString(36)}`
    .toUpperCase()
    .padStart(25, 'K');
  const key = digits.match(/.{5}/g)?.join('-') ?? '';
  if (line % 100 === 50) return key.toLowerCase();
  return line === ODD ? `${key}é` : key;
}

/** Ids that repeat some of the list and some of the lists before it. */
function keysOf(serial: number): readonly string[] {
  return Array.from({ length: COUNT }, (_, line) => {
    const id = line % 10 === 9 ? (line * 7919) % (serial * COUNT + line) : serial * COUNT + line;
    return keyOf(id, line);
  });
}

function write(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

it('long texts, a CSV between them and a list of known keys give what a Map gives', async () => {
  const [known, first, table, last] = [keysOf(0), keysOf(1), keysOf(2).slice(0, 5000), keysOf(3)];
  const against = [write('known.txt', `${known.join('\n')}\n`)];
  const paths = [
    write('first.txt', `${first.join('\n')}\n`),
    write('table.csv', `key\n${table.join('\n')}\n`),
    write('last.txt', last.join('\r\n')),
  ];
  const [out, report] = [join(folder, 'out.txt'), join(folder, 'report.csv')];
  const seen = new Map<string, string>();
  const kept: string[] = [];
  const rows: string[] = [];
  for (const [at, key] of known.entries()) {
    const form = canonicalForm(key);
    if (!seen.has(form)) seen.set(form, `known,${against[0]},${at + 1},${key}`);
  }
  for (const [turn, keys] of [first, table, last].entries()) {
    for (const [at, key] of keys.entries()) {
      const line = at + (turn === 1 ? 2 : 1);
      if (key.endsWith('é')) rows.push(`invalid,${line}`);
      const there = seen.get(canonicalForm(key));
      if (there === undefined) {
        seen.set(canonicalForm(key), `duplicate,${paths[turn]},${line},${key}`);
        kept.push(key);
        continue;
      }
      const [kind, path, number, spelled] = there.split(',');
      rows.push(`${kind},${line},${path},${number},${spelled === key ? 'same' : 'different'}`);
    }
  }
  const result = await dedupeFiles(paths, { against, out, report, invalid: 'keep', as: 'text' });
  expect(result.partitioned).toBe(false);
  expect(result.kept).toBe(kept.length);
  expect(readFileSync(out, 'utf8') === `${kept.join('\n')}\n`).toBe(true);
  const reported = readFileSync(report, 'utf8').trimEnd().split('\n').slice(1);
  const found = reported.map((row) => {
    const [kind, , line, , path, number, spelling] = row.split(',');
    return kind === 'invalid' ? `${kind},${line}` : `${kind},${line},${path},${number},${spelling}`;
  });
  expect(found.length).toBe(rows.length);
  expect(found.findIndex((row, at) => row !== rows[at])).toBe(-1);
  expect(result.known + result.duplicates).toBe(result.read - kept.length);

  // Without a report nobody wants the places of most of them, and what is invalid may be dropped.
  const counted = await dedupeFiles(paths, { against, out, force: true, invalid: 'keep', as: 'text' });
  const { findings: _, ...counts } = counted;
  expect(result).toMatchObject(counts);
  const dropped = await dedupeFiles(paths, { against, out, force: true, invalid: 'drop', as: 'text' });
  const odd = kept.filter((key) => key.endsWith('é')).length;
  expect([odd > 0, dropped.kept]).toEqual([true, kept.length - odd]);
}, 60_000);
