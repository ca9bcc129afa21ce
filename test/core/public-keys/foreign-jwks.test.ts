import { describe, expect, it } from 'vitest';
import { parseJwks } from '../../../src/core/public-keys/foreign-jwks.js';
import { parsePublicKey, parsePublicKeys } from '../../../src/core/public-keys/public-key-text.js';
import { parseKeyring } from '../../../src/core/sign/keyring.js';
import { addPublicKey, formatKeyring } from '../../../src/core/sign/keyring-changes.js';
import { publicJwk } from '../../../src/core/sign/public-key.js';
import { refusal } from '../../failure.js';
import { demoEd25519, demoRsa } from '../sign/demo-keys.js';

const ed = publicJwk(demoEd25519.publicKey);
const rsa = publicJwk(demoRsa.publicKey);
const textOf = (set: object) => JSON.stringify(set);

describe('the JWKS of another tool', () => {
  it('keeps its kids as kid_given, and is called by its thumbprints', () => {
    // As long as a thumbprint, as some servers make them, and yet none.
    const long = 'A'.repeat(43);
    for (const read of [parseJwks, parsePublicKeys]) {
      const { keys } = read(
        `\ufeff${textOf({
          keys: [
            { ...ed, kid: '2024-01' },
            { ...rsa, kid: long },
          ],
        })}`,
      );
      expect(keys.map(({ kid, kid_given }) => [kid, kid_given])).toEqual([
        [demoEd25519.kid, '2024-01'],
        [demoRsa.kid, long],
      ]);
    }
  });

  it('has nothing given where its kid is the thumbprint, or where there is none', () => {
    const { keys } = parseJwks(textOf({ keys: [{ ...ed, kid: demoEd25519.kid }, rsa] }));
    expect(keys.map(({ kid_given }) => kid_given)).toEqual([undefined, undefined]);
  });

  it('with a zero byte before a modulus is refused with what to do, also beside sound keys', () => {
    const n = 'n' in rsa ? rsa.n : '';
    const zero = Buffer.concat([Buffer.of(0), Buffer.from(n, 'base64url')]).toString('base64url');
    for (const keys of [[{ ...rsa, n: zero }], [{ ...rsa, n: zero, kid: 'z' }, ed]])
      for (const read of [parseJwks, parsePublicKeys])
        expect(refusal(() => read(textOf({ keys }))).message).toMatch(
          /zero byte before its modulus: write n as url-safe base64 without it/,
        );
    expect(refusal(() => parsePublicKey({ ...rsa, n: zero })).code).toBe('invalid_key');
    expect(refusal(() => parseJwks(textOf({ keys: [{ ...rsa, n: zero }] }))).code).toBe('invalid_keyring');
  });

  it('keeps the terms of its keys, and its compromised ones', () => {
    const set = { keys: [{ ...ed, kid: 'a', role: 'global' }], compromised: [{ ...rsa, kid: 'b' }] };
    const { keys } = parseJwks(textOf(set));
    expect(keys.map(({ status, role, kid_given }) => [status, role, kid_given])).toEqual([
      ['active', 'global', 'a'],
      ['compromised', undefined, 'b'],
    ]);
  });

  it('is read without its keys of other kinds, which are told, provided that it has some of ours', () => {
    const point = 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU';
    const others = [
      { kty: 'EC', crv: 'P-256', x: point, y: point, kid: 'p', alg: 'ES256' },
      { kty: 'OKP', crv: 'X25519', x: point, kid: 'x' },
      { kty: 'AKP', alg: 'ML-DSA-44', pub: point },
      { ...rsa, alg: 'RS512' },
      { ...rsa, alg: 'RSA-OAEP', use: 'enc' },
      { ...rsa, e: 'Aw' },
      { ...ed, use: 'enc' },
    ];
    const set = { keys: [...others, { ...ed, kid: 'a' }], compromised: [others[1], { ...rsa, kid: 'b' }] };
    for (const read of [parseJwks, parsePublicKeys]) {
      const { keys, ignored } = read(textOf(set));
      expect(keys.map(({ kid, kid_given, status }) => [kid, kid_given, status])).toEqual([
        [demoEd25519.kid, 'a', 'active'],
        [demoRsa.kid, 'b', 'compromised'],
      ]);
      expect(ignored).toEqual([
        'EC P-256',
        'OKP X25519',
        'AKP',
        'RSA RS512',
        'RSA RSA-OAEP',
        'RSA of another size or exponent',
        'OKP Ed25519 enc',
        'OKP X25519',
      ]);
    }
    for (const keys of [[others[0]], others]) {
      expect(refusal(() => parseJwks(textOf({ keys }))).code).toBe('invalid_keyring');
    }
    // What is private is no foreign kind.
    expect(refusal(() => parseJwks(textOf({ keys: [ed, { kty: 'oct', k: point }] }))).message).toMatch(
      /private/,
    );
    const own = { schema: 'keywright/keyring/v1', keys: [ed, others[0]] };
    expect(refusal(() => parseJwks(textOf(own))).code).toBe('invalid_keyring');
  });

  it('is refused where a kid is no text, a key stands twice, or anything else is wrong', () => {
    for (const set of [
      { keys: [{ ...ed, kid: 1 }] },
      { keys: [{ ...ed, kid: '' }] },
      { keys: [{ ...ed, kid: null }] },
      { keys: [ed, { ...ed, kid: 'again' }] },
      { keys: [{ ...ed, kid: 'a', use: 'enc' }] },
      { keys: [{ ...ed, kid: 'a', d: 'x' }] },
      { keys: [null] },
      { keys: {} },
      { keys: [] },
      [],
    ]) {
      expect(refusal(() => parseJwks(textOf(set))).code, textOf(set)).toBe('invalid_keyring');
    }
  });
});

it('a keyring of our own has thumbprints, or is refused', () => {
  const own = { schema: 'keywright/keyring/v1', keys: [{ ...ed, kid: '2024-01' }] };
  expect(refusal(() => parseJwks(textOf(own))).code).toBe('invalid_keyring');
  expect(refusal(() => parsePublicKeys(textOf(own))).code).toBe('invalid_keyring');
});

it('a given kid comes along into a keyring, and out of its file', () => {
  const key = parsePublicKey(textOf({ ...ed, kid: '2024-01' }));
  expect([key.kid, key.kid_given]).toEqual([demoEd25519.kid, '2024-01']);
  const text = formatKeyring(addPublicKey(undefined, key));
  expect(JSON.parse(text).keys[0]).toMatchObject({ kid: demoEd25519.kid, kid_given: '2024-01' });
  expect(parseKeyring(text).keys[0]?.kid_given).toBe('2024-01');
});

it('a JWK that says it is compromised is not believed as an active one', () => {
  const { keys } = parsePublicKeys(textOf({ ...ed, status: 'compromised', kid: 'x' }));
  expect(keys.map(({ status, kid_given }) => [status, kid_given])).toEqual([['compromised', 'x']]);
});
