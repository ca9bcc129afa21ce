import { describe, expect, it } from 'vitest';
import { judgeFirstLine } from '../../../../src/node/lists/columns/heading.js';

const KEYS = ['TENM-URQW', '6Q94-EX8W', 'REKH-M2CT', 'B27X-347G'];

describe('the first line of a list', () => {
  it.each(['Vouchers', 'PROMO CODES', 'Gift cards', 'License keys'])(
    'is a heading in the plural: %s',
    (line) => {
      expect(judgeFirstLine(line, KEYS)).toBe('heading');
    },
  );

  it.each(['CODE-LIST', 'ACME-KEYS', 'KEYS-2024', 'CODE-0001', 'password'])(
    'is a doubt where it names keys, or something else, in the shape of one: %s',
    (line) => {
      expect(judgeFirstLine(line, KEYS)).toBe('doubt');
    },
  );

  it('is a row where the others begin as it does', () => {
    expect(judgeFirstLine('CODE-0001', ['CODE-77Q1', 'CODE-81PA', 'CODE-X2B7'])).toBe('row');
    expect(judgeFirstLine('2222 2222 SN22', ['2222 2222 2222', '2222 2222 2222'])).toBe('row');
  });

  it('is a doubt as a word above one key in groups', () => {
    expect(judgeFirstLine('OFFICE', KEYS.slice(0, 1))).toBe('doubt');
    expect(judgeFirstLine('OFFICE24', KEYS.slice(0, 1))).toBe('doubt');
    expect(judgeFirstLine('QWFZCE24', KEYS.slice(0, 1))).toBe('row');
  });
});

describe('what stands above keys of its own length', () => {
  const TEN = ['7QX4M9K2TD', '3F81PAZZ4K', 'Q0B7M2M29X', 'ABK8L300QP', 'R5TTVB61J4'];
  const HEX = ['0A1B2C3D4E', '5F60718293', 'A4B5C6D7E8', 'F9001122AB'];

  it.each([
    'CODES2026A',
    'MYKEYS2026',
    'OURLICENSE',
    'SPRING2026',
    'Batch00001',
    'ACTIVATION',
    'WINDOWSPRO',
    'EXPORT2026',
  ])('is a doubt where it holds a word as none of them does: %s', (line) => {
    for (const keys of [TEN, HEX]) expect(judgeFirstLine(line, keys)).toBe('doubt');
  });

  it('is a doubt by symbols, or by letters in the place of digits, that none of them has', () => {
    const digits = Array.from({ length: 20 }, (_, at) => String(4_839_201_847 + 7_919_331 * at));
    expect(judgeFirstLine('XQJKWVMZPR', digits)).toBe('doubt');
    const places = Array.from({ length: 20 }, (_, at) => `ABC-${100 + 37 * at}-${TEN[at % 5]?.slice(0, 4)}`);
    expect(judgeFirstLine('XQJ-KWV-MZ4R', places)).toBe('doubt');
  });

  it('is a key where it has nothing of its own', () => {
    for (const line of ['XW52L0QK9Z', 'KQ2026ZXRW', 'PLMQZXWVTR'])
      expect(judgeFirstLine(line, TEN)).toBe('row');
  });

  it('is a heading in brackets', () => {
    for (const line of ['<KEY>', '(KEY)', '[KEY]', '{Key}'])
      expect(judgeFirstLine(line, TEN)).toBe('heading');
  });
});
