// Keyrings that must not be taken, each in an update that is signed as it should be.
import { input, no } from './case.js';
import {
  APP,
  keyring,
  RSA,
  STOLEN,
  STOLEN_LISTS,
  STOLEN_SEALS,
  STOLEN_UPDATES,
  sha256,
  UPDATES,
} from './keys.js';
import { noted } from './notes.js';

/** @type {import('./case.js').Case[]} */
export const PUBLIC_KEYS = [];

const LINES = { name: 'acme.example/keyring', number: '3', issued: '2026-11-20T00:00:00Z' };
const { kid: _, ...bare } = APP.jwk;
const { kid: _kid, ...bareRsa } = RSA.jwk;

/**
 * @param {string} name
 * @param {string} body
 * @param {readonly (readonly [string, string])[]} [keys] those of the keyring, where it is taken
 */
function add(name, body, keys) {
  const stay = [STOLEN, STOLEN_LISTS, STOLEN_UPDATES, STOLEN_SEALS].map(({ kid }) => [kid, 'compromised']);
  const { name: title, number, issued } = LINES;
  const seen = { kid: UPDATES.kid, number: 3, sha256: sha256(`${body}\n`).toString('base64'), issued };
  PUBLIC_KEYS.push({
    name: `keys: ${name}`,
    kind: 'keyring',
    input: input(noted('keywright/keyring/v1', `${body}\n`, LINES, title, [UPDATES])),
    keyring: 'seller',
    policy: {},
    expect:
      keys === undefined
        ? no('malformed')
        : {
            ok: true,
            kid: UPDATES.kid,
            name: title,
            number: Number(number),
            signedAt: issued,
            keys: [...keys, ...stay],
            state: { name: title, seen: [seen], compromised: [] },
          },
  });
}

const ring = (/** @type {readonly object[]} */ ...keys) => JSON.stringify({ keys });
/** @type {readonly (readonly [string, string])[]} */
const active = [[APP.kid, 'active']];
add('a JWKS of others', ring({ ...bare, x5c: [], key_ops: ['verify'] }), active);
add('alg EdDSA', ring({ ...bare, alg: 'EdDSA' }), active);
add('no alg', ring({ ...bare, alg: undefined }), active);
add('a byte order mark before them', `\ufeff${ring(bare)}`, active);
add('two byte order marks', `\ufeff\ufeff${ring(bare)}`);
add('text behind them', `${ring(bare)}x`);
add('a list', `[${ring(bare)}]`);
add('no list of keys', JSON.stringify({ keys: { a: bare } }));
add('keys null', '{"keys":null}');
add('compromised null', JSON.stringify({ keys: [bare], compromised: null }));
add('compromised no list', JSON.stringify({ keys: [bare], compromised: {} }));
add('a schema that is null', JSON.stringify({ schema: null, keys: [bare] }));
add('a key that is null', JSON.stringify({ keys: [null] }));
add('a key that is a list', JSON.stringify({ keys: [[]] }));
add('a key among both', JSON.stringify(keyring([APP.jwk], [APP.jwk])));
/** @type {Readonly<Record<string, object>>} */
const WRONG = {
  'a private member that is null': { d: null },
  'a symmetric member': { k: 'AA' },
  'kty EC': { kty: 'EC' },
  'kty in small letters': { kty: 'okp' },
  'no kty': { kty: undefined },
  'crv in small letters': { crv: 'ed25519' },
  'alg RS256': { alg: 'RS256' },
  'alg null': { alg: null },
  'alg none': { alg: 'none' },
  'kid null': { kid: null },
  'kid of another key': { kid: RSA.kid },
  'kid_given that is empty': { kid_given: '' },
  'use null': { use: null },
  'role null': { role: null },
  'role in capitals': { role: 'Product' },
  'status null': { status: null },
  'status in capitals': { status: 'Active' },
  'product empty': { product: '' },
  'product null': { product: null },
  'product a list': { product: ['app'] },
  'purposes null': { purposes: null },
  'purposes a text': { purposes: 'license' },
  'a purpose that is null': { purposes: ['license', null] },
  'validFrom null': { validFrom: null },
  'validFrom with an offset': { validFrom: '2026-01-01T00:00:00+00:00' },
  'validUntil a date alone': { validUntil: '2026-01-01' },
  'validUntil a number': { validUntil: 1 },
};
for (const [name, members] of Object.entries(WRONG)) add(`refused: ${name}`, ring({ ...bare, ...members }));

const url = (/** @type {Uint8Array} */ bytes) => Buffer.from(bytes).toString('base64url');
/** @type {Readonly<Record<string, string>>} */
const POINTS = {
  'of order 1': `01${'00'.repeat(31)}`,
  'of order 2': `ec${'ff'.repeat(30)}7f`,
  'of order 4': '00'.repeat(32),
  'of order 4, the other': `${'00'.repeat(31)}80`,
  'of order 8': '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'of order 8, the second': '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85',
  'of order 8, the third': 'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  'of order 8, the fourth': 'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa',
  'of order 1, not reduced': `ee${'ff'.repeat(30)}7f`,
  'of order 1, with a sign': `01${'00'.repeat(30)}80`,
  'of order 2, with a sign': `ec${'ff'.repeat(31)}`,
  'of order 4, not reduced': `ed${'ff'.repeat(30)}7f`,
  'not reduced, of great order': `f0${'ff'.repeat(30)}7f`,
  'with a part of low order': 'f7badec5b8abeaf699583992219b7b223f1df3fbbea919844e3f7c554a43dd43',
  'with a part of low order, another': 'cdb267ce40c5cd45306fa5d2f29731459387dbf9eb933b7bd5aed9a765b88d4d',
  'of 33 bytes': `${APP.raw.toString('hex')}00`,
  'of no bytes': '',
};
for (const [name, hex] of Object.entries(POINTS))
  add(`refused: a point ${name}`, ring({ ...bare, x: url(Buffer.from(hex, 'hex')) }));
const x = url(APP.raw);
add('refused: x in standard base64', ring({ ...bare, x: `+/${x.slice(2)}` }));
add('refused: x with a blank', ring({ ...bare, x: `${x} ` }));
// Of the last symbol two bits are unused.
add(
  'refused: x with unused bits',
  ring({ ...bare, x: x.replace(/.$/, (end) => String.fromCharCode(end.charCodeAt(0) + 1)) }),
);

const n = RSA.raw;
/** @param {Uint8Array} modulus */
const rsa = (modulus) => ring({ ...bareRsa, n: url(modulus) });
add('RSA of 2048 bits', rsa(n), [[RSA.kid, 'active']]);
add('refused: RSA of 2047 bits', rsa(n.map((byte, index) => (index === 0 ? 0x7f : byte))));
add('refused: RSA of 8193 bits', rsa(Buffer.concat([Buffer.from([1]), n, n, n, n])));
add('refused: RSA, a zero before it', rsa(Buffer.concat([Buffer.alloc(1), n])));
add('refused: RSA, even', rsa(n.map((byte, index) => (index === 255 ? byte - 1 : byte))));
add('refused: RSA, nothing', rsa(Buffer.alloc(0)));
add('refused: RSA, no e', ring({ ...bareRsa, e: undefined }));
add('refused: RSA, e = 1', ring({ ...bareRsa, e: 'AQ' }));
add('refused: RSA, e with a zero before it', ring({ ...bareRsa, e: 'AAEAAQ' }));
add('refused: RSA, alg PS256', ring({ ...bareRsa, alg: 'PS256' }));
add('refused: RSA, alg RS512', ring({ ...bareRsa, alg: 'RS512' }));
