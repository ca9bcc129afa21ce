import { comparedText } from '../../core/dedupe/compared-text.js';
import type { HashTree } from '../../core/seal/hash-tree.js';
import { formatLeaf } from '../../core/seal/leaf.js';
import { HASH_LENGTH } from '../../core/seal/merkle.js';
import { proofText } from '../../core/seal/proof.js';
import { damagedFile } from '../files/file-error.js';
import { OutputFiles } from '../publish/output-files.js';
import type { LeafRow } from './leaf-rows.js';
import { type ResealedRows, Resealing, type ResealingOptions } from './resealed-rows.js';
import { manifestOf } from './seal-manifest.js';

/** How {@link proveKeys} works. */
export interface ProveOptions extends ResealingOptions {
  readonly out: string;
  /** Prove these keys alone; undefined: all. */
  readonly only?: readonly string[] | undefined;
  readonly force?: boolean | undefined;
  readonly inputs?: readonly string[] | undefined;
}

/** What {@link proveKeys} did. Nothing was written where rows differ, or where a key was not found. */
export interface ProvenRows extends Omit<ResealedRows, 'over'> {
  readonly resealing: Resealing;
  readonly proofs: number;
  /** How many of the keys that were asked for stand in no row. */
  readonly unknown: number;
}

/**
 * Writes the proofs of keys of a sealed batch, a line each: `{"index":…,"proof":"…"}`, in the order of the rows, without
 * the keys. The lists are read twice, as streams: memory grows by some bytes a key.
 *
 * @throws {KeywrightError} as `Resealing` and `OutputFiles`; `damaged_file` for a seal that nobody signed, and for lists
 * that change meanwhile. Then nothing was written.
 */
export async function proveKeys(paths: readonly string[], options: ProveOptions): Promise<ProvenRows> {
  const { seal, out, force, signal, only } = options;
  const resealing = await Resealing.open(options);
  if (resealing.file.signatures.length === 0)
    throw damagedFile(seal, 'is not signed yet: endorse it, then prove keys');
  const inputs = [...paths, seal, manifestOf(seal), ...(options.inputs ?? [])];
  const files = new OutputFiles({ force, inputs, signal });
  try {
    await files.check([out]);
    const { over, ...found } = await resealing.read(paths);
    if (!found.isSame) return { ...found, resealing, proofs: 0, unknown: 0 };
    const file = await files.create(out);
    const compared = resealing.manifest.terms.comparison === 'exact' ? 'exact' : 1;
    const wanted = only && new Set(only.map((key) => comparedText(key, compared)));
    const lines = new ProofLines(resealing, over, wanted);
    const again = await resealing.read(paths, {
      visit: (block, number) => lines.addBlock(block, number),
      onRow: (row) => lines.addRow(row),
      onSome: async () => file.write(Buffer.from(lines.take())),
    });
    if (!again.isSame) throw damagedFile(paths[0] ?? '', 'has changed while it was read: run this again');
    const unknown = wanted === undefined ? 0 : wanted.size - lines.count;
    if (unknown === 0) await files.publish();
    return { ...found, resealing, proofs: unknown === 0 ? lines.count : 0, unknown };
  } finally {
    await files.discard();
  }
}

/** The proofs of rows as they go by. */
class ProofLines {
  /** How many there are. */
  count = 0;
  readonly #resealing: Resealing;
  readonly #over: HashTree;
  readonly #wanted: ReadonlySet<string> | undefined;
  /** The rows of the block that is not whole yet; undefined for one that is not to be proven. */
  #block: (Pick<LeafRow, 'claims' | 'salt'> | undefined)[] = [];
  /** The index of the first of them. */
  #first = 0;
  #text = '';

  constructor(resealing: Resealing, over: HashTree, wanted: ReadonlySet<string> | undefined) {
    this.#resealing = resealing;
    this.#over = over;
    this.#wanted = wanted;
  }

  addRow({ compared, claims, salt }: LeafRow): void {
    const isWanted = this.#wanted === undefined || this.#wanted.has(compared);
    this.#block.push(isWanted ? { claims, salt } : undefined);
  }

  /** Writes the proofs of the rows that were added since the block before. */
  addBlock(block: HashTree, number: number): void {
    const { manifest, file } = this.#resealing;
    const { comparison } = manifest.terms;
    const lines = new HashLines();
    const above = this.#over
      .path(number)
      .map((hash) => lines.of(hash))
      .join('');
    for (const [place, row] of this.#block.entries()) {
      if (row === undefined) continue;
      const extra = Buffer.from(formatLeaf({ comparison, ...row }, '')).toString('base64');
      let hashes = '';
      for (const hash of block.path(place)) hashes += lines.of(hash);
      const index = this.#first + place;
      const proof = proofText(extra, index, hashes + above, file.text);
      this.#text += `${JSON.stringify({ index, proof })}\n`;
      this.count++;
    }
    this.#first += this.#block.length;
    this.#block = [];
  }

  /** The lines since they were taken last. */
  take(): string {
    const text = this.#text;
    this.#text = '';
    return text;
  }
}

/** Hashes as lines of base64, each spelled once: those of a block stand in hundreds of its proofs. */
class HashLines {
  /** By the memory of a level of the tree. */
  readonly #levels = new Map<ArrayBufferLike, string[]>();

  of(hash: Uint8Array): string {
    const { buffer, byteOffset } = hash;
    const level = this.#levels.get(buffer) ?? [];
    if (level.length === 0) this.#levels.set(buffer, level);
    const at = byteOffset / HASH_LENGTH;
    level[at] ??= `${Buffer.from(buffer, byteOffset, HASH_LENGTH).toString('base64')}\n`;
    return level[at];
  }
}
