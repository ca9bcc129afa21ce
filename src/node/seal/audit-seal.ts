import { parseNote } from '../../core/note/note.js';
import { judgeSeal, type SealBreach } from '../../core/seal/verify-sealed-key.js';
import type { Keyring } from '../../core/sign/keyring.js';
import type { Place } from '../fields/problems.js';
import type { KnownList } from '../lists/known-lists.js';
import { LeafHashes } from './leaf-hashes.js';
import { type ResealedRows, Resealing, type ResealingOptions } from './resealed-rows.js';
import type { SealedBatch } from './seal-manifest.js';

/** How {@link auditSeal} works. */
export interface AuditSealOptions extends ResealingOptions {
  /** The file of the hashes of all rows, as it was written with the seal: rows are named by it. */
  readonly leaves?: string | undefined;
  /** Who may have sealed. */
  readonly keyring: Keyring;
}

/** Where a row stands, in a list of now or in one that was sealed. */
export interface RowPlace {
  readonly path: string;
  /** The line, or the element of a JSON list. Of a list that was sealed the number of its row. */
  readonly line: number;
}

/** Some rows: how many, and where the first of them stand. */
export interface SomeRows {
  readonly rows: number;
  readonly places: readonly RowPlace[];
}

/** How rows differ from those that were sealed. */
export interface RowDifferences {
  /** That were not sealed, in the lists of now; also repeated, or no good. */
  readonly added: SomeRows;
  /** That were sealed and are gone, in the lists of then. */
  readonly dropped: SomeRows;
  /** That stand where another row was sealed, which is gone: the key or a claim was changed. */
  readonly changed: SomeRows;
}

/** What {@link auditSeal} found of rows. */
export interface AuditedRows extends Omit<ResealedRows, 'over'> {
  /** Undefined when they were not asked for, or when there are none. */
  readonly differences: RowDifferences | undefined;
}

/** What {@link auditSeal} found. */
export interface SealAudit {
  readonly sealed: SealedBatch;
  /** Why the seal is not to be believed; then no row was read. */
  readonly breach: SealBreach | undefined;
  readonly kids: readonly string[];
  readonly found: AuditedRows | undefined;
}

/** Places that are told. */
const MOST = 1000;

/**
 * Whether the rows of lists are those that a seal was made of, in their order. With the hashes of the rows it says which
 * are added, dropped or changed, in whatever order they stand. Lists are read once, as a stream; memory grows by some
 * bytes a key, and with the hashes by 50 a row, more where it differs.
 *
 * @throws {KeywrightError} as `Resealing` and `LeafHashes`.
 *
 * @example
 * const { breach, found } = await auditSeal(['keys.txt'], { seal: 'keys.seal', keyring });
 * breach === undefined && found?.isSame; // true
 */
export async function auditSeal(paths: readonly string[], options: AuditSealOptions): Promise<SealAudit> {
  const { leaves, keyring, signal } = options;
  const resealing = await Resealing.open(options);
  const { file, checkpoint, manifest, sealed } = resealing;
  const note = parseNote(file.text) ?? { text: file.text, signatures: [] };
  const [breach, signers] = judgeSeal(note, checkpoint.origin, [], keyring);
  const kids = signers.map(({ kid }) => kid);
  if (breach !== undefined) return { sealed, breach, kids, found: undefined };
  const comparing =
    leaves === undefined
      ? undefined
      : new Comparing(await LeafHashes.read(leaves, checkpoint, signal), manifest.inputs);
  const { over, ...found } = await resealing.read(paths, {
    onInvalid: (place) => comparing?.addInvalid(place),
    onHash: (hash, { place }) => comparing?.add(hash, place),
  });
  return {
    sealed,
    breach,
    kids,
    found: { ...found, differences: found.isSame ? undefined : comparing?.differences() },
  };
}

/** Rows of now held against those that were sealed. */
class Comparing {
  readonly #leaves: LeafHashes;
  readonly #inputs: readonly KnownList[];
  /** Which of the sealed rows are there. */
  readonly #found: Uint8Array;
  /** Rows that were not sealed, each with the index at which it would stand behind the row before it. */
  readonly #strange: { readonly place: Place; readonly index: number }[] = [];
  /** Rows that have no hash, and may stand behind the row that comes next. */
  readonly #invalid: Place[] = [];
  #next = 0;

  constructor(leaves: LeafHashes, inputs: readonly KnownList[]) {
    this.#leaves = leaves;
    this.#inputs = inputs;
    this.#found = new Uint8Array(leaves.count);
  }

  addInvalid(place: Place): void {
    const isBehind = place.ordinal > (this.#invalid.at(-1)?.ordinal ?? -1);
    this.#invalid.push(place);
    if (!isBehind) this.#invalid.sort((a, b) => a.ordinal - b.ordinal);
  }

  add(hash: Uint8Array, place: Place): void {
    this.#passInvalid(place.ordinal);
    const index = this.#leaves.indexOf(hash);
    if (index === undefined) this.#strange.push({ place, index: this.#next++ });
    else {
      this.#found[index] = 1;
      this.#next = index + 1;
    }
  }

  /** Those before a row are strange, where they stand. */
  #passInvalid(before: number): void {
    for (
      let [place] = this.#invalid;
      place !== undefined && place.ordinal < before;
      [place] = this.#invalid
    ) {
      this.#strange.push({ place, index: this.#next++ });
      this.#invalid.shift();
    }
  }

  differences(): RowDifferences {
    this.#passInvalid(Number.POSITIVE_INFINITY);
    const [added, dropped, changed] = [new Counted(), new Counted(), new Counted()];
    for (const { place, index } of this.#strange) {
      // A row that stands where one is gone is that row, changed; the hash tells no more.
      const isGone = this.#found[index] === 0;
      if (isGone) this.#found[index] = 1;
      (isGone ? changed : added).add(place);
    }
    for (let index = this.#found.indexOf(0); index >= 0; index = this.#found.indexOf(0, index + 1))
      dropped.add(this.#sealedPlace(index));
    return { added, dropped, changed };
  }

  #sealedPlace(index: number): RowPlace {
    let row = index;
    for (const { path, keys } of this.#inputs) {
      if (row < keys) return { path, line: row + 1 };
      row -= keys;
    }
    return { path: '', line: row + 1 };
  }
}

class Counted implements SomeRows {
  rows = 0;
  readonly places: RowPlace[] = [];

  add({ path, line }: RowPlace): void {
    if (this.rows++ < MOST) this.places.push({ path, line });
  }
}
