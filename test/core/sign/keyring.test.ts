import { createLocalJWKSet } from 'jose';
import { describe, expect, it } from 'vitest';
import { parsePublicKeys } from '../../../src/core/public-keys/public-key-text.js';
import { generateKeyPair } from '../../../src/core/sign/key-pair.js';
import { Keyring, parseKeyring } from '../../../src/core/sign/keyring.js';
import {
  addPublicKey,
  compromisePublicKey,
  formatKeyring,
  removePublicKey,
  retirePublicKey,
} from '../../../src/core/sign/keyring-changes.js';
import { publicJwk } from '../../../src/core/sign/public-key.js';
import { formatPublicKey } from '../../../src/core/sign/spki.js';
import { failureOf, refusal } from '../../failure.js';
import { demoEd25519, demoRsa } from './demo-keys.js';

const ed = publicJwk(demoEd25519.publicKey);
const rsa = publicJwk(demoRsa.publicKey);
const terms = {
  role: 'product',
  product: 'acme',
  validFrom: new Date('2026-01-01T00:00:00Z'),
  validUntil: new Date('2027-01-01T00:00:00.500Z'),
} as const;

describe('loading', () => {
  it('reads what formatKeyring writes', () => {
    const keyring = compromisePublicKey(
      addPublicKey(addPublicKey(undefined, demoEd25519.publicKey, terms), demoRsa.publicKey),
      demoRsa.kid,
    );
    const text = formatKeyring(keyring);
    for (const loaded of [
      parseKeyring(text),
      parseKeyring(JSON.parse(text)),
      parseKeyring(`\ufeff${text}`),
    ]) {
      expect(loaded.keys).toEqual(keyring.keys);
      expect(formatKeyring(loaded)).toBe(text);
    }
    expect(JSON.parse(text)).toEqual({
      schema: 'keywright/keyring/v1',
      keys: [
        {
          ...ed,
          kid: demoEd25519.kid,
          alg: 'Ed25519',
          use: 'sig',
          status: 'active',
          role: 'product',
          product: 'acme',
          validFrom: '2026-01-01T00:00:00Z',
          validUntil: '2027-01-01T00:00:00.500Z',
        },
      ],
      compromised: [{ ...rsa, kid: demoRsa.kid, alg: 'RS256', use: 'sig', status: 'compromised' }],
    });
  });

  it('reads a foreign JWKS: EdDSA, no kid, members it does not know', () => {
    const { keys } = parseKeyring({ keys: [{ ...ed, alg: 'EdDSA', x5t: 'whatever' }, rsa], more: 1 });
    expect(keys.map(({ kid, status }) => [kid, status])).toEqual([
      [demoEd25519.kid, 'active'],
      [demoRsa.kid, 'active'],
    ]);
  });

  it('takes a key as compromised wherever it says so', () => {
    const { keys } = parseKeyring({
      keys: [{ ...ed, status: 'compromised' }],
      compromised: [{ ...rsa, status: 'active' }],
    });
    expect(keys.map(({ status }) => status)).toEqual(['compromised', 'compromised']);
  });

  it.each([
    ['an empty set', { keys: [] }],
    ['no set', {}],
    ['a list', []],
    ['a text that is no JSON', 'keys'],
    ['a PEM text', formatPublicKey(demoRsa.publicKey)],
    ['a JSON text of null', 'null'],
    ['a member twice', '{"keys":[],"keys":[]}'],
    ['keys that are no list', { keys: {} }],
    ['a key that is none', { keys: [null] }],
    ['a compromised list that is none', { keys: [ed], compromised: {} }],
    ['another schema', { schema: 'keywright/keyring/v2', keys: [ed] }],
    ['a private member', { keys: [{ ...ed, d: 'x' }] }],
    ['a private member among the compromised', { keys: [ed], compromised: [{ ...rsa, d: 'x' }] }],
    ['a kid that is not the thumbprint', { keys: [{ ...ed, kid: demoRsa.kid }] }],
    ['a kid that is no text', { keys: [{ ...ed, kid: 1 }] }],
    ['the same key twice', { keys: [ed, { ...ed, role: 'global' }] }],
    ['the same key active and compromised', { keys: [ed], compromised: [ed] }],
    ['an unknown kty', { keys: [{ ...ed, kty: 'EC' }] }],
    ['an unknown crv', { keys: [{ ...ed, crv: 'Ed448' }] }],
    ['an unknown alg', { keys: [{ ...ed, alg: 'ES256' }] }],
    ['an alg of the other kty', { keys: [{ ...rsa, alg: 'EdDSA' }] }],
    ['an unknown status', { keys: [{ ...ed, status: 'revoked' }] }],
    ['an unknown role', { keys: [{ ...ed, role: 'admin' }] }],
    ['a use other than sig', { keys: [{ ...ed, use: 'enc' }] }],
    ['an empty product', { keys: [{ ...ed, product: '' }] }],
    ['a product that is no text', { keys: [{ ...ed, product: 1 }] }],
    ['an empty time', { keys: [{ ...ed, validUntil: '' }] }],
    ['a local time', { keys: [{ ...ed, validUntil: '2026-01-01T00:00:00' }] }],
    ['a day that is none', { keys: [{ ...ed, validUntil: '2026-02-30T00:00:00Z' }] }],
    ['a time that is a number', { keys: [{ ...ed, validFrom: 1 }] }],
    ['a time that is null', { keys: [{ ...ed, validFrom: null }] }],
    ['a status that is null', { keys: [{ ...ed, status: null }] }],
    ['a use that is null', { keys: [{ ...ed, use: null }] }],
    ['an alg that is null', { keys: [{ ...ed, alg: null }] }],
    ['a role that is null', { keys: [{ ...ed, role: null }] }],
    ['a schema that is null', { schema: null, keys: [ed] }],
    ['keys that are null', { keys: null, compromised: [ed] }],
    ['compromised keys that are null', { keys: [ed], compromised: null }],
    ['purposes that are null', { keys: [{ ...ed, purposes: null }] }],
    ['purposes that are none', { keys: [{ ...ed, purposes: [] }] }],
    ['purposes that are a text', { keys: [{ ...ed, purposes: 'response' }] }],
    ['an unknown purpose', { keys: [{ ...ed, purposes: ['response', 'all'] }] }],
    ['a given kid that is no text', { keys: [{ ...ed, kid_given: 1 }] }],
    ['an RSA key with e = 1', { keys: [{ ...rsa, e: 'AQ' }] }],
  ])('refuses %s', (_, source) => {
    expect(refusal(() => parseKeyring(source)).code).toBe('invalid_keyring');
  });

  it('has no other way in: what looks like a keyring is none', () => {
    const keyring = addPublicKey(undefined, demoEd25519.publicKey);
    expect(Keyring.is(keyring)).toBe(true);
    expect(Keyring.is({ keys: keyring.keys })).toBe(false);
    expect(Keyring.is(Object.create(keyring))).toBe(false);
    expect(Object.isFrozen(keyring.keys)).toBe(true);
  });

  it('reads what people have at hand: one or more PEM keys, a JWK, a JWKS', () => {
    const pems = formatPublicKey(demoEd25519.publicKey) + formatPublicKey(demoRsa.publicKey);
    expect(parsePublicKeys(pems).keys.map(({ kid }) => kid)).toEqual([demoEd25519.kid, demoRsa.kid]);
    expect(parsePublicKeys(JSON.stringify(ed)).keys.map(({ kid }) => kid)).toEqual([demoEd25519.kid]);
    expect(parsePublicKeys(JSON.stringify({ keys: [rsa] })).keys.map(({ kid }) => kid)).toEqual([
      demoRsa.kid,
    ]);
    expect(refusal(() => parsePublicKeys('nothing')).code).toBe('invalid_key');
  });
});

describe('changing', () => {
  const keyring = addPublicKey(undefined, demoEd25519.publicKey, terms);
  const { kid } = demoEd25519;

  it('leaves the old keyring as it was', () => {
    const before = formatKeyring(keyring);
    addPublicKey(keyring, demoRsa.publicKey);
    retirePublicKey(keyring, kid, new Date('2026-06-01'));
    compromisePublicKey(keyring, kid);
    expect(formatKeyring(keyring)).toBe(before);
  });

  it('retires at the earlier of two ends, and never reactivates', () => {
    const retired = retirePublicKey(keyring, kid, new Date('2026-06-01T00:00:00Z'));
    expect(retired.keys[0]).toMatchObject({ status: 'retired', validUntil: '2026-06-01T00:00:00Z' });
    expect(retirePublicKey(retired, kid, new Date('2030-01-01')).keys[0]?.validUntil).toBe(
      '2026-06-01T00:00:00Z',
    );
    const compromised = compromisePublicKey(retired, kid);
    expect(compromised.keys[0]).toMatchObject({ status: 'compromised' });
    expect(refusal(() => retirePublicKey(compromised, kid, new Date())).code).toBe('invalid_option');
    expect(refusal(() => addPublicKey(compromised, demoEd25519.publicKey)).code).toBe('invalid_keyring');
  });

  it('refuses what makes no sense', async () => {
    const other = (await generateKeyPair()).publicKey;
    expect(refusal(() => retirePublicKey(keyring, other.kid, new Date())).code).toBe('invalid_option');
    expect(refusal(() => compromisePublicKey(keyring, other.kid)).code).toBe('invalid_option');
    expect(refusal(() => addPublicKey(keyring, other, { product: '' })).code).toBe('invalid_option');
    expect(refusal(() => addPublicKey(keyring, other, { validFrom: new Date(Number.NaN) })).code).toBe(
      'invalid_option',
    );
    expect(
      refusal(() => addPublicKey(keyring, other, { validFrom: new Date(1), validUntil: new Date(1) })).code,
    ).toBe('invalid_option');
    expect((await failureOf(() => addPublicKey(keyring, demoEd25519.publicKey))).message).toContain(kid);
  });
});

it("jose's createLocalJWKSet takes our file, and cannot use its compromised keys", async () => {
  const both = addPublicKey(addPublicKey(undefined, demoEd25519.publicKey), demoRsa.publicKey);
  const jwks = createLocalJWKSet(JSON.parse(formatKeyring(compromisePublicKey(both, demoRsa.kid))));
  expect(await jwks({ alg: 'Ed25519', kid: demoEd25519.kid })).toMatchObject({ type: 'public' });
  await expect(jwks({ alg: 'RS256', kid: demoRsa.kid })).rejects.toThrow(/no applicable key/);
});

describe('purposes', () => {
  it('are written and read back, each once', () => {
    const keyring = addPublicKey(undefined, demoEd25519.publicKey, { purposes: ['list', 'keyring', 'list'] });
    expect(keyring.keys[0]?.purposes).toEqual(['list', 'keyring']);
    const read = parseKeyring(formatKeyring(keyring));
    expect(read.keys[0]?.purposes).toEqual(['list', 'keyring']);
    expect(JSON.parse(formatKeyring(read)).keys[0].purposes).toEqual(['list', 'keyring']);
    expect(formatKeyring(addPublicKey(undefined, demoRsa.publicKey))).not.toContain('purposes');
  });

  it('are at least one, of those there are', () => {
    expect(refusal(() => addPublicKey(undefined, demoRsa.publicKey, { purposes: [] })).code).toBe(
      'invalid_option',
    );
    const purposes = JSON.parse('["everything"]');
    expect(refusal(() => addPublicKey(undefined, demoRsa.publicKey, { purposes })).code).toBe(
      'invalid_option',
    );
  });
});

describe('removePublicKey', () => {
  const two = addPublicKey(addPublicKey(undefined, demoEd25519.publicKey), demoRsa.publicKey);

  it('takes an active or a retired key out, which may come again', () => {
    for (const keyring of [two, retirePublicKey(two, demoRsa.kid, new Date(0))]) {
      const removed = removePublicKey(keyring, demoRsa.kid);
      expect(removed.keys.map(({ kid }) => kid)).toEqual([demoEd25519.kid]);
      expect(addPublicKey(removed, demoRsa.publicKey).keys.length).toBe(2);
    }
  });

  it('refuses a compromised key, an unknown one, and the last', () => {
    const compromised = compromisePublicKey(two, demoRsa.kid);
    expect(refusal(() => removePublicKey(compromised, demoRsa.kid)).code).toBe('invalid_option');
    expect(refusal(() => removePublicKey(two, 'unknown')).code).toBe('invalid_option');
    const one = addPublicKey(undefined, demoRsa.publicKey);
    expect(refusal(() => removePublicKey(one, demoRsa.kid)).code).toBe('invalid_keyring');
  });
});
