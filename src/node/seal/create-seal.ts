import { isUtcTime, wholeSeconds } from '../../core/encoding/utc-time.js';
import { KeywrightError } from '../../core/errors.js';
import { formatCheckpoint, isSealOrigin } from '../../core/seal/checkpoint.js';
import { HASH_LENGTH } from '../../core/seal/merkle.js';
import { SealTree } from '../../core/seal/seal-tree.js';
import { signSeal } from '../../core/seal/sign-seal.js';
import type { Signer } from '../../core/sign/signer.js';
import type { Mapping } from '../fields/import-rows.js';
import type { ProblemGroup } from '../fields/problems.js';
import type { ExpectedKeys } from '../lists/columns/expected-shape.js';
import type { KeyFileOptions } from '../lists/list-file.js';
import type { OutputFile } from '../publish/output-file.js';
import { OutputFiles } from '../publish/output-files.js';
import type { ConstantField } from '../rows/key-rows.js';
import { constantClaims } from './claim-fields.js';
import { LeafRows, nativeSha256 } from './leaf-rows.js';
import { refuseOtherRows } from './other-rows.js';
import { demandSalts, readSalts } from './salts.js';
import { formatSealManifest, manifestOf, type SealedBatch } from './seal-manifest.js';

/** What {@link createSealFile} seals, and where it writes. */
export interface CreateSealOptions extends KeyFileOptions, ExpectedKeys {
  /** The name of the batch: `SELLER/keywright/seal/v1/BATCH`. */
  readonly origin: string;
  /** Signs; null: the file then holds the exact bytes that are to be signed. */
  readonly signer: Signer | null;
  /** The time of sealing, which every row claims. */
  readonly now: Date;
  /** Claims that all rows share, as texts. */
  readonly set?: readonly ConstantField[] | undefined;
  /** Columns whose cells are claims. */
  readonly map?: readonly Mapping[] | undefined;
  /** Compare keys as texts, as who verifies does then. */
  readonly exact?: boolean | undefined;
  /** The file of the secret that salts are made from: needed for keys of fewer than 80 bits, or of no known format. */
  readonly sealSecretFile?: string | undefined;
  /** The file of the seal. Left out: neither it nor a manifest is written, and nobody signs. */
  readonly out?: string | undefined;
  /** The file of the hashes of all rows, which an audit names rows by. */
  readonly leaves?: string | undefined;
  /** Replace files that exist, unless they are of the same origin and other rows. */
  readonly force?: boolean | undefined;
  /** Files beside the lists that are read: no output may be one of them. */
  readonly inputs?: readonly string[] | undefined;
  readonly onProgress?: ((rows: number) => void) | undefined;
}

/** What {@link createSealFile} did, or would have done but for the rows that are no good. */
export interface CreatedSeal {
  readonly rows: number;
  /** Rows that are no good: nothing was written. */
  readonly invalid: number;
  readonly problems: readonly ProblemGroup[];
  /** Manifests among the inputs. */
  readonly skipped: readonly string[];
  /** What was sealed; null when nothing was. */
  readonly sealed: SealedBatch | null;
}

/** Clients get it, within proofs. */
const MODE = 0o644;

/**
 * Seals the rows of lists: writes the seal, its manifest beside it and, if asked for, the hashes of all rows; all appear
 * whole or not at all. Lists are read once, as a stream; memory grows by some bytes a key.
 *
 * @throws {KeywrightError} `invalid_option`: an origin that is none, claims that cannot be, no secret where one is needed;
 * `wrong_secret`, `exposed_file`; `file_exists`, also with `force` where other rows were sealed under the same origin; as
 * `openKeyFile`, `signSeal` and `OutputFiles`. Then nothing was written.
 *
 * @example
 * const origin = 'acme.example/keywright/seal/v1/2026-11';
 * const format = parseFormat('XXXXX-XXXXX-XXXXX-XXXXX-XXXXX');
 * const { sealed } = await createSealFile(['keys.txt'], { origin, format, signer, now: new Date(), out: 'keys.seal' });
 * sealed?.checkpoint.size; // 3
 */
export async function createSealFile(
  paths: readonly string[],
  options: CreateSealOptions,
): Promise<CreatedSeal> {
  const { origin, out, leaves, exact = false, signal, force, sealSecretFile, map = [], set = [] } = options;
  if (!isSealOrigin(origin))
    throw refuse('origin', 'is not SELLER/keywright/seal/v1/BATCH in ASCII without blanks and +: name it so');
  if (out === undefined && options.signer !== null)
    throw refuse('out', 'is missing: name the file of the seal');
  if (!isUtcTime(options.now)) throw refuse('now', 'is no valid Date: pass new Date()');
  const constants = constantClaims(set, map);
  const terms = {
    issued: wholeSeconds(options.now),
    comparison: exact ? 'exact' : 'canonical',
    map,
    constants,
  } as const;
  const salts = await readSalts(sealSecretFile, signal);
  if (salts === undefined) demandSalts([options.format ?? []].flat());
  const files = new OutputFiles({ force, inputs: [...paths, ...(options.inputs ?? [])], signal });
  try {
    if (out !== undefined) await files.check([out, manifestOf(out)]);
    const hashes = leaves === undefined ? undefined : new HashOutput(await files.create(leaves));
    const rows = await LeafRows.of(paths, terms, { ...options, salts });
    const tree = new SealTree(terms.comparison, undefined, nativeSha256);
    for await (const some of rows.read(paths)) {
      for (const { compared, claims, salt } of some) {
        tree.appendCompared(compared, claims, salt);
        hashes?.add(tree.lastHash);
      }
      await hashes?.flush();
    }
    const { inputs, skipped, count } = rows.found;
    const { groups: problems, rows: invalid } = rows.problems;
    const told = { rows: count, invalid, problems, skipped };
    if (invalid > 0 || tree.size === 0) return { ...told, sealed: null };
    const checkpoint = { origin, size: tree.size, root: tree.finish().root };
    await refuseOtherRows(out, checkpoint);
    const { column, headerRow, sheet } = options;
    const manifest = {
      terms,
      secretCheck: salts?.check ?? null,
      choices: { column, headerRow, sheet },
      inputs,
    };
    const sealed = { checkpoint, manifest };
    if (out !== undefined) await writeSeal(files, out, sealed, options.signer);
    await files.publish();
    return { ...told, sealed };
  } finally {
    await files.discard();
  }
}

async function writeSeal(
  files: OutputFiles,
  out: string,
  { checkpoint, manifest }: SealedBatch,
  signer: Signer | null,
): Promise<void> {
  const text = signer === null ? formatCheckpoint(checkpoint) : await signSeal(checkpoint, signer);
  const texts = [
    [await files.create(out, MODE & ~process.umask()), text],
    [await files.create(manifestOf(out)), formatSealManifest(checkpoint, manifest)],
  ] as const;
  for (const [file, content] of texts) await file.write(Buffer.from(content));
}

/** The hashes of rows on their way to a file. */
class HashOutput {
  readonly #file: OutputFile;
  #hashes = Buffer.alloc(1024 * HASH_LENGTH);
  #length = 0;

  constructor(file: OutputFile) {
    this.#file = file;
  }

  add(hash: Uint8Array): void {
    if (this.#length === this.#hashes.length) this.#hashes = Buffer.concat([this.#hashes], 2 * this.#length);
    this.#hashes.set(hash, this.#length);
    this.#length += HASH_LENGTH;
  }

  async flush(): Promise<void> {
    await this.#file.write(this.#hashes.subarray(0, this.#length));
    this.#length = 0;
  }
}

function refuse(option: string, what: string): KeywrightError<'invalid_option'> {
  return new KeywrightError('invalid_option', `the ${option} ${what}`, { option });
}
