import type { KeywrightError } from '../src/core/errors.js';

/** What is expected to fail: a promise, or a function that throws or returns one. */
type Act = PromiseLike<unknown> | (() => unknown);

/** The error of ours that `run` throws. Anything else that comes of it fails the test. */
export function refusal(run: () => unknown): KeywrightError {
  try {
    run();
  } catch (error) {
    return ours(error);
  }
  throw new Error('nothing was thrown');
}

/** The error of ours that `act` ends in, thrown or rejected. Anything else that comes of it fails the test. */
export async function failureOf(act: Act): Promise<KeywrightError> {
  const error = await endOf(act);
  if (error === undefined) throw new Error('nothing failed');
  return error;
}

/** The code of the error of ours that `act` ends in, or `resolved`. */
export async function codeOf(act: Act): Promise<string> {
  return (await endOf(act))?.code ?? 'resolved';
}

/** What is said of it, as `code: message`, or `nothing failed`. */
export async function saidOf(act: Act): Promise<string> {
  const error = await endOf(act);
  return error === undefined ? 'nothing failed' : `${error.code}: ${error.message}`;
}

async function endOf(act: Act): Promise<KeywrightError | undefined> {
  try {
    await (typeof act === 'function' ? act() : act);
    return undefined;
  } catch (error) {
    return ours(error);
  }
}

/** An error of ours, of one line, with its cure after a colon, or with what must be. */
function ours(error: unknown): KeywrightError {
  if (!isOurs(error)) throw error;
  if (!/^[^\n]+(: | must be )[^\n]+$/.test(error.message)) throw new Error(`no cure in: ${error.message}`);
  return error;
}

/** By name, for what was built has a class of its own. */
function isOurs(error: unknown): error is KeywrightError {
  return error instanceof Error && error.name === 'KeywrightError' && 'code' in error && 'details' in error;
}
