import { deflateRawSync } from 'node:zlib';
import { writeXlsx } from 'hucre/xlsx';
import { describe, expect, it } from 'vitest';
import { saidOf } from '../../../failure.js';
import { readBytes } from '../key-list.js';

type Rows = NonNullable<Parameters<typeof writeXlsx>[0]['sheets'][number]['rows']>;

const workbook = (rows: Rows, more: Rows = [['key'], ['ZZZZ-0001']]) =>
  writeXlsx({
    sheets: [
      { name: 'Export', rows },
      { name: 'Old', rows: more },
    ],
  });

/** A ZIP archive of one deflated file, whose sizes say what `claimed` is. */
function archive(name: string, content: Uint8Array, claimed: number): Buffer {
  const packed = deflateRawSync(content, { level: 1 });
  const local = Buffer.alloc(30);
  local.writeUInt32LE(0x04034b50);
  local.writeUInt16LE(8, 8);
  local.writeUInt32LE(packed.length, 18);
  local.writeUInt32LE(claimed, 22);
  local.writeUInt16LE(name.length, 26);
  const entry = Buffer.alloc(46);
  entry.writeUInt32LE(0x02014b50);
  entry.writeUInt16LE(8, 10);
  entry.writeUInt32LE(packed.length, 20);
  entry.writeUInt32LE(claimed, 24);
  entry.writeUInt16LE(name.length, 28);
  const directory = 30 + name.length + packed.length;
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(directory, 16);
  return Buffer.concat([local, Buffer.from(name), packed, entry, Buffer.from(name), end]);
}

describe('workbooks', () => {
  it('give the keys of the first sheet, of text cells as they are', async () => {
    const rows = [
      ['order', 'Product Key', 'seats'],
      [1, '00123456-A', 5],
      [2, '00123457-B', 5],
      [3, null, 5],
    ];
    expect(await readBytes(await workbook(rows))).toMatchObject({
      kind: 'xlsx',
      keys: ['00123456-A', '00123457-B'],
      lines: [2, 3],
    });
  });

  it('give those of a sheet that is named, and name the sheets when it is not there', async () => {
    const book = await workbook([['key'], ['AAAA-0001']]);
    expect((await readBytes(book, { sheet: 'Old' })).keys).toEqual(['ZZZZ-0001']);
    expect(await saidOf(readBytes(book, { sheet: 'New' }))).toMatch(
      /^unclear_list: .*no sheet of that name.*\(found: Export, Old\)/,
    );
  });

  it('refuse a key that is a number shown with marks between its thousands, with its row', async () => {
    const rows = [
      ['code', 'note'],
      ['00457812', 'x'],
      [10_457_812, 'y'],
    ];
    const cells = new Map([['2,0', { style: { numFmt: '#,##0' } }]]);
    const book = await writeXlsx({ sheets: [{ name: 'Export', rows, cells }] });
    expect(await saidOf(readBytes(book))).toMatch(/^damaged_file: .*line 3, .*marks between its thousands/);
  });

  it('refuse a key that is a number shorter than those that are texts of digits, with its row', async () => {
    const book = (last: number) =>
      workbook([
        ['code', 'note'],
        ['00123456', 'x'],
        ['00993451', 'y'],
        [last, 'z'],
      ]);
    expect(await saidOf(readBytes(await book(223456)))).toMatch(/^damaged_file: .*line 4, .*lost zeros/);
    expect((await readBytes(await book(22345678))).keys).toEqual(['00123456', '00993451', '22345678']);
  });

  it('tell which other sheets may hold keys, of those that were not read', async () => {
    const prose = [['remark'], ['call Bob on Monday'], ['and Eve']];
    const others: readonly (readonly [isTold: boolean, rows: Rows])[] = [
      [true, [['key'], ['ZZZZ-0001']]],
      [true, [['BBBB-0001'], ['BBBB-0002'], ['BBBB-0009']]],
      [
        true,
        [
          ['note', 'Seriennummer'],
          ['sold', 12345],
        ],
      ],
      [
        true,
        [
          ['x', 'QWXY-0001-ABCD'],
          ['y', 'QWXZ-0201-ABCE'],
          ['z', 'QWAY-0301-ABQD'],
        ],
      ],
      [false, prose],
      [
        false,
        [
          ['number', 'price'],
          [1, 9.5],
          [2, 7.25],
        ],
      ],
      [false, [['License Key']]],
      [false, []],
    ];
    for (const [isTold, rows] of others) {
      const book = await workbook([['Product Key'], ['AAAA-0001'], ['AAAA-0002']], rows);
      expect((await readBytes(book)).reading.otherSheets, JSON.stringify(rows)).toEqual(
        isTold ? ['Old'] : [],
      );
      // Who names a sheet has chosen.
      expect((await readBytes(book, { sheet: 'Export' })).reading.otherSheets).toEqual([]);
    }
  });

  it('whose keys are in another sheet than the first are asked about, and so are those that hide it', async () => {
    const cover = [['Keys of order 7'], ['exported on Monday'], ['by Eve']];
    const other = [['Product Key'], ['ZZZZ-0001'], ['ZZZZ-0002']];
    for (const first of [
      cover,
      [['Keys 2026']],
      [['Codes'], ['Overview'], ['Details']],
      [],
      [['License Key']],
      [
        ['order', 'seats'],
        [7, 2],
        [8, 4],
      ],
    ]) {
      const book = await workbook(first, other);
      expect(await saidOf(readBytes(book)), JSON.stringify(first)).toMatch(
        /^unclear_list: .*holds no keys in its first sheet, and may in others.*\(found: Old\)/,
      );
      expect((await readBytes(book, { sheet: 'Old' })).keys).toEqual(['ZZZZ-0001', 'ZZZZ-0002']);
    }
    const hidden = await writeXlsx({
      sheets: [
        { name: 'Work', rows: [['key'], ['AAAA-0001']], hidden: true },
        { name: 'Keys', rows: other },
      ],
    });
    expect(await saidOf(readBytes(hidden))).toMatch(
      /^unclear_list: .*hides its first sheet.*\(found: Work, Keys\)/,
    );
    expect((await readBytes(hidden, { sheet: 'Work' })).keys).toEqual(['AAAA-0001']);
  });

  it('take a cell that is true or false for no key', async () => {
    const book = await workbook([['key'], ['AAAA-0001'], [true], ['AAAA-0002'], [false]], []);
    for (const options of [{}, { column: 'key' }]) {
      expect(await readBytes(book, options)).toMatchObject({
        keys: ['AAAA-0001', 'AAAA-0002'],
        reading: { withoutKey: { '': 2 } },
      });
    }
  });

  it('give numbers as they are shown, and refuse those that lost digits, with the row', async () => {
    const numbers = [['code'], [12345678], [12345679], [99999999]];
    expect((await readBytes(await workbook(numbers))).keys).toEqual(['12345678', '12345679', '99999999']);
    for (const lost of [1234567890123456, 1e20]) {
      expect(await saidOf(readBytes(await workbook([['code'], [12345678], [lost]])))).toMatch(
        /^damaged_file: .*line 3, has a number for its key that lost digits/,
      );
    }
  });

  it('are refused when they are none, or too large, whatever the archive says of itself', async () => {
    const bomb = archive('xl/worksheets/sheet1.xml', new Uint8Array(257 << 20), 10);
    expect(await saidOf(readBytes(bomb))).toMatch(/^damaged_file: .*unpacks to more than 256 MiB/);
    const other = archive('keys.txt', Buffer.from('AAAA'), 4);
    expect(await saidOf(readBytes(other))).toMatch(/^damaged_file: .*is a ZIP archive: unpack it/);
    expect(await saidOf(readBytes(archive('xl/x.xml', Buffer.from('<x/>'), 4)))).toMatch(
      /^damaged_file: .*is a damaged workbook/,
    );
    const book = Buffer.from(await workbook([['key'], ['AAAA-0001']]));
    for (const length of [10, 100, book.length - 30]) {
      expect(await saidOf(readBytes(book.subarray(0, length)))).toMatch(/^damaged_file: .*damaged/);
    }
  }, 60_000);
});
