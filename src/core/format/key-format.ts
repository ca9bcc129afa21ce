import { KeywrightError } from '../errors.js';
import { ALPHABETS } from './alphabet.js';
import { log2 } from './capacity.js';
import type { CheckAlgorithm } from './check/check-algorithm.js';
import { type CheckSchemeName, checkAlgorithm } from './check/check-schemes.js';
import { classText, regexText } from './format-text.js';
import { checkKey } from './normalize.js';
import type { Position } from './position.js';

/** A slot of a format: where it stands in the key, and what it may hold. */
export interface Slot {
  readonly offset: number;
  readonly symbols: string;
}

/** The check character of a format. */
export interface FormatCheck {
  readonly slot: Slot;
  readonly scheme: CheckSchemeName;
  readonly algorithm: CheckAlgorithm;
}

/**
 * A compiled format. Made by `parseFormat`; immutable.
 *
 * Its keys are numbered: {@link rank} and {@link unrank} count them in mixed radix, the first slot the
 * most significant, symbols in alphabet order. Ranks are a contract between versions.
 */
export class KeyFormat {
  /** The mask, with prefix and suffix as literals; `uuidv7` for that preset. */
  readonly mask: string;
  /** The alphabet that every slot draws from (a name, or its symbols in brackets), or null when slots differ. */
  readonly alphabet: string | null;
  /** Every position of a key, in order. */
  readonly positions: readonly Position[];
  /** The slots drawn at random, in order; the check character is not among them. */
  readonly slots: readonly Slot[];
  /** Where the check character stands and how it is computed, if the format has one. */
  readonly check: FormatCheck | undefined;
  /** How many keys the format has. */
  readonly capacity: bigint;
  /** log2 of the capacity. */
  readonly entropyBits: number;
  /** Matches exactly the texts of this shape; it does not judge a check character, {@link test} does. */
  readonly regex: RegExp;

  /** @internal `parseFormat` makes formats. */
  constructor(mask: string, positions: readonly Position[], scheme: CheckSchemeName | undefined) {
    const slots = positions.flatMap((position, offset) =>
      position.kind === 'slot' ? [{ offset, symbols: position.symbols }] : [],
    );
    const last = slots.at(-1);
    this.mask = mask;
    this.positions = positions;
    this.alphabet = commonAlphabet(slots);
    if (scheme !== undefined && last !== undefined) {
      this.check = { slot: last, scheme, algorithm: checkFor(scheme, slots, this.alphabet) };
      this.slots = slots.slice(0, -1);
    } else {
      this.check = undefined;
      this.slots = slots;
    }
    this.capacity = this.slots.reduce((product, slot) => product * BigInt(slot.symbols.length), 1n);
    this.entropyBits = log2(this.capacity);
    this.regex = new RegExp(`^${regexText(positions)}$`);
  }

  /** How many characters a key has. */
  get length(): number {
    return this.positions.length;
  }

  /** A key of this format, always the same one. */
  get example(): string {
    return this.unrank((this.capacity * 618_033_988_749n) / 1_000_000_000_000n);
  }

  /** Whether `text` is exactly a key of this format, its check character right. */
  test(text: string): boolean {
    if (!this.regex.test(text)) return false;
    return this.check === undefined || text[this.check.slot.offset] === this.checkCharacter(text);
  }

  /**
   * The key that someone meant who typed `text`: NFKC, separators and invisible characters ignored, ASCII
   * case ignored where the format allows only one, look-alikes folded only where what was typed is no symbol
   * of the slot and exactly one look-alike of it is. Undefined when that is no key of the format.
   *
   * @example
   * parseFormat('XXXX-XXXX', { alphabet: 'crockford32' }).normalize('abco 1lef'); // 'ABC0-11EF'
   */
  normalize(text: string): string | undefined {
    return checkKey(this, text).key;
  }

  /**
   * The number of `key`, from 0 to `capacity - 1`. For `uuidv7` its 74 random bits alone.
   *
   * @throws {KeywrightError} `not_a_key`.
   */
  rank(key: string): bigint {
    if (!this.test(key))
      throw new KeywrightError('not_a_key', 'the text is no key of this format: check its spelling', {});
    return this.slots.reduce(
      (rank, slot) =>
        rank * BigInt(slot.symbols.length) + BigInt(slot.symbols.indexOf(key.charAt(slot.offset))),
      0n,
    );
  }

  /**
   * The key with that number. For `uuidv7`, `now` gives the time digits (the Unix epoch without it).
   *
   * @throws {KeywrightError} `invalid_option` when `rank` is not from 0 to `capacity - 1`, or a `now` that is needed no valid date.
   */
  unrank(rank: bigint, now: Date = new Date(0)): string {
    const digits = this.digits(rank);
    const characters = this.template(now);
    this.slots.forEach((slot, index) => {
      characters[slot.offset] = slot.symbols.charAt(digits[index] ?? 0);
    });
    if (this.check !== undefined) characters[this.check.slot.offset] = this.checkCharacter(characters);
    return characters.join('');
  }

  /** The characters of every key: literals, the digits of `now` where the format has time digits, slots as ''. */
  template(now: Date): string[] {
    const time = this.hasTime ? timeDigits(now) : '';
    let timeIndex = 0;
    return this.positions.map((position) => {
      if (position.kind === 'literal') return position.character;
      return position.kind === 'time' ? time.charAt(timeIndex++) : '';
    });
  }

  /** Whether keys of this format begin with the time. */
  get hasTime(): boolean {
    return this.positions.some((position) => position.kind === 'time');
  }

  /** The index of each slot's symbol in the key with that number. */
  digits(rank: bigint): readonly number[] {
    if (rank < 0n || rank >= this.capacity) {
      throw new KeywrightError('invalid_option', 'a rank must be at least 0 and less than the capacity', {
        option: 'rank',
      });
    }
    const digits: number[] = [];
    let rest = rank;
    for (const slot of this.slots.toReversed()) {
      const radix = BigInt(slot.symbols.length);
      digits.push(Number(rest % radix));
      rest /= radix;
    }
    return digits.reverse();
  }

  private checkCharacter(key: ArrayLike<string>): string {
    if (this.check === undefined) return '';
    const digits = this.slots.map((slot) => slot.symbols.indexOf(key[slot.offset] ?? ''));
    return this.check.slot.symbols.charAt(this.check.algorithm.check(digits, digits.length));
  }
}

/**
 * The 48 bits of Unix milliseconds that begin a UUID version 7, as 12 hex digits (RFC 9562, section 5.7).
 *
 * @throws {KeywrightError} `invalid_option` for an invalid date or one outside 1970 to 10889.
 */
export function timeDigits(now: Date): string {
  const milliseconds = now.getTime();
  if (!(milliseconds >= 0 && milliseconds < 2 ** 48)) {
    throw new KeywrightError('invalid_option', 'now must be a date from 1970 on', { option: 'now' });
  }
  return milliseconds.toString(16).padStart(12, '0');
}

function commonAlphabet(slots: readonly Slot[]): string | null {
  const [first] = slots;
  if (first === undefined || slots.some((slot) => slot.symbols !== first.symbols)) return null;
  const named = Object.entries(ALPHABETS).find(([, symbols]) => symbols === first.symbols);
  return named?.[0] ?? classText(first.symbols);
}

function checkFor(scheme: CheckSchemeName, slots: readonly Slot[], alphabet: string | null): CheckAlgorithm {
  const [first] = slots;
  if (alphabet === null || first === undefined || slots.length < 2) {
    throw new KeywrightError(
      'no_check_character',
      'a check character needs two slots or more, all of one alphabet: choose a mask of X alone',
      { alphabet: alphabet ?? '' },
    );
  }
  return checkAlgorithm(scheme, first.symbols, alphabet);
}
