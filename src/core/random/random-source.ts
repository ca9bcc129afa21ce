import { KeywrightError } from '../errors.js';

/** Where random bytes come from. */
export interface RandomSource {
  /** Fills all of `bytes`. May throw; never fills less. */
  fill(bytes: Uint8Array): void;
  /**
   * Another source, for another purpose, that is as random as this one and independent of it. Only a source that
   * can be repeated needs it, so that all that depends on it can be repeated.
   */
  fork?(purpose: string): RandomSource;
}

type Fill = (bytes: Uint8Array) => unknown;

declare const crypto: { readonly getRandomValues?: Fill } | undefined;

/** What one call of `crypto.getRandomValues` may ask for (W3C Web Cryptography, section 10.1.1). */
const MOST_AT_ONCE = 65_536;

/** Sixteen zeros in a row are no chance but a generator that did nothing. */
const TELLING = 16;

/**
 * The platform's cryptographically secure generator, `crypto.getRandomValues`, as it is now: what replaces or removes
 * it later does not reach this source.
 *
 * @throws {KeywrightError} `unsupported` where there is none, and on filling when it leaves zeros; keys are never
 * drawn from anything weaker. What the generator itself throws is passed on.
 *
 * @example
 * systemRandom().fill(new Uint8Array(1_000_000));
 */
export function systemRandom(): RandomSource {
  const source = typeof crypto === 'undefined' ? undefined : crypto;
  const fill = source?.getRandomValues?.bind(source);
  if (fill === undefined) throw unsupported('this platform has no');
  return {
    fill(bytes) {
      for (let start = 0; start < bytes.length; start += MOST_AT_ONCE) {
        const pool = bytes.subarray(start, start + MOST_AT_ONCE);
        pool.fill(0); // what stood there before must not pass for chance
        fill(pool);
        if (pool.length >= TELLING && pool.every((byte) => byte === 0)) throw unsupported('zeros came from');
      }
    },
  };
}

function unsupported(what: string): KeywrightError<'unsupported'> {
  const feature = 'crypto.getRandomValues';
  return new KeywrightError('unsupported', `${what} ${feature}: pass a RandomSource of its own`, { feature });
}
