import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../src/cli/command/exit-code.js';
import { batchFilter, matchesGlob } from '../../../src/cli/options/batch-filter.js';
import type { BatchRecord } from '../../../src/node/ledger/model/ledger.js';

const record: BatchRecord = {
  id: 'acme-7',
  shard: '1/1',
  kind: 'generate',
  state: 'done',
  mask: null,
  count: 1,
  recorded: 1,
  wasted: 0,
  attempt: 1,
  by: 'me@here',
  comment: null,
  at: new Date('2026-03-01T00:00:00Z'),
  claimedAt: new Date('2026-03-01T00:00:00Z'),
  doneAt: null,
  voided: null,
};
const voided = { at: new Date(0), reason: 'r', by: 'me@here' };

describe('a filter of batches', () => {
  it.each([
    [{}, true],
    [{ state: 'done' }, true],
    [{ state: 'voided' }, false],
    [{ kind: 'generate' }, true],
    [{ kind: 'import' }, false],
    [{ id: 'acme-*' }, true],
    [{ id: 'acme' }, false],
    [{ since: '2026-03-01' }, true],
    [{ since: '2026-03-01T00:00:01Z' }, false],
    [{ until: '2026-03-01' }, false],
    [{ until: '2026-03-02', since: '2026-02-01', state: 'done', kind: 'generate', id: '*7' }, true],
  ])('%j: %s', (args, expected) => {
    expect(batchFilter(args)(record)).toBe(expected);
  });

  it('takes what was voided for nothing that is done', () => {
    expect(batchFilter({ state: 'done' })({ ...record, voided })).toBe(false);
    expect(batchFilter({ state: 'voided' })({ ...record, voided })).toBe(true);
  });

  it.each([
    { state: 'void' },
    { kind: 'copy' },
    { since: 'monday' },
    { since: '2026-03-01', until: '2026-03-01' },
  ])('is refused: %j', (args) => expect(() => batchFilter(args)).toThrow(UsageError));
});

describe('a pattern of ids', () => {
  /** The same by a regular expression. */
  const twin = (glob: string) =>
    new RegExp(
      `^${glob.replace(/\\?[\s\S]|\\$/g, (part) => {
        if (part === '*') return '.*';
        if (part === '?') return '.';
        return (part.length > 1 ? part.slice(1) : part).replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
      })}$`,
    );

  it('matches as its regular expression does', () => {
    const symbols = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?', '\\', '.', '['), maxLength: 8 });
    fc.assert(
      fc.property(symbols, symbols, (text, glob) => {
        expect(matchesGlob(text, glob)).toBe(twin(glob).test(text));
      }),
    );
  });

  it('takes every printable character for itself behind a backslash', () => {
    const all = Array.from({ length: 94 }, (_, at) => String.fromCharCode(0x21 + at)).join('');
    expect(matchesGlob(all, [...all].map((each) => `\\${each}`).join(''))).toBe(true);
    expect(matchesGlob(all, '*')).toBe(true);
    expect(matchesGlob('a', '\\*')).toBe(false);
  });

  it('does not get lost in many stars', () => {
    expect(matchesGlob('a'.repeat(128), `${'*a'.repeat(60)}*b`)).toBe(false);
  });
});
