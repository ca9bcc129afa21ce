// applyKeyringUpdate: new keyrings for apps that are out already.
import { input, no } from './case.js';
import {
  APP,
  keyring,
  LISTS,
  NEXT_UPDATES,
  PRO,
  RSA,
  STOLEN,
  STOLEN_LISTS,
  STOLEN_SEALS,
  STOLEN_UPDATES,
  STRANGER,
  sha256,
  UPDATES,
} from './keys.js';
import { BROKEN_NOTES, badLine, foreignLine, line, noted } from './notes.js';

/** @typedef {import('./keys.js').Pair} Pair */

const NAME = 'acme.example/keyring';
const LINES = { name: NAME, number: '3', issued: '2026-11-20T00:00:00Z' };

/** @type {import('./case.js').Case[]} */
export const KEYRING_UPDATES = [];

/**
 * @param {string} name
 * @param {string | Buffer} text
 * @param {import('./case.js').Expected} expect
 * @param {unknown} [state]
 * @param {{ keyring?: string }} [more]
 */
function add(name, text, expect, state, { keyring: trusted = 'seller' } = {}) {
  KEYRING_UPDATES.push({
    name,
    kind: 'keyring',
    input: input(text),
    keyring: trusted,
    policy: state === undefined ? {} : { state },
    expect,
  });
}

const forUpdates = (/** @type {Pair} */ { jwk }) => ({ ...jwk, purposes: ['keyring'] });
/** @param {object} file */
const bodyOf = (file) => `${JSON.stringify(file)}\n`;
const next = bodyOf(keyring([APP.jwk, PRO.jwk, forUpdates(UPDATES)]));

/** @param {Readonly<Record<string, string>>} [lines] @param {string} [body] @param {readonly Pair[]} [pairs] */
const update = (lines, body = next, pairs = [UPDATES]) =>
  noted('keywright/keyring/v1', body, { ...LINES, ...lines }, NAME, pairs);
const plain = update();

/** What the embedded keyring calls compromised stays in every keyring. */
const STAY = [STOLEN, STOLEN_LISTS, STOLEN_UPDATES, STOLEN_SEALS].map(({ kid }) => [kid, 'compromised']);
const active = (/** @type {readonly Pair[]} */ ...pairs) => pairs.map(({ kid }) => [kid, 'active']);
/** @param {string} body @param {Pair} pair @param {object} [members] */
const seenOf = (body, { kid }, members) => ({
  kid,
  number: 3,
  sha256: sha256(body).toString('base64'),
  issued: LINES.issued,
  ...members,
});
/** @param {object} [members] */
const yes = (members) => ({
  ok: true,
  kid: UPDATES.kid,
  name: NAME,
  number: 3,
  signedAt: LINES.issued,
  keys: [...active(APP, PRO, UPDATES), ...STAY],
  state: { name: NAME, seen: [seenOf(next, UPDATES)], compromised: [] },
  ...members,
});

add('the first', plain, yes());
add('with a line of somebody else', plain + foreignLine('other.example'), yes());
add(
  'with a line of an unknown key of this name',
  plain + line(plain.slice(next.length + 1, plain.lastIndexOf('\n\n') + 1), NAME, STRANGER),
  yes(),
);
add('by two keys, one of them stolen', update({}, next, [STOLEN_UPDATES, UPDATES]), yes());
add(
  'by a retired key in its time',
  update({ issued: '2026-06-01T00:00:00Z' }, next, [NEXT_UPDATES]),
  yes({
    kid: NEXT_UPDATES.kid,
    signedAt: '2026-06-01T00:00:00Z',
    state: {
      name: NAME,
      seen: [seenOf(next, NEXT_UPDATES, { issued: '2026-06-01T00:00:00Z' })],
      compromised: [],
    },
  }),
);
const spaced = `${JSON.stringify(keyring([APP.jwk, RSA.jwk, forUpdates(UPDATES)]), null, 2)}\n`;
add(
  'a body with blanks, and an RSA key',
  update({}, spaced),
  yes({
    keys: [...active(APP, RSA, UPDATES), ...STAY],
    state: { name: NAME, seen: [seenOf(spaced, UPDATES)], compromised: [] },
  }),
);
const calls = bodyOf(keyring([forUpdates(UPDATES)], [APP.jwk]));
add(
  'one that calls a key compromised',
  update({}, calls),
  yes({
    keys: [...active(UPDATES), [APP.kid, 'compromised'], ...STAY],
    state: { name: NAME, seen: [seenOf(calls, UPDATES)], compromised: [{ kid: APP.kid, by: UPDATES.kid }] },
  }),
);
const called = {
  name: NAME,
  seen: [seenOf(calls, UPDATES, { number: 2 })],
  compromised: [{ kid: PRO.kid, by: UPDATES.kid }],
};
add(
  'a key that was called compromised stays so',
  plain,
  yes({
    keys: [...active(APP), [PRO.kid, 'compromised'], ...active(UPDATES), ...STAY],
    state: { name: NAME, seen: [seenOf(next, UPDATES)], compromised: called.compromised },
  }),
  called,
);
add('what a key said that is no longer trusted is forgotten', plain, yes(), {
  ...called,
  compromised: [{ kid: PRO.kid, by: STRANGER.kid }],
});
add('what a stolen key said is forgotten', plain, yes(), {
  name: NAME,
  seen: [seenOf(calls, STOLEN_UPDATES, { number: 99 })],
  compromised: [{ kid: PRO.kid, by: STOLEN_UPDATES.kid }],
});
const washed = bodyOf(keyring([APP.jwk, { ...STOLEN.jwk, status: 'active' }, forUpdates(UPDATES)]));
add(
  'a key that the app calls compromised stays so',
  update({}, washed),
  yes({
    keys: [...active(APP), [STOLEN.kid, 'compromised'], ...active(UPDATES), ...STAY.slice(1)],
    state: { name: NAME, seen: [seenOf(washed, UPDATES)], compromised: [] },
  }),
);
add('the same again', plain, yes(), { name: NAME, seen: [seenOf(next, UPDATES)], compromised: [] });
add('after a lower number', plain, yes(), {
  name: NAME,
  seen: [seenOf('x', UPDATES, { number: 2 })],
  compromised: [],
});
add(
  'after a higher number that was kept as a text',
  plain,
  no('rollback'),
  JSON.stringify({ name: NAME, seen: [seenOf('x', UPDATES, { number: 4 })], compromised: [] }),
);
add('after a state that cannot be read', plain, yes(), { name: 7, seen: 'x', compromised: null });
add('after a list for a state', plain, yes(), []);
add('after a higher number of a key that is not trusted', plain, yes(), {
  name: NAME,
  seen: [seenOf('x', STRANGER, { number: 99 })],
  compromised: [],
});
add(
  'after an update of another key, which is kept',
  plain,
  yes({
    state: {
      name: NAME,
      seen: [seenOf('x', NEXT_UPDATES, { number: 99 }), seenOf(next, UPDATES)],
      compromised: [],
    },
  }),
  { name: NAME, seen: [seenOf('x', NEXT_UPDATES, { number: 99 })], compromised: [] },
);

const LATER = '2026-11-20T00:00:01Z';
const seenLater = { name: NAME, seen: [seenOf('x', NEXT_UPDATES, { issued: LATER })], compromised: [] };
add('signed before an update of another key', plain, no('rollback'), seenLater);
const callsNext = bodyOf(keyring([forUpdates(UPDATES)], [forUpdates(NEXT_UPDATES)]));
add(
  'signed before an update of another key, which it calls compromised',
  update({}, callsNext),
  yes({
    keys: [...active(UPDATES), [NEXT_UPDATES.kid, 'compromised'], ...STAY],
    state: {
      name: NAME,
      seen: [...seenLater.seen, seenOf(callsNext, UPDATES)],
      compromised: [{ kid: NEXT_UPDATES.kid, by: UPDATES.kid }],
    },
  }),
  seenLater,
);
add('signed before one of the same key, whose number was lower', plain, yes(), {
  name: NAME,
  seen: [seenOf('x', UPDATES, { number: 2, issued: LATER })],
  compromised: [],
});

for (const [name, breakIt] of BROKEN_NOTES) add(`a note ${name}`, breakIt(plain), no('malformed'));
/** @type {readonly (readonly [string, Readonly<Record<string, string>>])[]} */
const LINES_WRONG = [
  ['number 0', { number: '0' }],
  ['number 03', { number: '03' }],
  ['number 2^53', { number: '9007199254740992' }],
  ['issued on a date alone', { issued: '2026-11-20' }],
  ['issued in the year 10000', { issued: '+010000-01-01T00:00:00Z' }],
  ['the hash of another body', { sha256: sha256('other').toString('base64') }],
];
for (const [name, lines] of LINES_WRONG) add(`signed, but ${name}`, update(lines), no('malformed'));
add('signed as a list', noted('keywright/list/v1', next, LINES, NAME, [UPDATES]), no('malformed'));
add(
  'signed with a line too many',
  noted('keywright/keyring/v1', next, { ...LINES, next: LINES.issued }, NAME, [UPDATES]),
  no('malformed'),
);
add('a body that was changed', plain.replace('"use":"sig"', '"use": "sig"'), no('malformed'));

/** @type {readonly (readonly [string, string])[]} */
const BODIES = [
  ['no JSON', 'x\n'],
  ['no keys', bodyOf({ schema: 'keywright/keyring/v1' })],
  ['an empty list of keys', bodyOf(keyring([]))],
  ['a later version', bodyOf({ ...keyring([APP.jwk]), schema: 'keywright/keyring/v2' })],
  ['a key twice', bodyOf(keyring([APP.jwk, APP.jwk]))],
  ['a key that is a text', bodyOf({ keys: ['x'] })],
  ['a kid that is not the thumbprint', bodyOf(keyring([{ ...APP.jwk, kid: PRO.kid }]))],
  ['a private member', bodyOf(keyring([{ ...APP.jwk, d: 'AAAA' }]))],
  ['a key of another curve', bodyOf(keyring([{ ...APP.jwk, crv: 'Ed448' }]))],
  ['a key of another use', bodyOf(keyring([{ ...APP.jwk, use: 'enc' }]))],
  ['an unknown status', bodyOf(keyring([{ ...APP.jwk, status: 'lost' }]))],
  ['an unknown role', bodyOf(keyring([{ ...APP.jwk, role: 'admin' }]))],
  ['an unknown purpose', bodyOf(keyring([{ ...APP.jwk, purposes: ['all'] }]))],
  ['no purpose', bodyOf(keyring([{ ...APP.jwk, purposes: [] }]))],
  ['a time that is none', bodyOf(keyring([{ ...APP.jwk, validUntil: '2026-01-01' }]))],
  [
    '31 bytes of a key',
    bodyOf(keyring([{ ...APP.jwk, kid: undefined, x: Buffer.alloc(31, 1).toString('base64url') }])),
  ],
  [
    'a key of small order',
    bodyOf(
      keyring([
        {
          ...APP.jwk,
          kid: undefined,
          x: Buffer.concat([Buffer.from([1]), Buffer.alloc(31)]).toString('base64url'),
        },
      ]),
    ),
  ],
  [
    'a key that is no point',
    bodyOf(keyring([{ ...APP.jwk, kid: undefined, x: Buffer.alloc(32, 2).toString('base64url') }])),
  ],
  ['a key with padding', bodyOf(keyring([{ ...APP.jwk, x: `${APP.jwk['x']}=` }]))],
  ['an RSA key of another exponent', bodyOf(keyring([{ ...RSA.jwk, kid: undefined, e: 'Aw' }]))],
  [
    'an RSA key of 1024 bits',
    bodyOf(keyring([{ ...RSA.jwk, kid: undefined, n: RSA.raw.subarray(0, 128).toString('base64url') }])),
  ],
  [
    'a member twice',
    bodyOf(keyring([APP.jwk]))
      .replace('{"keys"', '{"keys":[],"keys"')
      .replace('"keys":[', '"keys":[],"keys":['),
  ],
];
for (const [name, body] of BODIES) add(`signed, but ${name}`, update({}, body), no('malformed'));

add('of another name than before', plain, no('malformed'), {
  name: 'acme.example/other',
  seen: [seenOf('x', UPDATES, { number: 1 })],
  compromised: [],
});
add('by a key of no keyring', update({}, next, [STRANGER]), no('unknown_key'));
add('by a key for licenses', update({}, next, [APP]), no('unknown_key'));
add('by a key for lists', update({}, next, [LISTS]), no('unknown_key'));
add(
  'by a key that it brings itself',
  update({}, bodyOf(keyring([forUpdates(STRANGER)])), [STRANGER]),
  no('unknown_key'),
);
add(
  'under another name',
  noted('keywright/keyring/v1', next, LINES, 'other.example', [UPDATES]),
  no('unknown_key'),
);
add('for an app that trusts nobody with updates', plain, no('unknown_key'), undefined, { keyring: 'roles' });
add('a bad line of the key beside a good one', plain + badLine(NAME, UPDATES), no('bad_signature'));
add('another number than was signed', plain.replace('number 3', 'number 4'), no('bad_signature'));
add('by a stolen key', update({}, next, [STOLEN_UPDATES]), no('key_compromised'));
add(
  'by a key that an update before called compromised',
  update({}, next, [NEXT_UPDATES]),
  no('key_compromised'),
  {
    name: NAME,
    seen: [seenOf('x', UPDATES, { number: 1 })],
    compromised: [{ kid: NEXT_UPDATES.kid, by: UPDATES.kid }],
  },
);
add('by a retired key after its time', update({}, next, [NEXT_UPDATES]), no('key_retired'));
add('after a higher number', plain, no('rollback'), {
  name: NAME,
  seen: [seenOf('x', UPDATES, { number: 4 })],
  compromised: [],
});
add('after the same number of another body', plain, no('rollback'), {
  name: NAME,
  seen: [seenOf('x', UPDATES)],
  compromised: [],
});
