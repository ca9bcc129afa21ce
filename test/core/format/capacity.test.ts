import { describe, expect, it } from 'vitest';
import {
  collisionOdds,
  expectedCollisions,
  GUESSES_PER_SECOND,
  guessOdds,
  largestSensibleBatch,
  log2,
  secondsToGuess,
} from '../../../src/core/format/capacity.js';

describe('log2', () => {
  it.each([1, 10, 52, 53, 54, 64, 122, 1000, 1663])('of 2^%i is exact', (bits) => {
    expect(log2(2n ** BigInt(bits))).toBe(bits);
  });

  it('of 36^25 is 25 times that of 36', () => {
    expect(log2(36n ** 25n)).toBeCloseTo(25 * Math.log2(36), 11);
  });

  it('of one is 0', () => {
    expect(log2(1n)).toBe(0);
  });
});

describe('the birthday', () => {
  it('of 23 people in 365 days comes out at a half', () => {
    expect(expectedCollisions(23, 365n)).toBeCloseTo(253 / 365, 12);
    expect(collisionOdds(23, 365n)).toBeCloseTo(0.5, 2);
  });

  it('never exceeds 1, and is 1 when there are more keys than the format has', () => {
    expect(collisionOdds(101, 100n)).toBe(1);
    expect(collisionOdds(1e9, 2n ** 40n)).toBe(1);
  });

  it('stays a number where odds are tiny or the capacity is beyond a double', () => {
    expect(collisionOdds(2, 2n ** 122n)).toBeCloseTo(2 ** -122, 45);
    expect(collisionOdds(2, 2n ** 122n)).toBeGreaterThan(0);
    expect(expectedCollisions(1_000_000, 89n ** 256n)).toBe(0);
  });

  it('of one key is 0', () => {
    expect(collisionOdds(1, 36n)).toBe(0);
  });
});

describe('guessing', () => {
  it('hits one of a thousand keys in a million with odds of 1:1000, so within ten seconds', () => {
    expect(guessOdds(1000, 1_000_000n)).toBeCloseTo(1e-3, 12);
    expect(secondsToGuess(1000, 1_000_000n)).toBeCloseTo(1000 / GUESSES_PER_SECOND, 9);
  });

  it('never has odds over 1', () => {
    expect(guessOdds(50, 10n)).toBe(1);
  });
});

describe('the largest sensible batch', () => {
  it('lasts a year against guessing', () => {
    const capacity = 36n ** 16n;
    const year = 31_557_600;
    expect(secondsToGuess(largestSensibleBatch(capacity), capacity) / year).toBeCloseTo(1, 6);
  });

  it.each([
    [2n, 0],
    [3_155_760_000n, 1],
    [36n ** 25n, Number.MAX_SAFE_INTEGER],
  ])('of %i keys is %i', (capacity, batch) => {
    expect(largestSensibleBatch(capacity)).toBe(batch);
  });
});
