import { KeywrightError } from '../../core/errors.js';
import type { SignOptions } from '../../core/sign/envelope.js';
import type { PrivateKey } from '../../core/sign/private-key.js';
import type { Algorithm } from '../../core/sign/public-key.js';
import { doLineJobs } from './line-jobs.js';
import { lineSigner } from './line-signer.js';

/** How {@link signLines} signs. */
export interface SignLinesOptions extends SignOptions {
  /** Threads: all cores unless told; 1 signs in this one. */
  readonly workers?: number | undefined;
  /** When given, payloads without a timestamp get this one. */
  readonly now?: Date | undefined;
}

/** A run of envelopes, each a line with its end. */
export interface SignedLines {
  readonly text: string;
  readonly count: number;
}

/**
 * Signs one payload a line (JSON Lines), on all cores, and yields the envelopes in the order of the payloads, a
 * thousand lines at a time. Memory stays bounded: a few such runs per thread are under way. Empty lines are
 * skipped.
 *
 * @throws {KeywrightError} `invalid_payload`, its `line` counted from 1, at the first payload that may not be
 * signed, after all before it were yielded; `invalid_option` for another number of workers than 1 to 256.
 *
 * @example
 * for await (const { text } of signLines(payloads, privateKey, { role: 'product' })) out.write(text);
 */
export async function* signLines(
  payloads: AsyncIterable<string> | Iterable<string>,
  privateKey: PrivateKey,
  options: SignLinesOptions = {},
): AsyncGenerator<SignedLines, void, undefined> {
  const decoder = new TextDecoder();
  const { workers, now, ...signing } = options;
  const { kid, alg } = privateKey;
  const data = { kid, alg, pkcs8: privateKey.exportPkcs8(), options: signing, now: now?.getTime() };
  const module = new URL('./line-signer-worker.js', import.meta.url);
  const together = jobSize(alg);
  const jobs = doLineJobs(payloads, { workers, here: () => lineSigner(data), module, data, together });
  for await (const [, { bytes, count, fault }] of jobs) {
    if (count > 0) yield { text: decoder.decode(bytes), count };
    if (fault === undefined) continue;
    const { line, message } = fault;
    throw new KeywrightError('invalid_payload', `line ${line}: ${message}`, { line });
  }
}

/** How many are signed together: a job done in this thread keeps signals waiting, and RSA takes thirty times as long. */
export function jobSize(alg: Algorithm): number {
  return alg === 'RS256' ? 64 : 1024;
}
