import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { signNote } from '../../../src/core/note/note.js';
import {
  addPublicKey,
  compromisePublicKey,
  ed25519Signer,
  endorseSeal,
  formatClaims,
  type JsonObject,
  type Keyring,
  retirePublicKey,
  revokedId,
  signSeal,
  verifySealedKey,
} from '../../../src/index.js';
import { refusal } from '../../failure.js';
import { hostileValues, untyped } from '../revocations/hostile-values.js';
import { keys, list, NOW, open, opened, rowsOf, signerOf } from '../revocations/lists.js';
import { signers } from '../sign/demo-keys.js';
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
const KEY = 'KEY0-00007';
const proof = batch.proofs[7] ?? '';
const withNext = (keyring: Keyring) => addPublicKey(keyring, nextSealKey.publicKey, { purposes: ['seal'] });

describe('a sealed key', () => {
  it('is proven offline, in whatever spelling it was typed', () => {
    for (const key of [KEY, 'key0 00007', 'ＫＥＹ０‐００００７', ' Key000007 ']) {
      expect(verifySealedKey(key, proof, ring, POLICY)).toEqual({
        ok: true,
        claims: {
          issued: ISSUED,
          product: 'app',
          validUntil: new Date('2027-11-28T00:00:00Z'),
          validFrom: undefined,
          sealed: { issued: ISSUED.getTime() / 1000, ...CLAIMS },
        },
        origin: ORIGIN,
        index: 7,
        size: 21,
        kid: sealKey.kid,
        signedAt: ISSUED,
        clockBehind: false,
        listStale: false,
      });
    }
  });

  it('is proven by its own proof alone, each of the batch', () => {
    for (const [index, each] of batch.proofs.entries()) {
      expect(answerOf(rows(21)[index]?.key, each)).toBe('ok');
      expect(answerOf(KEY, each)).toBe(index === 7 ? 'ok' : 'not_in_batch');
    }
    for (const key of ['KEY0-00021', '', ' - ', '\ud800', `${KEY}\nx`, 'x'.repeat(9999), undefined, 7, {}]) {
      expect(answerOf(key, proof)).toBe('not_in_batch');
    }
  });

  it('may be the only one of its batch', async () => {
    const one = await batchOf(rows(1));
    expect(one.proofs[0]?.split('\n')[3]).toBe('');
    expect(answerOf('KEY0-00000', one.proofs[0])).toBe('ok');
  });

  it('is compared as the text it is where the batch says so', async () => {
    const exact = await batchOf([{ key: 'aB-1' }, { key: 'Ab-1' }], { comparison: 'exact' });
    expect(answerOf('aB-1', exact.proofs[0])).toBe('ok');
    for (const key of ['Ab-1', 'aB1', 'ab-1']) expect(answerOf(key, exact.proofs[0])).toBe('not_in_batch');
    const mixed = exact.proofs[0]?.replace(/extra \S+/, (extra) => {
      const data = Buffer.from(extra.slice(6), 'base64').toString().replace('key-exact', 'key');
      return `extra ${Buffer.from(data).toString('base64')}`;
    });
    expect(answerOf('aB-1', mixed)).toBe('not_in_batch');
  });

  it('with a salt is proven by a proof that tells it', async () => {
    const salt = new Uint8Array(16).fill(9);
    const salted = await batchOf([{ key: KEY, salt }, { key: 'KEY0-00008' }]);
    expect(answerOf(KEY, salted.proofs[0])).toBe('ok');
    expect(answerOf('KEY0-00008', salted.proofs[1])).toBe('ok');
  });
});

describe('a proof', () => {
  const replace = (from: string | RegExp, to: string) => proof.replace(from, to);
  const extra = (text: string) => replace(/extra \S+/, `extra ${Buffer.from(text).toString('base64')}`);
  const claims = formatClaims(ISSUED, CLAIMS);
  const hash = proof.split('\n')[3] ?? '';

  it.each<[string, string]>([
    ['of CRLF', proof.replaceAll('\n', '\r\n')],
    ['without its last line feed', proof.slice(0, -1)],
    ['of another version', replace('@v1', '@v2')],
    ['without its extra line', replace(/extra \S+\n/, '')],
    ['whose extra is no base64', replace('extra ', 'extra =')],
    ['whose extra is no UTF-8', replace(/extra \S+/, 'extra /w==')],
    ['whose extra names the key', extra(`keywright/key/v1\n${KEY}\n\n${claims}\n`)],
    ['whose extra has a line more', extra(`keywright/key/v1\n\n\n${claims}\n\n`)],
    ['whose extra has a line less', extra(`keywright/key/v1\n\n${claims}\n`)],
    ['whose extra ends without line feed', extra(`keywright/key/v1\n\n\n${claims}`)],
    ['whose extra is another artefact', extra(`keywright/id/v1\n\n\n${claims}\n`)],
    ['with a short salt', extra(`keywright/key/v1\n\nAAAA\n${claims}\n`)],
    ['of the index 007', replace('index 7', 'index 007')],
    ['of the index -1', replace('index 7', 'index -1')],
    ['of the index +7', replace('index 7', 'index +7')],
    ['of the index 7.0', replace('index 7', 'index 7.0')],
    ['of the index 2⁵³', replace('index 7', `index ${2 ** 53}`)],
    ['of the index 1e1', replace('index 7', 'index 1e1')],
    ['of a size with zeros before', replace('\n21\n', '\n021\n')],
    ['of the size 0', replace('\n21\n', '\n0\n')],
    ['of the size 2⁵³', replace('\n21\n', `\n${2 ** 53}\n`)],
    ['whose hash has a byte less', replace(hash, Buffer.alloc(31).toString('base64'))],
    [
      'whose hash is not canonical',
      replace(
        hash,
        `${hash.slice(0, -2)}${hash.at(-2) === 'A' ? 'B' : `${hash.at(-2)}x`.slice(0, 1) === 'B' ? 'C' : 'B'}=`,
      ),
    ],
    ['of 54 hashes', replace(hash, Array.from({ length: 54 }, () => hash).join('\n'))],
    ['whose root has a byte less', replace(/(\n21\n)\S+/, `$1${Buffer.alloc(31).toString('base64')}`)],
    ['with an extension line', replace(/(\n21\n\S+\n)/, '$1more\n')],
    ['with a dash of U+2013', replace('\u2014', '\u2013')],
    ['with a blank in its origin', replace(ORIGIN, `acme .example/keywright/seal/v1/2026-11`)],
    ['whose origin is no seal', proof.replaceAll('/keywright/seal/', '/keywright/list/')],
    ['whose origin is ours', proof.replaceAll('acme.example/', 'keywright/')],
    ['that is longer than 128 KiB', `${proof}${' '.repeat(131_072)}`],
    ['without a signature line', proof.slice(0, proof.indexOf('\u2014'))],
    ['of 101 signatures', proof + (proof.split('\n').at(-2) ?? '').concat('\n').repeat(100)],
  ])('%s is malformed', (_, text) => {
    expect(text).not.toBe(proof);
    expect(answerOf(KEY, text)).toBe('malformed');
  });

  it('whatever else it is, is malformed', () => {
    for (const value of hostileValues()) expect(answerOf(KEY, value)).toBe('malformed');
  });

  it.each<[string, string]>([
    ['of another place', replace('index 7', 'index 6')],
    ['of the index 21 of 21, behind the end', replace('index 7', 'index 21')],
    ['of a place far behind the end', replace('index 7', `index ${2 ** 53 - 1}`)],
    ['with a hash more', replace(hash, `${hash}\n${hash}`)],
    ['with a hash less', replace(`${hash}\n`, '')],
    ['with hashes in another order', proof.replace(/(index 7\n)(\S+)\n(\S+)/, '$1$3\n$2')],
    ['with the hashes of another row', (batch.proofs[6] ?? '').replace('index 6', 'index 7')],
    ['with other claims', extra(`keywright/key/v1\n\n\n${claims.replace('2027', '2099')}\n`)],
    [
      'with claims in another order',
      extra(`keywright/key/v1\n\n\n${JSON.stringify({ ...CLAIMS, issued: 1 })}\n`),
    ],
    ['with a blank behind its claims', extra(`keywright/key/v1\n\n\n${claims} \n`)],
    [
      'with a salt that was not there',
      extra(`keywright/key/v1\n\n${Buffer.alloc(16).toString('base64')}\n${claims}\n`),
    ],
  ])('%s is of another batch', (_, text) => {
    expect(text).not.toBe(proof);
    expect(answerOf(KEY, text)).toBe('not_in_batch');
  });

  it('of another batch is none, nor is one under the seal of another', async () => {
    const other = await batchOf(rows(20), { origin: `${ORIGIN}b` });
    expect(answerOf(KEY, other.proofs[7])).toBe('ok');
    const swapped = proof.slice(0, proof.indexOf('\n\n') + 2) + other.seal;
    expect(answerOf(KEY, swapped)).toBe('not_in_batch');
  });

  it('under a seal that was changed, or that nobody trusted signed, is refused before the key is looked at', async () => {
    expect(answerOf('x', replace('\n21\n', '\n22\n'))).toBe('bad_signature');
    const stranger = await batchOf(rows(3), { signer: signerOf('stranger') });
    expect(answerOf('KEY0-00000', stranger.proofs[0])).toBe('unknown_key');
    const license = await batchOf(rows(3), { signer: signerOf('license') });
    expect(answerOf('KEY0-00000', license.proofs[0])).toBe('unknown_key');
    // A line of another name, by a key that is trusted, is no line of this seal.
    const text = batch.seal.slice(0, batch.seal.indexOf('\n\n') + 1);
    const renamed = `${proof.slice(0, proof.indexOf('\u2014'))}${await signNote(text, `${ORIGIN}x`, sealer)}`;
    expect(answerOf(KEY, renamed)).toBe('unknown_key');
  });

  it('is refused for one bad line of a known key, whatever stands beside it', async () => {
    const line = proof.slice(proof.indexOf('\u2014'));
    const bad = line.replace(/.(?=.{20}\n$)/, (letter) => (letter === 'A' ? 'B' : 'A'));
    expect(answerOf(KEY, proof + line)).toBe('ok');
    expect(answerOf(KEY, proof + bad)).toBe('bad_signature');
    expect(answerOf(KEY, `${proof}\u2014 witness.example ${Buffer.alloc(68).toString('base64')}\n`)).toBe(
      'ok',
    );
  });

  it('is of a seller whose origins are accepted, up to a slash', () => {
    for (const origins of [
      ['acme.example'],
      ['acme.example/'],
      [ORIGIN],
      ['other.example', 'acme.example'],
    ]) {
      expect(answerOf(KEY, proof, { origins })).toBe('ok');
    }
    for (const origin of [
      'acme',
      'acme.exampl',
      'ACME.example',
      `${ORIGIN}/`,
      'example',
      'acme.example.org',
    ]) {
      expect(answerOf(KEY, proof, { origins: [origin] })).toBe('unknown_origin');
    }
  });
});

describe('claims', () => {
  it.each<[string, string]>([
    ['nothing', ''],
    ['no object', '[]'],
    ['no JSON', '{'],
    ['a member twice', '{"issued":1,"issued":1,"product":"app","valid_until":null}'],
    ['no issued', '{"product":"app","valid_until":null}'],
    ['an issued in text', '{"issued":"1","product":"app","valid_until":null}'],
    ['an issued with a fraction', '{"issued":1.5,"product":"app","valid_until":null}'],
    ['an issued in milliseconds', '{"issued":1795867200000,"product":"app","valid_until":null}'],
    ['a product that is no text', '{"issued":1,"product":7,"valid_until":null}'],
    ['no valid_until', '{"issued":1,"product":"app"}'],
    ['a valid_until on a day alone', '{"issued":1,"product":"app","valid_until":"2027-01-01"}'],
    [
      'a valid_until of the year 10000',
      '{"issued":1,"product":"app","valid_until":"+010000-01-01T00:00:00Z"}',
    ],
    [
      'a valid_from behind it',
      '{"issued":1,"product":"app","valid_until":"2027-01-01T00:00:00Z","valid_from":"2028-01-01T00:00:00Z"}',
    ],
    ['a valid_until by __proto__', '{"issued":1,"product":"app","__proto__":{"valid_until":null}}'],
  ])('with %s are refused, though they were sealed', async (_, claims) => {
    expect(answerOf(KEY, await forged(KEY, claims))).toBe('bad_claims');
  });

  it('say of which product, until when, and from when', async () => {
    const answer = async (claims: JsonObject, policy = {}) =>
      answerOf(KEY, await forged(KEY, formatClaims(ISSUED, claims)), policy);
    expect(await answer({ product: 'app', valid_until: null })).toBe('ok');
    expect(await answer({ valid_until: null })).toBe('wrong_product');
    expect(await answer({ valid_until: null }, { product: null })).toBe('ok');
    expect(await answer({ product: 'other', valid_until: null })).toBe('wrong_product');
    expect(await answer({ product: 'app', valid_until: '2026-11-28T12:00:00Z' })).toBe('expired');
    expect(await answer({ product: 'app', valid_until: '2026-11-28T12:00:01Z' })).toBe('ok');
    expect(await answer({ product: 'app', valid_until: '2026-01-01T00:00:00Z' }, { now: null })).toBe('ok');
    const later = { product: 'app', valid_until: null, valid_from: '2026-11-28T12:00:01Z' };
    expect(await answer(later)).toBe('not_yet_valid');
    expect(await answer({ product: 'app' }, { now: null })).toBe('ok');
  });

  it('are told where the proof holds, and allow nothing', async () => {
    const refused = verifySealedKey(
      KEY,
      await forged(KEY, formatClaims(ISSUED, { product: 'app', valid_until: '2026-01-01T00:00:00Z' })),
      ring,
      POLICY,
    );
    expect(refused).toMatchObject({ ok: false, reason: 'expired', kid: sealKey.kid });
    expect(refused.claims?.validUntil).toEqual(new Date('2026-01-01T00:00:00Z'));
    expect(verifySealedKey('x', proof, ring, POLICY)).not.toHaveProperty('claims.issued');
  });

  it('are judged by the latest time that it can be', () => {
    const past = { now: new Date('2020-01-01T00:00:00Z') };
    expect(answerOf(KEY, proof, past)).toBe('ok');
    expect(answerOf(KEY, proof, { ...past, evidence: { built: Date.parse('2028-01-01') / 1000 } })).toBe(
      'expired',
    );
    const behind = verifySealedKey(KEY, proof, ring, {
      ...POLICY,
      ...past,
      evidence: { built: Date.parse('2027-01-01') / 1000 },
    });
    expect(behind).toMatchObject({ ok: true, clockBehind: true });
  });
});

describe('keys that seal', () => {
  it('of a product seal keys of that product only', () => {
    const ofOther = addPublicKey(undefined, sealKey.publicKey, { purposes: ['seal'], product: 'other' });
    expect(answerOf(KEY, proof, {}, ofOther)).toBe('wrong_product');
    expect(answerOf(KEY, proof, { product: null }, ofOther)).toBe('wrong_product');
    const ofApp = addPublicKey(undefined, sealKey.publicKey, { purposes: ['seal'], product: 'app' });
    expect(answerOf(KEY, proof, {}, ofApp)).toBe('ok');
  });

  it('that are retired are believed for what was issued before their end', () => {
    const at = (time: string) => retirePublicKey(withNext(ring), sealKey.kid, new Date(time));
    expect(answerOf(KEY, proof, {}, at('2026-11-27T00:00:01Z'))).toBe('ok');
    expect(answerOf(KEY, proof, {}, at('2026-11-27T00:00:00Z'))).toBe('key_retired');
  });

  it('that were stolen are replaced without a new proof: the same batch, endorsed anew', async () => {
    const stolen = compromisePublicKey(withNext(ring), sealKey.kid);
    expect(answerOf(KEY, proof, {}, stolen)).toBe('key_compromised');
    const checkpoint = { origin: ORIGIN, size: 21, root: batch.root };
    const endorsed = await endorseSeal(batch.seal, checkpoint, ed25519Signer(nextSealKey));
    expect(answerOf(KEY, proof, { seals: [endorsed] }, stolen)).toBe('ok');
    expect(answerOf(KEY, proof, { seals: ['no seal', batch.seal, endorsed] }, stolen)).toBe('ok');
    expect(answerOf(KEY, proof, { seals: [batch.seal] }, stolen)).toBe('key_compromised');
    // Only a seal of the very same rows stands in.
    const other = await batchOf(rows(22), { signer: ed25519Signer(nextSealKey) });
    expect(answerOf(KEY, proof, { seals: [other.seal] }, stolen)).toBe('key_compromised');
    const unsigned = endorsed.replace(/\u2014[^\n]*\n$/, '');
    expect(answerOf(KEY, proof, { seals: [unsigned] }, stolen)).toBe('key_compromised');
  });
});

describe('revocations', () => {
  it('of the key, and of the origin, refuse', async () => {
    const ofKey = await opened(await list({}, rowsOf(KEY)));
    expect(answerOf('key0 00007', proof, { revocations: [ofKey] })).toBe('revoked');
    expect(answerOf('KEY0-00008', batch.proofs[8], { revocations: [ofKey] })).toBe('ok');
    const { revokedOriginId } = await import('../../../src/core/revocations/revoked-id.js');
    const ofOrigin = await opened(await list({}, `${revokedOriginId(ORIGIN)}\n`));
    expect(ofOrigin.hasOrigin(ORIGIN)).toBe(true);
    expect(ofOrigin.has(ORIGIN)).toBe(false);
    expect(answerOf(KEY, proof, { revocations: [ofOrigin] })).toBe('revoked');
    expect(answerOf(KEY, proof, { revocations: [await opened(await list())] })).toBe('ok');
    expect(revokedId(ORIGIN, 'canonical')).not.toBe(revokedOriginId(ORIGIN));
  });

  it('that are bad, missing or stale are three answers', async () => {
    expect(answerOf(KEY, proof, { revocations: [await open('x')] })).toBe('list_bad');
    expect(answerOf(KEY, proof, { maxListAge: 1e6 })).toBe('list_missing');
    expect(answerOf(KEY, proof, { revocations: [await opened(await list())], maxListAge: 60 })).toBe(
      'list_stale',
    );
    const exact = await opened(await list({ comparison: 'exact' }));
    expect(answerOf(KEY, proof, { revocations: [exact] })).toBe('list_bad');
  });
});

describe('misuse', () => {
  it.each<[string, unknown]>([
    ['no policy', undefined],
    ['no origins', { product: 'app', now: NOW }],
    ['empty origins', { ...POLICY, origins: [] }],
    ['an empty origin', { ...POLICY, origins: [''] }],
    ['origins in a text', { ...POLICY, origins: 'acme.example' }],
    ['no product', { origins: ['a'], now: NOW }],
    ['an empty product', { ...POLICY, product: '' }],
    ['no now', { origins: ['a'], product: 'app' }],
    ['a now that is none', { ...POLICY, now: new Date(Number.NaN) }],
    ['an unknown member', { ...POLICY, key: 'x' }],
    ['seals that are no texts', { ...POLICY, seals: [1] }],
    ['revocations that nobody opened', { ...POLICY, revocations: [{ ok: true }] }],
    ['an age of lists without now', { ...POLICY, now: null, maxListAge: 60 }],
  ])('%s throws before the proof is looked at', (_, policy) => {
    for (const each of [proof, 'x']) {
      const failure = refusal(() => verifySealedKey(KEY, each, ring, untyped(policy)));
      expect(failure.code).toBe('invalid_option');
    }
  });

  it('a keyring that nobody loaded, revocations of another product', async () => {
    expect(refusal(() => verifySealedKey(KEY, proof, untyped({ keys: [] }), POLICY)).code).toBe(
      'invalid_option',
    );
    const lists = [await opened(await list())];
    expect(refusal(() => answerOf(KEY, proof, { product: 'other', revocations: lists })).code).toBe(
      'invalid_option',
    );
  });
});

describe('an endorsement', () => {
  const checkpoint = { origin: ORIGIN, size: 21, root: batch.root };

  it('is made of what was found anew, once a key', async () => {
    const next = ed25519Signer(nextSealKey);
    const endorsed = await endorseSeal(batch.seal, checkpoint, next);
    expect(endorsed.startsWith(batch.seal)).toBe(true);
    for (const [seal, found, signer] of [
      ['no seal', checkpoint, next],
      [batch.seal, { ...checkpoint, size: 20 }, next],
      [batch.seal, { ...checkpoint, root: batch.root.map((byte) => byte ^ 1) }, next],
      [batch.seal, { ...checkpoint, origin: `${ORIGIN}x` }, next],
      [batch.seal, checkpoint, sealer],
      [endorsed, checkpoint, next],
    ] as const) {
      await expect(endorseSeal(seal, found, signer)).rejects.toMatchObject({ code: 'invalid_option' });
    }
  });

  it('and a seal are refused for a wrong origin, size, root or signer', async () => {
    for (const wrong of [
      { origin: 'acme.example' },
      { origin: 'keywright/seal/v1/x' },
      { origin: 'keywright/x/keywright/seal/v1/x' },
      { origin: `acme.example/keywright/seal/v1/${'x'.repeat(250)}` },
      { origin: 'acme.example/keywright/seal/v1/ü' },
      { origin: 'acme+x/keywright/seal/v1/x' },
      { size: 0 },
      { size: 1.5 },
      { root: new Uint8Array(31) },
    ]) {
      await expect(signSeal({ ...checkpoint, ...wrong }, sealer)).rejects.toMatchObject({
        code: 'invalid_option',
      });
    }
    await expect(signSeal(checkpoint, signers.RS256)).rejects.toMatchObject({ code: 'invalid_key' });
  });
});

it('no key is proven by what was sealed for others (seeds are printed on failure)', () => {
  const other = fc.oneof(
    fc.string(),
    fc.nat(99_999).map((n) => `KEY0-${String(n).padStart(5, '0')}`),
  );
  fc.assert(
    fc.property(other, fc.nat(20), (key, index) => {
      const own = rows(21)[index]?.key ?? '';
      const isOwn = key.replace(/[^0-9A-Z]/g, '') === own.replace('-', '');
      if (!isOwn) expect(answerOf(key, batch.proofs[index])).toBe('not_in_batch');
    }),
  );
  expect(keys.license.kid).not.toBe(sealKey.kid);
});
