import { KeywrightError } from '../errors.js';

/**
 * One character of a format. A literal is always itself, a slot is filled at random from its symbols, a
 * time digit (UUID version 7 only) comes from the clock.
 */
export type Position =
  | { readonly kind: 'literal'; readonly character: string }
  | { readonly kind: 'slot'; readonly symbols: string }
  | { readonly kind: 'time' };

/** What may stand at a position. */
export function symbolsOf(position: Position): string {
  if (position.kind === 'slot') return position.symbols;
  return position.kind === 'literal' ? position.character : '0123456789abcdef';
}

/** How one notation, mask or regex, spells what the shared grammar of sequences leaves open. */
export interface Notation {
  /** What opens a group. The first that fits is taken. */
  readonly groupOpeners: readonly string[];
  /** Reads the one character or class that stands at `index`, which is neither a group nor a repeat. */
  atom(text: string, index: number): Atom;
}

export interface Atom {
  readonly position: Position;
  /** The index behind the atom. */
  readonly end: number;
}

/** Keys longer than this are a mistake, not a license key. */
export const MAX_LENGTH = 256;

/** Groups nested deeper than this describe no license key. */
const MAX_DEPTH = 64;

/**
 * Reads a sequence of atoms, groups and `{n}` repeats, from index `start` on.
 *
 * @throws {KeywrightError} `invalid_format` with the position of the first character that does not fit.
 */
export function parsePositions(text: string, notation: Notation, start = 0): readonly Position[] {
  const { positions, end } = parseSequence(text, start, notation, 0);
  if (end < text.length) refuseFormat('a group is closed here that was never opened', end);
  return positions;
}

function parseSequence(text: string, start: number, notation: Notation, depth: number): Sequence {
  const positions: Position[] = [];
  let index = start;
  while (index < text.length && text[index] !== ')') {
    const item = parseItem(text, index, notation, depth);
    const repeat = parseRepeat(text, item.end);
    if (positions.length + item.positions.length * repeat.times > MAX_LENGTH) {
      refuseFormat(`a key has at most ${MAX_LENGTH} characters`, index);
    }
    for (let i = 0; i < repeat.times; i++) positions.push(...item.positions);
    index = repeat.end;
  }
  return { positions, end: index };
}

interface Sequence {
  readonly positions: readonly Position[];
  readonly end: number;
}

function parseItem(text: string, index: number, notation: Notation, depth: number): Sequence {
  const opener = notation.groupOpeners.find((candidate) => text.startsWith(candidate, index));
  if (opener === undefined) {
    const atom = notation.atom(text, index);
    return { positions: [atom.position], end: atom.end };
  }
  if (depth === MAX_DEPTH) refuseFormat(`groups nest at most ${MAX_DEPTH} deep`, index);
  const group = parseSequence(text, index + opener.length, notation, depth + 1);
  if (text[group.end] !== ')') refuseFormat('this group is never closed', index);
  if (group.positions.length === 0) refuseFormat('this group is empty', index);
  return { positions: group.positions, end: group.end + 1 };
}

function parseRepeat(text: string, index: number): { readonly times: number; readonly end: number } {
  if (text[index] !== '{') return { times: 1, end: index };
  const match = /^\{([1-9][0-9]{0,2})\}/.exec(text.slice(index, index + 6));
  if (match === null) {
    return refuseFormat('a repeat is a number in braces, as {5}; license keys have one length', index);
  }
  return { times: Number(match[1]), end: index + match[0].length };
}

/** Throws `invalid_format` for the character at `index`. */
export function refuseFormat(
  message: string,
  index: number,
  hints: { readonly suggestion?: string | undefined; readonly option?: string | undefined } = {},
): never {
  throw new KeywrightError('invalid_format', `position ${index + 1}: ${message}`, {
    position: index + 1,
    ...hints,
  });
}
