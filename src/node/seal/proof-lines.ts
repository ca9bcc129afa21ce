import type { LicenseComparison } from '../../core/revocations/revoked-id.js';
import type { HashTree } from '../../core/seal/hash-tree.js';
import { formatLeaf } from '../../core/seal/leaf.js';
import { HASH_LENGTH } from '../../core/seal/merkle.js';
import { LONGEST_PATH, proofHead } from '../../core/seal/proof.js';
import type { LeafRow } from './leaf-rows.js';

/** What the proofs of a batch have in common. */
export interface ProvenBatch {
  readonly comparison: LicenseComparison;
  /** The text of the signed seal. */
  readonly seal: string;
  /** The tree over the blocks of its rows. */
  readonly over: HashTree;
}

/** A hash in base64, and its line feed as JSON spells it. */
const HASH_LINE = 46;
/** What all of a small block's proofs take; larger ones get more room. */
const ROOM = 1 << 20;

/**
 * The proofs of rows as they go by, as lines of JSON in UTF-8.
 *
 * A proof ends with the hashes beside its row's way to the root, and the seal. Rows below one node share all of that but the
 * hashes below it. So the tree of a block is walked from its root down, and each hash is written in front of those above it:
 * at a leaf the end of its proof stands there, and is copied.
 */
export class ProofLines {
  /** How many there are. */
  count = 0;
  readonly #batch: ProvenBatch;
  readonly #wanted: ReadonlySet<string> | undefined;
  /** The rows of the block that is not whole yet; undefined for one that is not to be proven. */
  #rows: (Pick<LeafRow, 'claims' | 'salt'> | undefined)[] = [];
  /** The index of the first of them. */
  #first = 0;
  /** From some place on, the end of a proof. */
  readonly #end: Buffer;
  /** Where the hashes end in it. */
  readonly #hashesEnd: number;
  #lines = Buffer.allocUnsafe(ROOM);
  #length = 0;
  /** How the proof of the row before begins. */
  #head: { readonly row: Pick<LeafRow, 'claims' | 'salt'>; readonly text: string } | undefined;

  /** With `wanted`, those rows alone of whose keys that is compared. */
  constructor(batch: ProvenBatch, wanted?: ReadonlySet<string>) {
    this.#batch = batch;
    this.#wanted = wanted;
    const seal = Buffer.from(`${JSON.stringify(`\n${batch.seal}`).slice(1)}}\n`);
    this.#hashesEnd = LONGEST_PATH * HASH_LINE;
    this.#end = Buffer.concat([Buffer.alloc(this.#hashesEnd), seal]);
  }

  addRow({ compared, claims, salt }: LeafRow): void {
    const isWanted = this.#wanted === undefined || this.#wanted.has(compared);
    this.#rows.push(isWanted ? { claims, salt } : undefined);
  }

  /** Writes the proofs of the rows that were added since the block before. */
  addBlock(block: HashTree, number: number): void {
    if (this.#rows.some((row) => row !== undefined)) {
      let from = this.#hashesEnd;
      for (const hash of this.#batch.over.path(number).toReversed()) from = this.#spell(hash, 0, from);
      this.#walk(block.levels, block.levels.length - 1, 0, from);
    }
    this.#first += this.#rows.length;
    this.#rows = [];
  }

  /** The lines since they were taken last, until the next block is added. */
  take(): Uint8Array {
    const lines = this.#lines.subarray(0, this.#length);
    this.#length = 0;
    return lines;
  }

  /** Walks the tree below the node at `index` of a level, above which the end of proofs stands from `from` on. */
  #walk(levels: readonly Uint8Array[], level: number, index: number, from: number): void {
    const below = levels[level - 1];
    if (below === undefined) {
      this.#addLine(index, from);
      return;
    }
    const [left, right] = [2 * index, 2 * index + 1];
    // One that is left over at the right has nothing beside it.
    if (right * HASH_LENGTH >= below.length) {
      this.#walk(levels, level - 1, left, from);
      return;
    }
    this.#walk(levels, level - 1, left, this.#spell(below, right, from));
    this.#walk(levels, level - 1, right, this.#spell(below, left, from));
  }

  /** Writes the hash at `index` in front of `end`; where it begins. */
  #spell(hashes: Uint8Array, index: number, end: number): number {
    const hash = Buffer.from(hashes.buffer, hashes.byteOffset + index * HASH_LENGTH, HASH_LENGTH);
    this.#end.write(`${hash.toString('base64')}\\n`, end - HASH_LINE, 'latin1');
    return end - HASH_LINE;
  }

  #addLine(place: number, from: number): void {
    const row = this.#rows[place];
    if (row === undefined) return;
    const index = this.#first + place;
    const head = `{"index":${index},"proof":${this.#headOf(row)}${index}\\n`;
    const length = this.#length + head.length + this.#end.length - from;
    if (length > this.#lines.length)
      this.#lines = Buffer.concat([this.#lines.subarray(0, this.#length)], 2 * length);
    this.#lines.write(head, this.#length, 'latin1');
    this.#end.copy(this.#lines, this.#length + head.length, from);
    this.#length = length;
    this.count++;
  }

  #headOf(row: Pick<LeafRow, 'claims' | 'salt'>): string {
    const { claims, salt } = row;
    const before = this.#head;
    if (before?.row.claims === claims && before.row.salt === salt) return before.text;
    const { comparison } = this.#batch;
    const extra = Buffer.from(formatLeaf({ comparison, claims, salt }, '')).toString('base64');
    const text = JSON.stringify(proofHead(extra)).slice(0, -1);
    this.#head = { row, text };
    return text;
  }
}
