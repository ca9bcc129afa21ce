import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { saysNoKey, shownCell } from '../../../src/node/lists/columns/key-cell.js';
import { csvRows } from '../../../src/node/rows/csv.js';
import { saidOf } from '../../failure.js';
import { runs } from '../../runs.js';
import { vectorsFolder } from '../../vectors/vector-files.js';
import { chunksOf, readRows } from './row-list.js';

describe('rows of CSV', () => {
  it.each([1, 3, 1000])('are the bytes of the file, simple or quoted (chunks of %i)', async (size) => {
    const text =
      'id,Key,note\r\n1, AAAA ,x\r\n\r\n2,"BBBB","say ""hi"", all"\n3,CCCC,"two\nlines"\r4,DDDD,a"b\n,,\n5,EEEE,';
    const { kind, rows } = await readRows(text, {}, size);
    expect(kind).toBe('csv');
    expect(rows).toEqual([
      { row: '1, AAAA ,x', key: 'AAAA', line: 2, fields: { id: '1', Key: ' AAAA ', note: 'x' } },
      {
        row: '2,"BBBB","say ""hi"", all"',
        key: 'BBBB',
        line: 4,
        fields: { id: '2', Key: 'BBBB', note: 'say "hi", all' },
      },
      {
        row: '3,CCCC,"two\nlines"',
        key: 'CCCC',
        line: 5,
        fields: { id: '3', Key: 'CCCC', note: 'two\nlines' },
      },
      { row: '4,DDDD,a"b', key: 'DDDD', line: 7, fields: { id: '4', Key: 'DDDD', note: 'a"b' } },
      { row: '5,EEEE,', key: 'EEEE', line: 9, fields: { id: '5', Key: 'EEEE', note: '' } },
    ]);
  });

  it('are cut out of the bytes as csv-parse would have them', async () => {
    const piece = fc.constantFrom(
      ...['A', 'bc', ' ', '\t', ',', ',', ',', '\n', '\n', '\r\n', '\r', '"', '""', '"q"', 'é', '"x,y"'],
      ...[
        '"a ""b"""',
        '1,K,2\n',
        '"1","K",2\r\n',
        '1,"K""K",2\n',
        '"x"",',
        '\n3,"two\nlines",x\n',
        ',,',
        '=',
      ],
    );
    const header = fc.constantFrom('a,key,b\n', '"a",key,"b,""c"\r\n', 'key,"a\nb",c\r');
    const property = fc.asyncProperty(
      header,
      fc.array(piece),
      fc.integer({ min: 1, max: 9 }),
      async (...given) => {
        const [first, pieces, size] = given;
        const text = first + pieces.join('');
        const wanted = await textbook(text);
        const failure = await saidOf(readRows(text, { column: 'key' }, size));
        // Rows that a stray quote may have swallowed.
        if (/looks like rows/.test(failure)) return;
        expect(failure === 'nothing failed').toBe(wanted !== undefined);
        if (wanted === undefined) return;
        const { rows } = await readRows(text, { column: 'key' }, size);
        expect(rows).toEqual(wanted);
      },
    );
    await fc.assert(property, { numRuns: runs(500, 150), seed: 1 });
  });

  /** The rows as the parser alone reads them, or undefined where a row is no row of a list of keys. */
  async function textbook(text: string) {
    const parsed: { cells: readonly string[]; row: string; line: number }[] = [];
    const failure = await saidOf(
      (async () => {
        const read = csvRows(chunksOf(text, 7), '-', ',', { texts: true });
        for await (const { rows, lines, texts, missing } of read) {
          rows.forEach((cells, i) => {
            const row = (texts[i] ?? '') + ','.repeat(missing[i] ?? 0);
            parsed.push({ cells, row, line: lines[i] ?? 0 });
          });
        }
      })(),
    );
    if (failure !== 'nothing failed') return undefined;
    const [header, ...rest] = parsed;
    const names = header?.cells ?? [];
    const found = rest.map(({ cells, row, line }) => ({
      row,
      key: shownCell(cells[names.indexOf('key')] ?? ''),
      line,
      fields: Object.fromEntries(names.map((name, i) => [name, cells[i]])),
    }));
    if (found.some(({ key }) => /\p{Cc}/u.test(key))) return undefined;
    return found.filter(({ key }) => !saysNoKey(key) && key !== 'key');
  }

  it('goes on with the parser in the middle of a long list', async () => {
    const simple = Array.from({ length: 60_000 }, (_, i) => `KEY${i},x`);
    const text = ['key,note', ...simple, 'QQQQ,"two\nlines"', ...simple, 'RRRR'].join('\n');
    expect(await saidOf(readRows(`${text},a,b`))).toMatch(/line 120004, has more cells/);
    const { rows } = await readRows(text);
    expect(rows).toHaveLength(120_002);
    expect(rows.at(-1)).toMatchObject({ key: 'RRRR', line: 120_004, row: 'RRRR,' });
    expect(rows[60_000]).toMatchObject({ key: 'QQQQ', line: 60_002, row: 'QQQQ,"two\nlines"' });
  });

  it('refuses, in the bytes too, a tab in a key, with the line', async () => {
    expect(await saidOf(readRows('key,note\nAA\tAA,x\n'))).toMatch(
      /line 2, has a key with a line break, control/,
    );
    expect(await saidOf(readRows('key,note\n"AA\tAA",x\n'))).toMatch(/line 2, has a key with a line break/);
  });
});

const folder = vectorsFolder('csv/csv-spectrum');

describe.skipIf(folder === undefined)('rows of csv-spectrum (max-mapper/csv-spectrum d30e80f)', () => {
  const at = join(folder ?? '', 'csvs');
  it.each(folder === undefined ? [] : readdirSync(at))('%s', async (name) => {
    const content = readFileSync(join(at, name));
    const cells: (readonly string[])[] = [];
    for await (const { rows } of csvRows(chunksOf(content, 1000), name, ',')) cells.push(...rows);
    const [header = [], ...rest] = cells;
    const wanted = rest.map((row) => Object.fromEntries(header.map((column, i) => [column, row[i]])));
    const column = header.find((_, i) =>
      rest.every((row) => /^\P{Cc}*[^\p{Cc} ]\P{Cc}*$/u.test(row[i] ?? '')),
    );
    expect(column).toBeDefined();
    for (const size of [1, 4, 1 << 16]) {
      // As CSV, whatever the content looks like: a file of one line of text is no list of keys.
      const { kind, rows } = await readRows(content, { column }, size);
      expect(kind).toBe('csv');
      expect(rows.map(({ fields }) => fields)).toEqual(wanted);
    }
  });
});

describe('rows of JSON and JSONL', () => {
  it('are the elements as they stand there', async () => {
    const text =
      ' { "n": [1,2].length, "keys" : [ {"key":"AAAA","n":9007199254740993, "a":[{}, "]"]},\n  "B\\"]B" ,{"2":"x","1":null,"key":"CCCC","t":true}]}'.replace(
        '[1,2].length',
        '"[1,2]"',
      );
    const { kind, rows } = await readRows(text, {}, 5);
    expect(kind).toBe('json');
    expect(rows).toEqual([
      {
        row: '{"key":"AAAA","n":9007199254740993, "a":[{}, "]"]}',
        key: 'AAAA',
        line: 1,
        fields: { key: 'AAAA', n: '9007199254740993', a: '[{},"]"]' },
      },
      { row: '"B\\"]B"', key: 'B"]B', line: 2, fields: { key: 'B"]B' } },
      {
        row: '{"2":"x","1":null,"key":"CCCC","t":true}',
        key: 'CCCC',
        line: 3,
        fields: { 1: '', 2: 'x', key: 'CCCC', t: 'true' },
      },
    ]);
  });

  it('are found in any list', async () => {
    const value = fc.jsonValue();
    const property = fc.asyncProperty(
      fc.array(value),
      fc.nat(3),
      fc.boolean(),
      async (others, indent, wrapped) => {
        const list = others.map((other, i) => ({ other, key: `KEY${i}` }));
        const text = JSON.stringify(
          wrapped ? { x: { list: [1] }, keys: list, y: 'a[b' } : list,
          null,
          indent,
        );
        const { rows } = await readRows(text);
        expect(rows.map(({ row }) => JSON.parse(row))).toEqual(JSON.parse(JSON.stringify(list)));
      },
    );
    await fc.assert(property, { numRuns: runs(200, 60), seed: 1 });
  });

  it('of a list whose name stands twice are refused', async () => {
    expect(await saidOf(readRows('{"keys":["AAAA"],"keys":["BBBB"]}'))).toMatch(
      /several lists in it may hold the keys \(keys, keys\)/,
    );
  });

  it('of JSONL are its lines', async () => {
    const { kind, rows } = await readRows('{"key":"AAAA", "n":1.0}\r\n\n  "BBBB"\n');
    expect(kind).toBe('jsonl');
    expect(rows).toEqual([
      { row: '{"key":"AAAA", "n":1.0}', key: 'AAAA', line: 1, fields: { key: 'AAAA', n: '1.0' } },
      { row: '"BBBB"', key: 'BBBB', line: 3, fields: { key: 'BBBB' } },
    ]);
  });
});

describe('rows of text', () => {
  it('are the keys', async () => {
    const { rows } = await readRows(' AAAA \r\nBBBB');
    expect(rows).toEqual([
      { row: 'AAAA', key: 'AAAA', line: 1, fields: { key: 'AAAA' } },
      { row: 'BBBB', key: 'BBBB', line: 2, fields: { key: 'BBBB' } },
    ]);
  });
});
