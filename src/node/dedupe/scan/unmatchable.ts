import { randomFillSync } from 'node:crypto';

const WORDS = new Uint32Array(2);

/** Writes a hash to `out[at]` and `out[at + 1]` that no other row has: rows without key are no duplicates of one another. */
export function unmatchable(out: Uint32Array, at: number): void {
  randomFillSync(WORDS);
  out[at] = WORDS[0] ?? 0;
  out[at + 1] = WORDS[1] ?? 0;
}
