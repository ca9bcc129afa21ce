import { FingerprintSet } from '../../../core/dedupe/fingerprint-set.js';
import { TextHash } from '../../../core/dedupe/text-hash.js';
import { systemRandom } from '../../../core/random/random-source.js';

/** Texts that were there before, in a few bytes each: a new one is taken for one of them once in 10⁹. */
export class SeenTexts {
  readonly #hash = new TextHash(systemRandom());
  readonly #seen: FingerprintSet;
  readonly #halves = new Uint32Array(2);

  /** `expected` texts need no further room. */
  constructor(expected = 0) {
    this.#seen = new FingerprintSet(expected);
  }

  /** How many there are. */
  get size(): number {
    return this.#seen.size;
  }

  /** Adds a text; whether it is new. */
  add(text: string): boolean {
    const bytes = Buffer.from(text);
    this.#hash.hash(bytes, 0, bytes.length, this.#halves, 0);
    const [high = 0, low = 0] = this.#halves;
    return this.#seen.add(high, low);
  }
}
