// openRevocations: lists of revoked keys.
import { input, NOW, no } from './case.js';
import { bent, withGreaterS } from './envelopes.js';
import { APP, LISTS, OLD_LISTS, STOLEN_LISTS, STRANGER, sha256, UPDATES } from './keys.js';
import { LINES, LIST_NAME, list, listOfBody, listWith, rowOf } from './lists.js';
import { BROKEN_NOTES, badLine, foreignLine, line, noted } from './notes.js';

/** @type {import('./case.js').Case[]} */
export const REVOCATIONS = [];

/**
 * @param {string} name
 * @param {string | Buffer} text
 * @param {import('./case.js').Expected} expect
 * @param {object} [policy]
 */
function add(name, text, expect, policy) {
  const asks = ['AAAA-BBBB', 'aaaa bbbb', 'CCCC-DDDD', ''];
  const whole = { name: LIST_NAME, product: 'app', now: NOW, asks, ...policy };
  REVOCATIONS.push({
    name,
    kind: 'revocations',
    input: input(text),
    keyring: 'seller',
    policy: whole,
    expect,
  });
}

/** @param {readonly boolean[]} has @param {object} [members] */
const yes = (has, members) => ({
  ok: true,
  kid: LISTS.kid,
  number: 7,
  issued: LINES.issued,
  next: LINES.next,
  has,
  ...members,
});
const bad = no('list_bad');

const rows = [rowOf('AAAA-BBBB', 'refunded'), rowOf('EEEE-FFFF'), rowOf('GGGG-HHHH', 'a_b-9')];
const plain = list(rows);
const none = [false, false, false, false];
const first = [true, true, false, false];
add('three rows', plain, yes(first));
add('no rows', list([]), yes(none));
add('one row', list([rowOf('CCCC-DDDD')]), yes([false, false, true, false]));
const many = Array.from({ length: 1000 }, (_, index) =>
  rowOf(`KEY-${index}`, index % 3 === 0 ? 'unpaid' : ''),
);
add(
  'a thousand rows, each of which is found',
  list([...new Set(many)]),
  yes(Array.from({ length: 7 }, () => true).concat(false)),
  {
    asks: ['KEY-0', 'key 1', 'KEY-2', 'KEY-500', 'KEY-501', 'KEY-998', 'KEY-999', 'KEY-1000'],
  },
);
add('a reason of 32 letters', list([rowOf('AAAA-BBBB', 'a'.repeat(32))]), yes(first));
add(
  'exact',
  listWith({ comparison: 'exact' }, [rowOf('AAAA-BBBB', '', 'exact')]),
  yes([true, false, false, false]),
);
add('overdue is told elsewhere', listWith({ next: NOW }, rows), yes(first, { next: NOW }));
add('a line of somebody else beside', plain + foreignLine('other.example'), yes(first));
add(
  'a line of an unknown key of this name beside',
  plain + line(plain.slice(0, -1), LIST_NAME, STRANGER),
  yes(first),
);
add('a hundred signatures', plain + foreignLine('other.example').repeat(99), yes(first));
add('two keys, one of them stolen', listWith({}, rows, [STOLEN_LISTS, LISTS]), yes(first));
add(
  'a retired key in its time',
  listWith({ issued: '2026-06-30T23:59:59Z' }, rows, [OLD_LISTS]),
  yes(first, { kid: OLD_LISTS.kid, issued: '2026-06-30T23:59:59Z' }),
);
add(
  'the greatest number',
  listWith({ number: '9007199254740991' }, rows),
  yes(first, { number: 9007199254740991 }),
);
add(
  'a time with milliseconds',
  listWith({ issued: '2026-11-27T12:00:00.250Z' }, rows),
  yes(first, { issued: '2026-11-27T12:00:00.250Z' }),
);

for (const [name, breakIt] of BROKEN_NOTES) add(`a note ${name}`, breakIt(plain), bad);
/** @type {readonly (readonly [string, string])[]} */
const BODIES = [
  ['rows not sorted', `${[...rows].sort().reverse().join('\n')}\n`],
  ['a row twice', `${rows[1]}\n${rows[1]}\n${[...rows].sort().at(-1)}\n`],
  ['CRLF', `${[...rows].sort().join('\r\n')}\r\n`],
  ['capitals', `${[...rows].sort().join('\n')}\n`.replace(/[a-f]/, (letter) => letter.toUpperCase())],
  ['no last line feed', [...rows].sort().join('\n')],
  ['a reason in capitals', `${rows[1]} Unpaid\n`],
  ['a reason of two words', `${rows[1]} not paid\n`],
  ['a reason of 33 letters', `${rows[1]} ${'a'.repeat(33)}\n`],
  ['a blank without a reason', `${rows[1]} \n`],
  ['two blanks', `${rows[1]}  unpaid\n`],
  ['an id too short', `${rows[1]?.slice(0, 15)}\n`],
  ['an id too long', `${rows[1]}0\n`],
  ['an id that is no hex', `${rows[1]?.slice(0, 15)}g\n`],
  ['an empty row', `\n${rows[1]}\n`],
];
for (const [name, body] of BODIES) {
  const count = String(body.split('\n').length - 1);
  add(`signed, but ${name}`, listOfBody(body, { count }), bad);
}
/** @type {readonly (readonly [string, Readonly<Record<string, string>>])[]} */
const LINES_WRONG = [
  ['another name', { name: 'acme.example/other' }],
  ['another product', { product: 'pro' }],
  ['a product with a blank', { product: 'app ' }],
  ['another kind', { kind: 'allowed' }],
  ['an unknown comparison', { comparison: 'lax' }],
  ['number 0', { number: '0' }],
  ['number 07', { number: '07' }],
  ['number -1', { number: '-1' }],
  ['number 7.0', { number: '7.0' }],
  ['number 1e3', { number: '1e3' }],
  ['number 2^53', { number: '9007199254740992' }],
  ['a number with a blank', { number: ' 7' }],
  ['issued without zone', { issued: '2026-11-27T12:00:00' }],
  ['issued with an offset', { issued: '2026-11-27T12:00:00+00:00' }],
  ['next that is no time', { next: 'never' }],
  ['next at issued', { next: LINES.issued }],
  ['next before issued', { next: '2026-11-01T00:00:00Z' }],
  ['width 16', { width: '16' }],
  ['width 08', { width: '08' }],
  ['a row too many counted', { count: '4' }],
  ['a row too few counted', { count: '2' }],
  ['a count with a zero before it', { count: '03' }],
  ['the hash of another body', { sha256: sha256('other').toString('base64') }],
  ['the hash in hex', { sha256: sha256(`${[...rows].sort().join('\n')}\n`).toString('hex') }],
];
for (const [name, lines] of LINES_WRONG) add(`signed, but ${name}`, listWith(lines, rows), bad);
/** The same with another last sign. @param {string} value */
const bumped = (value) => `${value.slice(0, -1)}${value.endsWith('1') ? '2' : '1'}`;
const text = plain.slice(plain.indexOf('keywright/list'), plain.lastIndexOf('\n\n') + 1);
const body = plain.slice(0, plain.indexOf('\nkeywright/list'));
/** @param {string} other */
const withText = (other) => `${body}\n${other}\n${line(other, LIST_NAME, LISTS)}`;
add('signed, but of a later version', withText(text.replace('/v1', '/v2')), bad);
add('signed, but lines in another order', withText(text.replace(/(kind .*\n)(product .*\n)/, '$2$1')), bad);
add('signed, but a line too many', withText(text.replace('sha256', 'note x\nsha256')), bad);
add('signed, but a line behind the last', withText(`${text}note x\n`), bad);
add('signed, but a line too few', withText(text.replace(/width .*\n/, '')), bad);
add('signed, but a line twice', withText(text.replace(/width .*\n/, '$&$&')), bad);
add(
  'signed as another artefact',
  noted('keywright/keyring/v1', body, { ...LINES, count: '3' }, LIST_NAME, [LISTS]),
  bad,
);
for (const [, label, value] of text.matchAll(/^(\w+) (.*)$/gm)) {
  const other = { kind: 'allowed', comparison: 'exact', width: '16' }[label ?? ''] ?? bumped(value ?? '');
  add(`another ${label} than was signed`, plain.replace(`${label} ${value}\n`, `${label} ${other}\n`), bad);
}
const [one = '', two = ''] = body.split('\n');
add('a row removed', plain.replace(`${one}\n`, ''), bad);
add('two rows for one', plain.replace(`${one}\n`, `${one}\n${one}\n`), bad);
add('rows in another order', plain.replace(`${one}\n${two}\n`, `${two}\n${one}\n`), bad);
add('a reason removed', plain.replace(' refunded', ''), bad);
add('a reason added', plain.replace(rowOf('EEEE-FFFF'), `${rowOf('EEEE-FFFF')} unpaid`), bad);
add(
  'the body of another list',
  `${list([rowOf('AAAA-BBBB')]).split('\n')[0]}\n\n${text}\n${line(text, LIST_NAME, LISTS)}`,
  bad,
);
add('without its body', `\n${text}\n${line(text, LIST_NAME, LISTS)}`, bad);
/** @param {(signature: Buffer) => Buffer} change */
const withSignature = (change) =>
  plain.replace(/ ([^ ]+)\n$/, (_, base64) => {
    const bytes = Buffer.from(base64, 'base64');
    return ` ${Buffer.concat([bytes.subarray(0, 4), change(bytes.subarray(4))]).toString('base64')}\n`;
  });
const turned = (/** @type {number} */ index) => (/** @type {Buffer} */ bytes) =>
  Buffer.from(bent(bytes.toString('base64'), index), 'base64');
add('a bit of R turned', withSignature(turned(3)), bad);
add('a bit of S turned', withSignature(turned(40)), bad);
add(
  'with S + L',
  withSignature((bytes) => Buffer.from(withGreaterS(bytes.toString('base64')), 'base64')),
  bad,
);
add(
  'zeros for a signature',
  withSignature((bytes) => Buffer.alloc(bytes.length)),
  bad,
);
add(
  'a signature of 63 bytes',
  withSignature((bytes) => bytes.subarray(0, 63)),
  bad,
);
add(
  'a signature of 65 bytes',
  withSignature((bytes) => Buffer.concat([bytes, Buffer.alloc(1)])),
  bad,
);
add(
  'a signature of the body',
  withSignature(() => LISTS.sign(body)),
  bad,
);
add(
  'a signature without the last line feed',
  withSignature(() => LISTS.sign(text.slice(0, -1))),
  bad,
);
add('asked for under another name', plain, bad, { name: 'acme.example/other' });
add('asked for of another product', plain, bad, { product: 'pro' });
add('a row changed', plain.replace('refunded', 'refundet'), bad);
add('a row added', `${'0'.repeat(16)}\n${plain}`, bad);
add('a key of no keyring', listWith({}, rows, [STRANGER]), bad);
add('a key for responses', listWith({}, rows, [APP]), bad);
add('a key for keyrings', listWith({}, rows, [UPDATES]), bad);
add('a stolen key', listWith({}, rows, [STOLEN_LISTS]), bad);
add('a retired key after its time', listWith({ issued: '2026-07-01T00:00:00Z' }, rows, [OLD_LISTS]), bad);
add('a bad line of the key beside a good one', plain + badLine(LIST_NAME, LISTS), bad);
add(
  'signed under another name',
  noted('keywright/list/v1', body, { ...LINES, count: '3' }, 'other.example', [LISTS]),
  bad,
);

/** @param {object} [members] */
const seen = (members) => ({
  kid: LISTS.kid,
  number: 7,
  sha256: /sha256 (.*)/.exec(text)?.[1],
  issued: LINES.issued,
  ...members,
});
/** @param {readonly unknown[]} issues @param {string} [name] */
const kept = (issues, name = LIST_NAME) => ({ last: { name, seen: issues } });
add('the same list again', plain, yes(first), kept([seen()]));
add('the same list again, after what was kept as a text', plain, yes(first), {
  last: JSON.stringify(kept([seen()]).last),
});
add('after a lower number', plain, yes(first), kept([seen({ number: 6, sha256: 'x' })]));
add('after a higher number that was kept as a text', plain, no('list_rollback'), {
  last: JSON.stringify(kept([seen({ number: 8 })]).last),
});
add(
  'after a higher number of a key that is not trusted',
  plain,
  yes(first),
  kept([seen({ kid: STRANGER.kid, number: 99, issued: '2027-01-01T00:00:00Z' })]),
);
add(
  'after a higher number of a stolen key',
  plain,
  yes(first),
  kept([seen({ kid: STOLEN_LISTS.kid, number: 99, issued: '2027-01-01T00:00:00Z' })]),
);
add(
  'after a higher number of another key, issued before',
  plain,
  yes(first),
  kept([seen({ kid: OLD_LISTS.kid, number: 99 })]),
);
add(
  'after a higher number under another name',
  plain,
  yes(first),
  kept([seen({ number: 99 })], 'other.example'),
);
add('after what cannot be read', plain, yes(first), {
  last: {
    name: LIST_NAME,
    seen: [null, 1, seen({ number: '99' }), seen({ number: 99, issued: 'x' }), seen({ number: 99, kid: 1 })],
  },
});
add('after a text', plain, yes(first), { last: 'x' });
add('after a higher number', plain, no('list_rollback'), kept([seen({ number: 8 })]));
add('after the same number of another body', plain, no('list_rollback'), kept([seen({ sha256: 'x' })]));
add(
  'after a later issue of another key',
  plain,
  no('list_rollback'),
  kept([seen({ kid: OLD_LISTS.kid, number: 1, issued: '2026-11-27T12:00:01Z' })]),
);
add(
  'after a later issue of the same key',
  plain,
  no('list_rollback'),
  kept([seen({ number: 6, issued: '2026-11-28T00:00:00Z' })]),
);
add(
  'bad, and after a higher number: bad counts first',
  plain.replace('refunded', 'x'),
  bad,
  kept([seen({ number: 8 })]),
);
