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

declare const crypto: { getRandomValues?(bytes: Uint8Array): Uint8Array } | undefined;

/** What one call of `crypto.getRandomValues` may ask for (W3C Web Cryptography, section 10.1.1). */
const MOST_AT_ONCE = 65_536;

/**
 * The platform's cryptographically secure generator, `crypto.getRandomValues`.
 *
 * @throws {KeywrightError} `unsupported` where there is none; keys are never drawn from anything weaker.
 *
 * @example
 * systemRandom().fill(new Uint8Array(1_000_000));
 */
export function systemRandom(): RandomSource {
  const source = typeof crypto === 'undefined' ? undefined : crypto;
  if (source?.getRandomValues === undefined) {
    throw new KeywrightError(
      'unsupported',
      'this platform has no crypto.getRandomValues: pass a RandomSource of its own',
      {
        feature: 'crypto.getRandomValues',
      },
    );
  }
  return {
    fill(bytes) {
      for (let start = 0; start < bytes.length; start += MOST_AT_ONCE) {
        source.getRandomValues?.(bytes.subarray(start, start + MOST_AT_ONCE));
      }
    },
  };
}
