import { describe, expect, it } from 'vitest';
import { parsePublicKey } from '../../src/core/public-keys/public-key-text.js';
import { verifyRsa } from '../../src/core/sign/rsa.js';
import { refusal } from '../failure.js';
import { bytesOf, hasVectors, NEEDS, readVectors } from './vector-files.js';

interface Wycheproof {
  readonly testGroups: readonly {
    readonly publicKeyPem: string;
    readonly publicKey: { readonly publicExponent: string };
    readonly tests: readonly { readonly msg: string; readonly sig: string; readonly result: string }[];
  }[];
}

describe.skipIf(!hasVectors)(`Wycheproof rsa_signature_2048_sha256_test.json${NEEDS}`, () => {
  const { testGroups } = readVectors<Wycheproof>('wycheproof/rsa_signature_2048_sha256_test.json', {
    testGroups: [],
  });
  const common = testGroups.filter(({ publicKey }) => publicKey.publicExponent === '010001');
  const small = testGroups.filter(({ publicKey }) => publicKey.publicExponent === '03');

  it('judges 257 of 257 under e = 65537 right; the acceptable one (missing NULL) is refused', async () => {
    let judged = 0;
    for (const { publicKeyPem, tests } of common) {
      const { bytes } = parsePublicKey(publicKeyPem);
      for (const { msg, sig, result } of tests) {
        expect(await verifyRsa(bytesOf(sig), bytesOf(msg), bytes), sig).toBe(result === 'valid');
        judged++;
      }
    }
    expect(judged).toBe(257);
  });

  it('refuses the keys of the other two, with e = 3, when they are loaded', () => {
    expect(small.flatMap(({ tests }) => tests)).toHaveLength(2);
    for (const { publicKeyPem } of small)
      expect(refusal(() => parsePublicKey(publicKeyPem)).code).toBe('invalid_key');
  });
});
