import { isKeywrightError, KeywrightError } from '../../core/errors.js';
import { type SignOptions, signToText, stampPayload } from '../../core/sign/envelope.js';
import type { Signer } from '../../core/sign/signer.js';
import type { SignedLines } from './sign-lines.js';

/**
 * As `signLines`, one line after the other: a program that signs is asked once a line.
 *
 * @throws {KeywrightError} `invalid_payload`, its `line` counted from 1; and as the signer.
 */
export async function* signInTurn(
  payloads: AsyncIterable<string>,
  signer: Signer,
  { now, ...options }: SignOptions & { readonly now: Date },
): AsyncGenerator<SignedLines, void, undefined> {
  let line = 0;
  for await (const payload of payloads) {
    line++;
    if (payload.trim() === '') continue;
    try {
      yield { text: `${await signToText(stampPayload(payload, now), signer, options)}\n`, count: 1 };
    } catch (error) {
      if (!isKeywrightError(error, 'invalid_payload')) throw error;
      throw new KeywrightError(
        'invalid_payload',
        `line ${line}: ${error.message}`,
        { line },
        { cause: error },
      );
    }
  }
}
