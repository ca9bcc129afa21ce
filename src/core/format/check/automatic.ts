import type { CheckScheme } from './check-algorithm.js';
import { damm } from './damm.js';
import { hybridSystem } from './iso7064-hybrid.js';

/**
 * The best there is for an alphabet: Damm's over GF(32) for 32 symbols, else the hybrid system of ISO/IEC 7064, which
 * catches every single error and nearly every swap. Over an odd number of symbols that would miss half of all single
 * errors, for it doubles modulo an even number.
 */
export const automatic: CheckScheme = {
  for(symbols) {
    const size = symbols.length;
    if (size === 32) return damm.for(symbols);
    if (size % 2 === 0) return hybridSystem(size);
    return `over ${size} symbols would miss every other typing error: use an alphabet of an even size, as crockford32 or base36`;
  },
};
