import { describe, expect, it } from 'vitest';
import { styleByEnding } from '../../../src/node/rows/name-ending.js';
import { OutputShape } from '../../../src/node/rows/output-shape.js';
import { failureOf } from '../../failure.js';

describe('the ending of a name', () => {
  it.each<readonly [string, string | undefined]>([
    ['keys.csv', 'csv'],
    ['a.b/KEYS.JSON', 'json'],
    ['keys.jsonl', 'jsonl'],
    ['keys.ndjson', 'jsonl'],
    ...['keys', 'keys.txt', 'keys.text', 'batch-1.2', 'keys.2026', 'keys.', '.', '', 'a.b/keys'].map(
      (name) => [name, undefined] as const,
    ),
  ])('of %s says %s', (name, style) => expect(styleByEnding(name)).toBe(style));

  it.each(['a.xml', 'a.XLSX', 'keys.txt.gz', 'a.pdf', 'a.toString', 'a.constructor', 'l.db', 'a.csv.bak'])(
    'of %s is refused, and what can be written is listed',
    async (name) => {
      const { code, message, details } = await failureOf(() => styleByEnding(name));
      expect([code, details]).toEqual(['invalid_option', { option: 'as' }]);
      expect(message).toMatch(
        /ends in \.\w+, which is not written: end it in \.txt, .*\.csv, \.json, .* or /,
      );
    },
  );

  it('does not matter where the output is said', () => {
    expect(new OutputShape({ as: 'csv', out: 'a.xml' }).style).toBe('csv');
  });
});
