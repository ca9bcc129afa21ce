import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { signNote } from '../../../src/core/note/note.js';
import { formatProof } from '../../../src/core/seal/proof.js';
import {
  addPublicKey,
  compromisePublicKey,
  ed25519Signer,
  endorseSeal,
  formatClaims,
  type JsonObject,
  retirePublicKey,
  sealRows,
  signSeal,
  verifySealedKey,
} from '../../../src/index.js';
import { untyped } from '../revocations/hostile-values.js';
import { keys, list, open, opened, rowsOf, signerOf } from '../revocations/lists.js';
import {
  answerOf,
  batchOf,
  CLAIMS,
  forged,
  ISSUED,
  nextSealKey,
  ORIGIN,
  POLICY,
  ring,
  rows,
  sealer,
  sealKey,
} from './batches.js';

const batch = await batchOf(rows(21));
const [KEY, proof] = ['KEY0-00007', batch.proofs[7] ?? ''];
const split = proof.indexOf('\n\n') + 2;
const [head, text] = [proof.slice(0, split), batch.seal.slice(0, batch.seal.indexOf('\n\n') + 1)];
const line = batch.seal.slice(text.length + 1);
/** A line of a key that nobody knows. */
const strange = (index: number, name = ORIGIN) =>
  `\u2014 ${name} ${Buffer.concat([Buffer.from([index, 1, 2, 3]), Buffer.alloc(64)]).toString('base64')}\n`;

describe('a seal', () => {
  it('with two lines of one key holds, and names the key once', () => {
    expect(verifySealedKey(KEY, proof + line, ring, POLICY)).toMatchObject({ ok: true, kid: sealKey.kid });
  });

  it('of 16 lines holds, of 100 as well, of 101 not', () => {
    const more = (count: number) => Array.from({ length: count }, (_, index) => strange(index)).join('');
    expect(answerOf(KEY, proof + more(15))).toBe('ok');
    expect(answerOf(KEY, `${head}${text}\n${more(99)}${line}`)).toBe('ok');
    expect(answerOf(KEY, proof + more(100))).toBe('malformed');
  });

  it('of a hundred lines is endorsed no more', async () => {
    const checkpoint = { origin: ORIGIN, size: 21, root: batch.root };
    const more = (count: number) => Array.from({ length: count }, (_, index) => strange(index)).join('');
    const next = ed25519Signer(nextSealKey);
    expect((await endorseSeal(batch.seal + more(98), checkpoint, next)).split('\n').length).toBe(105);
    const full = batch.seal + more(99);
    await expect(endorseSeal(full, checkpoint, next)).rejects.toMatchObject({ code: 'invalid_option' });
  });

  it('of the longest origin and a hundred lines still holds with the longest claims', async () => {
    const origin = `acme.example/keywright/seal/v1/${'x'.repeat(224)}`;
    const short = formatClaims(ISSUED, CLAIMS);
    const note = 'x'.repeat(65_535 - short.length - ',"note":""'.length);
    const { proofs } = await batchOf([{ key: KEY, claims: { ...CLAIMS, note } }, ...rows(1)], { origin });
    const whole =
      (proofs[0] ?? '') + Array.from({ length: 99 }, (_, index) => strange(index, origin)).join('');
    expect(answerOf(KEY, whole)).toBe('ok');
    expect(() => formatClaims(ISSUED, { ...CLAIMS, note: `${note}x` })).toThrow('longer than 64 KiB');
  });

  it('whose root is in base64 that is not canonical is malformed', () => {
    const root = text.split('\n')[2] ?? '';
    const last = root.at(-2) ?? '';
    // The same bytes, with bits behind them that say nothing.
    const other = `${root.slice(0, -2)}${String.fromCharCode(last.charCodeAt(0) + 1)}=`;
    expect(Buffer.from(other, 'base64')).toEqual(Buffer.from(root, 'base64'));
    expect(answerOf(KEY, proof.replace(root, other))).toBe('malformed');
    expect(answerOf(KEY, proof.replace(root, root.replace('=', '')))).toBe('malformed');
  });

  it.each([
    ['in another case', 'ACME.example/keywright/seal/v1/2026-11'],
    ['of another seller', 'other.example/keywright/seal/v1/2026-11'],
    ['that only begins like ours', 'acme.example.org/keywright/seal/v1/2026-11'],
  ])('of an origin %s is none of ours, though a trusted key signed it', async (_, origin) => {
    const { proofs } = await batchOf(rows(3), { origin });
    expect(answerOf('KEY0-00000', proofs[0])).toBe('unknown_origin');
    expect(answerOf('KEY0-00000', proofs[0], { origins: [origin] })).toBe('ok');
  });

  it('of an origin with a space is malformed', async () => {
    const spaced = text.replace('2026-11', '2026 11');
    const signed = await signNote(spaced, ORIGIN, sealer);
    expect(answerOf(KEY, `${head}${spaced}\n${signed}`)).toBe('malformed');
  });

  it('signed by a key for responses, licenses, lists or keyrings is signed by nobody', async () => {
    const response = addPublicKey(ring, keys.stranger.publicKey, { purposes: ['response'] });
    for (const signer of [signerOf('stranger'), signerOf('license'), signerOf('list'), signerOf('keyring')]) {
      const { proofs } = await batchOf(rows(3), { signer });
      expect(answerOf('KEY0-00000', proofs[0], {}, response)).toBe('unknown_key');
    }
  });

  it('of two products, signed by the keys of both, holds for each of them', async () => {
    const [app, pro] = [
      { key: 'KEY0-1', claims: CLAIMS },
      { key: 'KEY0-2', claims: { ...CLAIMS, product: 'pro' } },
    ];
    const sealed = sealRows(
      [app, pro].map(({ key, claims }) => ({ key, claims: formatClaims(ISSUED, claims) })),
    );
    const checkpoint = { origin: ORIGIN, ...sealed };
    const seal = await endorseSeal(
      await signSeal(checkpoint, sealer),
      checkpoint,
      ed25519Signer(nextSealKey),
    );
    const one = addPublicKey(undefined, sealKey.publicKey, { purposes: ['seal'], product: 'app' });
    const both = addPublicKey(one, nextSealKey.publicKey, { purposes: ['seal'], product: 'pro' });
    expect(answerOf('KEY0-1', sealed.proof(0, seal), { product: 'app' }, both)).toBe('ok');
    expect(answerOf('KEY0-2', sealed.proof(1, seal), { product: 'pro' }, both)).toBe('ok');
    expect(answerOf('KEY0-2', sealed.proof(1, seal), { product: 'app' }, both)).toBe('wrong_product');
    expect(answerOf('KEY0-2', sealed.proof(1, seal), { product: 'pro' }, one)).toBe('wrong_product');
  });
});

it('the first reason that applies wins, in the order that docs/seal.md tells', async () => {
  const table = readFileSync('docs/seal.md', 'utf8').split('| reason | meaning |')[1] ?? '';
  const order = table
    .split('\n\n')[0]
    ?.split('\n')
    .flatMap((row) => row.split('|')[1]?.match(/[a-z_]{6,}/g) ?? []);
  const later = { valid_from: '2026-12-01T00:00:00Z', valid_until: '2027-01-01T00:00:00Z' };
  const sealed = async (claims: JsonObject, by = {}) =>
    (await batchOf([{ key: KEY, claims }], by)).proofs[0] ?? '';
  const unusable = () => forged(KEY, '{}');
  const none = await sealed({ product: 'other' });
  const stranger = signerOf('stranger');
  const stolen = compromisePublicKey(ring, sealKey.kid);
  const retired = retirePublicKey(
    addPublicKey(ring, nextSealKey.publicKey, { purposes: ['seal'] }),
    sealKey.kid,
    new Date('2026-01-01T00:00:00Z'),
  );
  const broken = none.replace(/.(?=.{20}\n$)/, (letter) => (letter === 'A' ? 'B' : 'A'));
  const revoked = { revocations: [await opened(await list({}, rowsOf(KEY)))] };
  const [bad, missing] = [{ revocations: [await open('x')] }, { maxListAge: 60 }];
  const app = { product: 'app', valid_until: '2026-11-28T00:00:00Z' };
  const stale = { maxListAge: 60, revocations: [await opened(await list({}, rowsOf(KEY)))] };
  // Each has all faults of those below it that can be had together.
  expect([
    answerOf('X', 'x', bad, stolen),
    answerOf(
      'X',
      await sealed({}, { origin: 'b.example/keywright/seal/v1/1', signer: stranger }),
      {},
      stolen,
    ),
    answerOf('X', await sealed({}, { signer: stranger }), {}, stolen),
    answerOf('X', broken, {}, stolen),
    answerOf('X', none, {}, stolen),
    answerOf('X', none, {}, retired),
    answerOf(KEY, await unusable(), bad, retired),
    answerOf(KEY, none, bad, retired),
    answerOf(KEY, none, bad),
    answerOf(KEY, await sealed({ product: 'app' }), bad),
    answerOf(KEY, await sealed(app), { ...bad, ...missing }),
    answerOf(KEY, await sealed(app), missing),
    answerOf(KEY, await sealed(app), stale),
    answerOf(KEY, await sealed(app), revoked),
    answerOf(KEY, await sealed({ product: 'app', ...later })),
    answerOf(KEY, await sealed(app)),
  ]).toEqual(order?.filter((reason) => reason !== 'list_rollback'));
});

describe('who holds one key and its proof, and wants two,', () => {
  const own = /extra (\S+)/.exec(proof)?.[1] ?? '';
  const leaf = Buffer.from(own, 'base64').toString();
  const withLeaf = (data: string) => proof.replace(own, Buffer.from(data).toString('base64'));

  it('gets one verdict for all spellings: the same place in the same batch', () => {
    const verdicts = [KEY, 'key000007', 'K-E-Y-0-0-0-0-0-7', 'ｋｅｙ０ ００００７'].map((typed) =>
      verifySealedKey(typed, proof, ring, POLICY),
    );
    for (const verdict of verdicts) expect(verdict).toEqual(verdicts[0]);
    expect(verdicts[0]).toMatchObject({ ok: true, origin: ORIGIN, index: 7 });
  });

  it('moves no line break between key, salt and claims', async () => {
    const [first = '', , , claims = ''] = leaf.split('\n');
    for (const typed of [KEY, `${KEY}\n`, `\n${KEY}`, `${KEY}\n\n${claims}`, `KEY0\r00007`, `${KEY}\u2028`]) {
      for (const data of [
        `${first}\n\n${claims}\n`,
        `${first}\n\n\n\n${claims}\n`,
        `${first}\n\n`,
        `${leaf}\n`,
      ]) {
        expect(answerOf(typed, withLeaf(data))).toBe('malformed');
      }
    }
    expect(answerOf(`${KEY}\n\n${claims}`, proof)).toBe('not_in_batch');
    const exact = await batchOf([{ key: 'aB-1' }], { comparison: 'exact' });
    for (const typed of ['aB-1\n', '\naB-1', 'aB-1\r', `aB-1\n\n${claims}`])
      expect(answerOf(typed, exact.proofs[0])).toBe('not_in_batch');
  });

  it('passes no leaf off as a node, and no node as a leaf', async () => {
    const two = await batchOf(rows(2));
    const hashes = (two.proofs[0] ?? '').split('\n').slice(3, 4);
    const seal = await signSeal({ origin: ORIGIN, size: 1, root: two.root }, sealer);
    // A tree of one leaf has its root from the leaf alone, so the node over both would have to be one.
    const passedOff = formatProof(
      { leaf: { comparison: 'canonical', salt: undefined, claims: '' }, index: 0, path: [] },
      seal,
    );
    const node = Buffer.concat(hashes.map((hash) => Buffer.from(hash, 'base64'))).toString('latin1');
    for (const typed of ['KEY0-00000', node, `\u0001${node}`])
      expect(answerOf(typed, passedOff)).toBe('not_in_batch');
  });

  it('has no other place, and no other size', () => {
    for (let index = 0; index < 64; index++) {
      if (index !== 7)
        expect(answerOf(KEY, proof.replace('index 7\n', `index ${index}\n`))).toBe('not_in_batch');
    }
    for (const size of [1, 8, 20, 22, 32]) {
      expect(answerOf(KEY, proof.replace('\n21\n', `\n${size}\n`))).toBe('bad_signature');
    }
  });

  it('adds no signature: not of another text, not of another name, not of a key of his own', async () => {
    const [stolen, thief] = [compromisePublicKey(ring, sealKey.kid), ed25519Signer(nextSealKey)];
    const own = await signNote(text, ORIGIN, thief);
    expect(answerOf(KEY, proof + own, {}, stolen)).toBe('key_compromised');
    expect(answerOf(KEY, proof, { seals: [`${text}\n${own}`] }, stolen)).toBe('key_compromised');
    const other = addPublicKey(stolen, nextSealKey.publicKey, { purposes: ['seal'] });
    const elsewhere = await signNote(text.replace('2026-11', '2026-12'), ORIGIN, thief);
    expect(answerOf(KEY, proof + elsewhere, {}, other)).toBe('bad_signature');
    const renamed = await signNote(text, `${ORIGIN}2`, thief);
    expect(answerOf(KEY, proof + renamed, {}, other)).toBe('key_compromised');
  });

  it('types nothing that is no text', () => {
    for (const typed of [[KEY], { toString: () => KEY }, new String(KEY), null, 7n]) {
      expect(answerOf(untyped(typed), proof)).toBe('not_in_batch');
    }
  });
});
