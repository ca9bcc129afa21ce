import { describe, expect, it } from 'vitest';
import { grouped, roughTime } from '../../../src/cli/command/progress.js';

describe('progress', () => {
  it.each([
    [0, '0 s'],
    [0.2, '1 s'],
    [59, '59 s'],
    [59.5, '1 min'],
    [2_460.1, '42 min'],
    [3_600, '1 h'],
    [5_000, '1 h 24 min'],
    [90_000, '1 d 1 h'],
  ])('has %d seconds left: %s', (seconds, text) => {
    expect(roughTime(seconds)).toBe(text);
  });

  it('groups thousands', () => {
    expect([grouped(0), grouped(1000), grouped(12_345_678n)]).toEqual(['0', '1,000', '12,345,678']);
  });
});
