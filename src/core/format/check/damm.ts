import type { CheckScheme } from './check-algorithm.js';

/** Damm, Totally anti-symmetric quasigroups (2004): the quasigroup of order 10 that he gives. */
const ORDER_10 = [
  [0, 3, 1, 7, 5, 9, 8, 6, 4, 2],
  [7, 0, 9, 2, 1, 5, 4, 8, 6, 3],
  [4, 2, 0, 6, 8, 7, 1, 3, 5, 9],
  [1, 7, 5, 0, 9, 8, 3, 4, 2, 6],
  [6, 1, 2, 3, 0, 4, 5, 9, 7, 8],
  [3, 6, 7, 4, 2, 0, 9, 5, 8, 1],
  [5, 8, 6, 9, 7, 2, 0, 1, 3, 4],
  [8, 9, 4, 5, 3, 6, 2, 0, 1, 7],
  [9, 4, 3, 8, 6, 1, 7, 2, 0, 5],
  [2, 5, 8, 1, 4, 3, 6, 7, 9, 0],
] as const;

/** Damm's algorithm over 10 or 32 symbols: every single error and every swap of neighbours is caught. */
export const damm: CheckScheme = {
  for(symbols) {
    if (symbols.length === 32) return { name: 'Damm over GF(32)', check: checkOf32 };
    if (symbols.length === 10) return { name: 'Damm', check: checkOf10 };
    return 'needs 10 or 32 symbols: take the alphabet digits or crockford32';
  },
};

function checkOf10(digits: ArrayLike<number>, count: number): number {
  let interim = 0;
  for (let index = 0; index < count; index++) interim = ORDER_10[interim]?.[digits[index] ?? 0] ?? 0;
  return interim;
}

/** Over GF(2^5) modulo x^5 + x^2 + 1: i * d = 2 (i + d). */
function checkOf32(digits: ArrayLike<number>, count: number): number {
  let interim = 0;
  for (let index = 0; index < count; index++) {
    const doubled = (interim ^ (digits[index] ?? 0)) << 1;
    interim = doubled >= 32 ? doubled ^ 0b100101 : doubled;
  }
  return interim;
}
