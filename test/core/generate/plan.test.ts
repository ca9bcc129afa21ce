import { describe, expect, it } from 'vitest';
import { parseFormat } from '../../../src/core/format/parse-format.js';
import { planBatch } from '../../../src/core/generate/plan.js';
import { refusal } from '../../failure.js';

describe('planBatch', () => {
  it('tells range, room, collisions and odds of a batch', () => {
    const format = parseFormat('XXXX-XXXX');
    expect(planBatch(format, 1_000_000)).toStrictEqual({
      format,
      shard: undefined,
      exact: false,
      accepted: 1,
      count: 1_000_000,
      range: { low: 0n, high: 36n ** 8n },
      available: 36n ** 8n,
      used: 0,
      expectedCollisions: expect.closeTo((1e6 * (1e6 - 1)) / 2 / 36 ** 8, 9),
      guessOdds: expect.closeTo(1e6 / 36 ** 8, 15),
      warnings: [expect.stringContaining('41.4 bits')],
    });
  });

  it('expects collisions within the shard, and with what is used of it', () => {
    const format = parseFormat('9999');
    const plan = planBatch(format, 100, { shard: { index: 2, of: 4 }, used: 500 });
    expect(plan.range).toStrictEqual({ low: 2500n, high: 5000n });
    expect(plan.available).toBe(2500n);
    expect(plan.expectedCollisions).toBeCloseTo((100 * 99) / 2 / 2500 + (100 * 500) / 2500, 9);
  });

  it.each([
    ['X{12}', 1],
    ['X{13}', 0],
    ['H{16}', 0],
    ['H{15}', 1],
  ])('warns under 64 bits only: %s', (mask, warnings) => {
    expect(planBatch(parseFormat(mask), 1).warnings).toHaveLength(warnings);
  });

  it('names the shard that is too small', () => {
    const { message, details } = refusal(() =>
      planBatch(parseFormat('9999'), 2000, { shard: { index: 1, of: 4 } }),
    );
    expect(message).toContain('2,500 that shard 1/4 has');
    expect(details).toStrictEqual({ capacity: 2500n, wanted: 2000n });
  });

  it('refuses letters of both cases in one slot, but not in two, nor when exact', () => {
    const both = parseFormat('X{20}', { alphabet: '[xX0-9]' });
    expect(refusal(() => planBatch(both, 1))).toMatchObject({
      code: 'ambiguous_case',
      details: { symbols: 'xX' },
    });
    expect(planBatch(both, 1, { exact: true }).count).toBe(1);
    expect(planBatch(parseFormat('[a-f]{20}[A-F]{20}'), 1).count).toBe(1);
  });

  it('stays a number for the longest format there is', () => {
    const plan = planBatch(parseFormat('X{256}', { alphabet: '[!-*0-9A-Z]' }), 1_000_000);
    expect(plan.expectedCollisions).toBe(0);
    expect(plan.guessOdds).toBe(0);
  });
});
