import type { KeyFormat } from './key-format.js';

/**
 * A letter that a slot holds in both cases, in lower case: then keys of the format may differ in case alone, and
 * canonical form v1 is not injective on them. Undefined where there is none.
 */
export function letterOfBothCases(format: KeyFormat): string | undefined {
  for (const { symbols } of format.slots) {
    const both = [...symbols].find(
      (symbol) => /[a-z]/.test(symbol) && symbols.includes(symbol.toUpperCase()),
    );
    if (both !== undefined) return both;
  }
  return undefined;
}
