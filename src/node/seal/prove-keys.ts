import { comparedText } from '../../core/dedupe/compared-text.js';
import { damagedFile } from '../files/file-error.js';
import { OutputFiles } from '../publish/output-files.js';
import { ProofLines } from './proof-lines.js';
import { type ResealedRows, Resealing, type ResealingOptions } from './resealed-rows.js';
import { manifestOf, type SealedBatch } from './seal-manifest.js';

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
  readonly sealed: SealedBatch;
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
 *
 * @example
 * const { proofs } = await proveKeys(['keys.txt'], { seal: 'keys.seal', out: 'proofs.jsonl' });
 * proofs; // 3
 */
export async function proveKeys(paths: readonly string[], options: ProveOptions): Promise<ProvenRows> {
  const { seal, out, force, signal, only } = options;
  const resealing = await Resealing.open(options);
  const { sealed } = resealing;
  if (resealing.file.signatures.length === 0)
    throw damagedFile(seal, 'is not signed yet: endorse it, then prove keys');
  const inputs = [...paths, seal, manifestOf(seal), ...(options.inputs ?? [])];
  const files = new OutputFiles({ force, inputs, signal, hashed: false });
  try {
    await files.check([out]);
    const { over, ...found } = await resealing.read(paths);
    if (!found.isSame) return { ...found, sealed, proofs: 0, unknown: 0 };
    const file = await files.create(out);
    const { comparison } = resealing.manifest.terms;
    const compared = comparison === 'exact' ? 'exact' : 1;
    const wanted = only && new Set(only.map((key) => comparedText(key, compared)));
    const lines = new ProofLines({ comparison, seal: resealing.file.text, over }, wanted);
    const again = await resealing.read(paths, {
      visit: (block, number) => lines.addBlock(block, number),
      onRow: (row) => lines.addRow(row),
      onSome: () => file.write(lines.take()),
    });
    if (!again.isSame) throw damagedFile(paths[0] ?? '', 'has changed while it was read: run this again');
    const unknown = wanted === undefined ? 0 : wanted.size - lines.count;
    if (unknown === 0) await files.publish();
    return { ...found, sealed, proofs: unknown === 0 ? lines.count : 0, unknown };
  } finally {
    await files.discard();
  }
}
