// Signed lists of revoked keys.
import { LISTS, sha256 } from './keys.js';
import { noted } from './notes.js';

export const LIST_NAME = 'acme.example/app';

/** The canonical form of a key of ASCII. @param {string} key */
const canonical = (key) => key.replace(/[-\s_.:/]/g, '').toUpperCase();

/** @param {string} text */
const idOf = (text) => sha256(`keywright/id/v1\n${text}\n`).subarray(0, 8).toString('hex');

/** The row of a key. @param {string} key @param {string} [reason] @param {'canonical' | 'exact'} [comparison] */
export const rowOf = (key, reason = '', comparison = 'canonical') =>
  `${idOf(comparison === 'exact' ? key : canonical(key))}${reason && ` ${reason}`}`;

/** The row of the origin of a sealed batch. @param {string} origin */
export const rowOfOrigin = (origin) => idOf(origin);

export const LINES = {
  name: LIST_NAME,
  kind: 'revoked',
  product: 'app',
  comparison: 'canonical',
  number: '7',
  issued: '2026-11-27T12:00:00Z',
  next: '2026-12-28T00:00:00Z',
  width: '8',
};

/** A list of these rows. @param {readonly string[]} rows */
export const list = (rows) => listWith({}, rows);

/**
 * A list with other lines.
 *
 * @param {Readonly<Record<string, string>>} lines
 * @param {readonly string[]} [rows]
 * @param {readonly import('./keys.js').Pair[]} [pairs]
 */
export function listWith(lines, rows = [], pairs = [LISTS]) {
  const body = [...rows]
    .sort()
    .map((row) => `${row}\n`)
    .join('');
  return listOfBody(body, { count: String(rows.length), ...lines }, pairs);
}

/**
 * A list of that very body.
 *
 * @param {string} body
 * @param {Readonly<Record<string, string>>} lines
 * @param {readonly import('./keys.js').Pair[]} [pairs]
 */
export function listOfBody(body, lines, pairs = [LISTS]) {
  const all = { ...LINES, ...lines };
  return noted('keywright/list/v1', body, all, LIST_NAME, pairs);
}
