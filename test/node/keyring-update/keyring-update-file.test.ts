import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import {
  addPublicKey,
  formatKeyring,
  generateKeyPair,
  KeywrightError,
  type PrivateKey,
  type Signer,
} from '../../../src/index.js';
import { applyKeyringUpdateFile, nativeSigner, signKeyringUpdateFile } from '../../../src/node.js';
import { codeOf } from '../../failure.js';
import { newFolder } from '../../new-folder.js';

const NOW = new Date('2026-11-28T00:00:00Z');
const terms = { name: 'acme.example/keyring', number: 2, now: NOW };

let [folder, path, state] = ['', '', ''];
let pair: PrivateKey;
beforeEach(async () => {
  folder = newFolder();
  path = join(folder, 'up');
  state = join(folder, 'state.json');
  pair = await generateKeyPair();
});

const ring = ({ publicKey }: PrivateKey) => addPublicKey(undefined, publicKey, { purposes: ['keyring'] });

it('writes an update, and adds the line of another signer', async () => {
  const other = await generateKeyPair();
  const first = await signKeyringUpdateFile(path, ring(pair), terms, nativeSigner(pair));
  expect(readFileSync(path, 'utf8')).toBe(first);
  const later = { ...terms, now: new Date('2026-12-01T00:00:00Z') };
  const both = await signKeyringUpdateFile(path, ring(pair), later, nativeSigner(other));
  expect(both.startsWith(first)).toBe(true);
  expect(both.slice(first.length).split('\n')).toHaveLength(2);
  for (const trusted of [ring(pair), ring(other)])
    expect(
      await applyKeyringUpdateFile(trusted, both, join(folder, `${trusted.keys[0]?.kid}`)),
    ).toMatchObject({ ok: true });
  expect(await signKeyringUpdateFile(path, ring(pair), later, nativeSigner(pair))).toBe(both);
});

it('several signers at once lose no line', async () => {
  const pairs = await Promise.all(Array.from({ length: 5 }, () => generateKeyPair()));
  await Promise.all(pairs.map((each) => signKeyringUpdateFile(path, ring(pair), terms, nativeSigner(each))));
  expect(readFileSync(path, 'utf8').match(/^\u2014 /gm)).toHaveLength(5);
});

it('replaces nothing else unless told', async () => {
  const [one, other] = [ring(pair), ring(await generateKeyPair())];
  const sign = (keyring = one, given = {}, options = {}) =>
    signKeyringUpdateFile(path, keyring, { ...terms, ...given }, nativeSigner(pair), options);
  for (const text of ['', 'something else\n', '\xff', '{}\n\nno note\n\n']) {
    writeFileSync(path, text, 'latin1');
    expect(await codeOf(sign())).toBe('file_exists');
    expect(readFileSync(path, 'latin1')).toBe(text);
  }
  const update = await sign(one, {}, { force: true });
  expect(await codeOf(sign(other))).toBe('file_exists');
  expect(await codeOf(sign(one, { number: 3 }))).toBe('file_exists');
  expect(await codeOf(sign(one, { name: 'acme.example/other' }))).toBe('file_exists');
  expect(await codeOf(sign(one, { issued: new Date(0) }))).toBe('file_exists');
  expect(await codeOf(sign(one, {}, { inputs: [path] }))).toBe('same_file');
  expect(readFileSync(path, 'utf8')).toBe(update);
  expect((await sign(other, {}, { force: true })).length).toBe(update.length);
});

it('leaves nothing when the signer fails', async () => {
  const sign = () => Promise.reject(new KeywrightError('failed_signer', 'no device: plug it in', {}));
  const failing: Signer = { ...nativeSigner(pair), sign };
  expect(await codeOf(signKeyringUpdateFile(path, ring(pair), terms, failing))).toBe('failed_signer');
  expect(readdirSync(folder)).toEqual([]);
});

it('keeps what it took, and refuses what is older', async () => {
  const update = (number: number) =>
    signKeyringUpdateFile(join(folder, `${number}`), ring(pair), { ...terms, number }, nativeSigner(pair));
  const [second, third] = [await update(2), await update(3)];
  const apply = (text: string) => applyKeyringUpdateFile(ring(pair), text, state);
  expect(await apply('nonsense')).toMatchObject({ ok: false, reason: 'malformed', fault: 'note' });
  expect(readdirSync(folder)).not.toContain('state.json');
  expect(await apply(third)).toMatchObject({ ok: true, number: 3 });
  const kept = readFileSync(state, 'utf8');
  expect(await apply(second)).toMatchObject({ ok: false, reason: 'rollback' });
  expect(await apply(third)).toMatchObject({ ok: true });
  expect(readFileSync(state, 'utf8')).toBe(kept);
  // A keyring is no state: it would be lost.
  for (const text of ['[]', 'null', '{', '', '{}', formatKeyring(ring(pair))]) {
    writeFileSync(state, text);
    expect(await codeOf(apply(third))).toBe('damaged_file');
    expect(readFileSync(state, 'utf8')).toBe(text);
  }
  expect(readdirSync(folder).sort()).toEqual(['2', '3', 'state.json']);
});
