import { KeywrightError } from '../../../src/core/errors.js';

/** The error that `act` ends in, thrown or rejected; it must be ours, of one line, with its cure after a colon. */
export async function failureOf(act: () => unknown): Promise<KeywrightError> {
  try {
    await act();
  } catch (error) {
    return check(error);
  }
  throw new Error('it did not fail');
}

/** The code of the error that `act` throws. */
export function codeOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    return check(error).code;
  }
  return 'none';
}

function check(error: unknown): KeywrightError {
  if (!(error instanceof KeywrightError)) throw error;
  if (!/^[^\n]+: [^\n]+$/.test(error.message)) throw new Error(`no cure in: ${error.message}`);
  return error;
}
