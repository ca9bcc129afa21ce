import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { csvRow, csvRows, csvSample } from '../../../src/node/rows/csv.js';
import { guardedCell, unguardedCell } from '../../../src/node/rows/csv-guard.js';
import { vectorsFolder } from '../../vectors/vector-files.js';

async function rowsOf(content: Uint8Array, size: number): Promise<string[][]> {
  async function* chunks() {
    for (let at = 0; at < content.length; at += size) yield content.subarray(at, at + size);
  }
  const all: string[][] = [];
  for await (const { rows } of csvRows(chunks(), 'list.csv', ',')) all.push(...rows.map((row) => [...row]));
  return all;
}

const folder = vectorsFolder('csv/csv-spectrum');

describe.skipIf(folder === undefined)('csv-spectrum (max-mapper/csv-spectrum d30e80f)', () => {
  const at = folder ?? '';
  const names = folder === undefined ? [] : readdirSync(join(at, 'csvs')).map((name) => name.slice(0, -4));

  // The suite's own oddities: its description of one file is that of another phone number, and one says
  // CRLF where the file holds LF. Ours must keep what the file holds.
  const asFound: Record<string, (text: string) => string> = {
    location_coordinates: (text) => `[${text.replace('1234567890', '2095257564')}]`,
    newlines_crlf: (text) => text.replace('\\r\\n', '\\n'),
  };

  it.each(names)('%s', async (name) => {
    const description = readFileSync(join(at, 'json', `${name}.json`), 'utf8');
    const wanted: unknown = JSON.parse(asFound[name]?.(description) ?? description);
    for (const size of [1, 4, 1 << 16]) {
      const [header = [], ...rows] = await rowsOf(readFileSync(join(at, 'csvs', `${name}.csv`)), size);
      const objects = rows.map((row) => Object.fromEntries(header.map((column, i) => [column, row[i]])));
      expect(objects).toEqual(wanted);
    }
  });
});

describe('csvSample', () => {
  it('reads the first rows, and those before what is broken', () => {
    expect(csvSample('a,b\n1,"2\n3"\n,\n4,5\n', ',', 3, true)).toEqual([
      ['a', 'b'],
      ['1', '2\n3'],
    ]);
    expect(csvSample('a|b\n1|2\n3|"4', '|', 9, true)).toEqual([
      ['a', 'b'],
      ['1', '2'],
    ]);
  });

  it('leaves out the last row where the text may be cut', () => {
    expect(csvSample('a;b\n1;2\n3;4', ';', 9, false)).toHaveLength(2);
    expect(csvSample('a;b\n1;2\n3;4', ';', 2, false)).toHaveLength(2);
  });
});

describe('csvRow', () => {
  it('quotes as RFC 4180 wants it, and reads back what it wrote', async () => {
    const rows = [
      ['AAAA', 'a,b', 'say "x"', 'two\nlines', 'cr\rhere', ' blank ', 'ä'],
      ['B', '', '', '', '', '', ''],
    ];
    const text = rows.map((row) => csvRow(row)).join('');
    expect(text).toBe('AAAA,"a,b","say ""x""","two\nlines","cr\rhere", blank ,ä\nB,,,,,,\n');
    expect(await rowsOf(Buffer.from(text), 100)).toEqual(rows);
    expect(csvRow([''])).toBe('""\n');
  });

  it('guards free text against spreadsheets, and never alters a key', () => {
    expect(csvRow(['=1+1', '-AAAA', '@x'], [1])).toBe("'=1+1,-AAAA,'@x\n");
    for (const text of ['=HYPERLINK("x")', '+1-1', '-x', '@SUM(1)', '\tx', '\rx', '+', '-1+1', '=1']) {
      expect(guardedCell(text)).toBe(`'${text}`);
    }
    for (const text of [
      '＝1+1',
      '＋1',
      '－x',
      '＠x',
      '\ufeff=1',
      ' =1',
      '\u00a0=1',
      '\u3000＝1',
      '\n=1',
      '\u200b@x',
      '\u202e+1+1',
      '\t1',
      ' -1',
    ]) {
      expect(guardedCell(text)).toBe(`'${text}`);
    }
    for (const text of ['', 'a=b', ' ', 'ä=', '漢字=1', '-1', '+1.5', '-1e5', '.5', "'x", '1-1'])
      expect(guardedCell(text)).toBe(text);
  });

  it('has back what was guarded', () => {
    for (const text of ['=1+1', '\tx', '＝1', '\u200b@x', 'plain', "'x", '-1', "'-1", "''=1", ''])
      expect(unguardedCell(guardedCell(text))).toBe(text);
  });
});
