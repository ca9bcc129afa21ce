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
    expect(judgeFirstLine('OFFICE24', KEYS.slice(0, 1))).toBe('row');
  });
});
