import { hash } from 'node:crypto';
import type { JsonObject } from '../../core/encoding/json-text.js';
import { isKeywrightError } from '../../core/errors.js';
import type { LicenseComparison } from '../../core/revocations/revoked-id.js';
import { HASH_LENGTH, type LeafHasher } from '../../core/seal/merkle.js';
import { formatClaims } from '../../core/seal/seal-tree.js';
import { ImportRows, type Mapping, type PlacedRow } from '../fields/import-rows.js';
import { type Place, Problems } from '../fields/problems.js';
import type { ExpectedKeys } from '../lists/columns/expected-shape.js';
import { bytesOfLists } from '../lists/known-lists.js';
import type { KeyFileOptions } from '../lists/list-file.js';
import { ASKED_CLAIMS, CLAIM_FIELDS } from './claim-fields.js';
import type { Salts } from './salts.js';

/** What is sealed of the rows of lists. */
export interface SealedTerms {
  readonly issued: Date;
  readonly comparison: LicenseComparison;
  /** The columns whose cells are claims. */
  readonly map: readonly Mapping[];
  /** The claims that all rows share; a row's own come before them. */
  readonly constants: JsonObject;
}

/** How {@link LeafRows} reads. */
export interface LeafRowsOptions extends KeyFileOptions, ExpectedKeys {
  /** Undefined: keys get no salt. */
  readonly salts: Salts | undefined;
  /** Called with the number of rows read so far, once in a thousand. */
  readonly onProgress?: ((rows: number) => void) | undefined;
  /** Called for each row that is a problem, before the rows that were read together with it are handed over. */
  readonly onInvalid?: ((place: Place) => void) | undefined;
}

/** A row as it is sealed, and where it stands. */
export interface LeafRow {
  /** What is compared of the key. */
  readonly compared: string;
  readonly claims: string;
  readonly salt: Uint8Array | undefined;
  readonly place: Place;
}

/** Bytes that a row of keys alone probably takes. */
const ROW_BYTES = 30;

/** The rows of lists, each once, as they are sealed. Those that cannot be are problems. */
export class LeafRows {
  readonly problems: Problems;
  readonly #terms: SealedTerms;
  readonly #options: LeafRowsOptions;
  readonly #rows: ImportRows;
  readonly #shared: string;

  private constructor(terms: SealedTerms, options: LeafRowsOptions, expected: number) {
    const problems = new Problems(undefined, options.onInvalid);
    this.problems = problems;
    const { map, comparison, issued, constants } = terms;
    this.#terms = terms;
    this.#options = options;
    const exact = comparison === 'exact';
    this.#rows = new ImportRows({
      ...options,
      map,
      values: CLAIM_FIELDS,
      exact,
      compared: true,
      expected,
      problems,
    });
    this.#shared = formatClaims(issued, constants);
  }

  /** Makes room for the rows of these lists. @throws {KeywrightError} `invalid_option` for claims that no verifier would take. */
  static async of(paths: readonly string[], terms: SealedTerms, options: LeafRowsOptions): Promise<LeafRows> {
    return new LeafRows(terms, options, Math.ceil((await bytesOfLists(paths)) / ROW_BYTES));
  }

  /** The lists that were read, and those among them that are manifests. */
  get found(): Pick<ImportRows, 'inputs' | 'skipped' | 'count'> {
    return this.#rows;
  }

  /**
   * Reads the lists, some rows at a time.
   *
   * @throws {KeywrightError} as `ImportRows.read`.
   */
  async *read(paths: readonly string[]): AsyncGenerator<readonly LeafRow[], void, undefined> {
    for (const path of paths) {
      for await (const some of this.#rows.read(path)) {
        const leaves: LeafRow[] = [];
        for (const row of some) {
          const leaf = this.#leafOf(row);
          if (leaf !== undefined) leaves.push(leaf);
        }
        yield leaves;
        this.#options.onProgress?.(this.#rows.count);
      }
    }
  }

  #leafOf(row: PlacedRow): LeafRow | undefined {
    const { compared, place } = row;
    if (compared === undefined) throw new Error('a row whose key was not compared');
    const claims = this.#claimsOf(row);
    return claims === undefined
      ? undefined
      : { compared, claims, salt: this.#options.salts?.of(compared), place };
  }

  #claimsOf({ fields, place }: PlacedRow): string | undefined {
    const { map, constants, issued } = this.#terms;
    if (map.length === 0) return this.#shared;
    const claims = { ...constants, ...fields };
    const lacking = ASKED_CLAIMS.find((name) => isMapped(map, name) && !Object.hasOwn(claims, name));
    if (lacking !== undefined) {
      this.problems.note(place, [
        { path: [lacking], message: 'is empty: fill it in, or set it for all rows' },
      ]);
      return undefined;
    }
    try {
      return formatClaims(issued, claims);
    } catch (error) {
      if (!isKeywrightError(error, 'invalid_option') && !isKeywrightError(error, 'invalid_payload'))
        throw error;
      this.problems.note(place, [{ path: [], message: `cannot be sealed: ${error.message}` }]);
      return undefined;
    }
  }
}

function isMapped(map: readonly Mapping[], name: string): boolean {
  return map.some(([, claim]) => claim === name);
}

/** SHA-256 by node:crypto: as text, which takes half the time of a buffer a hash. */
export const nativeSha256: LeafHasher = (message, into, at) => {
  const text = hash('sha256', message, 'binary');
  for (let index = 0; index < HASH_LENGTH; index++) into[at + index] = text.charCodeAt(index);
};
