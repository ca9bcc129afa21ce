import { KeywrightError } from '../../core/errors.js';
import { RESPONSE, type SignOptions, signableText, stampPayload } from '../../core/sign/envelope.js';
import type { Algorithm } from '../../core/sign/public-key.js';
import { EnvelopeLines } from './envelope-lines.js';
import { pkcs8Signer } from './native-signer.js';
import { linesOf, type PackedJob } from './packed-job.js';

/** What a worker is started with. */
export interface LineSignerData {
  readonly kid: string;
  readonly alg: Algorithm;
  readonly pkcs8: Uint8Array;
  readonly options: SignOptions;
  /** Milliseconds since 1970: payloads without a timestamp get this one. */
  readonly now: number | undefined;
}

/** The envelopes of one job, each with its line end, up to a line that could not be signed. */
export interface LineAnswer {
  /** They cross between threads without a copy, which a text would not. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly count: number;
  /** That line, and why. */
  readonly fault?: { readonly line: number; readonly message: string };
}

/** Makes the function that signs jobs; it holds the key. Payloads that may not be signed end in an answer. */
export function lineSigner({
  kid,
  alg,
  pkcs8,
  options,
  now,
}: LineSignerData): (job: PackedJob) => Promise<LineAnswer> {
  const out = new EnvelopeLines();
  const signer = pkcs8Signer(kid, alg, pkcs8);
  const clock = now === undefined ? undefined : new Date(now);
  return async (job) => {
    let count = 0;
    for (const line of linesOf(job)) {
      try {
        const payload = clock === undefined ? line : stampPayload(line, clock);
        out.sign(signableText(RESPONSE, payload, options), signer);
        count++;
      } catch (error) {
        if (!(error instanceof KeywrightError)) throw error;
        return {
          bytes: out.taken(),
          count,
          fault: { line: job.first + count, message: error.message },
        };
      }
    }
    return { bytes: out.taken(), count };
  };
}
