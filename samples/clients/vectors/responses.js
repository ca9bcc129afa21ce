// verifyResponse: who signed, and when.
import { constants, createPrivateKey, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { input, NOW, NOW_SECONDS, no } from './case.js';
import { bent, envelope, MALFORMED, signed, signedEnvelope, withGreaterS } from './envelopes.js';
import { APP, GLOBAL, LISTS, PRO, RETIRED, RSA, STOLEN, STRANGER, UPDATES } from './keys.js';

/** @typedef {import('./case.js').Case} Case */

/** @param {object} [members] */
const payload = (members) => JSON.stringify({ code: 200, message: 'ok', timestamp: NOW_SECONDS, ...members });
const plain = signed(payload());

/** @type {Case[]} */
export const RESPONSES = [];

/**
 * @param {string} name
 * @param {string | Buffer} text
 * @param {import('./case.js').Expected} expect
 * @param {{ keyring?: string, policy?: object, needs?: readonly string[] }} [more]
 */
function add(name, text, expect, { keyring = 'seller', policy = {}, needs } = {}) {
  RESPONSES.push({
    name,
    kind: 'response',
    input: input(text),
    keyring,
    policy: { ...policy },
    expect,
    ...(needs && { needs }),
  });
}

const yes = ({ kid } = APP, role = /** @type {string | null} */ (null)) => ({ ok: true, kid, role });

add('plain', envelope(plain), yes());
add('spaced', ` \r\n\t${envelope(plain).replace('{', '{ ')} `, yes());
add('without a response', envelope({ ...plain, response: undefined }), yes());
add(
  'without private_key_used',
  envelope({ ...plain, response: undefined }).replace('"private_key_used":"product",', ''),
  yes(),
);
add('with more members', envelope(plain).replace('{', '{"more":[{"a":null}],'), yes());
add('private_key_used is a hint', envelope({ ...plain, role: 'global' }), yes());
add('private_key_used is any text', envelope({ ...plain, role: 'other' }), yes());
add(
  'members of the response in another order',
  envelope({ ...plain, response: `{"timestamp":${NOW_SECONDS},"message":"ok","code":200}` }),
  yes(),
);
add('a number spelled otherwise', envelope({ ...plain, response: payload().replace('200', '2.0E2') }), yes());
add('minus zero is zero', envelope({ ...signed('{"n":-0}'), response: '{"n":0}' }), yes());
add(
  'numbers are doubles: 2^53 + 1 is 2^53',
  envelope({ ...signed('{"n":9007199254740993}'), response: '{"n":9007199254740992}' }),
  yes(),
);
add(
  'a fraction of many digits',
  envelope({ ...signed('{"n":0.1}'), response: '{"n":0.1000000000000000055511151231257827}' }),
  yes(),
);
add(
  'a text spelled otherwise',
  envelope({ ...signed('{"t":"a/é😀"}'), response: '{"t":"\\u0061\\/\\u00E9\\ud83d\\ude00"}' }),
  yes(),
);
add('letters beyond ASCII', signedEnvelope('{"name":"Zoë 王","timestamp":1}'), yes());
add('a null character, escaped', signedEnvelope('{"t":"a\\u0000b"}'), yes());
add('an empty object', signedEnvelope('{}'), yes());
add('an empty name', signedEnvelope('{"":1}'), yes());
add('a member called __proto__', signedEnvelope('{"__proto__":{"a":1}}'), yes());
add('members that differ in case', signedEnvelope('{"a":1,"A":1}'), yes());
add('names that NFC makes one', signedEnvelope('{"\u00e9":1,"e\u0301":1}'), yes());
add('64 levels', signedEnvelope(`{"a":${'['.repeat(63)}${']'.repeat(63)}}`), yes());
add('65 levels', signedEnvelope(`{"a":${'['.repeat(64)}${']'.repeat(64)}}`), no('malformed'));
add(
  '64 levels in an envelope without copy',
  envelope({ ...signed(`{"a":${'['.repeat(63)}${']'.repeat(63)}}`), response: undefined }),
  yes(),
);
add(
  '65 levels in an envelope without copy',
  envelope({ ...signed(`{"a":${'['.repeat(64)}${']'.repeat(64)}}`), response: undefined }),
  no('malformed'),
);

for (const [name, bend] of MALFORMED)
  add(`malformed: ${name}`, bend(envelope(plain), plain), no('malformed'));
/** @type {readonly (readonly [string, string | Buffer])[]} */
const BAD_PAYLOADS = [
  ['an array', '[]'],
  ['a text', '"a"'],
  ['null', 'null'],
  ['empty', ''],
  ['a byte order mark before it', '\ufeff{}'],
  ['text behind it', '{}x'],
  ['a member twice', '{"a":1,"a":1}'],
  ['a member twice, once escaped', '{"a":1,"\\u0061":1}'],
  ['half a surrogate pair', '{"a":"\\ud83d"}'],
  ['half a surrogate pair in a name', '{"\\ude00":1}'],
  ['NaN', '{"a":NaN}'],
  ['a comment', '{"a":1/**/}'],
  ['a control character', '{"a":"\u0001"}'],
  ['a byte that is no UTF-8', Buffer.from([0x7b, 0x22, 0x80, 0x22, 0x3a, 0x31, 0x7d])],
  ['UTF-16', Buffer.from('{}', 'utf16le')],
];
for (const [name, text] of BAD_PAYLOADS)
  add(`signed, but no payload: ${name}`, envelope({ ...signed(text), response: undefined }), no('malformed'));

add('unsigned: no signature', envelope(plain).replace(/,"signature":"[^"]*"/, ''), no('unsigned'));
add('unsigned: null', envelope(plain).replace(/"signature":"[^"]*"/, '"signature":null'), no('unsigned'));
add('unsigned: empty', envelope({ ...plain, signature: '' }), no('unsigned'));
add('unsigned: as the vendor says', envelope({ ...plain, signature: 'Private key not set' }), no('unsigned'));

add(
  '63 bytes of signature',
  envelope({ ...plain, signature: Buffer.alloc(63).toString('base64') }),
  no('unknown_key'),
);
add(
  '65 bytes of signature',
  envelope({ ...plain, signature: Buffer.alloc(65).toString('base64') }),
  no('unknown_key'),
);
add('an Ed25519 signature for RSA keys alone', envelope(plain), no('unknown_key'), { keyring: 'rsa' });
add('an RSA signature for Ed25519 keys alone', signedEnvelope(payload(), RSA), no('unknown_key'));

add('a key of no keyring', signedEnvelope(payload(), STRANGER), no('bad_signature'));
add('a key for lists', signedEnvelope(payload(), LISTS), no('bad_signature'));
add('a key for keyrings', signedEnvelope(payload(), UPDATES), no('bad_signature'));
add('a bit of R turned', envelope({ ...plain, signature: bent(plain.signature, 3) }), no('bad_signature'));
add('a bit of S turned', envelope({ ...plain, signature: bent(plain.signature, 40) }), no('bad_signature'));
add('S + L', envelope({ ...plain, signature: withGreaterS(plain.signature) }), no('bad_signature'));
add(
  'zeros for a signature',
  envelope({ ...plain, signature: Buffer.alloc(64).toString('base64') }),
  no('bad_signature'),
);
add(
  'the neutral element for R',
  envelope({ ...plain, signature: Buffer.concat([Buffer.from([1]), Buffer.alloc(63)]).toString('base64') }),
  no('bad_signature'),
);
add(
  'another payload',
  envelope({ ...plain, base64: signed(payload({ code: 201 })).base64 }),
  no('bad_signature'),
);
add(
  'the payload itself was signed, not its base64',
  envelope({ ...plain, signature: APP.sign(payload()).toString('base64') }),
  no('bad_signature'),
);

add('a stolen key', signedEnvelope(payload(), STOLEN), no('key_compromised'));
add('a stolen key, called so by its status', signedEnvelope(payload(), STOLEN), no('key_compromised'), {
  keyring: 'mixed',
});
add(
  'a stolen key and no payload',
  envelope({ ...signed('[]', STOLEN), response: undefined }),
  no('key_compromised'),
);

/** @type {readonly (readonly [string, string])[]} */
const SIBLINGS = [
  ['another value', payload({ code: 201 })],
  ['another type', payload({ code: '200' })],
  ['a member too many', payload({ more: null })],
  ['a member too few', '{"code":200}'],
  ['null', 'null'],
  ['a text', JSON.stringify(payload())],
  ['an array', `[${payload()}]`],
  ['true for one', payload({ code: true })],
];
for (const [name, response] of SIBLINGS)
  add(`a response that is ${name}`, envelope({ ...plain, response }), no('sibling_mismatch'));
add(
  'a response whose list is in another order',
  envelope({ ...signed('{"a":[1,2]}'), response: '{"a":[2,1]}' }),
  no('sibling_mismatch'),
);
add(
  'a response whose list is an object',
  envelope({ ...signed('{"a":[1]}'), response: '{"a":{"0":1}}' }),
  no('sibling_mismatch'),
);
add(
  'a response with false for null',
  envelope({ ...signed('{"a":null}'), response: '{"a":false}' }),
  no('sibling_mismatch'),
);
add(
  'a response with zero for false',
  envelope({ ...signed('{"a":false}'), response: '{"a":0}' }),
  no('sibling_mismatch'),
);
add(
  'a response with a text in another normal form',
  envelope({ ...signed('{"a":"\u00e9"}'), response: '{"a":"e\u0301"}' }),
  no('sibling_mismatch'),
);
add(
  'a response with a number that is another double',
  envelope({ ...signed('{"n":9007199254740993}'), response: '{"n":9007199254740994}' }),
  no('sibling_mismatch'),
);

/** @param {number | undefined} timestamp */
const retired = (timestamp) => signedEnvelope(JSON.stringify({ code: 200, timestamp }), RETIRED);
const [from, until] = [Date.parse('2026-01-01T00:00:00Z') / 1000, Date.parse('2026-07-01T00:00:00Z') / 1000];
add('a retired key at its first instant', retired(from), yes(RETIRED));
add('a retired key at its last second', retired(until - 1), yes(RETIRED));
add('a retired key before its time', retired(from - 1), no('key_retired'));
add('a retired key at its end', retired(until), no('key_retired'));
add('a retired key without time', retired(undefined), no('key_retired'));
add(
  'a retired key and a time that is a text',
  signedEnvelope(`{"timestamp":"${from}"}`, RETIRED),
  no('key_retired'),
);
add(
  'a retired key and a time with a fraction',
  signedEnvelope(`{"timestamp":${from}.5}`, RETIRED),
  no('key_retired'),
);

add('the role that is asked for', signedEnvelope(payload()), yes(APP, 'product'), {
  keyring: 'roles',
  policy: { role: 'product' },
});
add('any role', signedEnvelope(payload(), GLOBAL), yes(GLOBAL, 'global'), { keyring: 'roles' });
add('another role', signedEnvelope(payload(), GLOBAL), no('bad_signature'), {
  keyring: 'roles',
  policy: { role: 'product' },
});
add('a key of both roles', signedEnvelope(payload()), yes(), { policy: { role: 'global' } });

add('the product that is asked for', signedEnvelope(payload(), PRO), yes(PRO), {
  keyring: 'products',
  policy: { product: 'pro' },
});
add('another product', signedEnvelope(payload(), PRO), no('wrong_product'), {
  keyring: 'products',
  policy: { product: 'app' },
});
add('a key of no product', signedEnvelope(payload()), no('wrong_product'), { policy: { product: 'app' } });

/** @param {number} age @param {object} [policy] */
const aged = (age, policy) =>
  /** @type {const} */ ([
    signedEnvelope(payload({ timestamp: NOW_SECONDS - age })),
    { policy: { now: NOW, ...policy } },
  ]);
/** @type {readonly (readonly [string, number, object, import('./case.js').Expected])[]} */
const AGES = [
  ['300 seconds ahead', -300, {}, yes()],
  ['301 seconds ahead', -301, {}, no('from_future')],
  ['one second ahead of a strict clock', -1, { maxFuture: 0 }, no('from_future')],
  ['as far ahead as allowed', -3600, { maxFuture: 3600 }, yes()],
  ['of any age', 1e9, {}, yes()],
  ['as old as allowed', 60, { maxAge: 60 }, yes()],
  ['a second too old', 61, { maxAge: 60 }, no('stale')],
  ['of this second, for an age of none', 0, { maxAge: 0 }, yes()],
];
for (const [name, age, policy, expect] of AGES) {
  const [text, more] = aged(age, policy);
  add(name, text, expect, more);
}
add('without time, where none is asked', signedEnvelope('{"code":200}'), yes(), { policy: { now: NOW } });
add('half a second too old', signedEnvelope(payload()), no('stale'), {
  policy: { now: NOW.replace('Z', '.500Z'), maxAge: 0 },
});
/** @type {readonly (readonly [string, string])[]} */
const NO_TIMES = [
  ['no time', '{"code":200}'],
  ['a time that is a text', `{"timestamp":"${NOW_SECONDS}"}`],
  ['a time with a fraction', `{"timestamp":${NOW_SECONDS}.5}`],
  ['a time below zero', '{"timestamp":-1}'],
  ['a time that is null', '{"timestamp":null}'],
  ['a time of 2^53', '{"timestamp":9007199254740992}'],
  ['a time that is true', '{"timestamp":true}'],
];
for (const [name, text] of NO_TIMES)
  add(`${name}, where an age is asked`, signedEnvelope(text), no('stale'), {
    policy: { now: NOW, maxAge: 60 },
  });
add('a whole time spelled with a fraction', signedEnvelope(`{"timestamp":${NOW_SECONDS}.0}`), yes(), {
  policy: { now: NOW, maxAge: 60 },
});
add('a whole time spelled with an exponent', signedEnvelope('{"timestamp":1.79581e9}'), yes(), {
  policy: { now: '2026-11-27T23:20:00Z', maxAge: 1e9 },
});
add(
  'a time of this very second in milliseconds',
  signedEnvelope(payload({ timestamp: 1000 * NOW_SECONDS })),
  no('from_future'),
  { policy: { now: NOW } },
);

add('the nonce that was sent', signedEnvelope(payload({ nonce: 'AAAA' })), yes(), {
  policy: { nonce: 'AAAA' },
});
add('another nonce', signedEnvelope(payload({ nonce: 'AAAB' })), no('nonce_mismatch'), {
  policy: { nonce: 'AAAA' },
});
add('no nonce', signedEnvelope(payload()), no('nonce_mismatch'), { policy: { nonce: 'AAAA' } });
add('a nonce that is a number', signedEnvelope(payload({ nonce: 1 })), no('nonce_mismatch'), {
  policy: { nonce: '1' },
});
add('a nonce in other letters', signedEnvelope(payload({ nonce: 'aaaa' })), no('nonce_mismatch'), {
  policy: { nonce: 'AAAA' },
});
add(
  'too old, with another nonce: the first reason counts',
  signedEnvelope(payload({ nonce: 'B', timestamp: 0 })),
  no('stale'),
  { policy: { now: NOW, maxAge: 1, nonce: 'A' } },
);

const needs = ['rsa'];
const byRsa = signed(payload(), RSA);
const rsaKey = createPrivateKey(readFileSync(new URL('../../../keys/demo-rsa.private.pem', import.meta.url)));
const rsaSigned = (/** @type {string} */ hash) =>
  sign(hash, Buffer.from(byRsa.base64), rsaKey).toString('base64');
add('RS256', envelope(byRsa), yes(RSA), { keyring: 'rsa', needs });
add('RS256 among other keys', envelope(byRsa), yes(RSA), { keyring: 'mixed', needs });
add(
  'RS256, a bit turned',
  envelope({ ...byRsa, signature: bent(byRsa.signature, 100) }),
  no('bad_signature'),
  { keyring: 'rsa', needs },
);
add(
  'RS256, another payload',
  envelope({ ...byRsa, base64: plain.base64.replace('e', 'f') }),
  no('bad_signature'),
  { keyring: 'rsa', needs },
);
add('RSA with SHA-512', envelope({ ...byRsa, signature: rsaSigned('sha512') }), no('bad_signature'), {
  keyring: 'rsa',
  needs,
});
add('RSA with SHA-1', envelope({ ...byRsa, signature: rsaSigned('sha1') }), no('bad_signature'), {
  keyring: 'rsa',
  needs,
});
add(
  'RSA zeros',
  envelope({ ...byRsa, signature: Buffer.alloc(RSA.raw.length).toString('base64') }),
  no('bad_signature'),
  { keyring: 'rsa', needs },
);
add(
  'RSA, the modulus for a signature',
  envelope({ ...byRsa, signature: RSA.raw.toString('base64') }),
  no('bad_signature'),
  { keyring: 'rsa', needs },
);
add(
  'RSA, a byte short',
  envelope({ ...byRsa, signature: Buffer.from(byRsa.signature, 'base64').subarray(1).toString('base64') }),
  no('unknown_key'),
  { keyring: 'rsa', needs },
);
add(
  'RSA, the hash alone enciphered',
  envelope({
    ...byRsa,
    signature: sign(null, Buffer.alloc(32), { key: rsaKey, padding: constants.RSA_PKCS1_PADDING }).toString(
      'base64',
    ),
  }),
  no('bad_signature'),
  { keyring: 'rsa', needs },
);
