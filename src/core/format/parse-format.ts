import { KeywrightError } from '../errors.js';
import { ALPHABETS, type Alphabet, parseAlphabet } from './alphabet.js';
import type { CheckSchemeName } from './check/check-schemes.js';
import { maskLiteral, maskText } from './format-text.js';
import { KeyFormat } from './key-format.js';
import { parseMask } from './mask.js';
import { parsePattern } from './pattern.js';
import { MAX_LENGTH, type Position } from './position.js';
import { findPreset, nearestPreset, PRESETS } from './preset.js';

/** What may be said beside the format itself. */
export interface FormatOptions {
  /** What `X` and `#` draw from: a name of `ALPHABETS`, or symbols in brackets. Default `base36`. */
  readonly alphabet?: string | undefined;
  /** Fixed text before each key, never interpreted. */
  readonly prefix?: string | undefined;
  /** Fixed text after each key, never interpreted. */
  readonly suffix?: string | undefined;
  /**
   * Makes the last slot the check over the other slots, by a scheme: `auto` takes ISO 7064 hybrid, or Damm for 32
   * symbols; `luhn` is for digits, `luhn-mod-n` for an even number of symbols, `iso7064-mod37-36` for `base36`, `damm`
   * for 10 or 32 symbols.
   */
  readonly checkCharacter?: CheckSchemeName | undefined;
}

/** The format of keys when none is named: five groups of five, 129 bits. */
export const DEFAULT_FORMAT = 'XXXXX-XXXXX-XXXXX-XXXXX-XXXXX';

/**
 * Compiles a format: a preset's name, a mask, or a regex of the subset between slashes.
 *
 * @throws {KeywrightError} `invalid_format`, `invalid_alphabet`, `no_check_character`; `invalid_option` for an
 * alphabet that the format does not use or a prefix or suffix that is not printable ASCII.
 * @example
 * parseFormat('XXXX-XXXX').capacity; // 2821109907456n
 * parseFormat('/^[A-F0-9]{6}$/').entropyBits; // 24
 */
export function parseFormat(spec: string, options: FormatOptions = {}): KeyFormat {
  const body = parseBody(spec, options.alphabet);
  const prefix = literals('prefix', options.prefix ?? '');
  const suffix = literals('suffix', options.suffix ?? '');
  const positions = [...prefix.positions, ...body.positions, ...suffix.positions];
  refuseUnfit(positions);
  const mask = prefix.mask + body.mask + suffix.mask;
  // A slash that comes first would open a regex.
  const written = mask.startsWith('/') ? `\\${mask}` : mask;
  return new KeyFormat(written, positions, options.checkCharacter);
}

interface Part {
  readonly positions: readonly Position[];
  readonly mask: string;
}

function parseBody(spec: string, alphabetText: string | undefined): Part {
  if (spec === '')
    throw new KeywrightError('invalid_format', 'the format is empty: name a preset or write a mask', {});
  const alphabet = alphabetText === undefined ? undefined : parseAlphabet(alphabetText);
  if (spec.startsWith('/')) {
    refuseUnused(alphabet, false);
    const positions = parsePattern(spec);
    return { positions, mask: maskText(positions) };
  }
  const preset = findPreset(spec);
  if (preset?.mask === 'uuidv7') {
    refuseUnused(alphabet, false);
    return { positions: uuidV7Positions(), mask: preset.mask };
  }
  if (preset === undefined) refuseUnknownName(spec);
  else refuseForeignSymbols(preset.name, preset.mask, alphabet);
  const mask = preset?.mask ?? spec;
  // A class that is never closed goes to the end: else each bracket would look for its end through all of the text.
  refuseUnused(alphabet, /[X#]/.test(mask.replaceAll(/\\.|\[(?:\\.|[^\]\\])*(?:\]|\\?$)/gs, '')));
  return { positions: parseMask(mask, alphabet?.symbols ?? ALPHABETS.base36), mask };
}

/** RFC 9562, section 5.7: 48 bits of time, then 74 random ones around version and variant. */
function uuidV7Positions(): readonly Position[] {
  const random = parseMask('-\\7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}', ALPHABETS.hex);
  const time = Array.from({ length: 12 }, (): Position => ({ kind: 'time' }));
  return [...time.slice(0, 8), { kind: 'literal', character: '-' }, ...time.slice(8), ...random];
}

function refuseUnknownName(spec: string): void {
  const nearest = nearestPreset(spec);
  // A mask has no lower-case word in it, so a lower-case word must be meant as a name.
  if (nearest === undefined && !/^[a-z][a-z0-9]*$/.test(spec)) return;
  if (/[[({\\]/.test(spec) || /^[XAH9#][-XAH9#]*$/.test(spec)) return;
  const hint =
    nearest === undefined
      ? `presets are ${PRESETS.map((preset) => preset.name).join(', ')}`
      : `did you mean ${nearest.name}?`;
  throw new KeywrightError(
    'invalid_format',
    `there is no preset of that name: ${hint}`,
    nearest === undefined ? {} : { suggestion: nearest.name },
  );
}

function refuseForeignSymbols(name: string, mask: string, alphabet: Alphabet | undefined): void {
  if (alphabet === undefined || !mask.includes('X')) return;
  if ([...alphabet.symbols].some((symbol) => !ALPHABETS.base36.includes(symbol))) {
    throw new KeywrightError(
      'invalid_option',
      `${name} keys have the symbols 0-9 and A-Z: choose an alphabet of those`,
      {
        option: 'alphabet',
      },
    );
  }
}

function refuseUnused(alphabet: Alphabet | undefined, used: boolean): void {
  if (alphabet === undefined || used) return;
  throw new KeywrightError(
    'invalid_option',
    'an alphabet is for the X and # of a mask, and this format has none: leave it out',
    {
      option: 'alphabet',
    },
  );
}

function literals(option: string, text: string): Part {
  if (!/^[\x20-\x7e]*$/.test(text)) {
    throw new KeywrightError('invalid_option', `${option}: license keys are printable ASCII`, { option });
  }
  refuseLong(text.length);
  const positions = [...text].map((character): Position => ({ kind: 'literal', character }));
  return { positions, mask: [...text].map(maskLiteral).join('') };
}

function refuseLong(length: number): void {
  if (length <= MAX_LENGTH) return;
  throw new KeywrightError(
    'invalid_format',
    `a key has at most ${MAX_LENGTH} characters, prefix and suffix included: shorten it`,
    {},
  );
}

function refuseUnfit(positions: readonly Position[]): void {
  refuseLong(positions.length);
  if (!positions.some((position) => position.kind === 'slot')) {
    throw new KeywrightError(
      'invalid_format',
      'a format needs at least one slot: write X where a symbol is drawn',
      {},
    );
  }
  const [first, last] = [positions[0], positions.at(-1)];
  if (first !== undefined && [...'=+-@'].some((character) => canBe(first, character))) {
    throw new KeywrightError(
      'invalid_format',
      'a key never begins with = + - or @: a spreadsheet would run it',
      { position: 1 },
    );
  }
  if ([first, last].some((position) => position !== undefined && canBe(position, ' '))) {
    throw new KeywrightError(
      'invalid_format',
      'a key neither begins nor ends with a space: readers would drop it',
      {},
    );
  }
}

function canBe(position: Position, character: string): boolean {
  if (position.kind === 'slot') return position.symbols.includes(character);
  return position.kind === 'literal' && position.character === character;
}
