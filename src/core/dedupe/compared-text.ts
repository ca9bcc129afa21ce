import { ASCII_KIND, LONGEST_KEY, readCanonical, readCased } from '../format/canonical.js';

/** How keys are compared: by canonical form v1, or as the texts they are. */
export type Comparison = 1 | 'exact';

/** What is compared of a text. */
export interface ComparedKey {
  /** Two keys are one key when these are equal. A text that is no license key stands for itself. */
  readonly text: string;
  /** Why it is no license key, with a subject before it, as "holds nothing but separators"; never quotes it. */
  readonly problem: string | undefined;
}

/** What is compared of a key, and whether it is one at all: the one judgement of a text without its format. */
export function comparedKey(key: string, comparison: Comparison): ComparedKey {
  const reading = readCanonical(key);
  if ('problem' in reading) return { text: key, problem: reading.problem };
  if (reading.form === '') return { text: key, problem: 'holds nothing but separators' };
  const text = comparison === 1 ? reading.form : key;
  return { text, problem: strangerProblem(text) };
}

/** What is compared of a text, license key or not: see {@link comparedKey}. */
export function comparedText(key: string, comparison: Comparison): string {
  return comparedKey(key, comparison).text;
}

/** Whether what is compared of the ASCII text `bytes[start, end)` is a license key: {@link comparedKey} for bytes. */
export function isAsciiKey(bytes: Uint8Array, start: number, end: number): boolean {
  let holdsMore = false;
  for (let index = start; index < end; index++) {
    const byte = bytes[index] ?? 0;
    if (byte < 0x20 || byte > 0x7e) return false;
    holdsMore ||= ASCII_KIND[byte] !== 0;
  }
  return holdsMore && end - start <= LONGEST_KEY;
}

function strangerProblem(text: string): string | undefined {
  const stranger = /[^\x20-\x7e]/u.exec(text)?.[0].codePointAt(0);
  if (stranger === undefined) return undefined;
  const name = `U+${stranger.toString(16).toUpperCase().padStart(4, '0')}`;
  return `holds ${name}, which is no character of license keys`;
}

/**
 * What is compared of a text when its case counts: of a text of one case its canonical form, so that `abcd` and `ABCD`
 * are one key as ever; of one that mixes them the form before letters are upper-cased.
 */
export function casedText(key: string): string {
  const reading = readCased(key);
  if ('problem' in reading) return key;
  const { form } = reading;
  return /[a-z]/.test(form) && /[A-Z]/.test(form) ? form : comparedText(key, 1);
}
