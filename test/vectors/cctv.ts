import { createHash } from 'node:crypto';
import { Point } from '@noble/ed25519';
import { encodeUtf8 } from '../../src/core/encoding/utf8.js';

/** A signature on whose validity implementations differ. */
export interface CctvCase {
  readonly key: Uint8Array;
  readonly signature: Uint8Array;
  readonly message: Uint8Array;
}

/** What {@link cctvCases} come to: SHA-256 over a line `key sig msg` each, as in C2SP/CCTV 1e3d286, ed25519vectors.json. */
export const CCTV_SHA256 = '8e32c85735ff81793936167b3f315727302821cf6290898390894c6880920f61';

const ORDER = Point.CURVE().n;
/** Every point of low order, and its further encodings. */
const LOW_ORDER: readonly (readonly string[])[] = [
  [hex('00', '00', '00'), hex('ed', 'ff', '7f')],
  [hex('00', '00', '80'), hex('ed', 'ff', 'ff')],
  [hex('01', '00', '00'), hex('01', '00', '80'), hex('ee', 'ff', '7f'), hex('ee', 'ff', 'ff')],
  ['26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05'],
  ['26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85'],
  ['c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a'],
  ['c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa'],
  [hex('ec', 'ff', '7f'), hex('ec', 'ff', 'ff')],
];

function hex(first: string, middle: string, last: string): string {
  return first + middle.repeat(30) + last;
}

/** A part of a case: a point with or without a part of prime order, as it is spelled. */
interface Part {
  readonly low: Point;
  readonly spelled: Uint8Array;
  /** The logarithm of the part of prime order. */
  readonly scalar: bigint;
}

/**
 * The 914 cases of C2SP's CCTV (Filippo Valsorda), made by the rules of its generator: all combinations of public key and R
 * of low order, in every encoding, with and without a part of prime order, and challenges that cancel their low parts or not.
 */
export function cctvCases(): readonly CctvCase[] {
  const s = clamped(Buffer.alloc(32, 0x42));
  const r = littleEndian(Buffer.alloc(64, Buffer.from([0x13, 0x37]))) % ORDER;
  return LOW_ORDER.flatMap(([lowA = '', ...oddA]) =>
    LOW_ORDER.flatMap(([lowR = '', ...oddR]) => {
      const [a, b] = [pure(lowA), pure(lowR)];
      const [mixedA, mixedR] = [mixed(lowA, s), mixed(lowR, r)];
      const pairs: readonly (readonly [Part, Part, boolean])[] = [
        [a, b, false],
        [a, mixedR, false],
        [mixedA, b, false],
        [mixedA, mixedR, false],
        ...oddA.flatMap((odd) => [
          [pure(odd), b, false] as const,
          [pure(odd), mixedR, false] as const,
          [pure(odd), mixedR, true] as const,
        ]),
        ...oddR.flatMap((odd) => [
          [a, pure(odd), false] as const,
          [mixedA, pure(odd), false] as const,
          [mixedA, pure(odd), true] as const,
        ]),
        ...oddA.flatMap((odd) => oddR.map((other) => [pure(odd), pure(other), false] as const)),
      ];
      return pairs.flatMap(([key, nonce, recoded]) => casesOf(key, nonce, recoded));
    }),
  );
}

/** One case for each kind of challenge: that the low parts cancel, and that they do not. `recoded`: it hashes canonical encodings. */
function casesOf(key: Part, nonce: Part, recoded: boolean): readonly CctvCase[] {
  const found = new Map<boolean, CctvCase>();
  const challenge = (text: string) =>
    challengeOf(
      recoded ? canonical(nonce.spelled) : nonce.spelled,
      recoded ? canonical(key.spelled) : key.spelled,
      text,
    );
  for (let rest = 0n; rest < 8n; rest++) {
    let text = 'ed25519vectors';
    for (let turn = 1; challenge(text) % 8n !== rest; turn++) text = `ed25519vectors ${turn}`;
    const k = challenge(text);
    const cancels = key.low
      .multiplyUnsafe(k % 8n)
      .add(nonce.low)
      .is0();
    if (found.has(cancels)) continue;
    const scalar = bytesOf((k * key.scalar + nonce.scalar) % ORDER);
    const signature = Uint8Array.from([...nonce.spelled, ...scalar]);
    found.set(cancels, { key: key.spelled, signature, message: encodeUtf8(text) });
  }
  return [...found.values()];
}

/**
 * A signature of `message` that is right by the cofactored equation alone: its R has a part of low order, its challenge none
 * that cancels it. The key pair's own secret scalar makes it, so nobody else can.
 */
export function cofactoredSignature(scalar: bigint, key: Uint8Array, message: Uint8Array): Uint8Array {
  const nonce = mixed(LOW_ORDER[3]?.[0] ?? '', 4711n);
  const k = challengeOf(nonce.spelled, key, Buffer.from(message).toString());
  return Uint8Array.from([...nonce.spelled, ...bytesOf((k * scalar + nonce.scalar) % ORDER)]);
}

/** The secret scalar of a seed (RFC 8032 section 5.1.5). */
export function secretScalar(seed: Uint8Array): bigint {
  return clamped(createHash('sha512').update(seed).digest().subarray(0, 32));
}

function pure(encoding: string): Part {
  const spelled = Uint8Array.from(Buffer.from(encoding, 'hex'));
  return { low: Point.fromBytes(spelled, true), spelled, scalar: 0n };
}

function mixed(encoding: string, scalar: bigint): Part {
  const { low } = pure(encoding);
  return { low, spelled: Uint8Array.from(Point.BASE.multiply(scalar).add(low).toBytes()), scalar };
}

function canonical(encoding: Uint8Array): Uint8Array {
  return Uint8Array.from(Point.fromBytes(encoding, true).toBytes());
}

function challengeOf(nonce: Uint8Array, key: Uint8Array, message: string): bigint {
  return littleEndian(createHash('sha512').update(nonce).update(key).update(message).digest()) % ORDER;
}

function clamped(bytes: Uint8Array): bigint {
  const scalar = littleEndian(bytes) & ((1n << 255n) - 8n);
  return ((scalar & ((1n << 254n) - 1n)) | (1n << 254n)) % ORDER;
}

function littleEndian(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`);
}

function bytesOf(scalar: bigint): Uint8Array {
  return Buffer.from(scalar.toString(16).padStart(64, '0'), 'hex').reverse();
}
