import { encodeBase64 } from '../../core/encoding/base64.js';
import {
  listOf,
  nullable,
  objectOf,
  objectShape,
  readShape,
  refined,
  textShape,
  truthShape,
  wholeNumberShape,
} from '../../core/encoding/json-shape.js';
import { formatUtcTime, parseUtcTime } from '../../core/encoding/utc-time.js';
import { isLicenseComparison } from '../../core/revocations/revoked-id.js';
import type { Checkpoint } from '../../core/seal/checkpoint.js';
import { damagedFile } from '../files/file-error.js';
import { packageVersion } from '../files/package-version.js';
import { readTextFile, type TextFileOptions, withoutMark } from '../files/text-file.js';
import type { ReaderChoices } from '../lists/kinds/reader.js';
import { KNOWN_LIST, type KnownList } from '../lists/known-lists.js';
import type { SealedTerms } from './leaf-rows.js';

/** The schema of the manifest, and of `seal create --json`. */
export const SEALED_BATCH = 'sealed-batch';

/** All that has to be known to seal the same rows again. */
export interface SealManifest {
  readonly terms: SealedTerms;
  /** What knows the secret again that salts are made from; null: there are none. */
  readonly secretCheck: string | null;
  /** What was said about the lists. */
  readonly choices: Pick<ReaderChoices, 'column' | 'headerRow' | 'sheet'>;
  readonly inputs: readonly KnownList[];
}

/** A batch that was sealed. */
export interface SealedBatch {
  readonly checkpoint: Checkpoint;
  readonly manifest: SealManifest;
}

/** Where the manifest of a seal lies. */
export function manifestOf(seal: string): string {
  return `${seal}.manifest.json`;
}

/** What the manifest and reports tell of a sealed batch. */
export function batchMembers({ origin, size, root }: Checkpoint, { terms, ...manifest }: SealManifest) {
  return {
    origin,
    size,
    root: encodeBase64(root),
    issued: formatUtcTime(terms.issued),
    comparison: terms.comparison,
    claims: terms.map.map(([column, claim]) => ({ column, claim })),
    constants: terms.constants,
    salted: manifest.secretCheck !== null,
    secretCheck: manifest.secretCheck,
    column: manifest.choices.column ?? null,
    headerRow: manifest.choices.headerRow ?? null,
    sheet: manifest.choices.sheet ?? null,
    inputs: manifest.inputs,
  };
}

/** The text of the manifest of a batch; it holds no key. */
export function formatSealManifest(checkpoint: Checkpoint, manifest: SealManifest): string {
  const head = { schema: `keywright/${SEALED_BATCH}/v1`, version: packageVersion() };
  return `${JSON.stringify({ ...head, ...batchMembers(checkpoint, manifest) }, null, 2)}\n`;
}

/** The members of a {@link SealManifest} as they stand in its file. */
const MEMBERS = objectOf({
  schema: refined(textShape, (schema) => schema === `keywright/${SEALED_BATCH}/v1`),
  origin: textShape,
  size: wholeNumberShape,
  root: textShape,
  issued: refined(textShape, (text) => parseUtcTime(text) !== undefined),
  comparison: refined(textShape, isLicenseComparison),
  claims: listOf(objectOf({ column: textShape, claim: textShape })),
  constants: objectShape,
  secretCheck: nullable(textShape),
  column: nullable(textShape),
  headerRow: nullable(truthShape),
  sheet: nullable(textShape),
  inputs: listOf(KNOWN_LIST),
});

/** A manifest, and the batch it is of. */
export interface ReadManifest extends SealManifest {
  readonly origin: string;
  readonly size: number;
  /** In base64. */
  readonly root: string;
}

/**
 * Reads the manifest beside a seal.
 *
 * @throws {KeywrightError} as `readTextFile`; `damaged_file` for what is none, and for that of another seal.
 */
export async function readSealManifest(
  seal: string,
  { origin, size, root }: Checkpoint,
  options: TextFileOptions = {},
): Promise<ReadManifest> {
  const path = manifestOf(seal);
  const manifest = parseSealManifest(await readTextFile(path, options));
  if (manifest === undefined)
    throw damagedFile(path, 'is no manifest of a seal: restore the one it was made with');
  if (manifest.origin === origin && manifest.size === size && manifest.root === encodeBase64(root))
    return manifest;
  throw damagedFile(path, 'is the manifest of another seal: restore the one it was made with');
}

/** The manifest that a text holds; undefined where it holds none. */
export function parseSealManifest(text: string): ReadManifest | undefined {
  const members = readShape(withoutMark(text), MEMBERS);
  if (members === undefined) return undefined;
  const { origin, size, root, secretCheck, inputs } = members;
  const { comparison, claims, constants } = members;
  const issued = parseUtcTime(members.issued);
  if (issued === undefined || !isLicenseComparison(comparison)) return undefined;
  const map = claims.map(({ column, claim }) => [column, claim] as const);
  const choices = {
    column: members.column ?? undefined,
    headerRow: members.headerRow ?? undefined,
    sheet: members.sheet ?? undefined,
  };
  return { origin, size, root, terms: { issued, comparison, map, constants }, secretCheck, choices, inputs };
}
