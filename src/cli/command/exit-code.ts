import { type ErrorCode, isKeywrightError } from '../../core/errors.js';
import { PipeClosed } from './io.js';

/** Done. */
export const DONE = 0;
/** The answer is no. */
export const NO = 1;
/** Asked for something that cannot be. */
const USAGE = 2;
/** A file, a ledger or the network failed. */
const OUTSIDE = 3;
/** A bug of ours. */
const BUG = 70;

const BY_CODE: Readonly<Record<ErrorCode, number>> = {
  invalid_format: USAGE,
  invalid_alphabet: USAGE,
  invalid_option: USAGE,
  ambiguous_case: USAGE,
  no_check_character: USAGE,
  infeasible: USAGE,
  exhausted: USAGE,
  not_a_key: USAGE,
  unknown_column: USAGE,
  same_file: USAGE,
  invalid_payload: USAGE,
  batch_mismatch: USAGE,
  weak_format: USAGE,
  already_issued: NO,
  unsupported: OUTSIDE,
  invalid_key: OUTSIDE,
  locked_key: OUTSIDE,
  invalid_keyring: OUTSIDE,
  exposed_file: OUTSIDE,
  missing_file: OUTSIDE,
  damaged_file: OUTSIDE,
  no_keys: OUTSIDE,
  file_exists: OUTSIDE,
  unwritable_file: OUTSIDE,
  missing_ledger: OUTSIDE,
  damaged_ledger: OUTSIDE,
  unreachable_ledger: OUTSIDE,
  wrong_secret: OUTSIDE,
  missing_driver: OUTSIDE,
  lost_claim: OUTSIDE,
};

const BY_SIGNAL: Readonly<Record<string, number>> = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };

/** The command was interrupted by a signal. */
export class Interrupted extends Error {
  readonly signal: string;

  constructor(signal: string) {
    super(`interrupted by ${signal}`);
    this.signal = signal;
  }
}

/** The command line is wrong. */
export class UsageError extends Error {}

/** What a command that threw `error` exits with, and the line it leaves on stderr, if any. */
export function outcomeOf(error: unknown): { readonly exitCode: number; readonly line: string | undefined } {
  if (error instanceof PipeClosed) return { exitCode: DONE, line: undefined };
  if (error instanceof Interrupted) return { exitCode: BY_SIGNAL[error.signal] ?? 1, line: error.message };
  if (error instanceof UsageError) return { exitCode: USAGE, line: error.message };
  if (isKeywrightError(error)) return { exitCode: BY_CODE[error.code], line: error.message };
  if (error instanceof Error && 'syscall' in error && 'code' in error && typeof error.code === 'string') {
    return { exitCode: OUTSIDE, line: `the system refused (${error.code})` };
  }
  // The message of an unforeseen error may hold anything, keys included: its name has to do.
  const name = error instanceof Error ? error.name : typeof error;
  return { exitCode: BUG, line: `a bug in keywright (${name}): please report the command that led here` };
}
