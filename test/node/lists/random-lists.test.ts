import { describe, expect, it } from 'vitest';
import { readRandomLists } from './random-run.js';

describe('lists as they are found', () => {
  it('give their keys, or are refused: never others (property)', async () => {
    const { read, refused } = await readRandomLists(2000);
    // A reader that refuses everything would pass, too.
    expect(read).toBeGreaterThan(refused);
  }, 120_000);
});
