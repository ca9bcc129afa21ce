import type { CheckAlgorithm, CheckScheme } from './check-algorithm.js';

/** The hybrid system of ISO/IEC 7064:2003 for digits and upper-case letters. */
export const mod37and36: CheckScheme = {
  for: (symbols) =>
    symbols === '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ'
      ? hybridSystem(36)
      : 'needs the 36 symbols 0 to 9 and A to Z: take the alphabet base36',
};

/** ISO/IEC 7064:2003, hybrid system MOD size+1,size: the check that makes the whole string congruent to 1. */
export function hybridSystem(size: number): CheckAlgorithm {
  return {
    name: `ISO 7064 MOD ${size + 1},${size}`,
    check(digits, count) {
      let product = size;
      for (let index = 0; index < count; index++) {
        const sum = (product + (digits[index] ?? 0)) % size;
        product = ((sum === 0 ? size : sum) * 2) % (size + 1);
      }
      return (size + 1 - product) % size;
    },
  };
}
