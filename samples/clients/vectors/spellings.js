// Keys in whatever spelling somebody types them, and times in spellings that readers of other languages take.
import { input, NOW, NOW_SECONDS, no, utc } from './case.js';
import { signedEnvelope } from './envelopes.js';
import { APP, LISTS, sha256 } from './keys.js';
import { LINES, LIST_NAME, listOfBody } from './lists.js';

/** @type {import('./case.js').Case[]} */
export const SPELLINGS = [];

/**
 * A license of such members, asked for with such a policy.
 *
 * @param {string} name
 * @param {object} terms
 * @param {string} reason empty where it may be used
 * @param {{ policy?: object, needs?: readonly string[] | undefined }} [more]
 */
function add(name, terms, reason, { policy, needs } = {}) {
  const all = { key: '7QX4M-9K2TD', product: 'app', valid_until: '2027-12-31T00:00:00Z', ...terms };
  const payload = { schema: 'keywright/license/v1', license: all, timestamp: NOW_SECONDS - 60 };
  const { key, product } = all;
  const validUntil = all.valid_until.replace('.000Z', 'Z');
  const signed = { signedAt: utc(NOW_SECONDS - 60), clockBehind: false, listStale: false };
  SPELLINGS.push({
    name,
    kind: 'license',
    input: input(signedEnvelope(JSON.stringify(payload))),
    keyring: 'seller',
    policy: { product: 'app', key: null, device: null, now: NOW, ...policy },
    expect:
      reason === ''
        ? { ok: true, kid: APP.kid, role: null, key, product, validUntil, ...signed }
        : no(reason),
    ...(needs && { needs }),
  });
}

/** What is no ASCII is shown by its number, and a long text by its beginning. @param {string} text */
function shown(text) {
  const all = [...text].map((each) => (/[!-~]/.test(each) ? each : `<${each.codePointAt(0)?.toString(16)}>`));
  return all.length > 20 ? `${all.slice(0, 10).join('')}… ${all.length}` : all.join('');
}

const nfkc = ['nfkc'];
for (const key of ['7-Q-X-4-M-9-K-2-T-D', '_7QX4M.9K2TD/:', '\t7QX4M\v\f\r\n9K2TD'])
  add(`typed: ${shown(key)}`, {}, '', { policy: { key } });
// A variation selector is a mark, and no format character.
for (const key of [
  '\ufeff7QX4M\u00a09K2TD',
  '7QX4M\u30009K2TD\u0085',
  '7QX4M\u2028\u2029\u202f9K2TD',
  '7\u061cQX4M\u180e9K2TD',
  '7QX4M\u20109K2TD',
  '7QX4M\u2014\u20159K2TD',
  '7QX4M\u301c9K2TD',
  '7QX4M\ufe589K2\ufe63T\uff0dD',
  '\uff17\uff31\uff38\uff14\uff2d\uff0d\uff19\uff2b\uff12\uff34\uff24',
  '\uff17\uff51\uff58\uff14\uff4d9k2td',
  '\u2466QX4M-9K2TD',
  '7QX4M-9\u212a2TD',
  '7QX4M\u20269K2TD',
  '7QX4M\ufe0f-9K2TD',
])
  add(`typed: ${shown(key)}`, {}, key.includes('\ufe0f') ? 'wrong_key' : '', {
    policy: { key },
    needs: nfkc,
  });
for (const key of [
  '7QX4M-9K2T\u0414',
  '7Q\u04254M-9K2TD',
  '7QX4M\u00b79K2TD',
  '7QX4M\u00009K2TD',
  '7QX4M\u001f9K2TD',
  '7QX4M\u007f9K2TD',
  '7QX4M|9K2TD',
  '7QX4M,9K2TD',
  '7QX4M\\9K2TD',
  '7QX4M~9K2TD',
  '7QX4M\u0301-9K2TD',
  '\u0667QX4M-9K2TD',
  'QX4M7-9K2TD',
  '7QX4M-9K2TD7QX4M-9K2TD',
])
  add(`typed, another key: ${shown(key)}`, {}, 'wrong_key', { policy: { key } });
add('typed: 4,096 bytes', {}, '', { policy: { key: `7QX4M-9K2TD${' '.repeat(4085)}` } });
add('typed: 4,097 bytes', {}, 'wrong_key', { policy: { key: `7QX4M-9K2TD${' '.repeat(4086)}` } });
add('typed: 4,097 bytes of UTF-8', {}, 'wrong_key', {
  policy: { key: `7QX4M-9K2TD${'\u2013'.repeat(1362)}` },
});
for (const [key, typed] of [
  ['I1-O0', 'L1-O0'],
  ['I1-O0', 'I1-00'],
  ['B8-S5', '88-S5'],
])
  add(`look-alikes are other letters: ${key} and ${typed}`, { key }, 'wrong_key', { policy: { key: typed } });
add('exact: 4,097 bytes is no key', { key: 'A'.repeat(4097), comparison: 'exact' }, 'not_a_license');
add('exact: blanks alone are no key', { key: ' - ', comparison: 'exact' }, 'not_a_license');
add('exact: a blank behind it', { comparison: 'exact' }, 'wrong_key', { policy: { key: '7QX4M-9K2TD ' } });

/** Canonical forms: what was typed, what it comes to; null for none. @type {readonly (readonly [string, string | null])[]} */
const FORMS = [
  ['\ufb01', 'FI'],
  ['\u00df', '\u00df'],
  ['\u00e9', '\u00e9'],
  ['e\u0301', '\u00e9'],
  ['E\u0301', '\u00c9'],
  ['e-\u0301', '\u00e9'],
  ['\u0131', '\u0131'],
  ['i\u0307', '\u0130'],
  ['\u212b', '\u00c5'],
  ['\u00c5', '\u00c5'],
  ['\u017f', 'S'],
  ['x\u00b2', 'X2'],
  ['\u01c6', 'D\u017e'],
  ['\u00bd', '1\u20442'],
  ['\u043a\u043b\u044e\u0447', '\u043a\u043b\u044e\u0447'],
  ['\u1100\u1161', '\uac00'],
  ['\uff76\uff9e', '\u30ac'],
  ['a\u0307\u0323', '\u1ea1\u0307'],
  ['\u0344', '\u0308\u0301'],
  ['\u{1f511}', '\u{1f511}'],
  ['\u33ce', 'KM'],
  [`q${'\u0301'.repeat(30)}`, `Q${'\u0301'.repeat(30)}`],
  [`q${'\u0301'.repeat(31)}`, null],
  [`q${'\u0301'.repeat(20)}-${'\u0301'.repeat(20)}`, null],
  ['\u2026', null],
  ['\u200b\u2013', null],
];
const idOf = (/** @type {string} */ form) =>
  sha256(`keywright/id/v1\n${form}\n`).subarray(0, 8).toString('hex');
for (const [typed, form] of FORMS) {
  const body = `${idOf(form ?? typed)}\n`;
  SPELLINGS.push({
    name: `the form of ${shown(typed)}`,
    kind: 'revocations',
    input: input(listOfBody(body, { count: '1' })),
    keyring: 'seller',
    policy: { name: LIST_NAME, product: 'app', now: NOW, asks: [typed] },
    expect: {
      ok: true,
      kid: LISTS.kid,
      number: 7,
      issued: LINES.issued,
      next: LINES.next,
      has: [form !== null],
    },
    needs: nfkc,
  });
}

for (const end of [
  '2027-00-01T00:00:00Z',
  '2027-01-00T00:00:00Z',
  '2027-04-31T00:00:00Z',
  '2100-02-29T00:00:00Z',
  '2027-01-01T23:60:00Z',
  '2027-01-01T25:00:00Z',
  '2027-1-1T00:00:00Z',
  '27-01-01T00:00:00Z',
  '2027-01-01T00:00:00z',
  '2027-01-01T00:00:00-00:00',
  '2027-01-01T00:00:00Z\n',
  ' 2027-01-01T00:00:00Z',
  '2027-01-01T00:00:00.Z',
  '2027-01-01T00:00:00.00Z',
  '2027-01-01T00:00:00,000Z',
  '2027-01-01T00:00:00.000000000Z',
  '2027-W01-1T00:00:00Z',
  '2027-001T00:00:00Z',
  '20270101T000000Z',
  '10000-01-01T00:00:00Z',
  '-000001-01-01T00:00:00Z',
  '+002027-01-01T00:00:00Z',
  'Fri, 01 Jan 2027 00:00:00 GMT',
  'tomorrow',
  '1798761600',
])
  add(`an end, refused: ${JSON.stringify(end)}`, { valid_until: end }, 'not_a_license');
for (const end of [
  '2028-02-29T23:59:59Z',
  '2400-02-29T00:00:00Z',
  '2027-01-01T00:00:00.000Z',
  '2027-01-01T00:00:00.010Z',
  '9999-12-31T23:59:59.999Z',
])
  add(`an end: ${end}`, { valid_until: end }, '');
add('an end: in the year 1', { valid_until: '0001-01-01T00:00:00Z' }, 'expired');
add('a begin: in the year 0', { valid_from: '0000-02-29T00:00:00Z' }, '');
add('a begin a millisecond before its end', { valid_from: '2027-12-30T23:59:59.999Z' }, 'not_yet_valid');
add('a begin a millisecond behind its end', { valid_from: '2027-12-31T00:00:00.001Z' }, 'not_a_license');
