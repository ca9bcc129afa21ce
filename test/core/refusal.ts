import { type ErrorCode, type ErrorDetails, isKeywrightError } from '../../src/core/errors.js';

/** What a refusal is judged by. */
export interface Refusal {
  readonly code: ErrorCode;
  readonly message: string;
  readonly details: ErrorDetails[ErrorCode];
}

/** The refusal that `run` ends in. Anything else that comes of it fails the test and says what came. */
export function refusal(run: () => unknown): Refusal {
  try {
    run();
  } catch (error) {
    if (isKeywrightError(error)) return error;
    throw error;
  }
  throw new Error('expected a KeywrightError, but nothing was thrown');
}
