import { createPrivateKey, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  ed25519PublicKey,
  isEd25519PublicKey,
  signEd25519,
  verifyEd25519,
} from '../../src/core/sign/ed25519.js';
import { privateKeyFromSeed } from '../../src/core/sign/private-key.js';
import rfc8032 from './rfc8032.json' with { type: 'json' };
import { bytesOf, hasVectors, NEEDS, readVectors } from './vector-files.js';

describe('RFC 8032 section 7.1', () => {
  it.each(rfc8032.cases)(
    'case $name: key, signature and verdict',
    ({ secretKey, publicKey, message, signature }) => {
      const [seed, point, text, wanted] = [secretKey, publicKey, message, signature].map(bytesOf);
      expect(ed25519PublicKey(seed ?? bytesOf(''))).toEqual(point);
      expect(signEd25519(text ?? bytesOf(''), seed ?? bytesOf(''))).toEqual(wanted);
      expect(verifyEd25519(bytesOf(signature), bytesOf(message), bytesOf(publicKey))).toBe(true);
      const key = privateKeyFromSeed(bytesOf(secretKey)).exportPem();
      expect(Uint8Array.from(sign(null, bytesOf(message), createPrivateKey(key)))).toEqual(wanted);
    },
  );
});

interface Wycheproof {
  readonly testGroups: readonly {
    readonly publicKey: { readonly pk: string };
    readonly tests: readonly {
      readonly tcId: number;
      readonly msg: string;
      readonly sig: string;
      readonly result: string;
    }[];
  }[];
}

describe.skipIf(!hasVectors)(`Wycheproof ed25519_test.json${NEEDS}`, () => {
  it('judges 151 of 151 as the file does', () => {
    const file = readVectors<Wycheproof>('wycheproof/ed25519_test.json', { testGroups: [] });
    const cases = file.testGroups.flatMap(({ publicKey, tests }) =>
      tests.map((test) => ({ ...test, ...publicKey })),
    );
    const wrong = cases.filter(({ pk, msg, sig, result }) => {
      const key = bytesOf(pk);
      return (
        (isEd25519PublicKey(key) && verifyEd25519(bytesOf(sig), bytesOf(msg), key)) !== (result === 'valid')
      );
    });
    expect(wrong).toEqual([]);
    expect(cases).toHaveLength(151);
  });
});

interface SpecCase {
  readonly message: string;
  readonly pub_key: string;
  readonly signature: string;
}

// The equation's answer (cofactored, canonical R and S), then whether the public key loads at all.
const SPECCHECK: readonly (readonly [equation: boolean, key: boolean, why: string])[] = [
  [false, false, 'S = 0, A and R of small order'],
  [false, false, 'A of small order, R mixed'],
  [true, false, 'A mixed, R of small order'],
  [true, false, 'A and R mixed'],
  [true, false, 'A and R mixed, cofactored only'],
  [true, false, 'A mixed, R prime, cofactored only'],
  [false, true, 'S above the group order'],
  [false, true, 'S far above the group order'],
  [false, false, 'R non-canonical, hashed reduced'],
  [false, false, 'R non-canonical, hashed as it is'],
  [false, false, 'A non-canonical, hashed reduced'],
  [false, false, 'A non-canonical, hashed as it is'],
];

describe.skipIf(!hasVectors)(`ed25519-speccheck, on which engines differ${NEEDS}`, () => {
  const cases = readVectors<readonly SpecCase[]>('speccheck/cases.json', []);
  it.each(SPECCHECK.map((answer, index) => [index, ...answer] as const))(
    'case %i: %s, key %s: %s',
    (index, equation, key) => {
      const { message = '', pub_key = '', signature = '' } = cases[index] ?? {};
      const publicKey = bytesOf(pub_key);
      expect(verifyEd25519(bytesOf(signature), bytesOf(message), publicKey)).toBe(equation);
      expect(isEd25519PublicKey(publicKey)).toBe(key);
    },
  );

  it('no case verifies: where the equation holds, the key is refused at load', () => {
    expect(cases).toHaveLength(12);
    expect(SPECCHECK.filter(([equation, key]) => equation && key)).toEqual([]);
  });
});
