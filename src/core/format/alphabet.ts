import { KeywrightError } from '../errors.js';

/** An ordered set of symbols. The order is a contract: ranks, shards and seeded batches depend on it. */
export interface Alphabet {
  /** The name it was asked for by, or its text in brackets. */
  readonly name: string;
  /** Its symbols, each once, in order. */
  readonly symbols: string;
}

/** The named alphabets, with their symbols in contract order. */
export const ALPHABETS = {
  base36: '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ',
  crockford32: '0123456789ABCDEFGHJKMNPQRSTVWXYZ',
  windows24: 'BCDFGHJKMPQRTVWXY2346789',
  nolookalike: '23456789ABCDEFGHJKMNPQRSTUVWXYZ',
  hex: '0123456789ABCDEF',
  digits: '0123456789',
  letters: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
} as const satisfies Readonly<Record<string, string>>;

/** The characters that group a key for the eye and are dropped from its canonical form. */
export const SEPARATORS = '-_.:/ ';

const PRINTABLE = /^[\x21-\x7e]$/;

/**
 * The alphabet that `text` names, or, in brackets, spells out: `[A-HJ-NP-Z2-9]`, ranges in ASCII order,
 * `\d` for the digits, `\` before a symbol that would otherwise mean something.
 *
 * @throws {KeywrightError} `invalid_alphabet`: an unknown name, fewer than two symbols, one symbol twice
 * (it would be drawn twice as often), a separator, white space or a character beyond printable ASCII.
 * @example
 * parseAlphabet('[A-C2-4]').symbols; // 'ABC234'
 */
export function parseAlphabet(text: string): Alphabet {
  const known = Object.entries(ALPHABETS).find(([name]) => name === text.toLowerCase());
  if (known !== undefined) return { name: known[0], symbols: known[1] };
  if (!text.startsWith('[')) {
    const names = Object.keys(ALPHABETS).join(', ');
    throw new KeywrightError(
      'invalid_alphabet',
      `there is no alphabet of that name: use ${names}, or write its symbols in brackets, as [A-HJ-NP-Z2-9]`,
      {},
    );
  }
  const { symbols, end } = parseClass(text, 0);
  if (end !== text.length) {
    throw new KeywrightError(
      'invalid_alphabet',
      'an alphabet ends at its closing bracket: remove what follows',
      {
        position: end + 1,
      },
    );
  }
  if (symbols.length < 2) {
    throw new KeywrightError('invalid_alphabet', 'an alphabet needs at least two symbols: add some', {});
  }
  return { name: text, symbols };
}

/** Reads the bracketed class that opens at `start`; `end` is the index behind its closing bracket. */
export function parseClass(text: string, start: number): { readonly symbols: string; readonly end: number } {
  let symbols = '';
  let index = start + 1;
  while (index < text.length && text[index] !== ']') {
    if (text.startsWith('\\d', index)) {
      symbols = addRange(symbols, '0', '9', index);
      index += 2;
      continue;
    }
    const from = classSymbol(text, index);
    let { end, symbol: last } = from;
    if (text[end] === '-' && end + 1 < text.length && text[end + 1] !== ']') {
      ({ end, symbol: last } = classSymbol(text, end + 1));
      if (last < from.symbol) refuse('a range runs from the lower symbol to the higher one', index);
    }
    symbols = addRange(symbols, from.symbol, last, index);
    index = end;
  }
  if (index >= text.length) refuse('the closing bracket of the class is missing', start);
  if (symbols === '') refuse('a class needs symbols between its brackets', start);
  return { symbols, end: index + 1 };
}

function classSymbol(text: string, index: number): { readonly symbol: string; readonly end: number } {
  const symbol = text.charAt(index);
  if (symbol === '^') refuse('a class lists its symbols, it cannot exclude some', index);
  if (symbol !== '\\') return { symbol, end: index + 1 };
  if (/^[A-Za-z0-9]?$/.test(text.charAt(index + 1))) {
    refuse('in a class, \\ stands only before punctuation', index);
  }
  return { symbol: text.charAt(index + 1), end: index + 2 };
}

function addRange(symbols: string, first: string, last: string, index: number): string {
  let all = symbols;
  for (let code = first.charCodeAt(0); code <= last.charCodeAt(0); code++) {
    const symbol = String.fromCharCode(code);
    if (!PRINTABLE.test(symbol) || SEPARATORS.includes(symbol)) {
      refuse('symbols are printable ASCII other than the separators - _ . : / and space', index);
    }
    if (all.includes(symbol)) refuse(`the symbol ${symbol} stands twice, which would bias it`, index);
    all += symbol;
  }
  return all;
}

function refuse(message: string, index: number): never {
  throw new KeywrightError('invalid_alphabet', `position ${index + 1}: ${message}`, { position: index + 1 });
}
