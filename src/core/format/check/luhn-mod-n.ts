import type { CheckScheme } from './check-algorithm.js';

/** Luhn's formula over any even number of symbols. */
export const luhnModN: CheckScheme = {
  for(symbols) {
    const size = symbols.length;
    // Doubling permutes the digits of an even base alone: else different ones double to the same.
    if (size % 2 === 1) return `over ${size} symbols would miss single errors: take an even number of them`;
    return { name: `Luhn mod ${size}`, check: (digits, count) => luhnCheck(digits, count, size) };
  },
};

/** From the right, every other digit doubled, of two-digit products the sum of both: all with the check is 0 mod `size`. */
export function luhnCheck(digits: ArrayLike<number>, count: number, size: number): number {
  let sum = 0;
  for (let index = count - 1, doubled = true; index >= 0; index--, doubled = !doubled) {
    const product = (digits[index] ?? 0) * (doubled ? 2 : 1);
    sum += product < size ? product : product - size + 1;
  }
  return (size - (sum % size)) % size;
}
