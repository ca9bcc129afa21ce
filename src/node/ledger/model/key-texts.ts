import type { KeyBlock } from '../../../core/generate/key-block.js';

/** License keys of any length: key `i` is the UTF-8 text `bytes[spans[2i], spans[2i+1])`; of strings {@link keyTexts} makes them. */
export interface KeyTexts {
  readonly bytes: Uint8Array;
  readonly spans: Uint32Array;
  readonly count: number;
}

/** License keys as a generator or a reader hands them over: at most `MOST_KEYS` for one call. */
export type LedgerKeys = KeyBlock | KeyTexts;

/**
 * Strings as a ledger takes them.
 *
 * @example
 * keyTexts(['7QX4M-9K2TD', 'AAAAA-BBBBB']).count; // 2
 */
export function keyTexts(keys: readonly string[]): KeyTexts {
  const texts = keys.map((key) => Buffer.from(key));
  const spans = new Uint32Array(2 * keys.length);
  let at = 0;
  for (const [index, text] of texts.entries()) {
    spans[2 * index] = at;
    at += text.length;
    spans[2 * index + 1] = at;
  }
  return { bytes: Buffer.concat(texts), spans, count: keys.length };
}
