import { describe, expect, it } from 'vitest';
import { readRandomLists } from '../node/lists/random-run.js';

describe('lists as they are found', () => {
  it('a hundred thousand give their keys, or are refused: never others (property)', async () => {
    const { read, refused } = await readRandomLists(100_000);
    expect(read).toBeGreaterThan(refused);
  });
});
