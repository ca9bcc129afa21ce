import { ALPHABETS } from './alphabet.js';
import { classAtom, escapedLiteral } from './mask.js';
import { type Atom, type Notation, type Position, parsePositions, refuseFormat } from './position.js';

/**
 * Reads the regex subset that describes keys of one length: anchors, classes, groups, `{n}`, literals and
 * `\d`, between slashes, as `/^([A-F0-9]{6}-){5}[A-F0-9]{6}$/` (Cryptlex's `keyPattern`).
 *
 * @throws {KeywrightError} `invalid_format` for a variable length, an alternation, a look-around, a
 * back-reference or any other construct outside the subset; `invalid_alphabet` for a class that no slot may have.
 */
export function parsePattern(spec: string): readonly Position[] {
  const close = spec.lastIndexOf('/');
  if (close === 0) refuseFormat('a regex ends with a slash', spec.length);
  if (close < spec.length - 1) refuseFormat('a regex takes no flags', close + 1);
  const start = spec[1] === '^' ? 2 : 1;
  const anchored = /[^\\](?:\\\\)*\$\/$/.test(spec);
  return parsePositions(spec.slice(0, anchored ? close - 1 : close), PATTERN, start);
}

const PATTERN: Notation = { groupOpeners: ['(?:', '('], atom: patternAtom };

function patternAtom(text: string, index: number): Atom {
  const character = text.charAt(index);
  if (character === '[') return classAtom(text, index);
  if (character === '\\') return patternEscape(text, index);
  if (character === '?' && /(?:^|[^\\])(?:\\\\)*\($/.test(text.slice(0, index))) {
    refuseFormat('look-around is not supported', index);
  }
  if ('*+?{'.includes(character)) {
    refuseFormat('license keys have one length: write {n} in place of a variable repeat', index);
  }
  if (character === '|')
    refuseFormat('alternation is not supported: make one format of each alternative', index);
  if (character === '.') refuseFormat('. stands for any character: name the symbols in a class', index);
  if (character === '^' || character === '$') refuseFormat('anchors stand at the two ends only', index);
  if (!/^[\x20-\x7e]$/.test(character)) refuseFormat('license keys are printable ASCII', index);
  return { position: { kind: 'literal', character }, end: index + 1 };
}

function patternEscape(text: string, index: number): Atom {
  const character = text.charAt(index + 1);
  if (character === 'd') return { position: { kind: 'slot', symbols: ALPHABETS.digits }, end: index + 2 };
  if (/[1-9]/.test(character)) refuseFormat('back-references are not supported', index);
  if (/[A-Za-z0]/.test(character))
    refuseFormat(`\\${character} is not supported: name the symbols in a class`, index);
  return escapedLiteral(text, index);
}
