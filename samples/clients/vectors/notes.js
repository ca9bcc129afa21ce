// Signed notes (C2SP signed-note 1.0.0), and bodies with a note behind them.
import { sha256 } from './keys.js';

/** @typedef {import('./keys.js').Pair} Pair */

/** The key id of a public key under a name. @param {string} name @param {Buffer} raw */
const keyId = (name, raw) => sha256(Buffer.concat([Buffer.from(`${name}\n\u0001`), raw])).subarray(0, 4);

/** A signature line. @param {string} text @param {string} name @param {Pair} pair */
export const line = (text, name, pair) =>
  `— ${name} ${Buffer.concat([keyId(name, pair.raw), pair.sign(text)]).toString('base64')}\n`;

/** A line of a key that nobody knows. @param {string} name */
export const foreignLine = (name) => `— ${name} ${Buffer.alloc(68, 7).toString('base64')}\n`;

/** A line with the right key id and a signature of something else. @param {string} name @param {Pair} pair */
export const badLine = (name, pair) =>
  `— ${name} ${Buffer.concat([keyId(name, pair.raw), pair.sign('something else')]).toString('base64')}\n`;

/**
 * A body with a note.
 *
 * @param {string} schema
 * @param {string | Buffer} body
 * @param {Readonly<Record<string, string>>} lines
 * @param {string} name what the signature lines call the key
 * @param {readonly Pair[]} pairs
 */
export function noted(schema, body, lines, name, pairs) {
  const all = { ...lines, ...(lines['sha256'] === undefined && { sha256: sha256(body).toString('base64') }) };
  const text = `${schema}\n${Object.entries(all)
    .map(([key, value]) => `${key} ${value}\n`)
    .join('')}`;
  return `${body}\n${text}\n${pairs.map((pair) => line(text, name, pair)).join('')}`;
}

/**
 * Ways in which a text that ends with a note is no longer one: name, what becomes of it.
 *
 * @type {readonly (readonly [string, (text: string) => string | Buffer])[]}
 */
export const BROKEN_NOTES = [
  ['empty', () => ''],
  ['without its last line feed', (text) => text.slice(0, -1)],
  ['with an empty line behind it', (text) => `${text}\n`],
  ['without signatures', (text) => text.slice(0, text.lastIndexOf('\n\n') + 2)],
  ['without the empty line before its signatures', (text) => text.replace(/\n\n(?=— [^\n]*\n$)/, '\n')],
  ['with another dash', (text) => text.replaceAll('\n— ', '\n– ')],
  ['with a hyphen', (text) => text.replaceAll('\n— ', '\n- ')],
  ['with two blanks', (text) => text.replaceAll('\n— ', '\n—  ')],
  ['with CRLF', (text) => text.replaceAll('\n', '\r\n')],
  ['with a tab behind its last line', (text) => text.replace(/\n$/, '\t\n')],
  [
    'with base64 that is not canonical',
    (text) => text.replace(/(.)\n$/, (_, last) => `${last === '=' ? '' : 'A'}\n`),
  ],
  ['with base64 of the other alphabet', (text) => text.replace(/ (..)([^ ]*)\n$/, ' -_$2\n')],
  ['with a line of a key id alone', (text) => `${text}— other AAAAAA==\n`],
  ['with 101 signatures', (text) => text + foreignLine('other.example').repeat(100)],
  [
    'with a byte that is no UTF-8',
    (text) => Buffer.concat([Buffer.from(text), Buffer.from([0xe2, 0x80, 0x0a])]),
  ],
];
