import { HashTree } from '../../core/seal/hash-tree.js';
import { HASH_LENGTH } from '../../core/seal/merkle.js';
import { ByteSource } from '../files/byte-source.js';
import { damagedFile } from '../files/file-error.js';
import { nativeSha256 } from './leaf-rows.js';

/** Hashes that are made a tree of together: a power of two. */
const TOGETHER = 4096 * HASH_LENGTH;

/**
 * The hashes of the rows of a sealed batch, from the file that they were written to: what finds a row by its hash. Memory
 * is 40 to 48 bytes a row.
 */
export class LeafHashes {
  readonly #hashes: Uint8Array;
  /** The index of a row and 1, at the place that its hash says or behind it; else 0. */
  readonly #places: Uint32Array;

  private constructor(hashes: Uint8Array) {
    this.#hashes = hashes;
    this.#places = new Uint32Array(2 ** Math.ceil(Math.log2(2 * this.count + 1)));
    for (let index = 0; index < this.count; index++)
      this.#places[this.#placeOf(this.#hashAt(index))] = index + 1;
  }

  /**
   * Reads them, and checks that they are those of the batch.
   *
   * @throws {KeywrightError} `missing_file`; `damaged_file` for what is not the hashes of these rows.
   */
  static async read(
    path: string,
    { size, root }: { readonly size: number; readonly root: Uint8Array },
    signal?: AbortSignal,
  ): Promise<LeafHashes> {
    const hashes = new Uint8Array(size * HASH_LENGTH);
    const source = await ByteSource.open(path, undefined, signal);
    let length = 0;
    try {
      for await (const chunk of source.chunks()) {
        if (length + chunk.length > hashes.length) throw otherHashes(path);
        hashes.set(chunk, length);
        length += chunk.length;
      }
    } finally {
      await source.close();
    }
    if (length !== hashes.length || Buffer.compare(rootOver(hashes), root) !== 0) throw otherHashes(path);
    return new LeafHashes(hashes);
  }

  /** How many rows were sealed. */
  get count(): number {
    return this.#hashes.length / HASH_LENGTH;
  }

  /** The index of the row of that hash, from 0; undefined where there is none. */
  indexOf(hash: Uint8Array): number | undefined {
    const found = this.#places[this.#placeOf(hash)] ?? 0;
    return found === 0 ? undefined : found - 1;
  }

  /** Where a hash is in the table, or would be. */
  #placeOf(hash: Uint8Array): number {
    const last = this.#places.length - 1;
    for (
      let place = new DataView(hash.buffer, hash.byteOffset).getUint32(0) & last;
      ;
      place = (place + 1) & last
    ) {
      const found = this.#places[place] ?? 0;
      if (found === 0 || Buffer.compare(this.#hashAt(found - 1), hash) === 0) return place;
    }
  }

  #hashAt(index: number): Uint8Array {
    return this.#hashes.subarray(index * HASH_LENGTH, (index + 1) * HASH_LENGTH);
  }
}

function rootOver(hashes: Uint8Array): Uint8Array {
  const roots: Uint8Array[] = [];
  for (let from = 0; from < hashes.length; from += TOGETHER)
    roots.push(new HashTree(hashes.subarray(from, from + TOGETHER), nativeSha256).root);
  return new HashTree(Buffer.concat(roots), nativeSha256).root;
}

function otherHashes(path: string) {
  return damagedFile(
    path,
    'does not hold the hashes of the rows of this seal: name the file they were written to',
  );
}
