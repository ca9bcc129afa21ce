import { describe, expect, it } from 'vitest';
import type { HashTree } from '../../../src/core/seal/hash-tree.js';
import { SealTree } from '../../../src/core/seal/seal-tree.js';
import { formatClaims, sealRows, signSeal, verifySealedKey } from '../../../src/index.js';
import { type LeafRow, nativeSha256 } from '../../../src/node/seal/leaf-rows.js';
import { ProofLines } from '../../../src/node/seal/proof-lines.js';
import { CLAIMS, ISSUED, ORIGIN, POLICY, ring, sealer } from '../../core/seal/batches.js';
import { WHOLE } from '../../runs.js';

const PLACE = { path: 'keys.txt', line: 1, ordinal: 0, reference: undefined };
const [app, other] = [formatClaims(ISSUED, CLAIMS), formatClaims(ISSUED, { ...CLAIMS, name: '"\\' })];

const rowsOf = (count: number): readonly LeafRow[] =>
  Array.from({ length: count }, (_, index) => ({
    compared: `KEY${index}`,
    claims: index % 3 === 0 ? other : app,
    salt: index % 5 === 0 ? new Uint8Array(16).fill(index) : undefined,
    place: PLACE,
  }));

/** The root over rows, as `seal create` finds it. */
function treeOver(rows: readonly LeafRow[]): HashTree {
  const tree = new SealTree('canonical', undefined, nativeSha256);
  for (const { compared, claims, salt } of rows) tree.appendCompared(compared, claims, salt);
  return tree.finish();
}

/** The lines of rows, with how many proofs there are. */
function linesOf(rows: readonly LeafRow[], seal: string, wanted?: ReadonlySet<string>) {
  const lines = new ProofLines({ comparison: 'canonical', seal, over: treeOver(rows) }, wanted);
  let text = '';
  const take = () => {
    text += Buffer.from(lines.take()).toString();
  };
  const visit = (block: HashTree, number: number) => {
    lines.addBlock(block, number);
    if (number % 2 === 0) take();
  };
  const tree = new SealTree('canonical', visit, nativeSha256);
  for (const row of rows) {
    lines.addRow(row);
    tree.appendCompared(row.compared, row.claims, row.salt);
  }
  tree.finish();
  take();
  return { lines: text.split('\n').slice(0, -1), count: lines.count };
}

/** The same rows as the library seals them. */
async function sealedOf(rows: readonly LeafRow[], origin = ORIGIN) {
  const sealed = sealRows(rows.map(({ compared, claims, salt }) => ({ key: compared, claims, salt })));
  const seal = await signSeal({ origin, ...sealed }, sealer);
  return { seal, lineOf: (index: number) => JSON.stringify({ index, proof: sealed.proof(index, seal) }) };
}

describe('lines of proofs', () => {
  it.each([1, 2, 3, 4, 5, 7, 8, 100, 4095, 4096, 4097, 8192, 8193, 12_290])(
    'of %i rows are those of the library',
    async (count) => {
      const rows = rowsOf(count);
      const { seal, lineOf } = await sealedOf(rows);
      const { lines, count: counted } = linesOf(rows, seal);
      expect(counted).toBe(count);
      expect(lines.length).toBe(count);
      // Of many rows those around the bounds of blocks, and some of the others.
      const isLooked = (index: number) => WHOLE || count < 200 || index % 37 === 0 || (index + 3) % 4096 < 6;
      expect(lines.findIndex((line, index) => isLooked(index) && line !== lineOf(index))).toBe(-1);
    },
  );

  it('of some keys are theirs, in whatever block they stand', async () => {
    const rows = rowsOf(9000);
    const { seal, lineOf } = await sealedOf(rows);
    const { lines, count } = linesOf(rows, seal, new Set(['KEY8999', 'KEY8192', 'KEY7', 'KEY9001']));
    expect(count).toBe(3);
    expect(lines).toEqual([7, 8192, 8999].map(lineOf));
  });

  it('are JSON whatever the origin is, and claims of any length', async () => {
    const claims = formatClaims(ISSUED, { ...CLAIMS, note: 'x'.repeat(65_000) });
    const rows = rowsOf(30).map((row, index) => (index % 2 === 1 ? { ...row, claims } : row));
    const { seal } = await sealedOf(rows, 'a"c\\me/keywright/seal/v1/"\\n');
    const { lines } = linesOf(rows, seal);
    const proof = (index: number) => JSON.parse(lines[index] ?? '').proof;
    const policy = { ...POLICY, origins: ['a"c\\me'] };
    expect(verifySealedKey('key-2', proof(2), ring, policy)).toMatchObject({ ok: true, index: 2 });
    expect(verifySealedKey('key-29', proof(29), ring, policy)).toMatchObject({ ok: true, index: 29 });
    expect(lines.join('').length).toBeGreaterThan(1 << 20);
    expect(linesOf(rowsOf(3), seal).lines[0]).toContain('a\\"c\\\\me/keywright/seal/v1/\\"\\\\n\\n');
  });
});
