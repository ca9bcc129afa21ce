import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import {
  addPublicKey,
  generateKeyPair,
  KeywrightError,
  openRevocations,
  type PrivateKey,
  revokedId,
  rsaSigner,
  type Signer,
} from '../../../src/index.js';
import { changeRevocationsFile, createRevocationsFile, nativeSigner } from '../../../src/node.js';
import { demoEd25519, demoRsa } from '../../core/sign/demo-keys.js';
import { failureOf } from '../../failure.js';
import { newFolder } from '../../new-folder.js';

const NAME = 'acme.example/app';
const NOW = new Date('2026-11-28T12:00:00Z');
const LATER = new Date('2026-11-29T12:00:00Z');
const terms = { name: NAME, product: 'app', number: 1, issued: NOW, next: new Date('2026-12-05T12:00:00Z') };
const signer = nativeSigner(demoEd25519);
const id = (key: string) => revokedId(key, 'canonical') ?? '';
const AAAA = new Map([[id('AAAA-0001'), 'leaked']]);

let folder = '';
let path = '';
beforeEach(() => {
  folder = newFolder();
  path = join(folder, 'revoked.list');
});

const open = async (pair: PrivateKey = demoEd25519) => {
  const keyring = addPublicKey(undefined, pair.publicKey, { purposes: ['list'] });
  const opened = await openRevocations(readFileSync(path), keyring, {
    name: NAME,
    product: 'app',
    now: LATER,
  });
  if (!opened.ok) throw new Error(opened.fault);
  return opened;
};

/** After a failure there is what there was. */
const unchanged = async (work: () => Promise<unknown>) => {
  const before = readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'latin1')]);
  const error = await failureOf(work);
  expect(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'latin1')])).toEqual(
    before,
  );
  return error;
};

it('makes a list, and replaces it by its next issue', async () => {
  const made = await createRevocationsFile(path, AAAA, terms, signer);
  expect(made).toEqual({ ...terms, comparison: 'canonical', count: 1, kid: demoEd25519.kid });
  expect((await open()).reasonOf('aaaa 0001')).toBe('leaked');
  chmodSync(path, 0o640);
  const add = (ids: Map<string, string>) => void ids.set(id('BBBB-0002'), '');
  const changed = await changeRevocationsFile(path, add, signer, { now: LATER });
  const next = new Date('2026-12-06T12:00:00Z');
  expect(changed).toEqual({ ...made, number: 2, issued: LATER, next, count: 2 });
  const opened = await open();
  expect([opened.has('AAAA-0001'), opened.has('BBBB-0002'), opened.has('CCCC-0003')]).toEqual([
    true,
    true,
    false,
  ]);
  expect(opened).toMatchObject({ number: 2, signedAt: LATER, next });
  expect(statSync(path).mode & 0o777).toBe(0o640);
  expect(readdirSync(folder)).toEqual(['revoked.list']);
});

it('several processes and calls come one after the other', async () => {
  await createRevocationsFile(path, new Map(), terms, signer);
  const keys = Array.from({ length: 8 }, (_, index) => `KEY0-000${index}`);
  await Promise.all(
    keys.map((key) =>
      changeRevocationsFile(path, (ids) => void ids.set(id(key), ''), signer, { now: LATER }),
    ),
  );
  const opened = await open();
  expect([opened.number, opened.count, keys.every((key) => opened.has(key))]).toEqual([9, 8, true]);
});

it('believes the issue before of its own key, or of the keyring', async () => {
  const next = await generateKeyPair();
  await createRevocationsFile(path, AAAA, terms, signer);
  const change = (keyring?: ReturnType<typeof addPublicKey>) => () =>
    changeRevocationsFile(path, () => {}, nativeSigner(next), { now: LATER, keyring });
  expect(await unchanged(change())).toMatchObject({
    code: 'damaged_file',
    message: expect.stringContaining('(unknown_key)'),
  });
  const responses = addPublicKey(undefined, demoEd25519.publicKey);
  expect((await unchanged(change(responses))).message).toContain('(unknown_key)');
  await change(addPublicKey(undefined, demoEd25519.publicKey, { purposes: ['list'] }))();
  expect((await open(next)).number).toBe(2);
});

it('asks a clock when the issues that came before are done', async () => {
  await createRevocationsFile(path, AAAA, terms, signer);
  let seconds = 0;
  const clock = () => new Date(LATER.getTime() + 1000 * seconds++);
  const add = () => changeRevocationsFile(path, () => {}, signer, { now: clock });
  const reports = await Promise.all([add(), add(), add()]);
  expect(reports.map(({ number }) => number).toSorted()).toEqual([2, 3, 4]);
});

it('refuses what was changed by others, and what is no list', async () => {
  const change = () => changeRevocationsFile(path, () => {}, signer, { now: LATER });
  await createRevocationsFile(path, AAAA, terms, signer);
  const list = readFileSync(path, 'utf8');
  for (const [from, to, told] of [
    [/leaked/, 'unpaid', /\(sha256\): restore it$/],
    [/number 1/, 'number 9', /\(bad_signature\)/],
    [/width 8/, 'width 9', /\(width\): restore it$/],
    [/\u2014/, '-', /\(note\): restore it$/],
  ] as const) {
    writeFileSync(path, list.replace(from, to));
    expect(await unchanged(change)).toMatchObject({
      code: 'damaged_file',
      message: expect.stringMatching(told),
    });
  }
  writeFileSync(path, '');
  expect((await unchanged(change)).code).toBe('damaged_file');
});

it('leaves everything as it was when something fails', async () => {
  const failing: Signer = {
    ...signer,
    sign: () => Promise.reject(new KeywrightError('failed_signer', 'no device: plug it in', {})),
  };
  expect((await unchanged(() => createRevocationsFile(path, AAAA, terms, failing))).message).toBe(
    'no device: plug it in',
  );
  await createRevocationsFile(path, AAAA, terms, signer);
  const change = (by: Signer, options = {}) =>
    unchanged(() => changeRevocationsFile(path, () => {}, by, { now: LATER, ...options }));
  expect((await change(failing)).message).toBe('no device: plug it in');
  expect((await change({ ...signer, publicKey: undefined })).code).toBe('invalid_key');
  expect((await change(rsaSigner(demoRsa))).code).toBe('damaged_file');
  expect(await change(signer, { now: new Date(NOW.getTime() - 1000) })).toMatchObject({
    code: 'invalid_option',
    details: { option: 'now' },
  });
  expect(await change(signer, { next: NOW })).toMatchObject({ details: { option: 'next' } });
  expect((await change(signer, { inputs: [path] })).code).toBe('same_file');
  expect((await unchanged(() => createRevocationsFile(path, AAAA, terms, signer))).code).toBe('file_exists');
  const other = join(folder, 'none', 'x');
  expect((await unchanged(() => createRevocationsFile(other, AAAA, terms, signer))).code).toBe(
    'unwritable_file',
  );
  expect(
    (await unchanged(() => changeRevocationsFile(`${path}x`, () => {}, signer, { now: LATER }))).code,
  ).toBe('missing_file');
});
