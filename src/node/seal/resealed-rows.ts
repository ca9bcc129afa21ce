import type { Checkpoint } from '../../core/seal/checkpoint.js';
import type { HashTree } from '../../core/seal/hash-tree.js';
import { SealTree } from '../../core/seal/seal-tree.js';
import type { Place, ProblemGroup } from '../fields/problems.js';
import type { ReaderChoices } from '../lists/kinds/reader.js';
import type { KnownList } from '../lists/known-lists.js';
import { type LeafRow, LeafRows, nativeSha256 } from './leaf-rows.js';
import { demandSameSecret, readSalts, type Salts } from './salts.js';
import { readSealFile, type SealFile } from './seal-file.js';
import { type ReadManifest, readSealManifest, type SealedBatch } from './seal-manifest.js';

/** Where the rows of a sealed batch are read from once more. */
export interface ResealingOptions extends Pick<ReaderChoices, 'column' | 'headerRow' | 'sheet'> {
  /** The file of the seal, with its manifest beside it. */
  readonly seal: string;
  /** The file of the secret that the salts were made from, where there are any. */
  readonly sealSecretFile?: string | undefined;
  readonly stdin?: AsyncIterable<Uint8Array> | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((rows: number) => void) | undefined;
}

/** What was found of rows that are held against a seal. */
export interface ResealedRows {
  /** Whether the rows are those that were sealed, in their order. */
  readonly isSame: boolean;
  readonly rows: number;
  readonly invalid: number;
  readonly problems: readonly ProblemGroup[];
  readonly skipped: readonly string[];
  readonly inputs: readonly KnownList[];
  /** The tree over the blocks of those rows. */
  readonly over: HashTree;
}

/** What is done with rows while they are read. */
export interface RowVisitor {
  readonly visit?: ((block: HashTree, number: number) => void) | undefined;
  readonly onRow?: ((row: LeafRow) => void) | undefined;
  readonly onInvalid?: ((place: Place) => void) | undefined;
  readonly onHash?: ((hash: Uint8Array, row: LeafRow) => void) | undefined;
  readonly onSome?: (() => Promise<void>) | undefined;
}

/** A seal, its manifest, and the rows of lists held against them. */
export class Resealing {
  readonly file: SealFile;
  readonly manifest: ReadManifest;
  readonly #salts: Salts | undefined;
  readonly #options: ResealingOptions;

  private constructor(
    file: SealFile,
    manifest: ReadManifest,
    salts: Salts | undefined,
    options: ResealingOptions,
  ) {
    this.file = file;
    this.manifest = manifest;
    this.#salts = salts;
    this.#options = options;
  }

  /**
   * Reads the seal and its manifest.
   *
   * @throws {KeywrightError} as `readSealFile`, `readSealManifest`, `readSalts`, `demandSameSecret`.
   */
  static async open(options: ResealingOptions): Promise<Resealing> {
    const { seal, sealSecretFile, signal } = options;
    const file = await readSealFile(seal, { signal });
    const manifest = await readSealManifest(seal, file.checkpoint, { signal });
    const salts = await readSalts(sealSecretFile, signal);
    demandSameSecret(salts, manifest.secretCheck);
    return new Resealing(file, manifest, salts, options);
  }

  get checkpoint(): Checkpoint {
    return this.file.checkpoint;
  }

  /** The batch that the seal is of. */
  get sealed(): SealedBatch {
    return { checkpoint: this.checkpoint, manifest: this.manifest };
  }

  /**
   * Reads lists as those that were sealed. In order: `onInvalid` is called with each row that is a
   * problem among some, `onRow` with each other, `visit` with the tree of each block of
   * rows as soon as it is whole, `onHash` with the hash of the row, and `onSome` after some rows.
   *
   * @throws {KeywrightError} as `LeafRows.read`.
   */
  async read(
    paths: readonly string[],
    { visit, onRow, onInvalid, onHash, onSome }: RowVisitor = {},
  ): Promise<ResealedRows> {
    const { terms, choices } = this.manifest;
    const { column = choices.column, headerRow = choices.headerRow, sheet = choices.sheet } = this.#options;
    const { stdin, signal, onProgress } = this.#options;
    const reading = { column, headerRow, sheet, stdin, signal, onProgress, onInvalid, anyFormat: true };
    const rows = await LeafRows.of(paths, terms, { ...reading, salts: this.#salts });
    const tree = new SealTree(terms.comparison, visit, nativeSha256);
    for await (const some of rows.read(paths)) {
      for (const row of some) {
        onRow?.(row);
        tree.appendCompared(row.compared, row.claims, row.salt);
        onHash?.(tree.lastHash, row);
      }
      await onSome?.();
    }
    const { inputs, skipped, count } = rows.found;
    const { rows: invalid, groups: problems } = rows.problems;
    const over = tree.finish();
    await onSome?.();
    const { size, root } = this.checkpoint;
    const isSame = invalid === 0 && tree.size === size && Buffer.compare(over.root, root) === 0;
    return { isSame, rows: count, invalid, problems, skipped, inputs, over };
  }
}
