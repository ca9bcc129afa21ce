// Envelopes, sound and bent.
import { APP } from './keys.js';

/** @typedef {import('./keys.js').Pair} Pair */

/**
 * What an envelope is made of. `response` is the text of the unsigned copy, absent where undefined.
 *
 * @typedef {{ response?: string | undefined, base64: string, role?: string, signature: string }} Parts
 */

/**
 * Signs the text, or the bytes, of a payload.
 *
 * @param {string | Buffer} payload
 * @param {Pair} [pair]
 * @returns {Parts}
 */
export function signed(payload, pair = APP) {
  const base64 = Buffer.from(payload).toString('base64');
  return {
    response: payload.toString(),
    base64,
    role: 'product',
    signature: pair.sign(base64).toString('base64'),
  };
}

/** The text of an envelope. @param {Parts} parts */
export function envelope({ response, base64, role, signature }) {
  const members = [
    ...(response === undefined ? [] : [`"response":${response}`]),
    `"response_base64":"${base64}"`,
    ...(role === undefined ? [] : [`"private_key_used":"${role}"`]),
    `"signature":"${signature}"`,
  ];
  return `{${members.join(',')}}`;
}

/** @param {string | Buffer} payload @param {Pair} [pair] */
export const signedEnvelope = (payload, pair) => envelope(signed(payload, pair));

/** The order of the base point of Ed25519 (RFC 8032 section 5.1). */
const L = 2n ** 252n + 27742317777372353535851937790883648493n;

/** The same signature with S + L, which a lax verifier takes as well. @param {string} base64 */
export function withGreaterS(base64) {
  const signature = Buffer.from(base64, 'base64');
  const s = BigInt(`0x${Buffer.from(signature.subarray(32)).reverse().toString('hex')}`) + L;
  const bytes = Buffer.from(s.toString(16).padStart(64, '0'), 'hex').reverse();
  return Buffer.concat([signature.subarray(0, 32), bytes]).toString('base64');
}

/** One bit of the byte at `index` turned. @param {string} base64 @param {number} index */
export function bent(base64, index) {
  const bytes = Buffer.from(base64, 'base64');
  bytes[index] = (bytes[index] ?? 0) ^ 1;
  return bytes.toString('base64');
}

/**
 * Ways in which the text of an envelope is no longer one, whatever it carries: name, what becomes of it.
 *
 * @type {readonly (readonly [string, (text: string, parts: Parts) => string | Buffer])[]}
 */
export const MALFORMED = [
  ['empty', () => ''],
  ['blank', () => ' \n'],
  ['null', () => 'null'],
  ['an array around it', (text) => `[${text}]`],
  ['a text', () => '"{}"'],
  ['a byte order mark before it', (text) => `\ufeff${text}`],
  ['text behind it', (text) => `${text}x`],
  ['two of them', (text) => `${text}\n${text}`],
  ['cut in the middle', (text) => text.slice(0, -20)],
  ['a comma too many', (text) => `${text.slice(0, -1)},}`],
  ['a comment', (text) => `/**/${text}`],
  ['a no-break space before it', (text) => `\u00a0${text}`],
  ['single quotes', (text) => text.replaceAll('"', "'")],
  ['a member twice', (text, { signature }) => `${text.slice(0, -1)},"signature":"${signature}"}`],
  [
    'a member twice, once escaped',
    (text, { signature }) => `${text.slice(0, -1)},"sign\\u0061ture":"${signature}"}`,
  ],
  ['a member twice in an inner object', (text) => `${text.slice(0, -1)},"more":{"a":1,"a":1}}`],
  ['half a surrogate pair', (text) => `${text.slice(0, -1)},"more":"\\ud800"}`],
  ['the other half', (text) => `${text.slice(0, -1)},"more":"\\udc00\\ud800"}`],
  ['a control character in a text', (text) => `${text.slice(0, -1)},"more":"\t"}`],
  ['an escape that is none', (text) => `${text.slice(0, -1)},"more":"\\x41"}`],
  ['NaN', (text) => `${text.slice(0, -1)},"more":NaN}`],
  ['Infinity', (text) => `${text.slice(0, -1)},"more":-Infinity}`],
  ['a number with a leading zero', (text) => `${text.slice(0, -1)},"more":01}`],
  ['a number with a plus', (text) => `${text.slice(0, -1)},"more":+1}`],
  ['a number without digits before its dot', (text) => `${text.slice(0, -1)},"more":.5}`],
  ['a number without digits behind its dot', (text) => `${text.slice(0, -1)},"more":1.}`],
  ['a number in hex', (text) => `${text.slice(0, -1)},"more":0x1}`],
  ['True', (text) => `${text.slice(0, -1)},"more":True}`],
  ['66 levels', (text) => `${text.slice(0, -1)},"more":${'['.repeat(65)}${']'.repeat(65)}}`],
  ['a hundred thousand levels', () => '['.repeat(100_000)],
  [
    'a byte that is no UTF-8',
    (text) =>
      Buffer.concat([Buffer.from(`${text.slice(0, -1)},"more":"`), Buffer.from([0xff]), Buffer.from('"}')]),
  ],
  [
    'UTF-8 longer than it need be',
    (text) =>
      Buffer.concat([
        Buffer.from(`${text.slice(0, -1)},"more":"`),
        Buffer.from([0xc1, 0x81]),
        Buffer.from('"}'),
      ]),
  ],
  [
    'a surrogate in UTF-8',
    (text) =>
      Buffer.concat([
        Buffer.from(`${text.slice(0, -1)},"more":"`),
        Buffer.from([0xed, 0xa0, 0x80]),
        Buffer.from('"}'),
      ]),
  ],
  ['no response_base64', (text) => text.replace('response_base64', 'base64')],
  ['response_base64 is a number', (text, { base64 }) => text.replace(`"${base64}"`, '1')],
  [
    'response_base64 without padding',
    (_, parts) =>
      envelope({
        ...parts,
        base64: parts.base64.replace(/=+$/, '') + (parts.base64.endsWith('=') ? '' : 'A'),
      }),
  ],
  ['response_base64 with a line feed', (_, parts) => envelope({ ...parts, base64: `${parts.base64}\\n` })],
  [
    'response_base64 with a blank inside',
    (_, parts) => envelope({ ...parts, base64: `${parts.base64.slice(0, 4)} ${parts.base64.slice(4)}` }),
  ],
  [
    'response_base64 with a symbol of the other alphabet',
    (_, parts) => envelope({ ...parts, base64: `-_${parts.base64.slice(2)}` }),
  ],
  ['response_base64 padded twice', (_, parts) => envelope({ ...parts, base64: `${parts.base64}====` })],
  ['signature is a number', (text, { signature }) => text.replace(`"${signature}"`, '1')],
  [
    'signature without padding',
    (_, parts) => envelope({ ...parts, signature: parts.signature.replace(/=+$/, '') }),
  ],
  // 64 bytes leave four bits of the last symbol: they must be zero.
  [
    'signature with bits behind its end',
    (_, parts) =>
      envelope({
        ...parts,
        signature: parts.signature.replace(
          /([AQgw])==$/,
          (_all, last) => `${String.fromCharCode(last.charCodeAt(0) + 1)}==`,
        ),
      }),
  ],
  [
    'signature in the other alphabet',
    (_, parts) => envelope({ ...parts, signature: `_-${parts.signature.slice(2)}` }),
  ],
  [
    'signature in hex',
    (_, parts) =>
      envelope({ ...parts, signature: `${Buffer.from(parts.signature, 'base64').toString('hex')}0` }),
  ],
  [
    'private_key_used is a number',
    (text) => text.replace('"private_key_used":"product"', '"private_key_used":1'),
  ],
];
