import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { addPublicKey, compromisePublicKey, ed25519Signer, verifySealedKey } from '../../../src/index.js';
import {
  auditSeal,
  type CreateSealOptions,
  createSealFile,
  endorseSealFile,
  proveKeys,
} from '../../../src/node.js';
import { nextSealKey, ORIGIN, POLICY, ring, sealer, sealKey } from '../../core/seal/batches.js';
import { codeOf } from '../../failure.js';
import { newFolder } from '../../new-folder.js';

const NOW = new Date('2026-11-28T00:00:00Z');
const KEYS = Array.from({ length: 5000 }, (_, index) => `KEY0-${String(index).padStart(5, '0')}`);
let folder: string;
const at = (name: string) => join(folder, name);
const names = () => readdirSync(folder).toSorted();
const options = (): CreateSealOptions => ({
  origin: ORIGIN,
  signer: sealer,
  now: NOW,
  set: [['valid_until', 'null']],
  map: [['product', 'product']],
  sealSecretFile: at('seal.hex'),
  out: at('1.seal'),
  leaves: at('1.leaves'),
});
const secret = () => ({ seal: at('1.seal'), sealSecretFile: at('seal.hex') });
const writeRows = (name: string, keys: readonly string[], product = (_: number) => 'app') =>
  writeFileSync(
    at(name),
    ['key,product', ...keys.map((key, index) => `${key},${product(index)}`), ''].join('\n'),
  );
const audited = async (name: string, keyring = ring) =>
  (await auditSeal([at(name)], { ...secret(), leaves: at('1.leaves'), keyring })).found;

beforeEach(async () => {
  folder = newFolder();
  writeFileSync(at('seal.hex'), `${'5a'.repeat(32)}\n`, { mode: 0o600 });
  writeRows('keys.csv', KEYS);
  await createSealFile([at('keys.csv')], options());
});

const FILES = ['1.leaves', '1.seal', '1.seal.manifest.json', 'keys.csv', 'seal.hex'];

it('rows with claims of their own are sealed, and each is proven, in whatever block it stands', async () => {
  const { proofs, rows, isSame, unknown } = await proveKeys([at('keys.csv')], { ...secret(), out: at('p') });
  expect([proofs, rows, isSame, unknown]).toEqual([5000, 5000, true, 0]);
  const lines = readFileSync(at('p'), 'utf8').trimEnd().split('\n');
  expect(lines).toHaveLength(5000);
  for (const index of [0, 1, 4095, 4096, 4999]) {
    const { index: told, proof } = JSON.parse(lines[index] ?? '');
    expect(told).toBe(index);
    expect(verifySealedKey(KEYS[index]?.toLowerCase() ?? '', proof, ring, POLICY)).toMatchObject({
      ok: true,
      index,
    });
    expect(verifySealedKey(KEYS[index + 1] ?? 'KEY', proof, ring, POLICY).ok).toBe(false);
  }
});

it('the same rows make the same files to the byte; other rows none under that origin', async () => {
  const before = FILES.slice(0, 3).map((name) => readFileSync(at(name), 'utf8'));
  await createSealFile([at('keys.csv')], { ...options(), force: true });
  expect(FILES.slice(0, 3).map((name) => readFileSync(at(name), 'utf8'))).toEqual(before);
  writeRows('other.csv', KEYS.slice(1));
  for (const change of [{ force: true }, { out: at('2.seal'), leaves: at('2.leaves') }])
    expect(await codeOf(createSealFile([at('other.csv')], { ...options(), ...change }))).toBe('file_exists');
  expect(
    await codeOf(createSealFile([at('keys.csv')], { ...options(), force: true, now: new Date(0) })),
  ).toBe('file_exists');
  expect(FILES.slice(0, 3).map((name) => readFileSync(at(name), 'utf8'))).toEqual(before);
  expect(names()).toEqual([...FILES, 'other.csv'].toSorted());
});

describe('nothing is left of', () => {
  it.each<[string, string, () => Promise<unknown>]>([
    [
      'an origin that is none',
      'invalid_option',
      () => createSealFile([at('keys.csv')], { ...options(), origin: 'x', out: at('out') }),
    ],
    [
      'no secret',
      'invalid_option',
      () => createSealFile([at('keys.csv')], { ...options(), sealSecretFile: undefined, out: at('out') }),
    ],
    [
      'an output that is an input',
      'same_file',
      () => createSealFile([at('keys.csv')], { ...options(), out: at('keys.csv'), force: true }),
    ],
    [
      'a column that is not there',
      'unknown_column',
      () =>
        createSealFile([at('keys.csv')], {
          ...options(),
          map: [['end', 'valid_from']],
          out: at('out'),
          leaves: at('l'),
        }),
    ],
    [
      'a list that is not there',
      'missing_file',
      () => createSealFile([at('none')], { ...options(), out: at('out'), leaves: at('l') }),
    ],
    [
      'a signer that fails',
      'invalid_key',
      () =>
        createSealFile([at('keys.csv')], {
          ...options(),
          origin: `${ORIGIN}b`,
          out: at('out'),
          leaves: at('l'),
          signer: { ...sealer, sign: async () => new Uint8Array(64) },
        }),
    ],
    [
      'proofs of a list that is not there',
      'missing_file',
      () => proveKeys([at('none')], { ...secret(), out: at('p') }),
    ],
    [
      'proofs in the file of the seal',
      'same_file',
      () => proveKeys([at('keys.csv')], { ...secret(), out: at('1.seal'), force: true }),
    ],
    [
      'proofs with another secret',
      'invalid_option',
      () => proveKeys([at('keys.csv')], { seal: at('1.seal'), out: at('p') }),
    ],
  ])('%s', async (_, code, work) => {
    const before = FILES.map((name) => readFileSync(at(name), 'utf8'));
    expect(await codeOf(work())).toBe(code);
    expect(names()).toEqual(FILES);
    expect(FILES.map((name) => readFileSync(at(name), 'utf8'))).toEqual(before);
  });

  it('what is stopped at any row', async () => {
    for (const rows of [1000, 3000, 5000]) {
      const stop = new AbortController();
      const onProgress = (read: number) => {
        if (read >= rows) stop.abort(new Error('stopped'));
      };
      const stopped = { onProgress, signal: stop.signal };
      const files = { out: at('out'), leaves: at('l'), origin: `${ORIGIN}b` };
      await expect(createSealFile([at('keys.csv')], { ...options(), ...files, ...stopped })).rejects.toThrow(
        'stopped',
      );
      await expect(proveKeys([at('keys.csv')], { ...secret(), out: at('p'), ...stopped })).rejects.toThrow(
        'stopped',
      );
      expect(names()).toEqual(FILES);
    }
  });

  it('rows that are no good, each told with its line', async () => {
    writeRows('bad.csv', ['AB-1', 'ab1', '', 'AB-2']);
    const bad = await createSealFile([at('bad.csv')], { ...options(), out: at('out'), leaves: at('l') });
    expect(bad).toMatchObject({ rows: 4, invalid: 2, sealed: null });
    expect(bad.problems.flatMap(({ examples }) => examples.map(({ line }) => line)).toSorted()).toEqual([
      3, 4,
    ]);
    expect(names()).toEqual([...FILES, 'bad.csv'].toSorted());
  });
});

describe('an audit', () => {
  it('finds the same rows', async () => {
    expect(await audited('keys.csv')).toMatchObject({ isSame: true, rows: 5000, differences: undefined });
  });

  it('names each row that was added, dropped or changed, by key or claim, by its line', async () => {
    const other = KEYS.with(10, 'NEW0-1').toSpliced(4500, 1).toSpliced(4200, 0, 'NEW0-2');
    writeRows('other.csv', other, (index) => (index === 20 ? 'pro' : 'app'));
    const place = (line: number, path = at('other.csv')) => ({ path, line });
    const found = await audited('other.csv');
    expect(found?.isSame).toBe(false);
    expect(found?.differences).toMatchObject({
      added: { rows: 1, places: [place(4202)] },
      dropped: { rows: 1, places: [place(4501, at('keys.csv'))] },
      changed: { rows: 2, places: [place(12), place(22)] },
    });
  });

  it('tells the same rows in another order from other rows', async () => {
    writeRows('turned.csv', [...KEYS.slice(4000), ...KEYS.slice(0, 4000)]);
    const none = { rows: 0, places: [] };
    expect(await audited('turned.csv')).toMatchObject({
      isSame: false,
      invalid: 0,
      differences: { added: none, dropped: none, changed: none },
    });
  });

  it('reads no row under a seal that is not to be believed', async () => {
    const stranger = addPublicKey(undefined, nextSealKey.publicKey, { purposes: ['seal'] });
    const audit = await auditSeal([at('none')], { ...secret(), keyring: stranger });
    expect(audit).toMatchObject({ breach: 'unknown_key', found: undefined });
    const stolen = compromisePublicKey(ring, sealKey.kid);
    expect(await auditSeal([at('none')], { ...secret(), keyring: stolen })).toMatchObject({
      breach: 'key_compromised',
    });
  });
});

describe('an endorsement', () => {
  it('is put under the seal of the rows that were read, and of no others', async () => {
    const before = readFileSync(at('1.seal'), 'utf8');
    writeRows('other.csv', KEYS.slice(1));
    const next = { ...secret(), signer: ed25519Signer(nextSealKey) };
    expect(await endorseSealFile([at('other.csv')], next)).toMatchObject({ isSame: false, signatures: 1 });
    expect(readFileSync(at('1.seal'), 'utf8')).toBe(before);
    const { isSame, signatures, sealed } = await endorseSealFile([at('keys.csv')], next);
    expect([isSame, signatures, sealed.checkpoint.origin]).toEqual([true, 2, ORIGIN]);
    expect(readFileSync(at('1.seal'), 'utf8').startsWith(before)).toBe(true);
    expect(await codeOf(endorseSealFile([at('keys.csv')], next))).toBe('invalid_option');
  });
});
