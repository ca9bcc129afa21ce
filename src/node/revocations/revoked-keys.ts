import { hash } from 'node:crypto';
import { KeywrightError } from '../../core/errors.js';
import {
  ID_WIDTH,
  idText,
  type LicenseComparison,
  revokedOriginId,
} from '../../core/revocations/revoked-id.js';
import { isSealOrigin } from '../../core/seal/checkpoint.js';
import { shownPath } from '../files/file-error.js';
import { type VisitedLists, visitLists } from '../lists/known-lists.js';
import type { KeyFileOptions } from '../lists/list-file.js';
import { comparedForm, lineOf } from '../lists/listed-keys.js';
import type { VoidedKeys } from './voided-keys.js';

/** How {@link RevokedKeys.read} reads. */
export interface RevokedKeysOptions extends KeyFileOptions {
  /** The batch that they are to be the keys of. */
  readonly voided?: VoidedKeys | undefined;
  /** Origins of seals: all keys of their batches. */
  readonly origins?: readonly string[] | undefined;
}

/** The keys of lists, as a list of revocations keeps them: the ids that `revokedId` makes, each once, in order. */
export class RevokedKeys {
  readonly #paths: readonly string[];
  /** The number of the path, and the line. */
  readonly #places: ReadonlyMap<string, number>;
  /** Those of seals, by their ids. */
  readonly #origins: ReadonlyMap<string, string>;
  /** The lists that they were read from. */
  readonly found: VisitedLists;

  private constructor(
    paths: readonly string[],
    places: ReadonlyMap<string, number>,
    origins: ReadonlyMap<string, string>,
    found: VisitedLists,
  ) {
    this.#paths = paths;
    this.#places = places;
    this.#origins = origins;
    this.found = found;
  }

  /**
   * Reads lists of keys. The keys themselves are not kept; memory grows by a hundred bytes a key.
   *
   * @throws {KeywrightError} as `openKeyFile`; `no_keys` for a list without any; `damaged_file` for a text that is no
   * license key; `invalid_option` for an origin that is none; with `voided` as that.
   */
  static async read(
    paths: readonly string[],
    comparison: LicenseComparison,
    { voided, origins = [], ...options }: RevokedKeysOptions = {},
  ): Promise<RevokedKeys> {
    if (!origins.every(isSealOrigin)) throw noOrigin();
    const batches = new Map(origins.map((origin) => [revokedOriginId(origin), origin]));
    voided?.refuseComparison(comparison);
    const places = new Map<string, number>();
    const compared = comparison === 'exact' ? 'exact' : 1;
    const found = await visitLists(paths, options, (spans, path, unit) => {
      const file = paths.indexOf(path) * LINES;
      for (let index = 0; index < spans.count; index++) {
        const text = comparedForm(spans, index, path, unit, compared);
        const id = idOf(text);
        if (!places.has(id)) places.set(id, file + lineOf(spans, index));
      }
      return voided?.refuseOthers(spans, path, unit);
    });
    voided?.refuseFewer(places.size);
    return new RevokedKeys(paths, places, batches, found);
  }

  get ids(): Iterable<string> {
    return [...this.#places.keys(), ...this.#origins.keys()];
  }

  /** Whether that id is of an origin. */
  isOrigin(id: string): boolean {
    return this.#origins.has(id);
  }

  /** Where the first key with that id stands, as `keys.txt:12`; the origin, where it is of one. */
  placeOf(id: string): string {
    const origin = this.#origins.get(id);
    if (origin !== undefined) return origin;
    const place = this.#places.get(id) ?? 0;
    return `${shownPath(this.#paths[Math.floor(place / LINES)] ?? '')}:${place % LINES}`;
  }
}

function noOrigin(): KeywrightError<'invalid_option'> {
  const message = 'an origin is not SELLER/keywright/seal/v1/BATCH: name it as "seal show" tells it';
  return new KeywrightError('invalid_option', message, { option: 'origin' });
}

/** More than a list has. */
const LINES = 2 ** 40;

function idOf(text: string): string {
  // A part of a longer text would keep all of that in memory.
  return hash('sha256', idText(text), 'buffer').toString('hex', 0, ID_WIDTH);
}
