/**
 * What belongs to each code of an error. Every error the library throws is a {@link KeywrightError}. Its `code` is one of
 * the members below, its `details` are the data that belong to that code. Messages are one line, `what went wrong: how to
 * mend it`, and never hold a whole license key, a private key or a passphrase. Where one option of the call is
 * at fault, or mends it, `details.option` has its name.
 */
export interface ErrorDetails {
  /** A format text that cannot be read. `position` counts its characters from 1. */
  readonly invalid_format: {
    readonly position?: number | undefined;
    readonly suggestion?: string | undefined;
  };
  /** An alphabet that is unknown, too small, biased by duplicates, or holds what no slot may hold. */
  readonly invalid_alphabet: { readonly position?: number | undefined };
  /** An argument outside its documented range. */
  readonly invalid_option: { readonly option: string };
  /** Two keys of the format would share one canonical form. */
  readonly ambiguous_case: { readonly symbols: string };
  /** The format does not allow a check character that catches what it should. */
  readonly no_check_character: { readonly alphabet: string };
  /** The batch would use more than half of what the format (or the shard) can hold. */
  readonly infeasible: { readonly capacity: bigint; readonly wanted: bigint };
  /** A million candidates in a row were rejected. */
  readonly exhausted: { readonly produced: number; readonly rejected: number };
  /** A text that is no key of the format. `position` counts its characters from 1. */
  readonly not_a_key: { readonly position?: number | undefined };
  /** The platform lacks what the call needs (`crypto.getRandomValues`, `crypto.subtle`). */
  readonly unsupported: { readonly feature: string };
  /** A public or private key that cannot be read or may not be used: give another. */
  readonly invalid_key: Record<never, never>;
  /** An encrypted private key without its passphrase, or with a wrong one: give the right one. */
  readonly locked_key: Record<never, never>;
  /** A program that should sign does not run, fails, takes too long, or writes no signature: mend it. */
  readonly failed_signer: Record<never, never>;
  /** A keyring that cannot be trusted: restore it. `kid` names the key at fault where one is. */
  readonly invalid_keyring: { readonly kid?: string | undefined };
  /** A payload that may not be signed, because no verifier would take it. `path` names the place, `line` its line. */
  readonly invalid_payload: { readonly path?: string | undefined; readonly line?: number | undefined };
  /** A private key file that others may read. `mode` is its permissions in octal. */
  readonly exposed_file: { readonly path: string; readonly mode: string };
  /** An input file that does not exist or may not be read. */
  readonly missing_file: { readonly path: string };
  /** An input file whose content cannot be what it should be. `line` counts from 1. */
  readonly damaged_file: { readonly path: string; readonly line?: number | undefined };
  /** A list of existing keys that holds none: an empty list would make every key look fresh. */
  readonly no_keys: { readonly path: string };
  /** A list has no column of that name, or none that is plainly the key. */
  readonly unknown_column: { readonly path: string; readonly columns: readonly string[] };
  /** A list may be read in two ways. `asks`: which column holds the key, whether the first row is a heading, what parts the cells, which sheet, of which formats the keys are, what its lines hold beside keys. */
  readonly unclear_list: {
    readonly path: string;
    readonly asks: 'column' | 'heading' | 'delimiter' | 'sheet' | 'format' | 'lines';
  };
  /** An output file exists already. */
  readonly file_exists: { readonly path: string };
  /** An output file cannot be written. `errno` is the system's name for it, as `ENOSPC`. */
  readonly unwritable_file: { readonly path: string; readonly errno: string };
  /** An output would replace one of the inputs. */
  readonly same_file: { readonly path: string };
  /** There is no ledger of that name: it is made by `createLedger`, never in passing. */
  readonly missing_ledger: { readonly ledger: string };
  /** What stands there is no ledger, a newer one, or a damaged one: it was not touched. */
  readonly damaged_ledger: { readonly ledger: string };
  /** The ledger cannot be read or written now: the server, the network, the disk, a lock. */
  readonly unreachable_ledger: { readonly ledger: string };
  /** The ledger's secret is missing, is another, or is not 32 bytes. */
  readonly wrong_secret: { readonly ledger?: string | undefined };
  /** The ledger belongs to another lineage: the tags of both cannot be compared. */
  readonly other_ledger: { readonly ledger: string };
  /** The ledger went on elsewhere: `to` is how that one is called. */
  readonly moved_ledger: { readonly ledger: string; readonly to: string };
  /** A copy into the ledger is under way, or was cut off: it issues nothing before the end of that. */
  readonly unfinished_copy: { readonly ledger: string };
  /** The ledger was restored, and nobody has said that what was issued since is in it: it issues nothing before. */
  readonly unconfirmed_restore: { readonly ledger: string };
  /** A standby that commits did not wait for serves the ledger now, and nobody has said that nothing is missing: it issues nothing before. */
  readonly unconfirmed_failover: { readonly ledger: string };
  /** The ledger is in another server than the one that was written to last, or in one that a standby has replaced. */
  readonly other_server: { readonly ledger: string };
  /** An optional package has to be installed first. */
  readonly missing_driver: { readonly package: string };
  /** The batch id stands for a batch with other parameters. */
  readonly batch_mismatch: { readonly batch: string };
  /** The batch was issued before, and its files are gone or changed: its keys are not issued again. */
  readonly already_issued: { readonly batch: string; readonly at: string; readonly count: number };
  /** The batch was taken back: it is never issued again. */
  readonly voided_batch: { readonly batch: string; readonly at: string };
  /** The ledger has no batch of that id, or not that shard of it. */
  readonly unknown_batch: { readonly batch: string };
  /** The batch is not done yet: run its command again first. */
  readonly unfinished_batch: { readonly batch: string };
  /** Another run claimed the batch meanwhile. */
  readonly lost_claim: { readonly batch: string };
  /** A journal tells of other requests, of another server, or of another account. */
  readonly journal_mismatch: { readonly path: string };
  /** Keys too easily guessed for a ledger that stores its own secret. */
  readonly weak_format: { readonly bits: number };
}

/** The option of the call that is at fault, or mends it. */
export interface AtOption {
  readonly option?: string | undefined;
}

/** The codes of {@link KeywrightError}, to switch on. */
export type ErrorCode = keyof ErrorDetails;

/**
 * The one error class of the library.
 *
 * @example
 * try {
 *   parseFormat('LINUX-XXXX');
 * } catch (error) {
 *   if (isKeywrightError(error, 'invalid_format')) error.details.position; // 1
 * }
 */
export class KeywrightError<Code extends ErrorCode = ErrorCode> extends Error {
  readonly code: Code;
  readonly details: ErrorDetails[Code] & AtOption;

  /** `options.cause` is the error that led to this one. */
  constructor(
    code: Code,
    message: string,
    details: ErrorDetails[Code] & AtOption,
    options?: { readonly cause?: unknown },
  ) {
    super(message, options);
    this.name = 'KeywrightError';
    this.code = code;
    this.details = details;
  }
}

/**
 * Whether `error` is a {@link KeywrightError}, and, when `code` is given, one with that code.
 *
 * @example
 * isKeywrightError(new Error('another'), 'invalid_format'); // false
 */
export function isKeywrightError<Code extends ErrorCode = ErrorCode>(
  error: unknown,
  code?: Code,
): error is KeywrightError<Code> {
  return error instanceof KeywrightError && (code === undefined || error.code === code);
}
