import { KeywrightError } from '../errors.js';
import type { LicenseComparison } from '../revocations/revoked-id.js';
import type { HashTree } from './hash-tree.js';
import { sealedKeyText } from './leaf.js';
import { placeInBlocks } from './leaf-tree.js';
import { formatProof } from './proof.js';
import { SealTree } from './seal-tree.js';

/** A row of a batch: a key, and what the seller says of it. */
export interface SealRow {
  readonly key: string;
  /** As `formatClaims` makes them. */
  readonly claims: string;
  /** 16 random bytes, for keys of fewer than 80 bits: without, a proof tells enough to guess the keys beside it. */
  readonly salt?: Uint8Array | undefined;
}

/** The rows of a batch, ready to be sealed and proven. */
export interface SealedRows {
  readonly size: number;
  readonly root: Uint8Array;
  /** The proof that the row at `index`, from 0, stands in the batch that `seal` is the signed text of. */
  proof(index: number, seal: string): string;
}

/**
 * The tree over the rows of a batch, in memory: 64 bytes a row. Keys are compared by canonical form v1, or with `exact` as the
 * texts they are.
 *
 * @throws {KeywrightError} `not_a_key` for a text that is no key; `invalid_option` for a key that stands there twice, no
 * rows, claims that no verifier would take, and a salt that is not 16 bytes.
 *
 * @example
 * const rows = sealRows([{ key: '7QX4M-9K2TD', claims: formatClaims(issued, { product: 'app', valid_until: null }) }]);
 * const seal = await signSeal({ origin: 'acme.example/keywright/seal/v1/2026-11', ...rows }, signer);
 * verifySealedKey('7qx4m 9k2td', rows.proof(0, seal), keyring, { origins: ['acme.example'], product: 'app', now: issued }).ok; // true
 */
export function sealRows(rows: readonly SealRow[], comparison: LicenseComparison = 'canonical'): SealedRows {
  if (rows.length === 0) throw refuse('rows', 'are none: give one');
  const blocks: HashTree[] = [];
  const tree = new SealTree(comparison, (block) => blocks.push(block));
  const seen = new Set<string | undefined>();
  for (const [index, { key, claims, salt }] of rows.entries()) {
    tree.append(key, claims, salt);
    if (seen.size === seen.add(sealedKeyText(key, comparison)).size)
      throw refuse('rows', `hold the key of row ${index + 1} twice: remove one`);
  }
  const over = tree.finish();
  const proof = (index: number, seal: string) => {
    const row = rows[index];
    if (row === undefined) throw refuse('index', 'is that of no row: count from 0');
    const { block, place } = placeInBlocks(index);
    const path = [...(blocks[block]?.path(place) ?? []), ...over.path(block)];
    return formatProof({ leaf: { comparison, salt: row.salt, claims: row.claims }, index, path }, seal);
  };
  return { size: rows.length, root: over.root, proof };
}

function refuse(option: string, what: string): KeywrightError<'invalid_option'> {
  return new KeywrightError('invalid_option', `the ${option} ${what}`, { option });
}
