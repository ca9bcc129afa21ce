import { ALPHABETS, parseClass, SEPARATORS } from './alphabet.js';
import { type Atom, MAX_LENGTH, type Position, parsePositions, refuseFormat } from './position.js';

/**
 * Reads a mask: `X` or `#` a symbol of `symbols`, `9` a digit, `A` a letter, `H` an upper-case hex digit,
 * `[…]` a class, `(…)` a group, `{n}` a repeat, `\c` the literal c; `- _ . : /` and space are literals.
 * Any other letter or digit is refused: `LINUX-XXXX` must not randomise the X of LINUX.
 *
 * @throws {KeywrightError} `invalid_format`, `invalid_alphabet`.
 */
export function parseMask(mask: string, symbols: string): readonly Position[] {
  return parsePositions(mask, {
    groupOpeners: ['('],
    atom: (text, index) => maskAtom(text, index, symbols),
  });
}

function maskAtom(text: string, index: number, symbols: string): Atom {
  const character = text.charAt(index);
  const slot = slotSymbols(character, symbols);
  if (slot !== undefined) return { position: { kind: 'slot', symbols: slot }, end: index + 1 };
  if (SEPARATORS.includes(character)) return { position: { kind: 'literal', character }, end: index + 1 };
  if (character === '[') return classAtom(text, index);
  if (character === '\\') return escapedLiteral(text, index);
  return refuseCharacter(text, index);
}

function slotSymbols(character: string, symbols: string): string | undefined {
  if (character === 'X' || character === '#') return symbols;
  if (character === '9') return ALPHABETS.digits;
  if (character === 'A') return ALPHABETS.letters;
  if (character === 'H') return ALPHABETS.hex;
  return undefined;
}

/** A class; one symbol alone in its brackets is that literal. */
export function classAtom(text: string, index: number): Atom {
  const { symbols, end } = parseClass(text, index);
  if (symbols.length === 1) return { position: { kind: 'literal', character: symbols }, end };
  return { position: { kind: 'slot', symbols }, end };
}

/** `\c`: the literal c. */
export function escapedLiteral(text: string, index: number): Atom {
  const character = text.charAt(index + 1);
  if (character === '') refuseFormat('a backslash stands before the character that it makes literal', index);
  if (!/^[\x20-\x7e]$/.test(character)) refuseFormat('license keys are printable ASCII', index + 1);
  return { position: { kind: 'literal', character }, end: index + 2 };
}

function refuseCharacter(text: string, index: number): never {
  const character = text.charAt(index);
  if (character === '{') refuseFormat('a repeat needs something before it to repeat', index);
  if (!/^[\x20-\x7e]$/.test(character)) refuseFormat('license keys are printable ASCII', index);
  if (!/[A-Za-z0-9]/.test(character)) {
    refuseFormat(`${character} means nothing in a mask: write \\${character} for the literal`, index);
  }
  const split = splitPrefix(text);
  if (split !== undefined) {
    refuseFormat(
      `${character} is no slot of a mask: write \\${character} for the literal, or use the mask ${split.mask} with the prefix ${split.prefix}`,
      index,
      { suggestion: split.mask, option: 'prefix' },
    );
  }
  if (text.length <= MAX_LENGTH && /^[A-Za-z0-9]+(?:[-_.:/ ][A-Za-z0-9]+)*$/.test(text)) {
    const suggestion = text.replace(/[A-Za-z0-9]/g, 'X');
    refuseFormat(
      `${character} is no slot of a mask: if this is an example key, its mask is ${suggestion}; write \\${character} for a literal, and a fixed beginning as the prefix`,
      index,
      { suggestion, option: 'prefix' },
    );
  }
  refuseFormat(
    `${character} is no slot of a mask: write \\${character} for the literal, or use a prefix`,
    index,
    { option: 'prefix' },
  );
}

/** `LINUX-XXXX` as the fixed `LINUX-` and the mask `XXXX`, if `text` is of that shape. */
function splitPrefix(text: string): { readonly prefix: string; readonly mask: string } | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  const match = /^((?:[A-Za-z0-9]+[-_.:/ ])+?)([XAH9#]+(?:[-_.:/ ][XAH9#]+)*)$/.exec(text);
  const [, prefix, mask] = match ?? [];
  return prefix !== undefined && mask !== undefined && /[X#]/.test(mask) ? { prefix, mask } : undefined;
}
