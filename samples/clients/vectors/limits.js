// How long an artefact may be: one that is just not too long, and one by a byte or more.
import { NOW_SECONDS, no } from './case.js';
import { APP, keyring, LISTS, UPDATES } from './keys.js';
import { LINES as LIST_LINES, LIST_NAME, rowOf } from './lists.js';
import { foreignLine, noted } from './notes.js';

/** @typedef {import('./case.js').Case} Case */
/** @typedef {readonly (readonly [text: string, times: number])[]} Repeated */

const MIB = 2 ** 20;

/** @type {Case[]} */
export const LIMITS = [];

/**
 * @param {import('./case.js').Kind} kind
 * @param {string} name
 * @param {Repeated} repeated
 * @param {import('./case.js').Expected} expect
 * @param {object} [policy]
 */
const add = (kind, name, repeated, expect, policy = {}) =>
  LIMITS.push({ name, kind, input: { repeated }, keyring: 'seller', policy: { ...policy }, expect });

const base64 = (/** @type {string} */ text) => Buffer.from(text).toString('base64');

/** The envelope of a payload of so many bytes. @param {number} bytes @returns {Repeated} */
function envelopeOf(bytes) {
  const start = `{"timestamp":${NOW_SECONDS},"a":"`;
  const head = start.replace('{', `{${' '.repeat(2 - ((start.length + 2) % 3))}`);
  const filling = bytes - head.length - 2;
  // Three letters A are four of base64.
  const [times, tail] = [Math.floor(filling / 3), `${'A'.repeat(filling % 3)}"}`];
  const signed = base64(head) + 'QUFB'.repeat(times) + base64(tail);
  const end = `${base64(tail)}","signature":"${APP.sign(signed).toString('base64')}"}`;
  return [
    [`{"response_base64":"${base64(head)}`, 1],
    ['QUFB', times],
    [end, 1],
  ];
}

const yes = { ok: true, kid: APP.kid, role: null };
add('response', 'a payload of 1 MiB', envelopeOf(MIB), yes);
add('response', 'a payload of a byte more', envelopeOf(MIB + 1), no('malformed'));
add('response', 'a payload of 2 MiB', envelopeOf(2 * MIB), no('malformed'));

const short = envelopeOf(300);
const length = short.reduce((sum, [text, times]) => sum + text.length * times, 0);
/** @param {number} bytes @returns {Repeated} */
const blanksBefore = (bytes) => [[' ', bytes - length], ...short];
add('response', 'an envelope of 8 MiB', blanksBefore(8 * MIB), yes);
add('response', 'an envelope of a byte more', blanksBefore(8 * MIB + 1), no('malformed'));
add('response', 'an open list of 8 MiB', [['[', 8 * MIB]], no('malformed'));

/**
 * A text with a note of so many bytes, by the name in a line of somebody else.
 *
 * @param {string} note
 * @param {number} bytes
 * @returns {Repeated}
 */
function noteOf(note, bytes) {
  const line = foreignLine('@');
  const rest = bytes - Buffer.byteLength(note.slice(note.indexOf('\n\n') + 2)) - Buffer.byteLength(line) + 1;
  const [before = '', behind = ''] = line.split('@');
  return [
    [`${note}${before}`, 1],
    ['x', rest],
    [behind, 1],
  ];
}

const row = rowOf('CCCC-DDDD');
const list = noted('keywright/list/v1', `${row}\n`, { ...LIST_LINES, count: '1' }, LIST_NAME, [LISTS]);
const asked = { name: LIST_NAME, product: 'app', now: '2026-11-28T12:00:00Z', asks: ['AAAA-BBBB'] };
const opened = {
  ok: true,
  kid: LISTS.kid,
  number: 7,
  issued: LIST_LINES.issued,
  next: LIST_LINES.next,
  has: [false],
};
add('revocations', 'a note of 65,535 bytes', noteOf(list, 65_535), opened, asked);
add('revocations', 'a note of a byte more', noteOf(list, 65_536), no('list_bad'), asked);
add('revocations', 'a note of 1 MiB', noteOf(list, MIB), no('list_bad'), asked);

const update = noted(
  'keywright/keyring/v1',
  `${JSON.stringify(keyring([{ ...UPDATES.jwk, purposes: ['keyring'] }]))}\n`,
  { name: 'acme.example/keyring', number: '3', issued: '2026-11-20T00:00:00Z' },
  'acme.example/keyring',
  [UPDATES],
);
add('keyring', 'a note of 65,536 bytes', noteOf(update, 65_536), no('malformed'));
add('keyring', 'a file of line feeds', [['\n', 65_537]], no('malformed'));
