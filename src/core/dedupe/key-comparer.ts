import { canonicalizeAscii, LONGEST_KEY } from '../format/canonical.js';
import type { RandomSource } from '../random/random-source.js';
import type { CaseRule } from './case-rule.js';
import { casedText, comparedKey, isAsciiKey } from './compared-text.js';
import { TextHash } from './text-hash.js';

/** Two spellings of one key are the same text, */
export const SAME = 0;
/** or differ in what nobody minds, */
export const SPELLING = 1;
/** or in case, which may tell two keys apart. */
export const CASE = 2;
export type Difference = typeof SAME | typeof SPELLING | typeof CASE;

/**
 * What makes two texts the same key: equal canonical forms v1, or with `exact` equal texts. A text that has no such
 * form stands for itself. The hash only nominates; {@link sameKey} decides.
 */
export class KeyComparer {
  readonly exact: boolean;
  readonly rule: CaseRule;
  readonly hash: TextHash;
  #scratch = new Uint8Array(256);
  #other = new Uint8Array(256);

  /** Its hash draws from `source`, or has the words of another one, to be equal to it. */
  constructor(rule: CaseRule, source: RandomSource | Int32Array) {
    this.exact = rule === 'exact';
    this.rule = rule;
    this.hash = new TextHash(source);
  }

  /**
   * Writes the hash of what is compared of `bytes[start, end)` to `out[at]` and `out[at + 1]`. False for a text
   * that is no license key by `comparedKey`, though it can be compared.
   */
  hashKey(bytes: Uint8Array, start: number, end: number, out: Uint32Array, at: number): boolean {
    if (this.exact || end - start > LONGEST_KEY) {
      this.hash.hash(bytes, start, end, out, at);
      return isAsciiKey(bytes, start, end);
    }
    if (this.hash.hashCanonical(bytes, start, end, out, at)) return true;
    const { bytes: form, isKey } = unusualForm(bytes, start, end);
    this.hash.hash(form, 0, form.length, out, at);
    return isKey;
  }

  /** Whether two texts are spellings of one key. */
  sameKey(a: Uint8Array, aStart: number, aEnd: number, b: Uint8Array, bStart: number, bEnd: number): boolean {
    if (sameStretch(a, aStart, aEnd, b, bStart, bEnd)) return true;
    const longer = Math.max(aEnd - aStart, bEnd - bStart);
    if (this.exact || longer > LONGEST_KEY) return false;
    this.#reserve(longer);
    const aLength = canonicalizeAscii(a, aStart, aEnd, this.#scratch);
    const bLength = canonicalizeAscii(b, bStart, bEnd, this.#other);
    if (aLength > 0 && bLength > 0) return sameStretch(this.#scratch, 0, aLength, this.#other, 0, bLength);
    const [{ bytes: aForm }, { bytes: bForm }] = [unusualForm(a, aStart, aEnd), unusualForm(b, bStart, bEnd)];
    return sameStretch(aForm, 0, aForm.length, bForm, 0, bForm.length);
  }

  /**
   * How two spellings of one key differ: not at all, or in their spelling. Where case is for the user to decide, it may
   * also be that they differ in case, and one of them mixes both: then they may be two keys.
   */
  difference(
    a: Uint8Array,
    aStart: number,
    aEnd: number,
    b: Uint8Array,
    bStart: number,
    bEnd: number,
  ): Difference {
    if (sameStretch(a, aStart, aEnd, b, bStart, bEnd)) return SAME;
    if (this.rule !== 'ask' || !(mixesCase(a, aStart, aEnd) || mixesCase(b, bStart, bEnd))) return SPELLING;
    return casedText(textOf(a, aStart, aEnd)) === casedText(textOf(b, bStart, bEnd)) ? SPELLING : CASE;
  }

  #reserve(length: number): void {
    if (this.#scratch.length >= length) return;
    this.#scratch = new Uint8Array(2 * length);
    this.#other = new Uint8Array(2 * length);
  }
}

/** Whether two stretches of bytes are equal. */
export function sameStretch(
  a: Uint8Array,
  aStart: number,
  aEnd: number,
  b: Uint8Array,
  bStart: number,
  bEnd: number,
): boolean {
  if (aEnd - aStart !== bEnd - bStart) return false;
  const shift = bStart - aStart;
  for (let index = aStart; index < aEnd; index++) if (a[index] !== b[index + shift]) return false;
  return true;
}

/** The way through strings, for what is rare. */
function unusualForm(bytes: Uint8Array, start: number, end: number): { bytes: Uint8Array; isKey: boolean } {
  const { text, problem } = comparedKey(textOf(bytes, start, end), 1);
  return { bytes: new TextEncoder().encode(text), isKey: problem === undefined };
}

function textOf(bytes: Uint8Array, start: number, end: number): string {
  return new TextDecoder().decode(bytes.slice(start, end));
}

/** Whether a text may hold letters of both cases: what is no ASCII may be a letter of either. */
function mixesCase(bytes: Uint8Array, start: number, end: number): boolean {
  let [upper, lower] = [false, false];
  for (let index = start; index < end; index++) {
    const byte = bytes[index] ?? 0;
    if (byte > 0x7f) return true;
    upper ||= byte >= 0x41 && byte <= 0x5a;
    lower ||= byte >= 0x61 && byte <= 0x7a;
  }
  return upper && lower;
}

declare class TextDecoder {
  decode(bytes: Uint8Array): string;
}

declare class TextEncoder {
  encode(text: string): Uint8Array;
}
