// Signatures that are forged, and those on which implementations differ.
import { constants, createHash, createPrivateKey, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { input, NOW_SECONDS, no } from './case.js';
import { envelope, signed } from './envelopes.js';
import { APP, RSA, sha256 } from './keys.js';

/** @type {import('./case.js').Case[]} */
export const SIGNATURES = [];

/** @typedef {(message: string) => Uint8Array} Forge */

/** @param {number} [id] */
const payload = (id = 1) => `{"id":${id},"timestamp":${NOW_SECONDS}}`;

/**
 * @param {string} name
 * @param {Forge} forge
 * @param {string} reason empty where it holds
 * @param {'seller' | 'rsa'} keyring
 * @param {{ id?: number, needs?: readonly string[] | undefined }} [more]
 */
function add(name, forge, reason, keyring, { id = 1, needs = keyring === 'rsa' ? ['rsa'] : undefined } = {}) {
  const parts = signed(payload(id));
  const text = envelope({ ...parts, signature: Buffer.from(forge(parts.base64)).toString('base64') });
  const { kid } = keyring === 'rsa' ? RSA : APP;
  SIGNATURES.push({
    name,
    kind: 'response',
    input: input(text),
    keyring,
    policy: {},
    expect: reason === '' ? { ok: true, kid, role: null } : no(reason),
    ...(needs && { needs }),
  });
}

/** The order of the base point (RFC 8032 section 5.1), and the field's prime. */
const L = 2n ** 252n + 27742317777372353535851937790883648493n;
const P = 2n ** 255n - 19n;

/** @param {Uint8Array} bytes */
const numberOf = (bytes) => BigInt(`0x${Buffer.from(bytes).toString('hex') || '0'}`);
/** @param {bigint} number @param {number} length */
const bytesOf = (number, length) => Buffer.from(number.toString(16).padStart(2 * length, '0'), 'hex');
/** @param {bigint} number */
const little = (number) => bytesOf(number, 32).reverse();

/** A signature changed in its two halves. @param {(r: Buffer, s: bigint) => readonly Uint8Array[]} change @returns {Forge} */
const changed = (change) => (message) => {
  const signature = APP.sign(message);
  return Buffer.concat(
    change(signature.subarray(0, 32), numberOf(Buffer.from(signature.subarray(32)).reverse())),
  );
};
/** @param {Buffer} r @param {number} at @param {number} bits */
const turned = (r, at, bits) => r.map((byte, index) => (index === at ? byte ^ bits : byte));
const ORDER_8 = Buffer.from('26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05', 'hex');
const BASE = Buffer.from(`58${'66'.repeat(31)}`, 'hex');

/** @type {Readonly<Record<string, Forge>>} */
const ED25519 = {
  'S + 2L': changed((r, s) => [r, little(s + 2n * L)]),
  'S + 8L': changed((r, s) => [r, little(s + 8n * L)]),
  'S = L': changed((r) => [r, little(L)]),
  'S = 0': changed((r) => [r, Buffer.alloc(32)]),
  'L - S': changed((r, s) => [r, little(L - s)]),
  'S with its highest bit': changed((r, s) => [r, little(s | (1n << 255n))]),
  'S in the other order of bytes': changed((r, s) => [r, little(s).reverse()]),
  'R with its sign turned': changed((r, s) => [turned(r, 31, 128), little(s)]),
  'R and S swapped': changed((r, s) => [little(s), r]),
  'all ones': () => Buffer.alloc(64, 0xff),
  'R of order 8, S = 0': () => Buffer.concat([ORDER_8, Buffer.alloc(32)]),
  'R the base point, S = 1': () => Buffer.concat([BASE, little(1n)]),
  'R no point': changed((_, s) => [little(2n), little(s)]),
  'R = p, which is 0 spelled otherwise': changed((_, s) => [little(P), little(s)]),
  'R = p + 1, which is 1 spelled otherwise': changed((_, s) => [little(P + 1n), little(s)]),
  'R = 1 with a sign': changed((_, s) => [little(1n + (1n << 255n)), little(s)]),
  'over a line feed more': (message) => APP.sign(`${message}\n`),
  'over the hash of the message': (message) => APP.sign(createHash('sha512').update(message).digest()),
  'over the public key and the message': (message) =>
    APP.sign(Buffer.concat([APP.raw, Buffer.from(message)])),
};
for (const [name, forge] of Object.entries(ED25519))
  add(`Ed25519: ${name}`, forge, 'bad_signature', 'seller');

const rsaKey = createPrivateKey(readFileSync(new URL('../../../keys/demo-rsa.private.pem', import.meta.url)));
const { n: modulus = '', d: exponent = '' } = rsaKey.export({ format: 'jwk' });
const N = numberOf(Buffer.from(modulus, 'base64url'));
const D = numberOf(Buffer.from(exponent, 'base64url'));
const SIZE = 256;

/** Any block, enciphered by the private key. @param {Uint8Array} block */
function raw(block) {
  let [result, square] = [1n, numberOf(block) % N];
  for (let rest = D; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * square) % N;
    square = (square * square) % N;
  }
  return bytesOf(result, SIZE);
}

/** What PKCS#1 v1.5 puts before a SHA-256: the head of its DigestInfo. */
const HEAD = '3031300d060960864801650304020105000420';
/** 00 01 FF… 00, the head of the digest, the digest. @param {Buffer} digest @param {string} [head] */
function block(digest, head = HEAD) {
  const tail = Buffer.concat([Buffer.from(head, 'hex'), digest]);
  return Buffer.concat([
    Buffer.from([0, 1]),
    Buffer.alloc(SIZE - 3 - tail.length, 0xff),
    Buffer.from([0]),
    tail,
  ]);
}
/** The block of a message, changed. @param {(block: Buffer) => Uint8Array} change @returns {Forge} */
const padded = (change) => (message) => raw(change(block(sha256(message))));
/** @param {number} at @param {number} byte */
const put = (at, byte) => padded((whole) => whole.map((each, index) => (index === at ? byte : each)));
/** @param {string} head @param {string} [hash] @returns {Forge} */
const headed =
  (head, hash = 'sha256') =>
  (message) =>
    raw(block(createHash(hash).update(message).digest(), head));
/** So many bytes of padding, and something behind the digest. @param {number} count @param {number} filler */
const short = (count, filler) =>
  padded((whole) =>
    Buffer.concat([
      Buffer.from([0, 1]),
      Buffer.alloc(count, 0xff),
      whole.subarray(SIZE - 52),
      Buffer.alloc(SIZE - 54 - count, filler),
    ]),
  );

/** @type {Readonly<Record<string, Forge>>} */
const PKCS1 = {
  'padding of type 2': put(1, 2),
  'padding of type 0': put(1, 0),
  'a first byte that is not 0': put(0, 1),
  'a byte of the padding that is not FF': put(100, 0xfe),
  'a zero within the padding': put(100, 0),
  'no zero behind the padding': put(SIZE - 52, 0xff),
  'eight bytes of padding, zeros behind the digest': short(8, 0),
  'no padding, FF behind the digest': short(0, 0xff),
  'a byte of padding too few, a zero behind the digest': short(201, 0),
  'the digest alone, padded': headed(''),
  'a digest without NULL': headed('302f300b06096086480165030402010420'),
  'a digest with its length spelled longer': headed('308131300d060960864801650304020105000420'),
  'the digest of SHA-256, called SHA-1': headed('302d300906052b0e03021a05000420'),
  'SHA-384': headed('3041300d060960864801650304020205000430', 'sha384'),
  MD5: headed('3020300c06082a864886f70d020505000410', 'md5'),
  'the hash of the hash': (message) => raw(block(sha256(sha256(message)))),
  'the bytes in the other order': (message) => RSA.sign(message).reverse(),
  PSS: (message) =>
    sign('sha256', Buffer.from(message), {
      key: rsaKey,
      padding: constants.RSA_PKCS1_PSS_PADDING,
      saltLength: 0,
    }),
  one: () => bytesOf(1n, SIZE),
  'the modulus less one': () => bytesOf(N - 1n, SIZE),
  'all ones': () => Buffer.alloc(SIZE, 0xff),
  'the block itself, as if the exponent were 1': (message) => block(sha256(message)),
};
for (const [name, forge] of Object.entries(PKCS1)) add(`RSA: ${name}`, forge, 'bad_signature', 'rsa');

// Of this payload the sum still fits; as a number it is the same modulo the modulus.
add(
  'RSA: the signature and the modulus',
  (m) => bytesOf(numberOf(RSA.sign(m)) + N, SIZE),
  'bad_signature',
  'rsa',
  {
    id: firstId((m) => numberOf(RSA.sign(m)) + N < 1n << 2048n),
  },
);
const zero = firstId((m) => RSA.sign(m)[0] === 0);
add('RSA: a signature that begins with a zero', (m) => RSA.sign(m), '', 'rsa', { id: zero });
add('RSA: its zero left out', (m) => RSA.sign(m).subarray(1), 'unknown_key', 'rsa', { id: zero });
add('RSA: a zero more before it', (m) => Buffer.concat([Buffer.alloc(1), RSA.sign(m)]), 'unknown_key', 'rsa');

/** The first payload whose message is so. @param {(message: string) => boolean} isSo */
function firstId(isSo) {
  for (let id = 2; ; id++) if (isSo(signed(payload(id)).base64)) return id;
}
