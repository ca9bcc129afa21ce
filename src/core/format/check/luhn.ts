import type { CheckScheme } from './check-algorithm.js';
import { luhnCheck } from './luhn-mod-n.js';

/** Luhn's formula over the ten digits (ISO/IEC 7812-1, annex B), as on payment cards. */
export const luhn: CheckScheme = {
  for: (symbols) =>
    symbols === '0123456789'
      ? { name: 'Luhn', check: (digits, count) => luhnCheck(digits, count, 10) }
      : 'needs the digits 0 to 9: take luhn-mod-n, or the alphabet digits',
};
