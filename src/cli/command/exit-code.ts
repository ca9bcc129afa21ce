import { type ErrorCode, isKeywrightError } from '../../core/errors.js';
import { shownJson, shownText } from '../../node/files/file-error.js';
import { withFlags } from './flags.js';
import { PipeClosed } from './io.js';

/** Done. */
export const DONE = 0;
/** The answer is no. */
export const NO = 1;
/** Asked for something that cannot be. */
const USAGE = 2;
/** A file, a ledger or the network failed. */
export const OUTSIDE = 3;
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
  unclear_list: USAGE,
  same_file: USAGE,
  invalid_payload: USAGE,
  batch_mismatch: USAGE,
  journal_mismatch: USAGE,
  weak_format: USAGE,
  unknown_batch: USAGE,
  unfinished_batch: USAGE,
  already_issued: NO,
  voided_batch: NO,
  unsupported: OUTSIDE,
  invalid_key: OUTSIDE,
  locked_key: OUTSIDE,
  failed_signer: OUTSIDE,
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
  other_ledger: OUTSIDE,
  moved_ledger: OUTSIDE,
  unfinished_copy: OUTSIDE,
  unconfirmed_restore: OUTSIDE,
  unconfirmed_failover: OUTSIDE,
  other_server: OUTSIDE,
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

/** How a command ended that threw. */
export interface Ending {
  readonly exitCode: number;
  /** A code of `KeywrightError`, or `usage`, `interrupted`, `system`, `bug`. */
  readonly code: ErrorCode | 'usage' | 'interrupted' | 'system' | 'bug';
  readonly message: string;
}

/** What `error` means for who ran the command; undefined where nothing went wrong. */
export function outcomeOf(error: unknown): Ending | undefined {
  if (error instanceof PipeClosed) return undefined;
  const { message } = error instanceof Error ? error : { message: '' };
  if (error instanceof Interrupted) {
    return { exitCode: BY_SIGNAL[error.signal] ?? 1, code: 'interrupted', message };
  }
  if (error instanceof UsageError) return { exitCode: USAGE, code: 'usage', message };
  if (isKeywrightError(error)) {
    return { exitCode: BY_CODE[error.code], code: error.code, message: withFlags(error) };
  }
  if (error instanceof Error && 'syscall' in error && 'code' in error && typeof error.code === 'string') {
    return { exitCode: OUTSIDE, code: 'system', message: `the system refused (${error.code})` };
  }
  // The message of an unforeseen error may hold anything, keys included: its name has to do.
  const name = error instanceof Error ? error.name : typeof error;
  const report = 'please report the command that led here, and what KEYWRIGHT_DEBUG=1 adds';
  return { exitCode: BUG, code: 'bug', message: `a bug in keywright (${name}): ${report}` };
}

/** An outcome as one line of JSON. */
export function outcomeJson({ code, message, exitCode }: Ending): string {
  return shownJson(`${JSON.stringify({ schema: 'keywright/error/v1', code, message, exit: exitCode })}\n`);
}

/** Where an error and its causes came from, line by line: names and places in the code, no messages, for they may hold keys. */
export function traceOf(error: unknown): string {
  const lines: string[] = [];
  for (let each = error; each instanceof Error && lines.length < MOST_TRACED; each = each.cause) {
    lines.push(`${lines.length === 0 ? '' : 'caused by '}${each.name}`);
    lines.push(...(each.stack ?? '').split('\n').filter((line) => /^ {4}at /.test(line)));
  }
  return lines.map(shownText).join('\n');
}

const MOST_TRACED = 200;
