import type { CopiedStore } from './copying.js';
import type { LedgerPlace } from './ledger-place.js';
import type { LedgerHeader } from './store.js';
import type { Patience } from './waiting.js';

/** What an engine is told; each takes what concerns it. */
export interface EngineOptions extends Patience {
  /** Told what a careful issuer would want to hear. */
  readonly onWarning?: ((warning: string) => void) | undefined;
  /**
   * For a file, where both drivers are there: which. Default: `node:sqlite` from Node.js 22.13 on. A process opens one
   * file with one of them: two copies of SQLite in a process do not see each other's locks.
   */
  readonly sqliteDriver?: 'node:sqlite' | 'libsql' | undefined;
  /** For PostgreSQL: work without temporary tables and COPY. */
  readonly portable?: boolean | undefined;
}

/** A kind of ledger: a row of `ENGINES`. */
export interface LedgerEngine {
  /** Whether what a ledger's name says, as `postgres://…`, is for this engine. */
  takes(place: string): boolean;

  /**
   * Makes a ledger where there is none.
   *
   * @throws {KeywrightError} `file_exists`: there is one, untouched; `unwritable_file`; `missing_driver`;
   * `unreachable_ledger`; `invalid_option`.
   */
  create(place: LedgerPlace, header: LedgerHeader, options: EngineOptions): Promise<void>;

  /**
   * Opens a ledger; one of an older version is brought up to date.
   *
   * @throws {KeywrightError} `missing_ledger`; `damaged_ledger`: no ledger, of another version, or damaged;
   * `missing_driver`; `unreachable_ledger`; `invalid_option`.
   */
  open(place: LedgerPlace, options: EngineOptions): Promise<CopiedStore>;
}
