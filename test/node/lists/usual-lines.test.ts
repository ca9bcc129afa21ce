import { closeSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KeyComparer } from '../../../src/core/dedupe/key-comparer.js';
import { KeyHash } from '../../../src/core/dedupe/key-hash.js';
import { canonicalForm } from '../../../src/core/format/canonical.js';
import { systemRandom } from '../../../src/core/random/random-source.js';
import { scanText } from '../../../src/node/dedupe/scan/scanned-text.js';
import { saysNoKey, shownCell, trimmed } from '../../../src/node/lists/columns/key-cell.js';
import { isPem } from '../../../src/node/lists/kinds/no-list.js';
import { type KeyFile, openKeyFile } from '../../../src/node/lists/list-file.js';
import { saidOf } from '../../failure.js';
import { newFolder } from '../../new-folder.js';
import { runs } from '../../runs.js';

const path = join(newFolder(), 'list.txt');

/** What a key may look like; the letters of the samples stand for themselves. */
const SHAPES = ['5-5-5', '4-4', '4_4_4', '3.3.3', '4 4 4', '12', '8-4-4', '4:4-4', '9-9-9-9-9-9-9-9'];
const symbols = (length: number, alphabet: string) =>
  fc.string({ unit: fc.constantFrom(...alphabet), minLength: length, maxLength: length });

function keyOf(shape: string, alphabet: string): fc.Arbitrary<string> {
  const parts = shape.match(/\d+|\D/g) ?? [];
  return fc
    .tuple(...parts.map((part) => (/\d/.test(part) ? symbols(Number(part), alphabet) : fc.constant(part))))
    .map((each) => each.join(''));
}

/** Lines that are none of the usual, some of them of the same length, and some that begin or end as the usual ones do. */
const ODD = [
  'CANCELLED',
  // Of as many letters and marks as 5-5-5, 4_4_4 and 3.3.3.
  'SOLD-ABCDEFGH-IJK',
  'ABCDEF-GH-SOLD',
  'USED-ABCD.E',
  'ABCDE-FGHIJ--SOLD',
  'SOLD--ABCDE-FGHIJ',
  'AB-DEFGH-I-KLMN',
  'ABCD-EFGHI-JKL-N',
  'ABCDE-FGHIJ-KLMNO sold',
  'ABCD-EFGH used',
  '1. ABCD-EFGH',
  'Total',
  '42',
  'NULL',
  'N/A',
  '-',
  '---------',
  '_ABCD_EFGH_IJKL',
  'PuTTY-User',
  'PuTT-YUse',
  '="ABCD-EFGH"',
  "'ABCDE-FGHIJ-KLMNO'",
  'ÄBCDE-FGHIJ-KLMNO',
  'ＡBCD-EFGH',
  'ABCD\u2010EFGH',
  'A',
  'abcdefghijklm',
  'LICENSE-KEY',
  '0123456789AB',
  '31.12.2024',
  '2024-01-31',
  'x'.repeat(300),
  'A1-'.repeat(30),
  ' ',
  '',
];
const PAD = ['', '', '', '', ' ', '\t', '  '];

interface List {
  readonly lines: readonly string[];
  readonly content: Buffer;
}

const list: fc.Arbitrary<List> = fc
  .record({
    shapes: fc.array(fc.constantFrom(...SHAPES), { minLength: 1, maxLength: 3 }),
    alphabet: fc.constantFrom('ABCXYZ0189', 'abcdef0189', 'ABcd01', 'AB'),
    count: fc.integer({ min: 3, max: 120 }),
    odd: fc.array(fc.tuple(fc.nat(), fc.constantFrom(...ODD)), { maxLength: 4 }),
    ends: fc.constantFrom(['\n'], ['\r\n'], ['\r'], ['\n', '\r\n'], ['\n', '\r', '\r\n', '\n\n']),
    bom: fc.boolean(),
    heading: fc.constantFrom(undefined, undefined, 'License Key', 'Serial-Numbers!', 'KEY'),
    last: fc.boolean(),
  })
  .chain(({ shapes, alphabet, count, odd, ends, bom, heading, last }) =>
    fc
      .array(
        fc.tuple(
          fc.oneof(...shapes.map((shape) => keyOf(shape, alphabet))),
          fc.constantFrom(...PAD),
          fc.constantFrom(...ends),
        ),
        { minLength: count, maxLength: count },
      )
      .map((rows) => {
        const lines = rows.map(([key, pad]) => pad + key + pad);
        for (const [at, line] of odd) lines.splice(at % (lines.length + 1), 0, line);
        if (heading !== undefined) {
          lines.unshift(heading);
          if (count % 2 === 0) lines.splice(count >> 1, 0, heading);
        }
        const text = lines.map((line, at) => line + (rows[at % rows.length]?.[2] ?? '\n')).join('');
        const content = `${bom ? '\ufeff' : ''}${last ? text : text.replace(/[\r\n]+$/, '')}`;
        return { lines: text.split(/\r\n|\r|\n/), content: Buffer.from(content) };
      }),
  );

interface Read {
  readonly failure: string;
  /** `line: key`, and of rows without key `line: key (none)`. */
  readonly keys: readonly string[];
}

/** Line by line, as texts; each of them is looked at. */
function textbook({ lines }: List, file: KeyFile, keyless: boolean): Read {
  const keys: string[] = [];
  for (const [at, each] of lines.entries()) {
    const line = at + 1;
    if (line < file.firstLine || trimmed(each) === '') continue;
    const text = shownCell(each);
    if (isPem(text)) return { failure: `line ${line}, is PEM`, keys };
    // Where keys share no shape, letters and digits in groups are keys.
    const isPlain = file.lines?.look.shape === undefined && /^[A-Za-z0-9._-]+$/.test(text);
    const other = isPlain ? undefined : file.lines?.otherText(text);
    if (other === 'more' && !keyless) return { failure: `line ${line}, holds more`, keys };
    const isNone = other !== undefined || text === file.heading || saysNoKey(text);
    if (!isNone) keys.push(`${line}: ${text}`);
    else if (keyless) keys.push(`${line}: ${text} (none)`);
  }
  return { failure: 'none', keys };
}

function failureIn(said: string): string {
  return /line \d+, (?:is PEM|holds more)/.exec(said)?.[0] ?? (said === 'nothing failed' ? 'none' : said);
}

function chunksOf(content: Buffer, size: number): Readable {
  const chunks = Array.from({ length: Math.ceil(content.length / size) }, (_, at) =>
    content.subarray(at * size, (at + 1) * size),
  );
  return Readable.from(chunks, { objectMode: true });
}

const hash = new KeyHash(systemRandom());
let hashed = 0;

/** As lists are read for comparing, with the hashes that come along. */
async function read(content: Buffer, size: number, keyless: boolean, isHashed: boolean): Promise<Read> {
  const kept = () => chunksOf(content, size);
  const file = await openKeyFile(path, { kept, keyless, hash: isHashed ? hash : undefined });
  const keys: string[] = [];
  const failure = await saidOf(async () => {
    for await (const { bytes, spans, lines, firstLine, count, hashes, keyless: none } of file.keys()) {
      expect(hashes !== undefined).toBe(isHashed);
      for (let index = 0; index < count; index++) {
        const key = Buffer.from(bytes.slice(spans[2 * index], spans[2 * index + 1])).toString();
        const place = `${firstLine + (lines[index] ?? 0)}: ${key}`;
        keys.push(none.includes(index) ? `${place} (none)` : place);
        const found = hashes?.slice(2 * index, 2 * index + 2) ?? new Uint32Array(2);
        if (found.every((word) => word === 0)) continue;
        hashed++;
        expect(found).toStrictEqual(hashOf(key));
      }
    }
  });
  return { failure: failureIn(failure), keys };
}

function hashOf(key: string): Uint32Array {
  const form = Buffer.from(canonicalForm(key));
  const out = new Uint32Array(2);
  hash.hash(form, 0, form.length, out, 0);
  return out;
}

/** As lists are read for `dedupe`. */
async function scan(content: Buffer, file: KeyFile, block: number, keyless: boolean): Promise<Read> {
  writeFileSync(path, content);
  const fd = openSync(path, 'r');
  const { begin, firstLine, lines } = file;
  const heading = file.heading === undefined ? undefined : Buffer.from(file.heading);
  const comparer = new KeyComparer('fold', systemRandom());
  const keys: string[] = [];
  const failure = await saidOf(async () => {
    const text = { path, fd, begin, firstLine, heading, lines: lines?.look, keyless, end: content.length };
    for await (const { keys: found, keyless: none, hashes, isDense } of scanText(
      { ...text, block },
      comparer,
      false,
    )) {
      for (let index = 0; index < found.count; index++) {
        const [from, to] = [found.spans[2 * index] ?? 0, found.spans[2 * index + 1] ?? 0];
        const key = Buffer.from(found.bytes.slice(from, to));
        const isNone = none.includes(index);
        if (isNone && !keyless) continue;
        keys.push(`${found.firstLine + (found.lines[index] ?? 0)}: ${key}${isNone ? ' (none)' : ''}`);
        if (isDense) expect(found.bytes[to]).toBe(0x0a);
        if (isDense && index > 0) expect(from).toBe((found.spans[2 * index - 1] ?? 0) + 1);
        const wanted = new Uint32Array(2);
        comparer.hashKey(key, 0, key.length, wanted, 0);
        if (!isNone) expect(hashes.slice(2 * index, 2 * index + 2)).toStrictEqual(wanted);
      }
    }
  });
  closeSync(fd);
  return { failure: failureIn(failure), keys };
}

/** The list as it is opened; undefined where it is refused, or no list of keys alone. */
async function opened(content: Buffer): Promise<KeyFile | undefined> {
  try {
    const file = await openKeyFile(path, { kept: () => chunksOf(content, 1 << 16) });
    await file.close();
    return file.kind === 'text' ? file : undefined;
  } catch {
    return undefined;
  }
}

describe('lines that are usual, and need no look', () => {
  it('are read as if each had been looked at, in whatever chunks and blocks, hashed or not (property)', async () => {
    let compared = 0;
    await fc.assert(
      fc.asyncProperty(
        list,
        fc.oneof(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 200, max: 5000 })),
        fc.boolean(),
        async (each, size, keyless) => {
          const file = await opened(each.content);
          if (file === undefined) return;
          compared++;
          const wanted = textbook(each, file, keyless);
          for (const isHashed of [true, false]) {
            const found = await read(each.content, size, keyless, isHashed);
            expect(found.failure).toBe(wanted.failure);
            // What a list holds before it is refused is of no use to anybody.
            if (wanted.failure === 'none') expect(found.keys).toEqual(wanted.keys);
          }
          const scanned = await scan(each.content, file, size, keyless);
          expect(scanned.failure).toBe(wanted.failure);
          if (wanted.failure === 'none') expect(scanned.keys).toEqual(wanted.keys);
        },
      ),
      { numRuns: runs(150, 60) },
    );
    // Else nothing was tried.
    expect(compared).toBeGreaterThan(20);
    expect(hashed).toBeGreaterThan(200);
  }, 120_000);

  it('are no keys that a word of their length is: CANCELLED among keys of 4-4', async () => {
    const keys = Array.from({ length: 40 }, (_, at) => `ABCD-EF${10 + at}`);
    const content = Buffer.from([...keys, 'CANCELLED', 'WXYZ-1234', ''].join('\n'));
    const file = await opened(content);
    if (file === undefined) throw new Error('the list is refused');
    const wanted = [...keys, 'CANCELLED (none)', 'WXYZ-1234'].map((key, at) => `${at + 1}: ${key}`);
    expect((await scan(content, file, 64, true)).keys).toEqual(wanted);
    expect((await read(content, 64, true, true)).keys).toEqual(wanted);
  });
});
