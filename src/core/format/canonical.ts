import { exceedsBytes } from '../encoding/utf8.js';
import { KeywrightError } from '../errors.js';

/** Bytes of UTF-8 that a key text may take: none comes near, and NFKC of a long one can take minutes. */
export const LONGEST_KEY = 4096;
/** Combining marks that may follow one another: NFKC sorts them in quadratic time. Stream-safe text has as many. */
const MOST_MARKS = 30;
const TOO_MANY_MARKS = new RegExp(`\\p{M}{${MOST_MARKS + 1}}`, 'u');
const DROPPED = /[\p{Cf}\p{White_Space}\p{Pd}\u2212_.:/]/gu;

/** A canonical form, or why there is none; the problem wants a subject before it. */
export type CanonicalReading = { readonly form: string } | { readonly problem: string };

/**
 * Canonical form v1: what two spellings of one license key have in common, whatever its format. NFKC;
 * format characters, white space, dashes (U+2212 too) and `_ . : /` dropped; ASCII letters upper-cased.
 *
 * @throws {KeywrightError} `not_a_key` for a text over 4 KiB, or with more than 30 combining marks in a row.
 *
 * @example
 * canonicalForm(' 7qx4m-9k2tD '); // '7QX4M9K2TD'
 */
export function canonicalForm(text: string): string {
  const reading = readCanonical(text);
  if ('form' in reading) return reading.form;
  throw new KeywrightError('not_a_key', `the key ${reading.problem}: correct or remove it`, {});
}

/** As {@link canonicalForm}, with its refusal as a value. */
export function readCanonical(text: string): CanonicalReading {
  const reading = readCased(text);
  if ('problem' in reading) return reading;
  // An upper-case letter may compose with a mark that its lower-case one does not: I and a dot above.
  return { form: reading.form.replace(/[a-z]+/g, (run) => run.toUpperCase()).normalize('NFKC') };
}

/** The canonical form before its letters are upper-cased. */
export function readCased(text: string): CanonicalReading {
  if (exceedsBytes(text, LONGEST_KEY)) return { problem: 'is longer than 4 KiB' };
  const marks = { problem: `holds more than ${MOST_MARKS} combining marks in a row` };
  if (TOO_MANY_MARKS.test(text)) return marks;
  // Dropping can bring a letter and a combining mark together: the second NFKC keeps the form idempotent.
  const bare = text.normalize('NFKC').replace(DROPPED, '');
  return TOO_MANY_MARKS.test(bare) ? marks : { form: bare.normalize('NFKC') };
}

/** For each byte: 0 dropped, 1 kept, 2 upper-case letter, 3 lower-case letter, 4 control character or no ASCII. */
export const ASCII_KIND: Uint8Array = /* @__PURE__ */ asciiKinds();

function asciiKinds(): Uint8Array {
  const kinds = new Uint8Array(256).fill(4);
  for (let byte = 0; byte < 128; byte++) {
    const character = String.fromCharCode(byte);
    if (/[-_.:/\s]/.test(character)) kinds[byte] = 0;
    else if (byte < 0x20 || byte === 0x7f) kinds[byte] = 4;
    else if (/[A-Z]/.test(character)) kinds[byte] = 2;
    else if (/[a-z]/.test(character)) kinds[byte] = 3;
    else kinds[byte] = 1;
  }
  return kinds;
}

/**
 * Writes the canonical form of the ASCII text `bytes[start, end)` to `out` and returns its length, or -1
 * when the text is not plain ASCII, or too long, and {@link readCanonical} must judge it. `out` holds at least
 * `end - start` bytes.
 */
export function canonicalizeAscii(bytes: Uint8Array, start: number, end: number, out: Uint8Array): number {
  if (end - start > LONGEST_KEY) return -1;
  let length = 0;
  for (let index = start; index < end; index++) {
    const byte = bytes[index] ?? 0;
    const kind = ASCII_KIND[byte] ?? 4;
    if (kind === 0) continue;
    if (kind === 4) return -1;
    out[length++] = kind === 3 ? byte - 0x20 : byte;
  }
  return length;
}
