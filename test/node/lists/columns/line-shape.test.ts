import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { saidOf } from '../../../failure.js';
import { readBytes } from '../key-list.js';

const KEYS = ['7QX4-M9K2', 'TD3F-81PA', 'ZZ4K-Q0B7', 'M2M2-9XAB', 'K8L3-00QP'];
const LONG = ['7QX4M9K2TD3F', '81PAZZ4KQ0B7', 'M2M29XABK8L3', '00QPR5TTVB61'];
const listOf = (lines: readonly string[]) => `${lines.join('\n')}\n`;
const NUMBER = /its lines are numbered/;
const MARK = /its lines begin with list marks/;
const LABEL = /its lines say what they hold/;
const MORE = /its lines hold more than a key/;
const SEVERAL = /its lines hold several keys/;
const FORMULA = /its cells are formulas/;
const WRITTEN = /its line ends are written out/;

describe('lines with more than a key', () => {
  const forms: readonly (readonly [RegExp, (key: string, at: number) => string])[] = [
    [NUMBER, (key, at) => `${at + 1}. ${key}`],
    [NUMBER, (key, at) => `${at + 1}) ${key}`],
    [NUMBER, (key, at) => `${at + 1}.${key}`],
    [NUMBER, (key, at) => `(${at + 1}) ${key}`],
    [NUMBER, (key, at) => `[${at + 1}] ${key}`],
    [NUMBER, (key, at) => `[${at + 1}]${key}`],
    [NUMBER, (key, at) => `[${at + 1}] "${key}"`],
    [NUMBER, (key, at) => `#${at + 1} ${key}`],
    [NUMBER, (key, at) => `No. ${at + 1} ${key}`],
    [MARK, (key) => `- ${key}`],
    [MARK, (key) => `* ${key}`],
    [MARK, (key) => `•${key}`],
    [MARK, (key) => `+${key}`],
    [NUMBER, (key, at) => `${at + 1}_${key}`],
    [LABEL, (key) => `SN:${key}`],
    [LABEL, (key, at) => `keys.txt:${at + 1}:${key}`],
    [/its lines are links/, (key) => `shop.example/redeem/${key}`],
    [MARK, (key) => `- [ ] ${key}`],
    [MARK, (key) => `- [x] ${key}`],
    [LABEL, (key) => `key=${key}`],
    [LABEL, (key) => `Key: ${key}`],
    [LABEL, (key) => `key:${key}`],
    [LABEL, (key, at) => `Lizenzschlüssel ${at}: ${key}`],
    [LABEL, (key, at) => `user${at} = ${key}`],
    [LABEL, (key) => `KEY ${key}`],
    [LABEL, (key) => `Serial#${key}`],
    [MORE, (key) => `${key} # sold`],
    [MORE, (key, at) => `${key} ${at % 2 ? 'SOLD' : 'AVAILABLE'}`],
    [MORE, (key) => `${key} (sold)`],
    [MORE, (key) => `${key} // sold`],
    [MORE, (key) => `${key} - SOLD`],
    [MORE, (key) => `${key} = sold`],
    [MORE, (key) => `${key}#sold`],
    [MORE, (key) => `${key}<br>`],
    [MORE, (key, at) => `${key}  ${at * 5} EUR`],
    [MORE, (key, at) => `${at + 1} ${key}`],
    [MORE, (key, at) => `${key} ${['Eve Example', 'Ada L', 'Jo', 'Bob', 'Max'][at]}`],
    [/its lines hold mail addresses/, (key, at) => `user${at}@example.com:${key}`],
    [/its lines are links/, (key) => `https://shop.example/redeem?code=${key}`],
    [/between quotation or other marks/, (key) => `\`${key}\``],
    [/between quotation or other marks/, (key) => `“${key}”`],
    [
      SEVERAL,
      (key, at) => `${key} ${KEYS[at]?.includes('-') && key.includes('-') ? 'AB12-CD34' : 'AB12CD34EF56'}`,
    ],
    [WRITTEN, (key) => `${key}\\n`],
    [NUMBER, (key, at) => `${'abcde'[at] ?? ''}) ${key}`],
    [LABEL, (key, at) => `user${at}:${key}`],
    [FORMULA, (key) => `=T("${key}")`],
    [FORMULA, (key) => `="${key}"&""`],
    [FORMULA, (key) => `='${key}'`],
    [MARK, (key) => `> ${key}`],
    [MARK, (key) => `~${key}`],
    [MORE, (key) => `${key}-SOLD`],
    [MORE, (key) => `used--${key}`],
    [MORE, (key, at) => (at % 2 ? `${key}...free` : key)],
    [MORE, (key, at) => (at % 2 ? `${key}+` : key)],
  ];

  it.each(forms)('are refused, %s', async (message, spell) => {
    for (const keys of [KEYS, LONG]) {
      for (const lines of [keys.map(spell), ['License Key', ...keys.map(spell)], [spell(keys[0] ?? '', 0)]]) {
        const said = await saidOf(readBytes(listOf(lines)));
        // A single line may be a key that looks odd.
        if (lines.length > 1) expect(said).toMatch(message);
        expect(said).not.toMatch(/7QX4M|7QX4-M/);
      }
    }
  });

  it('are keys where the user says so, by a column or a format', async () => {
    const lines = KEYS.map((key) => `key=${key}`);
    expect((await readBytes(listOf(lines), { column: '1' })).keys).toEqual(lines);
    const fits = (key: string) => key.startsWith('key=');
    expect((await readBytes(listOf(lines), { fits })).keys).toEqual(lines);
  });

  it('are refused in a CSV and in JSON as well', async () => {
    const notes = KEYS.map((key) => `${key} # sold`);
    for (const content of [
      `key,n\n${notes.map((key, at) => `${key},${at}`).join('\n')}\n`,
      JSON.stringify(notes),
      JSON.stringify(notes.map((key) => ({ key }))),
    ]) {
      expect(await saidOf(readBytes(content))).toMatch(MORE);
    }
  });

  it.each(['1', '1234', 'count'])(
    'are refused where each ends in the same, or counts: %s',
    async (ending) => {
      for (const mark of [':', '/']) {
        const lines = KEYS.map((key, at) => `${key}${mark}${ending === 'count' ? at + 1 : ending}`);
        expect(await saidOf(readBytes(listOf(lines)))).toMatch(MORE);
      }
    },
  );

  it.each([
    ['numbers', (key: string, at: number) => `${at + 1}. ${key}`],
    ['numbers in brackets', (key: string, at: number) => `[${at + 1}] ${key}`],
    ['marks', (key: string) => `- [x] ${key}`],
    ['labels', (key: string) => `Key: ${key}`],
    ['blanks', (key: string) => `${key} ${key.toLowerCase()}`],
  ])('are mended by what the message says: %s', async (_, spell) => {
    const content = listOf(KEYS.map(spell));
    const [, command = ''] = /, as (.+?) does/.exec(await saidOf(readBytes(content))) ?? [];
    const mended = execFileSync('sh', ['-c', command], { input: content, encoding: 'utf8' });
    const keys = (await readBytes(mended)).keys.map((key) => key.toUpperCase());
    expect([...new Set(keys)]).toEqual(KEYS);
  });

  it('are mended so where line ends are written out', async () => {
    const content = KEYS.join('\\n');
    const [, command = ''] = /, as (.+?) does/.exec(await saidOf(readBytes(content))) ?? [];
    const mended = execFileSync('sh', ['-c', `${command} "$(cat)"`], { input: content, encoding: 'utf8' });
    expect((await readBytes(mended)).keys).toEqual(KEYS);
  });
});

describe('keys with blanks', () => {
  it.each([
    [['7QX4 M9K2', 'TD3F 81PA']],
    [['ABCD EFGH IJKL', 'MNOP QRST UVWX', 'AAAA BBBB CCCC']],
    [['abcd efgh ijkl', 'mnop qrst uvwx']],
    [['7QX4 - M9K2', 'TD3F - 81PA']],
    [['ACME 7QX4 M9K2', 'ACME TD3F 81PA', 'ACME ZZ4K Q0B7']],
    [['1234 5678 9012 3456', '1234 5678 9012 3457', '1234 5678 9012 3458']],
    [['ABC 12345 XY', 'QRS 98765 ZZ', 'AAA 11111 BB']],
    [['aBcD eFgH', 'XyZw qrst', 'abCd QrSt']],
    [['ACME:7QX4-M9K2', 'ACME:TD3F-81PA']],
    [['7QX4-M9K2', 'TD3F 81PA', 'zz4k.q0b7', 'M2M29XAB']],
    [['aGVsbG8gd29ybGQ=', 'd29ybGQgaGVsbG8=']],
  ])('and other separators stay keys: %s', async (keys) => {
    expect((await readBytes(listOf(keys))).keys).toEqual(keys);
  });

  it('of one format stay keys, whatever their groups (property)', async () => {
    const symbols = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ';
    const group = fc.string({ unit: fc.constantFrom(...symbols), minLength: 4, maxLength: 4 });
    const keyOf = (size: number) =>
      fc.array(group, { minLength: size, maxLength: size }).map((groups) => groups.join(' '));
    const list = fc
      .integer({ min: 2, max: 5 })
      .chain((size) => fc.array(keyOf(size), { minLength: 1, maxLength: 30 }));
    await fc.assert(
      fc.asyncProperty(list, async (keys) => {
        expect((await readBytes(listOf(keys))).keys).toEqual(keys);
      }),
      // Of ten thousand such lists one begins with what may be a heading by chance, and is asked about.
      { numRuns: 300, seed: 1 },
    );
  });
});

describe('a line unlike the keys', () => {
  it.each([
    'Total: 5 keys',
    'Total=5',
    'TOTAL',
    '(5 rows)',
    '5',
    '---------',
    '-- end --',
    'Ende der Liste',
    'Office:',
    'LICENSE KEY',
    'SOLD',
    'REFUNDED',
    'X',
    'TBD',
    'support@example.com',
  ])('is a row without key, and told: %s', async (line) => {
    const { keys, reading } = await readBytes(listOf([...KEYS, line]));
    expect(keys).toEqual(KEYS);
    expect(reading.withoutKey).toEqual({ 'other text': 1 });
    const table = await readBytes(`key,n\n${KEYS.map((key) => `${key},7`).join('\n')}\n${line},5\n`);
    expect(table).toMatchObject({ keys: KEYS, reading: { withoutKey: { 'other text': 1 } } });
  });

  it('is found behind the rows that are judged', async () => {
    const many = Array.from({ length: 3000 }, (_, at) => `AB${at + 1000}-${KEYS[at % 5]}`);
    for (const line of ['Total: 3000 keys', 'Total: 3,000 keys'.padEnd(16, '.')]) {
      const { keys, reading } = await readBytes(listOf([...many, line]));
      expect(keys).toEqual(many);
      expect(reading.withoutKey).toEqual({ 'other text': 1 });
    }
  });

  it.each([
    '7QX9-AAAA # sold',
    '# 7QX9-AAAA',
    '//7QX9-AAAA',
    'old: 7QX9-AAAA',
    '7QX9-AAAA...used',
    '7QX9-AAAA--sold',
    '7QX9-AAAA-SOLD',
    '7QX9-AAAA-sold',
    '7QX9-AAAA_1',
    '7QX9-AAAA-2024',
    '7QX9-AAAA,',
    '7QX9-AAAA@eve',
    'SOLD-7QX9-AAAA',
    'used-7QX9-AAAA',
  ])('that holds a key as well is never passed over: %s', async (line) => {
    const content = listOf([...KEYS, line]);
    expect(await saidOf(readBytes(content))).toMatch(/^damaged_file: .*line 6, holds more than a key/);
  });

  it('stays a key where it may be one', async () => {
    for (const line of ['WELCOME10', 'TD3F-81PA-7QX4', 'AAAA BBB1', 'aaaa bbbb']) {
      expect((await readBytes(listOf([...KEYS, line]))).keys).toEqual([...KEYS, line]);
    }
  });
});

describe('words among keys', () => {
  const FEW = [KEYS.slice(0, 1), KEYS.slice(0, 2), KEYS, ['A1B2', 'C3D4', 'E5F6'], LONG.slice(0, 2)];
  const WORDS = [
    'pending',
    'TBD',
    'SOLD',
    'TRUE',
    'false',
    'x',
    'yes',
    'no',
    'Out of stock',
    '<on hold>',
    'N-A',
    '???',
    '---',
    'verkauft',
  ];

  it.each(WORDS)('are none, or asked about, however few the keys are: %s', async (word) => {
    for (const keys of FEW) {
      for (const words of [[word], [word, word], [word, word, word]]) {
        for (const lines of [
          [...keys, ...words],
          ['key', ...words, ...keys],
          ['key', ...keys, ...words],
        ]) {
          const read = await readBytes(listOf(lines)).catch((error: unknown) => String(error));
          if (typeof read === 'string')
            expect(read).toMatch(/may be no keys|holds? more than a key|is not like those below/);
          else expect(read.keys).toEqual(keys);
        }
      }
    }
  });

  it.each(['UNASSIGNED', 'DONATION', 'donation', 'SUMMER', 'RESERVED'])(
    'that may be keys are asked about: %s',
    async (word) => {
      for (const lines of [
        [...KEYS, word],
        ['AB12-CD34', 'EF56-GH78', word],
      ]) {
        const read = await readBytes(listOf(lines)).catch((error: unknown) => String(error));
        if (typeof read === 'string')
          expect(read).toMatch(/may be no keys: .*, or name column 1 to take whole lines/);
        else expect(read.keys).not.toContain(word);
        expect(
          (await readBytes(listOf(lines), { column: '1', headerRow: lines[0] === 'key' })).keys,
        ).toContain(word);
      }
    },
  );

  it('are asked about where keys share no shape, and where there are words alone', async () => {
    for (const lines of [
      ['key', 'AB12-CD34', 'XY99', 'pending'],
      ['key', 'TRUE', 'FALSE', 'TRUE'],
    ]) {
      expect(await saidOf(readBytes(listOf(lines)))).toMatch(/^unclear_list: .*may be no keys/);
    }
  });

  it('are asked about with the column that holds them', async () => {
    const content = 'note,key\nx,AB12-CD34\ny,DONATIONS\nz,EF56-GH78\n';
    expect(await saidOf(readBytes(content))).toMatch(/or name column 2 to take whole lines$/);
    expect((await readBytes(content, { column: '2' })).keys).toHaveLength(3);
  });

  it('are keys where they are of the format, and where nothing speaks against it', async () => {
    const fits = (key: string) => /^[A-Z0-9]{4}$/.test(key);
    expect((await readBytes(listOf(['A1B2', 'C3D4', 'SOLD']), { fits })).keys).toHaveLength(3);
    for (const keys of [
      ['apple', 'grape', 'mango', 'banana'],
      ['SUMMER', 'WELCOME10', 'BLACKFRIDAY', 'FREESHIP'],
      ['0012', '12', '4455'],
      // A year by chance, after what begins them all.
      ['PROMO1976', 'PROMO2400', 'PROMO6027', 'PROMO8590'],
      // Of base64url: one has no digit, and another length without its marks.
      [...Array.from({ length: 20 }, (_, at) => `2bBmge${at}drpoHZ0Y7XvzgYw`), 'mWJqFlPYoCbxwpjcMSrCe_'],
      ['pv8YqnWtws9ojH27fqzPys', 'OJM_HUFzuZfrhpZTShlnBB', 'FX0pWOSzVSfT8qShnQXl8A'],
    ]) {
      expect((await readBytes(listOf(keys))).keys).toEqual(keys);
    }
  });
});
