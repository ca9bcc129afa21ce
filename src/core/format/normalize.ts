import { SEPARATORS } from './alphabet.js';
import { canonicalForm, readCanonical } from './canonical.js';
import { lookAlikesOf } from './look-alikes.js';
import { type Position, symbolsOf } from './position.js';

/** What {@link checkKey} needs of a format; a `KeyFormat` is one. */
export interface CheckableFormat {
  readonly positions: readonly Position[];
  readonly check:
    | { readonly slot: { readonly offset: number }; readonly algorithm: { readonly name: string } }
    | undefined;
  test(text: string): boolean;
}

/** What was found about a typed text, held against a format. */
export interface KeyCheck {
  readonly ok: boolean;
  /** The key in the format's own spelling, when it is one. */
  readonly key: string | undefined;
  /** Its canonical form v1 (of the key when it is one, else of the text; empty when that is too long to have one). */
  readonly canonical: string;
  /** Look-alikes that were read as another symbol. */
  readonly folded: readonly Fold[];
  /** Undefined when the format has none or the text did not get that far. */
  readonly checkCharacter: 'right' | 'wrong' | undefined;
  /** The first thing that does not fit; its position is 0 where it is no single character. */
  readonly problem: { readonly position: number; readonly message: string } | undefined;
}

/** A look-alike read as another symbol. Positions count the characters as typed, from 1. */
export interface Fold {
  readonly position: number;
  readonly typed: string;
  readonly read: string;
}

const IGNORED = /^[\p{Cf}\p{White_Space}\p{Pd}\u2212_.:/]$/u;

/**
 * Holds a typed text against a format. Never throws; the rules are those of `KeyFormat.normalize`.
 *
 * @example
 * checkKey(parseFormat('XXXX-XXXX'), 'abcd-efg').problem?.position; // 9
 */
export function checkKey(format: CheckableFormat, text: string): KeyCheck {
  const reading = readCanonical(text);
  if ('problem' in reading) return misfit('', [], 0, `the text ${reading.problem}`);
  const canonical = reading.form;
  const typed = typedCharacters(text);
  const folded: Fold[] = [];
  const key: string[] = [];
  let next = 0;
  for (const position of format.positions) {
    if (position.kind === 'literal' && SEPARATORS.includes(position.character)) {
      key.push(position.character);
      continue;
    }
    const read = typed[next++];
    if (read === undefined) return misfit(canonical, folded, [...text].length + 1, 'the key ends too soon');
    const symbol = readSymbol(position, read.character);
    if (symbol === undefined)
      return misfit(canonical, folded, read.position, 'this character cannot stand here');
    if (symbol.folded)
      folded.push({ position: read.position, typed: read.character, read: symbol.character });
    key.push(symbol.character);
  }
  const extra = typed[next];
  if (extra !== undefined)
    return misfit(canonical, folded, extra.position, 'the key should have ended before this');
  return judgeCheckCharacter(format, key.join(''), folded, typed);
}

interface Typed {
  readonly character: string;
  readonly position: number;
}

/** What is left of `text` without what the eye ignores, each character with its place in `text`. */
function typedCharacters(text: string): readonly Typed[] {
  return [...text].flatMap((character, index) =>
    [...character.normalize('NFKC')]
      .filter((part) => !IGNORED.test(part))
      .map((part) => ({ character: part, position: index + 1 })),
  );
}

function readSymbol(position: Position, typed: string): { character: string; folded: boolean } | undefined {
  const allowed = symbolsOf(position);
  for (const character of [typed, upper(typed), lower(typed)]) {
    if (allowed.includes(character)) return { character, folded: false };
  }
  if (position.kind !== 'slot') return undefined;
  const targets = [...lookAlikesOf(upper(typed))]
    .flatMap((target) => [target, lower(target)])
    .filter((target) => allowed.includes(target));
  const [only] = new Set(targets);
  return new Set(targets).size === 1 && only !== undefined ? { character: only, folded: true } : undefined;
}

// ASCII only: in full case mapping one character can become two, or a dotless i an I.
function upper(character: string): string {
  return /^[a-z]$/.test(character) ? character.toUpperCase() : character;
}

function lower(character: string): string {
  return /^[A-Z]$/.test(character) ? character.toLowerCase() : character;
}

function judgeCheckCharacter(
  format: CheckableFormat,
  key: string,
  folded: readonly Fold[],
  typed: readonly Typed[],
): KeyCheck {
  const canonical = canonicalForm(key);
  if (format.check === undefined) {
    return { ok: true, key, canonical, folded, checkCharacter: undefined, problem: undefined };
  }
  if (format.test(key))
    return { ok: true, key, canonical, folded, checkCharacter: 'right', problem: undefined };
  const before = [...key.slice(0, format.check.slot.offset)].filter(
    (character) => !SEPARATORS.includes(character),
  );
  const position = typed[before.length]?.position ?? 0;
  const message = `the check character (${format.check.algorithm.name}) does not fit the others: something is mistyped`;
  const problem = { position, message };
  return { ok: false, key: undefined, canonical, folded, checkCharacter: 'wrong', problem };
}

function misfit(canonical: string, folded: readonly Fold[], position: number, message: string): KeyCheck {
  const problem = { position, message };
  return {
    ok: false,
    key: undefined,
    canonical,
    folded,
    checkCharacter: undefined,
    problem,
  };
}
