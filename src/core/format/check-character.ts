import { KeywrightError } from '../errors.js';

/** Computes a check character, in indices of the alphabet's symbols. */
export interface CheckAlgorithm {
  readonly name: string;
  /** The check over `count` digits, each at least 0 and less than the size of the alphabet. */
  check(digits: ArrayLike<number>, count: number): number;
}

/**
 * The algorithm for an alphabet of `size` symbols: Damm's over GF(32) for 32, else the hybrid system
 * MOD size+1,size of ISO/IEC 7064 for even sizes. Damm's catches every single error and every swap of
 * neighbours; the hybrid every single error and nearly every swap.
 *
 * @throws {KeywrightError} `no_check_character` for an odd size: there the hybrid system, which doubles
 * modulo size + 1, lets about half of all single errors pass.
 */
export function checkAlgorithm(size: number, alphabetName: string): CheckAlgorithm {
  if (size === 32) return { name: 'Damm over GF(32)', check: dammCheck };
  if (size % 2 === 0) {
    return {
      name: `ISO 7064 MOD ${size + 1},${size}`,
      check: (digits, count) => hybridCheck(digits, count, size),
    };
  }
  throw new KeywrightError(
    'no_check_character',
    `a check character over ${size} symbols would miss every other typing error: use an alphabet of an even size, as crockford32 or base36`,
    { alphabet: alphabetName },
  );
}

/** ISO/IEC 7064:2003, hybrid systems: the check that makes the whole string congruent to 1. */
function hybridCheck(digits: ArrayLike<number>, count: number, size: number): number {
  let product = size;
  for (let index = 0; index < count; index++) {
    const sum = (product + (digits[index] ?? 0)) % size;
    product = ((sum === 0 ? size : sum) * 2) % (size + 1);
  }
  return (size + 1 - product) % size;
}

/** Damm, Totally anti-symmetric quasigroups (2004), over GF(2^5) modulo x^5 + x^2 + 1: i * d = 2 (i + d). */
function dammCheck(digits: ArrayLike<number>, count: number): number {
  let interim = 0;
  for (let index = 0; index < count; index++) {
    const doubled = (interim ^ (digits[index] ?? 0)) << 1;
    interim = doubled >= 32 ? doubled ^ 0b100101 : doubled;
  }
  return interim;
}
