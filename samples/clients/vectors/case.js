// What a case is, and the times that all of them know.

/**
 * @typedef {'response' | 'license' | 'revocations' | 'keyring' | 'proof'} Kind
 * @typedef {{ text: string } | { base64: string } | { repeated: readonly (readonly [text: string, times: number])[] }} Input
 * @typedef {{ ok: boolean, reason?: string, [member: string]: unknown }} Expected
 *
 * @typedef Case
 * @property {string} name
 * @property {Kind} kind
 * @property {Input} input the bytes: as text, in base64 where they are no UTF-8, or as texts that are repeated
 * @property {string} keyring
 * @property {Readonly<Record<string, unknown>>} policy
 * @property {Expected} expect
 * @property {readonly string[]} [needs] what a platform must have to run it
 */

export const NOW = '2026-11-28T12:00:00Z';
/** The same in Unix seconds. */
export const NOW_SECONDS = Date.parse(NOW) / 1000;
export const DAY = 86_400;

/** A time of so many Unix seconds, as RFC 3339 has it. @param {number} seconds */
export const utc = (seconds) => new Date(1000 * seconds).toISOString().replace('.000', '');

/** @param {string | Buffer} bytes @returns {Input} */
export function input(bytes) {
  const text = bytes.toString();
  return Buffer.from(text).equals(Buffer.from(bytes))
    ? { text }
    : { base64: Buffer.from(bytes).toString('base64') };
}

/** @param {string} reason @returns {Expected} */
export const no = (reason) => ({ ok: false, reason });
