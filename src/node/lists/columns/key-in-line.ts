import { isWordlike } from './words.js';

/** What is noted about a key, and begins or ends no key by itself. */
const NOTED =
  'sold|used|unused|redeemed|claimed|assigned|revoked|refunded|expired|cancell?ed|void|verkaufte?|benutzte?|eingelöste?|vendue?s?|utilisée?s?|vendid[oa]s?|usad[oa]s?';
const NOTE = new RegExp(
  `^(?:${NOTED}|pending|missing|free|test|new|old|neu|alt|ok|dup(?:licate)?|(?:19|20)\\d\\d)$`,
  'iu',
);
const NOTE_AT_END = new RegExp(
  `^(?:${NOTED})[\\s\\p{Pd}_.:/]+(?=.{6})|.{6}[\\s\\p{Pd}_.:/]+(?:${NOTED})$`,
  'iu',
);

/** Whether a word such as `sold` stands before or behind the rest of a line. */
export function endsInNote(line: string): boolean {
  return NOTE_AT_END.test(line);
}

/** Whether a word is such a note. */
export function isNote(word: string): boolean {
  return NOTE.test(word);
}

/** Finds lines that hold a key of one shape, and more, without a blank between them: `AAAA-BBB1--sold`. */
export class KeyInLine {
  readonly #key: RegExp;
  readonly #length: number;
  /** No shorter line holds one: a letter may be two code units long in the sample, and one there. */
  readonly #least: number;
  readonly #separators: string;
  readonly #hasSmall: boolean;

  /** @param sample a key of that shape, as `shapeOf` tells it */
  constructor(shape: string, sample: string) {
    const key = shape.replace(/\d+|\D/gu, (part) => {
      if (/\d/.test(part)) return `[\\p{L}\\p{N}]{${part}}`;
      return part === '-' ? '\\p{Pd}' : `\\u{${part.codePointAt(0)?.toString(16) ?? ''}}`;
    });
    this.#key = new RegExp(`(?<![\\p{L}\\p{N}])(?=${key}(?![\\p{L}\\p{N}]))`, 'gu');
    this.#length = sample.length;
    this.#least = [...sample].length;
    this.#separators = shape.replace(/\d+/g, '');
    this.#hasSmall = /\p{Ll}/u.test(sample);
  }

  /** Whether there is one in a line that `isKey`. */
  isIn(line: string, isKey: (text: string) => boolean = () => true): boolean {
    return [...line.matchAll(this.#key)].some(({ index }) => isKey(line.slice(index, index + this.#length)));
  }

  /** Whether a line holds more than a key, and is no longer key of the same groups. */
  holdsMore(line: string): boolean {
    if (line.length < this.#least) return false;
    return [...line.matchAll(this.#key)].some(({ index }) =>
      this.#isMore(line.slice(0, index), line.slice(index + this.#length)),
    );
  }

  #isMore(before: string, after: string): boolean {
    const rest = `${before} ${after}`;
    // What keys are compared without.
    if (/[^\p{L}\p{N}\s\p{Pd}_.:/]/u.test(rest)) return true;
    const words = rest.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== '');
    if (words.length === 0) return false;
    return (
      !this.#joins(/[^\p{L}\p{N}]*$/u.exec(before)?.[0] ?? '') ||
      !this.#joins(/^[^\p{L}\p{N}]*/u.exec(after)?.[0] ?? '') ||
      words.some((word) => word.length === 1 || isNote(word) || (!this.#hasSmall && isWordlike(word)))
    );
  }

  /** Whether a group may follow behind it: nothing, or what stands between the groups of a key. */
  #joins(separator: string): boolean {
    if (separator === '') return true;
    const plain = separator.replace(/\p{Pd}/gu, '-');
    return plain.length === 1 && (this.#separators === '' ? plain !== ' ' : this.#separators.includes(plain));
  }
}
