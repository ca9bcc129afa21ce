import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseFormat } from '../../../src/core/format/parse-format.js';
import { generateBatch, streamBatch } from '../../../src/node/batch/generate-batch.js';
import {
  type KeylessRows,
  type KeylessRowsOptions,
  readKeylessRows,
} from '../../../src/node/keyless/keyless-rows.js';
import { failureOf, saidOf } from '../../failure.js';
import { newFolder } from '../../new-folder.js';
import { chunksOf } from '../rows/row-list.js';

const format = parseFormat('XXXX-XXXX-XXXX');
const now = new Date('2026-01-31T00:00:00Z');
const KEY = /[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}/g;

async function rowsOf(content: string | Uint8Array, options: KeylessRowsOptions = {}, name = 'orders.csv') {
  const path = join(newFolder(), name);
  writeFileSync(path, content);
  return readKeylessRows(path, options);
}

/** What is written for the rows, each key as `KEY`. */
async function written(rows: KeylessRows, key = format): Promise<string> {
  const parts: Uint8Array[] = [];
  const sink = { write: async (bytes: Uint8Array) => void parts.push(Uint8Array.from(bytes)) };
  try {
    await streamBatch(key, rows.keys, { style: rows.style, rows, now }, sink);
  } finally {
    await rows.close();
  }
  return Buffer.concat(parts).toString().replaceAll(KEY, 'KEY');
}

async function completed(
  content: string | Uint8Array,
  options: KeylessRowsOptions = {},
  name = 'orders.csv',
) {
  return written(await rowsOf(content, options, name));
}

describe('rows of a CSV', () => {
  it.each([
    ['commas', 'order,email\n1,a@x.de\n2,b@x.de\n', 'order,email,license_key\n1,a@x.de,KEY\n2,b@x.de,KEY\n'],
    [
      'semicolons, CRLF and a mark',
      '\ufefforder;email\r\n1;a@x.de\r\n',
      '\ufefforder;email;license_key\r\n1;a@x.de;KEY\r\n',
    ],
    ['sep=', 'sep=;\norder;email\n1;a@x.de\n', 'sep=;\norder;email;license_key\n1;a@x.de;KEY\n'],
    ['tabs', 'order\temail\n1\ta@x.de\n', 'order\temail\tlicense_key\n1\ta@x.de\tKEY\n'],
    [
      'quotes',
      'order,"e""mail"\n"1","a, b"\n2,"c\n""d"\n',
      'order,"e""mail",license_key\n"1","a, b",KEY\n2,"c\n""d",KEY\n',
    ],
    ['a last line without its end', 'order,email\n1,a@x.de', 'order,email,license_key\n1,a@x.de,KEY\n'],
    ['rows that lack cells', 'order,email,note\n1,a@x.de\n', 'order,email,note,license_key\n1,a@x.de,,KEY\n'],
    ['empty rows', 'order,email\n\n1,a@x.de\n,\n', 'order,email,license_key\n1,a@x.de,KEY\n'],
    ['one column', 'email\na@x.de\nb@x.de\n', 'email,license_key\na@x.de,KEY\nb@x.de,KEY\n'],
    [
      'keys of others',
      'serial,order\nAB12-CD34,1\nEF56-GH78,2\n',
      'serial,order,license_key\nAB12-CD34,1,KEY\nEF56-GH78,2,KEY\n',
    ],
  ])('keep what they hold: %s', async (_, content, expected) => {
    expect(await completed(content)).toBe(expected);
  });

  it('get a column without a name where there is no heading', async () => {
    const rows = await rowsOf('1,a@x.de\n2,b@x.de\n', { headerRow: false });
    expect(rows).toMatchObject({ rows: 2, keys: 2, column: '3' });
    expect(await written(rows)).toBe('1,a@x.de,KEY\n2,b@x.de,KEY\n');
  });

  it('are copied though a spreadsheet would run them, the key is quoted where it must be', async () => {
    const dashed = parseFormat('XXXX-XXXX-XXXX', { prefix: 'A"' });
    const text = await written(await rowsOf('=order,phone\n=1+1,+49 170 1\n"@x",-5\n'), dashed);
    expect(text).toBe(`=order,phone,license_key\n=1+1,+49 170 1,"A""KEY"\n"@x",-5,"A""KEY"\n`);
  });

  it('come in gzip, too, and as standard input, of whatever length', async () => {
    const lines = Array.from({ length: 30_000 }, (_, index) => `${index},user${index}@example.com,2\n`);
    const content = `order,email,qty\n${lines.join('')}`;
    expect(await completed(gzipSync('order,email\n1,a@x.de\n'), {}, 'orders.csv.gz')).toContain(
      'a@x.de,KEY\n',
    );
    const rows = await readKeylessRows('-', { per: 'qty', stdin: chunksOf(content, 4096) });
    expect(rows).toMatchObject({ path: '-', rows: 30_000, keys: 60_000, invalid: 0 });
    const expected = lines.map((line) => line.replace('\n', ',KEY\n').repeat(2)).join('');
    expect(await written(rows)).toBe(`order,email,qty,license_key\n${expected}`);
  });
});

describe('rows of JSON', () => {
  it.each([
    [
      'JSONL',
      '{"id":1}\n{ "id": 2 }\n{}\n',
      '{"id":1,"license_key":"KEY"}\n{ "id": 2,"license_key":"KEY" }\n{"license_key":"KEY"}\n',
    ],
    [
      'JSONL with CRLF',
      '{"id":1}\r\n{"id":2}',
      '{"id":1,"license_key":"KEY"}\r\n{"id":2,"license_key":"KEY"}\r\n',
    ],
    [
      'a list',
      '[{"id": 1.0,\n "a":{}}, {"id":2}]',
      '[\n  {"id": 1.0,\n "a":{},"license_key":"KEY"},\n  {"id":2,"license_key":"KEY"}\n]\n',
    ],
  ])('keep what they hold: %s', async (_, content, expected) => {
    expect(await completed(content, {}, 'orders.txt')).toBe(expected);
  });

  it('get as many keys as a number or a text says', async () => {
    const content = '{"id":1,"quantity":2}\n{"id":2,"quantity":"1"}\n';
    expect(await completed(content, { per: 'quantity', header: 'key' }, 'orders.jsonl')).toBe(
      `${'{"id":1,"quantity":2,"key":"KEY"}\n'.repeat(2)}{"id":2,"quantity":"1","key":"KEY"}\n`,
    );
  });
});

describe('what is no good', () => {
  const BAD = ['', '0', '-1', '1.5', '1e3', '1,000', '03', '1000001', 'two', '9007199254740993'];

  it('is told of each row, by its line, and no key is drawn', async () => {
    const content = `order;qty\n${BAD.map((quantity, index) => `${index};${quantity}\n`).join('')}9;="2"\n`;
    const rows = await rowsOf(content, { per: 'QTY' });
    expect(rows).toMatchObject({ rows: 11, keys: 2, invalid: 10 });
    const [group] = rows.problems;
    expect(group).toMatchObject({ field: 'qty', message: expect.stringMatching(/whole number/), rows: 10 });
    expect(group?.examples.map(({ line }) => line)).toStrictEqual([2, 3, 4]);
    const folder = newFolder();
    const made = generateBatch(format, 2, { out: join(folder, 'o.csv'), style: 'csv', rows, now });
    expect(await saidOf(made)).toMatch(/^damaged_file: .* 10 rows/);
    expect(readdirSync(folder)).toStrictEqual([]);
    await rows.close();
  });

  it.each([
    ['qty', 'order,qty\n1,x\n', {}],
    ['column 2', 'order,\n1,x\n', {}],
    ['column 2', '1,x\n2,1\n', { headerRow: false }],
  ])('of a column that its number names is told by its name: %s', async (field, content, options) => {
    const rows = await rowsOf(content, { per: '2', ...options });
    expect(rows.problems).toMatchObject([{ field, rows: 1 }]);
    await rows.close();
  });

  it.each([
    [
      'of a shop',
      'Nr;Kunde;Artikel;Menge;Preis\n1;Ö;A;1;9,90\n2;P;B;2;9,90\n3;Q;A;1;9,90\nSumme;;;4;29,70\n',
      5,
    ],
    ['with a word alone', 'Nr;Menge\n1;1\n2;1\nSumme;2\n', 4],
    ['without a word', 'order,sku,qty\n1,A,500\n2,B,600\n,,1100\n', 4],
    ['behind which empty rows stand', 'order,sku,qty\n1,A,1\n2,B,2\n3,B,1\nTotal,,4\n,,\n\n', 5],
  ])('a total of all rows is told, and gets no keys: %s', async (_, content, line) => {
    const rows = await rowsOf(content, { per: /qty|Menge/.exec(content)?.[0] });
    expect(rows).toMatchObject({ invalid: 1 });
    expect(rows.problems).toMatchObject([
      { message: expect.stringMatching(/sum of all rows/), examples: [{ line }] },
    ]);
    await rows.close();
  });

  it.each([
    ['a row that is filled like the others', 'order,sku,qty\n1,A,1\n2,B,2\n3,B,3\n'],
    ['one of two rows', 'order,sku,qty\n1,A,1\n2,,1\n'],
    ['a row that others follow', 'order,sku,qty\n1,A,1\n2,B,1\n3,,2\n4,A,1\n'],
    ['a row that lacks one cell of many', 'order,sku,mail,qty\n1,A,m,1\n2,B,n,1\n3,B,,2\n'],
    ['a row of another number', 'order,sku,qty\n1,A,1\n2,B,1\n3,,1\n'],
  ])('no total is %s', async (_, content) => {
    const rows = await rowsOf(content, { per: 'qty' });
    expect(rows).toMatchObject({ invalid: 0 });
    await rows.close();
  });

  it.each([
    ['an element that is no object', '["a","b"]', {}, [1, 2]],
    ['a quantity that is missing', '[{"n":1},{}]', { per: 'n' }, [2]],
    ['a quantity twice', '[{"n":1},{"n":1,"n":2}]', { per: 'n' }, [2]],
    ['a quantity that is null', '[{"n":1},{"n":null}]', { per: 'n' }, [2]],
    ['a heading once more', 'order,email\n1,a@x.de\norder,email\n', {}, [3]],
  ])('%s', async (_, content, options, lines) => {
    const rows = await rowsOf(content, options, 'orders');
    expect(rows.problems.flatMap(({ examples }) => examples.map(({ line }) => line))).toStrictEqual(lines);
    await rows.close();
  });

  it.each([
    [
      'a column of that name',
      'order,License Key\n1,a\n',
      {},
      'invalid_option: .*has a column license_key already',
    ],
    ['a member of that name', '{"id":1}\n{"id":2,"license_key":null}\n', {}, 'invalid_option: .*already'],
    [
      'no such column',
      'order,email\n1,a@x.de\n',
      { per: 'qty' },
      'unknown_column: .*no column qty \\(found: order, email\\)',
    ],
    [
      'a column whose name is no UTF-8',
      Buffer.from('Nr;St\xfcck\n1;2\n', 'latin1'),
      { per: 'St\xfcck' },
      'unknown_column: .*it is not valid UTF-8, save it as UTF-8 text',
    ],
    ['a column twice', 'qty,order,QTY\n1,a,2\n', { per: 'Qty' }, 'unclear_list: .*two columns qty'],
    ['no such member', '{"id":1}\n', { per: 'qty' }, 'unknown_column: .*no column qty \\(found: id\\)'],
    ['no rows', 'order,email\n', {}, 'damaged_file: .*holds no rows'],
    ['nothing', '', {}, 'damaged_file: .*holds no rows'],
    ['a list in an object', '{"orders":[{"id":1}]}', {}, 'damaged_file: .*one JSON object'],
    ['a doubtful heading', 'alpha,beta\ngamma,delta\n', {}, 'unclear_list: .*heading'],
    [
      'a row that is too long',
      'order,email\n1,a@x.de\n2,b@x.de\n3,a@x.de,b,c\n',
      {},
      'damaged_file: .*more cells',
    ],
    ['an unclosed quote', 'order,email\n1,"a\n', {}, 'damaged_file: '],
    [
      'a name without a heading',
      '1,a@x.de\n',
      { headerRow: false, header: 'k' },
      'invalid_option: .*no heading',
    ],
    ['a name that is none', 'order,email\n1,a\n', { header: ' ' }, 'invalid_option: .*no name'],
    ['a workbook', 'PK\u0003\u0004', {}, 'damaged_file: .*CSV, JSON or JSONL'],
  ])('%s', async (_, content, options, said) => {
    expect(await saidOf(rowsOf(content, options, 'orders'))).toMatch(new RegExp(`^${said}`));
  });

  it('what the rows do not go with', async () => {
    const rows = await rowsOf('order,email\n1,a@x.de\n');
    const sink = { write: async () => {} };
    const options = { style: 'csv', rows, now } as const;
    const optionOf = async (count: number, part: object) =>
      (await failureOf(streamBatch(format, count, { ...options, ...part }, sink))).details.option;
    expect(await optionOf(2, {})).toBe('count');
    expect(await optionOf(1, { style: 'json' })).toBe('as');
    expect(await optionOf(1, { header: 'k' })).toBe('header');
    expect(await optionOf(1, { constants: [['a', 'b']] })).toBe('set');
    expect(await optionOf(1, { shard: { index: 1, of: 2 } })).toBe('shard');
    await rows.close();
  });

  it.each([
    ['grew', 'order,email\n1,a@x.de\n2,b@x.de\n'],
    ['shrank', 'order,email\n'],
    ['was edited', 'order,email\n2,a@x.de\n'],
    ['lost its columns', 'order\n1\n'],
  ])('a list that %s between its two readings, and nothing is left', async (_, content) => {
    const rows = await rowsOf('order,email\n1,a@x.de\n');
    writeFileSync(rows.path, content);
    const folder = newFolder();
    const made = generateBatch(format, 1, { out: join(folder, 'o.csv'), style: 'csv', rows, now });
    expect(await saidOf(made)).toMatch(/^damaged_file: .*changed since it was read first/);
    expect(readdirSync(folder)).toStrictEqual([]);
    await rows.close();
  });

  it('the rows are an input, and no output', async () => {
    const rows = await rowsOf('order,email\n1,a@x.de\n');
    const options = { out: rows.path, style: 'csv', rows, now, force: true } as const;
    expect(await saidOf(generateBatch(format, 1, options))).toMatch(/^same_file/);
    expect(readFileSync(rows.path, 'utf8')).toBe('order,email\n1,a@x.de\n');
    await rows.close();
  });
});

it('in files of parts each has its heading, and rows that get several keys go on in the next', async () => {
  const folder = newFolder();
  const rows = await rowsOf('order,qty\n1,3\n2,1\n', { per: 'qty' });
  const out = join(folder, 'o.csv');
  const report = await generateBatch(format, 4, { out, split: 2, style: 'csv', rows, now });
  await rows.close();
  const texts = report.files.map(({ path }) => readFileSync(path, 'utf8').replaceAll(KEY, 'KEY'));
  const head = 'order,qty,license_key\n';
  expect(texts).toStrictEqual([`${head}1,3,KEY\n1,3,KEY\n`, `${head}1,3,KEY\n2,1,KEY\n`]);
  expect(JSON.parse(readFileSync(`${out}.manifest.json`, 'utf8')).rows).toStrictEqual({
    path: rows.path,
    sha256: rows.sha256,
    rows: 2,
    column: 'license_key',
  });
});

describe('rows in are rows out, but for the key', () => {
  const cell = fc.oneof(
    fc.string({ unit: fc.constantFrom(...'aZ0 ,;|\t"\n=+-@ü\u{1F600}.\'') }),
    fc.integer().map(String),
  );
  const spelled = (text: string, delimiter: string, always: boolean) =>
    always || /["\r\n]/.test(text) || text.includes(delimiter) ? `"${text.replaceAll('"', '""')}"` : text;

  it('of CSV', async () => {
    const table = fc.record({
      rows: fc.array(fc.tuple(fc.integer({ min: 1, max: 3 }), cell, cell, fc.boolean()), {
        minLength: 1,
        maxLength: 30,
      }),
      delimiter: fc.constantFrom(',', ';', '\t', '|'),
      end: fc.constantFrom('\n', '\r\n'),
      mark: fc.constantFrom('', '\ufeff'),
    });
    await fc.assert(
      fc.asyncProperty(table, async ({ rows, delimiter, end, mark }) => {
        const lines = rows.map(([quantity, a, b, always]) => {
          const cells = [a, b].map((text) => spelled(text, delimiter, always));
          // More cells are filled than not: no row looks like a total.
          return [String(quantity), ...cells, '"x"', 'y', 'z'].join(delimiter);
        });
        const head = ['quantity', 'order', 'email', 'name', 'shop', 'note'].join(delimiter);
        // Random cells do not say what parts them.
        const begin = `${mark}sep=${delimiter}${end}${head}`;
        const input = `${begin}${end}${lines.map((line) => line + end).join('')}`;
        const given = await readKeylessRows('-', {
          per: 'quantity',
          headerRow: true,
          stdin: chunksOf(input, 37),
        });
        const expected = lines.flatMap((line, index) =>
          Array.from({ length: rows[index]?.[0] ?? 0 }, () => `${line}${delimiter}KEY${end}`),
        );
        expect(await written(given)).toBe(`${begin}${delimiter}license_key${end}${expected.join('')}`);
      }),
      { numRuns: 40 },
    );
  });

  it('of JSONL', async () => {
    const member = fc.string().filter((name) => name !== 'license_key');
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.dictionary(member, fc.jsonValue()), { minLength: 2, maxLength: 20 }),
        async (rows) => {
          const lines = rows.map((row) => JSON.stringify(row));
          const given = await readKeylessRows('-', { stdin: chunksOf(`${lines.join('\n')}\n`, 41) });
          const out = (await written(given)).trimEnd().split('\n');
          expect(out.map((line) => line.replace(/,?"license_key":"KEY"\}$/, '}'))).toStrictEqual(lines);
        },
      ),
      { numRuns: 40 },
    );
  });
});
