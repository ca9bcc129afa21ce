import { createHash, createPublicKey, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { parsePublicKey, parsePublicKeys } from '../../../src/core/public-keys/public-key-text.js';
import { isEd25519PublicKey } from '../../../src/core/sign/ed25519.js';
import { signResponse } from '../../../src/core/sign/envelope.js';
import { parseKeyring } from '../../../src/core/sign/keyring.js';
import { addPublicKey, compromisePublicKey } from '../../../src/core/sign/keyring-changes.js';
import { type Algorithm, makePublicKey, publicJwk } from '../../../src/core/sign/public-key.js';
import { isSignedBy, verifyResponse } from '../../../src/core/sign/verify.js';
import { isSignedNatively, verifyNatively } from '../../../src/node/sign/native-verifier.js';
import { demoEd25519, demoRsa, signers } from '../../core/sign/demo-keys.js';
import { judgeMutants } from '../../core/sign/mutation-run.js';
import { failureOf, refusal } from '../../failure.js';
import { CCTV_SHA256, cctvCases, cofactoredSignature, secretScalar } from '../../vectors/cctv.js';
import { bytesOf, hasVectors, NEEDS, readVectors } from '../../vectors/vector-files.js';

const keyring = addPublicKey(addPublicKey(undefined, demoEd25519.publicKey), demoRsa.publicKey);
const payload = { code: 200, nonce: 'n1', timestamp: 1_800_000_000 };

afterEach(() => vi.unstubAllGlobals());

/** Whether the key loads, and then what node:crypto and core say of the signature. */
async function answersTo(alg: Algorithm, bytes: Uint8Array, signature: Uint8Array, message: Uint8Array) {
  if (alg === 'Ed25519' && !isEd25519PublicKey(bytes)) return { loads: false, native: false, core: false };
  const key = { ...makePublicKey(alg, bytes), status: 'active' as const };
  return {
    loads: true,
    native: await isSignedNatively(key, signature, message),
    core: await isSignedBy(key, signature, message),
  };
}

describe('verdicts are those of verifyResponse', () => {
  it('of good envelopes, whose keys, policies and payloads decide', async () => {
    const [ed25519, rsa] = [
      await signResponse(payload, signers.Ed25519),
      await signResponse(payload, signers.RS256),
    ];
    const stolen = compromisePublicKey(keyring, demoEd25519.kid);
    for (const envelope of [ed25519, rsa, JSON.stringify(rsa), { ...ed25519, response: {} }]) {
      for (const policy of [
        {},
        { nonce: 'n1' },
        { nonce: 'n2' },
        { now: new Date(0) },
        { role: 'global' },
      ] as const) {
        for (const keys of [keyring, stolen]) {
          const wanted = await verifyResponse(envelope, keys, policy);
          expect(await verifyNatively(envelope, keys, policy)).toEqual(wanted);
        }
      }
    }
    expect(await verifyNatively(ed25519, keyring)).toMatchObject({ ok: true, payload, kid: demoEd25519.kid });
    expect(await verifyNatively(rsa, keyring)).toMatchObject({ ok: true, payload, kid: demoRsa.kid });
  });

  it('of 1,000 mutated envelopes, none of which verifies', async () => {
    const seed = Number(process.env.KEYWRIGHT_SEED ?? Date.now() % 2 ** 31);
    const { judged } = await judgeMutants(1000, seed, async (envelope, keys) => {
      const verdict = await verifyNatively(envelope, keys);
      expect(verdict, `seed ${seed}`).toEqual(await verifyResponse(envelope, keys));
      return verdict;
    });
    expect(judged).toBe(1000);
  });

  it('misuse throws as there, before the envelope is looked at', async () => {
    const get = vi.fn();
    const envelope = Object.defineProperty({}, 'response_base64', { get });
    const { code } = await failureOf(() => verifyNatively(envelope, keyring, { maxAge: 1 }));
    expect(code).toBe('invalid_option');
    expect(get).not.toHaveBeenCalled();
  });
});

describe('C2SP CCTV: 914 Ed25519 signatures on which implementations differ', () => {
  const cases = cctvCases();

  it('are those that C2SP published', () => {
    const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
    const lines = cases.map(
      ({ key, signature, message }) => `${hex(key)} ${hex(signature)} ${Buffer.from(message)}\n`,
    );
    expect(lines).toHaveLength(914);
    expect(createHash('sha256').update(lines.join('')).digest('hex')).toBe(CCTV_SHA256);
  });

  it('with keys that load, node:crypto accepts 2, all of them among the 16 that we accept', async () => {
    const answers = await Promise.all(
      cases.map(({ key, signature, message }) => answersTo('Ed25519', key, signature, message)),
    );
    expect(answers.filter(({ core }) => core)).toHaveLength(16);
    expect(answers.filter(({ native }) => native)).toHaveLength(2);
    expect(answers.filter(({ native, core }) => native && !core)).toEqual([]);
  });

  it('what node:crypto alone accepts has a key that no keyring takes', () => {
    const taken = cases.filter(({ key, signature, message }) => {
      try {
        const jwk = { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(key).toString('base64url') };
        return verify(null, message, createPublicKey({ key: jwk, format: 'jwk' }), signature);
      } catch {
        return false;
      }
    });
    const refused = taken.filter(({ key }) => !isEd25519PublicKey(key));
    expect(refused.length).toBeGreaterThan(100);
    expect(taken.length - refused.length).toBe(2);
    for (const { key } of refused) {
      expect(refusal(() => makePublicKey('Ed25519', key)).code).toBe('invalid_key');
      const jwks = { keys: [publicJwk({ alg: 'Ed25519', bytes: key })] };
      expect(refusal(() => parseKeyring(jwks)).code).toBe('invalid_keyring');
    }
  });
});

it('a signature that only the cofactored equation takes is refused by node:crypto, and verifies all the same', async () => {
  const { response_base64 } = await signResponse(payload, signers.Ed25519);
  const message = Buffer.from(response_base64);
  const { bytes } = demoEd25519.publicKey;
  const signature = cofactoredSignature(secretScalar(demoEd25519.exportSecret()), bytes, message);
  expect(await answersTo('Ed25519', bytes, signature, message)).toEqual({
    loads: true,
    native: false,
    core: true,
  });
  const envelope = { response_base64, signature: Buffer.from(signature).toString('base64') };
  const verdict = await verifyNatively(envelope, keyring);
  expect(verdict).toMatchObject({ ok: true, payload });
  expect(verdict).toEqual(await verifyResponse(envelope, keyring));
});

it('a crypto.subtle that says yes to all decides nothing about Ed25519', async () => {
  const envelope = await signResponse(payload, signers.Ed25519);
  const forged = { ...envelope, signature: `${'A'.repeat(86)}==` };
  const yes = { verify: async () => true, importKey: async () => ({}) };
  vi.stubGlobal('crypto', { subtle: yes });
  for (const judge of [verifyNatively, verifyResponse]) {
    expect(await judge(forged, keyring)).toMatchObject({ ok: false, reason: 'bad_signature' });
    expect(await judge(envelope, keyring)).toMatchObject({ ok: true });
  }
});

interface Wycheproof {
  readonly testGroups: readonly {
    readonly publicKey: { readonly pk?: string; readonly publicExponent?: string };
    readonly publicKeyPem: string;
    readonly tests: readonly { readonly msg: string; readonly sig: string; readonly result: string }[];
  }[];
}

interface SpecCase {
  readonly message: string;
  readonly pub_key: string;
  readonly signature: string;
}

describe.skipIf(!hasVectors)(`vectors of others: node:crypto accepts nothing that we refuse${NEEDS}`, () => {
  it.each([
    ['wycheproof/ed25519_test.json', 'Ed25519', 88, 151],
    ['wycheproof/rsa_signature_2048_sha256_test.json', 'RS256', undefined, 257],
  ] as const)('%s', async (name, alg, valid, total) => {
    const { testGroups } = readVectors<Wycheproof>(name, { testGroups: [] });
    const groups = testGroups.filter(({ publicKey }) => publicKey.publicExponent !== '03');
    const answers = await Promise.all(
      groups.flatMap(({ publicKey: { pk }, publicKeyPem, tests }) => {
        const bytes = pk === undefined ? parsePublicKey(publicKeyPem).bytes : bytesOf(pk);
        return tests.map(({ msg, sig }) => answersTo(alg, bytes, bytesOf(sig), bytesOf(msg)));
      }),
    );
    expect(answers).toHaveLength(total);
    expect(answers.filter(({ native, core }) => native !== core)).toEqual([]);
    if (valid !== undefined) expect(answers.filter(({ core }) => core)).toHaveLength(valid);
  });

  it('speccheck/cases.json', async () => {
    const cases = readVectors<readonly SpecCase[]>('speccheck/cases.json', []);
    expect(cases).toHaveLength(12);
    for (const { message, pub_key, signature } of cases) {
      const answers = await answersTo('Ed25519', bytesOf(pub_key), bytesOf(signature), bytesOf(message));
      expect(answers).toMatchObject({ native: false, core: false });
    }
  });

  it('getkeymanager/envelopes.json', async () => {
    const { envelopes } = readVectors<{ readonly envelopes: readonly { readonly envelope: object }[] }>(
      'getkeymanager/envelopes.json',
      { envelopes: [] },
    );
    expect(envelopes).toHaveLength(9);
    const theirs = parsePublicKeys(readFileSync('samples/getkeymanager/demo-public.pem', 'utf8'));
    const verdicts = await Promise.all(envelopes.map(({ envelope }) => verifyNatively(envelope, theirs)));
    expect(verdicts).toEqual(
      await Promise.all(envelopes.map(({ envelope }) => verifyResponse(envelope, theirs))),
    );
    expect(verdicts.filter(({ ok }) => ok)).toHaveLength(7);
  });
});
