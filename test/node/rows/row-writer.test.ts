import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { saysNoKey, shownCell } from '../../../src/node/lists/columns/key-cell.js';
import { openKeyFile } from '../../../src/node/lists/list-file.js';
import { csvRows } from '../../../src/node/rows/csv.js';
import { OutputShape, type OutputShapeOptions } from '../../../src/node/rows/output-shape.js';
import { RowOutput } from '../../../src/node/rows/row-writer.js';
import { saidOf } from '../../failure.js';
import { newFolder } from '../../new-folder.js';
import { chunksOf, readRows } from './row-list.js';

const folder = newFolder();

interface Given extends OutputShapeOptions {
  readonly column?: string;
  /** Whether row `i`, counted over all files from 0, stays. */
  readonly keep?: (index: number) => boolean;
}

/** What is written of files, by name. */
async function written(files: Readonly<Record<string, string>>, given: Given = {}): Promise<string> {
  const parts: string[] = [];
  const shape = new OutputShape(given);
  const output = new RowOutput(
    { write: async (bytes) => void parts.push(Buffer.from(bytes).toString()) },
    shape,
  );
  let index = 0;
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    writeFileSync(path, content);
    const file = await openKeyFile(path, { column: given.column });
    for await (const rows of file.rows()) {
      const kept = Uint8Array.from({ length: rows.count }, () => ((given.keep?.(index++) ?? true) ? 1 : 0));
      await output.write(rows, kept);
    }
  }
  await output.end();
  return parts.join('');
}

const CSV = 'id,key,note\r\n1,AAAA,"x, y"\r\n2, BBBB ,say ""hi""\n\n3,"CCCC","two\nlines"\n';

describe('rows of one kind', () => {
  it.each([
    ['a.txt', ' AAAA\r\n\nBBBB \nCCCC', 'AAAA\nBBBB\nCCCC\n'],
    ['a.csv', CSV, 'id,key,note\n1,AAAA,"x, y"\n2, BBBB ,say ""hi""\n3,"CCCC","two\nlines"\n'],
    ['a.tsv', '\ufeff"key"\tn\nAAAA\t1\n', '"key"\tn\nAAAA\t1\n'],
    ['b.csv', 'AAAA\n"BBBB"\n', 'AAAA\n"BBBB"\n'],
    ['a.jsonl', '{"key":"AAAA", "n":1.0}\n\n  "BBBB"\n', '{"key":"AAAA", "n":1.0}\n"BBBB"\n'],
    [
      'a.json',
      '{"keys":["AAAA",{"key":"BBBB" , "n":1.0}],"n":3}',
      '[\n  "AAAA",\n  {"key":"BBBB" , "n":1.0}\n]\n',
    ],
  ])('of %s stay as they are', async (name, content, wanted) => {
    expect(await written({ [name]: content })).toBe(wanted);
  });

  it.each([
    ['a.txt', 'AAAA\nBBBB\nCCCC\nDDDD\n', 'BBBB\nDDDD\n', ''],
    ['a.csv', 'key,n\nAAAA,1\nBBBB,2\nCCCC,3\nDDDD,4\n', 'key,n\nBBBB,2\nDDDD,4\n', 'key,n\n'],
    ['a.jsonl', '"AAAA"\n"BBBB"\n"CCCC"\n"DDDD"\n', '"BBBB"\n"DDDD"\n', ''],
    ['a.json', '["AAAA","BBBB","CCCC","DDDD"]', '[\n  "BBBB",\n  "DDDD"\n]\n', '[]\n'],
  ])('of %s go when they are not kept, one or all', async (name, content, some, none) => {
    expect(await written({ [name]: content }, { keep: (index) => index % 2 === 1 })).toBe(some);
    expect(await written({ [name]: content }, { keep: () => false })).toBe(none);
  });

  it('are neither lost nor repeated over many batches', async () => {
    const lines = Array.from({ length: 40_000 }, (_, i) => `KEY${i}`);
    const keep = (index: number) => index % 10 !== 3;
    const kept = lines.filter((_, i) => keep(i));
    expect(await written({ 'a.txt': `${lines.join('\n')}\n` }, { keep })).toBe(`${kept.join('\n')}\n`);
    const header = `key,${'note'.repeat(20)}\n`;
    const rows = lines.map((key) => `${key},${'x'.repeat(30)}`);
    const some = rows.filter((_, i) => keep(i));
    expect(await written({ 'a.csv': `${header}${rows.join('\n')}\n` }, { keep })).toBe(
      `${header}${some.join('\n')}\n`,
    );
    const objects = rows.map((key) => `{"key":"${key}"}`);
    expect(await written({ 'a.jsonl': objects.join('\n') })).toBe(`${objects.join('\n')}\n`);
    expect(JSON.parse(await written({ 'a.json': `[${objects.join()}]` }))).toHaveLength(40_000);
  });
});

describe('cells that a spreadsheet would run', () => {
  it('are guarded, and keys and all other bytes are not altered', async () => {
    const text = [
      'key,"=note",n',
      '=AAAA,=1+1,-5',
      'BB+BB,"=cmd|\'/c calc\'!A1",+49 170',
      '-CCCC,"@SUM(""a"",1)",-1.5e3',
      '=DDDD,"=1"x,a=b',
      'EEEE,-,"two\n=lines"',
      'FFFF,"",=',
    ];
    const wanted = [
      'key,"\'=note",n',
      "=AAAA,'=1+1,-5",
      "BB+BB,\"'=cmd|'/c calc'!A1\",'+49 170",
      '-CCCC,"\'@SUM(""a"",1)",-1.5e3',
      '=DDDD,"\'=1"x,a=b',
      'EEEE,\'-,"two\n=lines"',
      'FFFF,"",\'=',
    ];
    const once = await written({ 'a.csv': `${text.join('\n')}\n` });
    expect(once).toBe(`${wanted.join('\n')}\n`);
    expect(await written({ 'a.csv': once })).toBe(once);
  });

  it('are none afterwards, and cells that were none are the same, whatever the row', async () => {
    const cell = fc.array(fc.constantFrom('=', '+', '-', '@', 'a', '1', '"', '""', ',', '\n', ' '), {
      maxLength: 5,
    });
    const row = fc.array(fc.tuple(cell, fc.boolean()), { minLength: 2, maxLength: 2 });
    const property = fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 4 }), async (rows) => {
      const spelled = rows.map((cells) => [
        '=K',
        ...cells.map(([parts, quoted]) =>
          quoted ? `"${parts.join('').replaceAll('"', '""')}"` : parts.join(''),
        ),
      ]);
      const text = ['key,a,b', ...spelled.map((cells) => cells.join(','))].join('\n');
      if ((await saidOf(readRows(text, { column: 'key' }))) !== 'nothing failed') return;
      const before = (await cellsOf(text)).filter(([key = '']) => !saysNoKey(shownCell(key)));
      const after = await cellsOf(await written({ 'a.csv': text }, { column: 'key' }));
      expect(after).toHaveLength(before.length);
      before.forEach((cells, at) => {
        cells.forEach((cell, column) => {
          const formula =
            /^(\s*[=+\-@]|[\t\r])/.test(cell) && !/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(cell);
          const wanted = formula && column > 0 ? `'${cell}` : cell;
          // Other readers take a stray quote at the beginning off.
          const unquoted = column > 0 && /^"[=+\-@]/.test(cell) ? [`"'${cell.slice(1)}`] : [];
          expect([wanted, ...unquoted]).toContain(after[at]?.[column]);
        });
      });
    });
    await fc.assert(property, { numRuns: 300, seed: 1 });
  });

  async function cellsOf(text: string): Promise<(readonly string[])[]> {
    const all: (readonly string[])[] = [];
    for await (const { rows } of csvRows(chunksOf(text, 1000), 'a.csv', ',')) all.push(...rows);
    return all;
  }
});

describe('rows of other kinds', () => {
  const jsonl = '{"key":" AAAA","n":9007199254740993,"t":null}\n{"t":{"a":[1, 2]},"key":"=B\\u0042"}\n';

  it.each([
    ['text', 'a.csv', CSV, 'AAAA\nBBBB\nCCCC\n'],
    ['text', 'a.jsonl', jsonl, 'AAAA\n=BB\n'],
    ['csv', 'a.txt', 'A"AA\nB"BB\n', 'key\n"A""AA"\n"B""BB"\n'],
    ['csv', 'a.jsonl', jsonl, 'key,n,t\nAAAA,9007199254740993,\n=BB,,"{""a"":[1,2]}"\n'],
    ['csv', 'a.json', '["AAAA","BBBB"]', 'key\nAAAA\nBBBB\n'],
    ['json', 'a.txt', 'AAAA\nBBBB\n', '[\n  {"key":"AAAA"},\n  {"key":"BBBB"}\n]\n'],
    ['json', 'a.csv', 'id,key,=x\n01, AAAA,=1\n', '[\n  {"id":"01","key":"AAAA","=x":"=1"}\n]\n'],
    ['jsonl', 'a.csv', 'AAAA\nBBBB\n', '{"key":"AAAA"}\n{"key":"BBBB"}\n'],
    ['jsonl', 'a.json', '[{\n"key": "AAAA",\n"s": "a b"}, "BBBB"]', '{"key":"AAAA","s":"a b"}\n"BBBB"\n'],
    ['json', 'a.jsonl', '{"key":"AAAA", "n":1.0}\n"BBBB"', '[\n  {"key":"AAAA", "n":1.0},\n  "BBBB"\n]\n'],
  ] as const)('become %s from %s', async (as, name, content, wanted) => {
    expect(await written({ [name]: content }, { as })).toBe(wanted);
    if (as !== 'text') expect(await written({ [name]: content }, { out: `keys.${as}` })).toBe(wanted);
  });

  it('are what the input is for any other name of the output', async () => {
    expect(await written({ 'a.csv': 'key,n\nAAAA,1\n' }, { out: 'keys.txt' })).toBe('key,n\nAAAA,1\n');
  });

  it('refuse a member that the first row has not, with its line', async () => {
    const text = '{"key":"AAAA"}\n{"key":"BBBB","secret\\u001b":"x"}\n';
    expect(await saidOf(written({ 'a.jsonl': text }, { as: 'csv' }))).toMatch(
      /^damaged_file: .*a\.jsonl, line 2, has secret\\u\{1b\}, which the first row has not/,
    );
  });
});

describe('lists that differ', () => {
  it.each([
    [
      { 'a.txt': 'AAAA\n', 'b.csv': 'key,n\nBBBB,1\n' },
      /a\.txt is text and .*b\.csv is CSV: say what to write/,
    ],
    [{ 'a.jsonl': '"AAAA"\n', 'b.json': '["BBBB"]' }, /a\.jsonl is JSONL and .*b\.json is JSON/],
    [
      { 'a.csv': 'key,n\nAAAA,1\n', 'b.csv': 'key,m\nBBBB,1\n' },
      /a\.csv and .*b\.csv have different columns/,
    ],
    [
      { 'a.csv': 'key,n\nAAAA,1\n', 'b.csv': 'key;n\nBBBB;1\n' },
      /a\.csv and .*b\.csv have different columns/,
    ],
    [{ 'a.csv': 'AAAA\n', 'b.csv': 'key\nBBBB\n' }, /a\.csv and .*b\.csv have different columns/],
  ])('are refused, both named, unless --as says into what they go: %j', async (files, message) => {
    const failure = await saidOf(written(files));
    expect(failure).toMatch(/^invalid_option: /);
    expect(failure).toMatch(message);
    expect(await saidOf(written(files, { out: 'keys.csv' }))).toMatch(message);
    expect(await written(files, { as: 'text' })).toBe('AAAA\nBBBB\n');
  });

  it('go together when their columns are the same', async () => {
    const files = { 'a.csv': 'key,n\nAAAA,1\n', 'b.csv': '"key", n\r\nBBBB,2\r\n' };
    expect(await written(files)).toBe('key,n\nAAAA,1\nBBBB,2\n');
  });

  it('match columns by their names under --as csv; keys go where the first list has its own', async () => {
    const files = {
      'a.csv': 'id;key;note\n1;AAAA;x;\n'.replace('x;', 'x'),
      'b.csv': 'note,Serial\n=1,=BBBB\n',
      'c.txt': 'CCCC\n',
      'd.jsonl': '{"id":4,"serial":"DDDD"}\n',
    };
    expect(await written(files, { as: 'csv' })).toBe("id;key;note\n1;AAAA;x\n;=BBBB;'=1\n;CCCC;\n4;DDDD;\n");
    const reversed = { 'b.csv': files['b.csv'], 'a.csv': files['a.csv'] };
    expect(await saidOf(written(reversed, { as: 'csv' }))).toMatch(
      /^invalid_option: .*a\.csv has a column id that .*b\.csv has not: name the file with all columns first/,
    );
  });

  it('are refused when a name stands twice and the rows are written anew', async () => {
    const files = { 'a.csv': 'key,n,n\nAAAA,1,2\n' };
    expect(await written(files)).toBe('key,n,n\nAAAA,1,2\n');
    expect(await saidOf(written(files, { as: 'json' }))).toMatch(
      /^invalid_option: .*two columns n: rename one/,
    );
    expect(await written(files, { as: 'text' })).toBe('AAAA\n');
  });
});
