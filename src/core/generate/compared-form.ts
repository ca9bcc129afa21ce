import type { KeyHash } from '../dedupe/key-hash.js';
import { SEPARATORS } from '../format/alphabet.js';
import { canonicalizeAscii } from '../format/canonical.js';
import type { KeyFormat } from '../format/key-format.js';

/** Hashes keys of one format in the form in which keys are compared. */
export class ComparedForm {
  readonly #length: number;
  /** The characters that are compared, when there are at most 64 and they need no change of case. */
  readonly offsets: Uint8Array | undefined;
  readonly #exact: boolean;
  readonly #scratch: Uint8Array;

  constructor(format: KeyFormat, exact: boolean) {
    this.#length = format.length;
    this.#exact = exact;
    this.#scratch = new Uint8Array(format.length);
    const offsets = exact ? format.positions.map((_, offset) => offset) : ungroupedOffsets(format);
    const fixed = (exact || !mayHoldLowerCase(format)) && offsets.length <= 64;
    this.offsets = fixed ? Uint8Array.from(offsets) : undefined;
  }

  /** Writes the two halves of the hash of the key at `start` to `out[at]` and `out[at + 1]`. */
  hash(hash: KeyHash, bytes: Uint8Array, start: number, out: Uint32Array, at: number): void {
    const end = start + this.#length;
    if (this.offsets !== undefined) hash.hashAt(bytes, start, this.offsets, out, at);
    else if (this.#exact) hash.hash(bytes, start, end, out, at);
    else hash.hash(this.#scratch, 0, canonicalizeAscii(bytes, start, end, this.#scratch), out, at);
  }
}

/** The offsets of all characters but separators. */
export function ungroupedOffsets(format: KeyFormat): readonly number[] {
  return format.positions.flatMap((position, offset) =>
    position.kind === 'literal' && SEPARATORS.includes(position.character) ? [] : [offset],
  );
}

function mayHoldLowerCase(format: KeyFormat): boolean {
  return format.positions.some((position) => {
    if (position.kind === 'time') return true;
    return /[a-z]/.test(position.kind === 'slot' ? position.symbols : position.character);
  });
}
