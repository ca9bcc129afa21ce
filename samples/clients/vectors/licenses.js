// verifyLicense: whether this customer may use this product on this device now.
import { DAY, input, NOW, NOW_SECONDS, no, utc } from './case.js';
import { bent, envelope, MALFORMED, signed, signedEnvelope, withGreaterS } from './envelopes.js';
import { APP, GLOBAL, LISTS, PRO, RETIRED, RSA, STOLEN, STRANGER } from './keys.js';
import { LIST_NAME, list, listWith, rowOf } from './lists.js';

/** @typedef {import('./case.js').Case} Case */
/** @typedef {import('./case.js').Expected} Expected */

const KEY = '7QX4M-9K2TD-HB3WR';
const SIGNED = NOW_SECONDS - 30 * DAY;
const TERMS = { key: KEY, product: 'app', valid_until: '2027-12-31T00:00:00Z', comparison: 'canonical' };

/** The payload of a license. @param {object} [terms] @param {object} [members] */
const payload = (terms, members) =>
  JSON.stringify({
    schema: 'keywright/license/v1',
    license: { ...TERMS, ...terms },
    timestamp: SIGNED,
    ...members,
  });
/** @param {object} [terms] @param {object} [members] @param {import('./keys.js').Pair} [pair] */
const license = (terms, members, pair) => signedEnvelope(payload(terms, members), pair);
const plain = signed(payload());

/** @type {Case[]} */
export const LICENSES = [];

/**
 * @param {string} name
 * @param {string | Buffer} text
 * @param {Expected} expect
 * @param {object} [policy]
 * @param {{ keyring?: string, needs?: readonly string[] }} [more]
 */
function add(name, text, expect, policy, { keyring = 'seller', needs } = {}) {
  const whole = { product: 'app', key: KEY, device: null, now: NOW, ...policy };
  LICENSES.push({
    name,
    kind: 'license',
    input: input(text),
    keyring,
    policy: whole,
    expect,
    ...(needs && { needs }),
  });
}

/** @param {object} [members] @returns {Expected} */
const yes = (members) => ({
  ok: true,
  kid: APP.kid,
  role: null,
  key: KEY,
  product: 'app',
  validUntil: TERMS.valid_until,
  signedAt: utc(SIGNED),
  clockBehind: false,
  listStale: false,
  ...members,
});

add('plain', envelope(plain), yes());
add('without a copy', envelope({ ...plain, response: undefined }), yes());
add('whatever key it is', envelope(plain), yes(), { key: null });
for (const typed of [
  '7qx4m-9k2td-hb3wr',
  '7QX4M9K2TDHB3WR',
  ' 7QX4M 9K2TD\tHB3WR\n',
  '7qx4m_9k2td.hb3wr',
  '7QX4M/9K2TD:HB3WR',
])
  add(`typed as ${JSON.stringify(typed)}`, envelope(plain), yes(), { key: typed });
const nfkc = ['nfkc'];
for (const typed of [
  '7QX4M\u20139K2TD\u2212HB3WR',
  '\uff17QX4M-9K2TD-HB3WR',
  '7QX4M\u200b9K2TD\u00adHB3WR',
  '\u20067QX4M-9K2TD-HB3WR',
  '\u{1d7d5}QX4M-9K2TD-HB3WR',
])
  add(
    `typed as ${[...typed].map((each) => (each > '~' ? `U+${each.codePointAt(0)?.toString(16).toUpperCase()}` : each)).join('')}`,
    envelope(plain),
    yes(),
    { key: typed },
    { needs: nfkc },
  );
const umlaut = { key: 'M\u00dcLL-ER01' };
add(
  'a key beyond ASCII, composed otherwise',
  license(umlaut),
  yes(umlaut),
  { key: 'MU\u0308ll er01' },
  { needs: nfkc },
);
// Only ASCII letters are folded: a capital of another alphabet is another letter.
add('a key beyond ASCII, in small letters', license(umlaut), no('wrong_key'), { key: 'm\u00fcll-er01' });
add('for ever', license({ valid_until: null }), yes({ validUntil: null }));
add(
  'until the next instant',
  license({ valid_until: '2026-11-28T12:00:00.001Z' }),
  yes({ validUntil: '2026-11-28T12:00:00.001Z' }),
);
add(
  'until a time with zero milliseconds',
  license({ valid_until: '2027-01-01T00:00:00.000Z' }),
  yes({ validUntil: '2027-01-01T00:00:00Z' }),
);
add(
  'until the last second of all',
  license({ valid_until: '9999-12-31T23:59:59Z' }),
  yes({ validUntil: '9999-12-31T23:59:59Z' }),
);
add(
  'until a leap day',
  license({ valid_until: '2028-02-29T00:00:00Z' }),
  yes({ validUntil: '2028-02-29T00:00:00Z' }),
);
add('from this instant', license({ valid_from: NOW }), yes());
add('without a comparison', license({ comparison: undefined }), yes());
add('with entitlements', license({ entitlements: { seats: 5, features: ['a'] } }), yes());
add('with more members', license({ customer: 'C-1' }, { order: 7 }), yes());
add('on one of its devices', license({ devices: ['mac-1', 'mac-2'] }), yes(), { device: 'mac-2' });
add('for any device, on one', envelope(plain), yes(), { device: 'mac-1' });
add('by a key of its product', license(), yes(), {}, { keyring: 'products' });
add(
  'of another product, by its key',
  license({ product: 'pro' }, {}, PRO),
  yes({ kid: PRO.kid, product: 'pro' }),
  { product: 'pro' },
  { keyring: 'products' },
);
add(
  'by a key of the role that is asked for',
  license(),
  yes({ role: 'product' }),
  { role: 'product' },
  { keyring: 'roles' },
);
add('exact, typed so', license({ comparison: 'exact' }), yes());
add(
  'exact, with letters of both cases',
  license({ key: 'ab-CD', comparison: 'exact' }),
  yes({ key: 'ab-CD' }),
  { key: 'ab-CD' },
);
add('by RSA', license({}, {}, RSA), yes({ kid: RSA.kid }), {}, { keyring: 'rsa', needs: ['rsa'] });
add(
  'signed in the future of a slow clock',
  license({}, { timestamp: NOW_SECONDS + DAY }),
  yes({ signedAt: utc(NOW_SECONDS + DAY) }),
);
add('with its nonce', license({}, { nonce: 'N' }), yes(), { nonce: 'N' });
add('as old as allowed', envelope(plain), yes(), { maxAge: 30 * DAY });
add(
  'by a retired key, signed in its time',
  license({}, { timestamp: Date.parse('2026-02-01T00:00:00Z') / 1000 }, RETIRED),
  yes({ kid: RETIRED.kid, signedAt: '2026-02-01T00:00:00Z' }),
);
add('signed at the epoch', license({}, { timestamp: 0 }), yes({ signedAt: '1970-01-01T00:00:00Z' }));

for (const [name, bend] of MALFORMED.filter((_, index) => index % 4 === 0))
  add(`malformed: ${name}`, bend(envelope(plain), plain), no('malformed'));
add('unsigned', envelope({ ...plain, signature: '' }), no('unsigned'));
add('by no key of this size', license({}, {}, RSA), no('unknown_key'));
add('by a key of no keyring', license({}, {}, STRANGER), no('bad_signature'));
add('by a key for lists', license({}, {}, LISTS), no('bad_signature'));
add('with S + L', envelope({ ...plain, signature: withGreaterS(plain.signature) }), no('bad_signature'));
add('with a bit turned', envelope({ ...plain, signature: bent(plain.signature, 10) }), no('bad_signature'));
add(
  'with a later end than was signed',
  envelope(plain).replaceAll(plain.base64, signed(payload({ valid_until: null })).base64),
  no('bad_signature'),
);
add('by a stolen key', license({}, {}, STOLEN), no('key_compromised'));
add(
  'with a copy that says more',
  envelope({ ...plain, response: payload({ valid_until: null }) }),
  no('sibling_mismatch'),
);
add('by a retired key, signed later', license({}, {}, RETIRED), no('key_retired'));
add(
  'by a key of another role',
  license({}, {}, GLOBAL),
  no('bad_signature'),
  { role: 'product' },
  { keyring: 'roles' },
);
add('from the future, where that is asked', license({}, { timestamp: NOW_SECONDS + 61 }), no('from_future'), {
  maxFuture: 60,
});
add('older than allowed', envelope(plain), no('stale'), { maxAge: 30 * DAY - 1 });
add('without time, where an age is asked', license({}, { timestamp: undefined }), no('stale'), {
  maxAge: DAY,
});
add('with another nonce', license({}, { nonce: 'M' }), no('nonce_mismatch'), { nonce: 'N' });

/** @type {readonly (readonly [string, object, object?])[]} */
const NO_LICENSES = [
  ['no schema', {}, { schema: undefined }],
  ['the schema of another artefact', {}, { schema: 'keywright/list/v1' }],
  ['the schema of a later version', {}, { schema: 'keywright/license/v2' }],
  ['a schema with a blank', {}, { schema: 'keywright/license/v1 ' }],
  ['no license', {}, { license: undefined }],
  ['a license that is a list', {}, { license: [TERMS] }],
  ['a license that is null', {}, { license: null }],
  ['no time', {}, { timestamp: undefined }],
  ['a time that is a text', {}, { timestamp: '1' }],
  ['a time after the year 9999', {}, { timestamp: 253_402_300_800 }],
  ['a time in milliseconds', {}, { timestamp: 1000 * SIGNED }],
  ['no key', { key: undefined }],
  ['a key that is a number', { key: 7 }],
  ['an empty key', { key: '' }],
  ['a key of dashes alone', { key: '- -' }],
  ['a key of more than 4 KiB', { key: 'A'.repeat(4097) }],
  ['no product', { product: undefined }],
  ['an empty product', { product: '' }],
  ['a product that is null', { product: null }],
  ['an unknown comparison', { comparison: 'lax' }],
  ['a comparison that is null', { comparison: null }],
  ['no end', { valid_until: undefined }],
  ['an end without zone', { valid_until: '2027-12-31T00:00:00' }],
  ['an end that is a date alone', { valid_until: '2027-12-31' }],
  ['an end with an offset', { valid_until: '2027-12-31T00:00:00+00:00' }],
  ['an end in small letters', { valid_until: '2027-12-31t00:00:00z' }],
  ['an end with a blank for T', { valid_until: '2027-12-31 00:00:00Z' }],
  ['an end with a tenth of a second', { valid_until: '2027-12-31T00:00:00.5Z' }],
  ['an end with microseconds', { valid_until: '2027-12-31T00:00:00.500000Z' }],
  ['an end without seconds', { valid_until: '2027-12-31T00:00Z' }],
  ['an end at 24 hours', { valid_until: '2027-12-31T24:00:00Z' }],
  ['an end in a leap second', { valid_until: '2027-12-31T23:59:60Z' }],
  ['an end on February 29 of a year without', { valid_until: '2027-02-29T00:00:00Z' }],
  ['an end on February 30', { valid_until: '2028-02-30T00:00:00Z' }],
  ['an end in month 13', { valid_until: '2027-13-01T00:00:00Z' }],
  ['an end in the year 10000', { valid_until: '+010000-01-01T00:00:00Z' }],
  ['an end in digits of another script', { valid_until: '202\u0667-12-31T00:00:00Z' }],
  ['an end with a blank', { valid_until: '2027-12-31T00:00:00Z ' }],
  ['an end that is a number', { valid_until: 1_830_000_000 }],
  ['an end that is empty', { valid_until: '' }],
  ['an end that is false', { valid_until: false }],
  ['an end before its beginning', { valid_from: '2028-01-01T00:00:00Z' }],
  ['an end at its beginning', { valid_from: '2027-12-31T00:00:00Z' }],
  ['a beginning that is null', { valid_from: null }],
  ['a beginning that is no time', { valid_from: 'now' }],
  ['devices that are a text', { devices: 'mac-1' }],
  ['devices that are null', { devices: null }],
  ['a device that is a number', { devices: ['mac-1', 1] }],
  ['entitlements that are a list', { entitlements: [] }],
  ['entitlements that are null', { entitlements: null }],
];
for (const [name, terms, members] of NO_LICENSES)
  add(`signed, but no license: ${name}`, license(terms, members), no('not_a_license'));

add('another product', license({ product: 'pro' }), no('wrong_product'));
add('a product in other letters', license({ product: 'App' }), no('wrong_product'));
add('by a key of another product', license({}, {}, PRO), no('wrong_product'), {}, { keyring: 'products' });
add(
  'of another product, by the key of this one',
  license({ product: 'pro' }),
  no('wrong_product'),
  { product: 'pro' },
  { keyring: 'products' },
);

for (const typed of [
  '7QX4M-9K2TD-HB3WS',
  '7QX4M-9K2TD',
  '',
  '---',
  '7QX4M-9K2TD-HB3WR-A',
  '7QX4M+9K2TD+HB3WR',
  'A'.repeat(4097),
])
  add(
    `another key: ${typed.length > 99 ? '4097 letters' : JSON.stringify(typed)}`,
    envelope(plain),
    no('wrong_key'),
    { key: typed },
  );
add('a look-alike is another letter', license({ key: 'O0-1' }), no('wrong_key'), { key: '00-1' });
add('exact, in other letters', license({ comparison: 'exact' }), no('wrong_key'), { key: KEY.toLowerCase() });
add('exact, without dashes', license({ comparison: 'exact' }), no('wrong_key'), {
  key: KEY.replaceAll('-', ''),
});

add('no device, where some are named', license({ devices: ['mac-1'] }), no('wrong_device'));
add('another device', license({ devices: ['mac-1'] }), no('wrong_device'), { device: 'mac-2' });
add('a device in other letters', license({ devices: ['mac-1'] }), no('wrong_device'), { device: 'MAC-1' });
add('an empty list of devices', license({ devices: [] }), no('wrong_device'), { device: 'mac-1' });
add('wrong key on a wrong device: the first reason counts', license({ devices: [] }), no('wrong_key'), {
  key: 'A',
});

/** @param {string | Buffer} text @param {object} [more] */
const listed = (text, more) => ({ input: input(text), name: LIST_NAME, product: 'app', ...more });
const other = list([rowOf('AAAA-BBBB')]);
const revoked = list([rowOf(KEY, 'refunded')]);
add('on no list', envelope(plain), yes(), { revocations: [listed(other)] });
add('on no list that is young enough', envelope(plain), yes(), {
  revocations: [listed(other)],
  maxListAge: 2 * DAY,
});
add('with a list that is overdue', envelope(plain), yes({ listStale: true }), {
  revocations: [listed(listWith({ next: NOW }))],
});
add('revoked', envelope(plain), no('revoked'), { revocations: [listed(revoked)] });
add('revoked, typed otherwise', envelope(plain), no('revoked'), {
  revocations: [listed(revoked)],
  key: KEY.toLowerCase(),
});
add('revoked, whatever key was typed', envelope(plain), no('revoked'), {
  revocations: [listed(revoked)],
  key: null,
});
add('revoked by the second list', envelope(plain), no('revoked'), {
  revocations: [listed(other), listed(revoked)],
});
add('revoked by an overdue list', envelope(plain), no('revoked'), {
  revocations: [listed(listWith({ next: NOW }, [rowOf(KEY)]))],
});
add('revoked and expired: the first reason counts', license({ valid_until: NOW }), no('revoked'), {
  revocations: [listed(revoked)],
});
add('exact, on an exact list', license({ comparison: 'exact' }), no('revoked'), {
  revocations: [listed(listWith({ comparison: 'exact' }, [rowOf(KEY, '', 'exact')]))],
});
add('exact, on an exact list in other letters', license({ comparison: 'exact' }), yes(), {
  revocations: [listed(listWith({ comparison: 'exact' }, [rowOf(KEY.toLowerCase(), '', 'exact')]))],
});
add('a list that compares otherwise', envelope(plain), no('list_bad'), {
  revocations: [listed(listWith({ comparison: 'exact' }))],
});
add('a list that was changed', envelope(plain), no('list_bad'), {
  revocations: [listed(other.replace(/^./, (first) => (first === 'a' ? 'b' : 'a')))],
});
add('a good list and a bad one', envelope(plain), no('list_bad'), {
  revocations: [listed(other), listed('')],
});
add('a list of another name', envelope(plain), no('list_bad'), {
  revocations: [listed(other, { name: 'other.example/app' })],
});
add('a list of another product', envelope(plain), no('list_bad'), {
  revocations: [listed(listWith({ product: 'pro' }))],
});
const last = {
  name: LIST_NAME,
  seen: [{ kid: LISTS.kid, number: 8, sha256: 'A', issued: '2026-11-01T00:00:00Z' }],
};
add('a list older than one before', envelope(plain), no('list_rollback'), {
  revocations: [listed(other, { last })],
});
add('a bad list and an older one: bad counts first', envelope(plain), no('list_bad'), {
  revocations: [listed(other, { last }), listed('x')],
});
add('no list, where one is asked', envelope(plain), no('list_missing'), { maxListAge: DAY });
add('no list in an empty array', envelope(plain), no('list_missing'), { maxListAge: DAY, revocations: [] });
add('a list that is too old', envelope(plain), no('list_stale'), {
  revocations: [listed(other)],
  maxListAge: DAY - 1,
});
add('a list as old as allowed', envelope(plain), yes(), { revocations: [listed(other)], maxListAge: DAY });
add('a list that is overdue, where an age is asked', envelope(plain), no('list_stale'), {
  revocations: [listed(listWith({ next: NOW }))],
  maxListAge: 9 * DAY,
});
add('revoked by a list that is too old: the first reason counts', envelope(plain), no('list_stale'), {
  revocations: [listed(revoked)],
  maxListAge: 1,
});

add('from the next instant', license({ valid_from: '2026-11-28T12:00:00.001Z' }), no('not_yet_valid'));
add('from tomorrow', license({ valid_from: '2026-11-29T12:00:00Z' }), no('not_yet_valid'));
add(
  'signed after its beginning, on a slow clock',
  license({ valid_from: '2026-11-29T12:00:00Z' }, { timestamp: NOW_SECONDS + 2 * DAY }),
  yes({ signedAt: utc(NOW_SECONDS + 2 * DAY) }),
);
add('until this instant', license({ valid_until: NOW }), no('expired'));
add('until yesterday', license({ valid_until: '2026-11-27T12:00:00Z' }), no('expired'));
add('until the year 0', license({ valid_until: '0000-01-01T00:00:00Z' }), no('expired'));
add('the clock set back a year', license({ valid_until: utc(SIGNED) }), no('expired'), {
  now: '2025-11-28T12:00:00Z',
});

const late = Date.parse('2028-01-01T00:00:00Z') / 1000;
const perpetual = license({ valid_until: null });
add('expired by when the app was built', envelope(plain), no('expired'), { evidence: { built: late } });
add('expired by what was signed later', envelope(plain), no('expired'), {
  evidence: { signed: { [LISTS.kid]: late } },
});
add('expired by what a key signed that is no longer listed', envelope(plain), no('expired'), {
  evidence: { signed: { [STRANGER.kid]: late } },
});
add('expired by what the clock showed', license({ valid_until: utc(NOW_SECONDS + DAY) }), no('expired'), {
  evidence: { built: NOW_SECONDS, seen: NOW_SECONDS + DAY },
});
add('expired by what was kept as a text', envelope(plain), no('expired'), {
  evidence: JSON.stringify({ built: late }),
});
add('what a stolen key signed is no evidence', envelope(plain), yes(), {
  evidence: { signed: { [STOLEN.kid]: late } },
});
add('a clock too far ahead is no evidence', envelope(plain), yes(), {
  evidence: { built: NOW_SECONDS, seen: NOW_SECONDS + 400 * DAY + 1 },
});
add('a clock 400 days ahead is', envelope(plain), no('expired'), {
  evidence: { built: NOW_SECONDS, seen: NOW_SECONDS + 400 * DAY },
});
add('a clock more than a day behind is told', perpetual, yes({ validUntil: null, clockBehind: true }), {
  evidence: { built: NOW_SECONDS + DAY + 1 },
});
add('a clock a day behind is not', perpetual, yes({ validUntil: null }), {
  evidence: { built: NOW_SECONDS + DAY },
});
/** @type {readonly (readonly [string, unknown])[]} */
const DAMAGED = [
  ['null', null],
  ['a text', 'x'],
  ['a list', [late]],
  ['a time that is a text', { built: String(late), seen: true }],
  ['a time after the year 9999', { built: 253_402_300_800 }],
  ['a time below zero', { built: -1, seen: -1, signed: { a: -1 } }],
  ['a list of times', { signed: [late] }],
  ['a list for a time', { signed: { a: [late] } }],
];
for (const [name, evidence] of DAMAGED)
  add(`damaged evidence counts as none: ${name}`, envelope(plain), yes(), { evidence });
add(
  'evidence with a fraction is rounded down',
  license({ valid_until: utc(NOW_SECONDS + 60) }),
  yes({ validUntil: utc(NOW_SECONDS + 60) }),
  { evidence: { built: NOW_SECONDS + 59.9 } },
);
