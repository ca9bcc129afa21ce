import { KeywrightError } from '../errors.js';
import { endOfString, PAYLOAD_DEPTH } from './json-text.js';

/**
 * How a payload's strings are spelled before it is signed: `compact` as `JSON.stringify` does, `php` as
 * PHP's `json_encode` does by default (`/` as `\/`, everything outside ASCII as `\uXXXX`).
 */
export type JsonStyle = 'compact' | 'php';

/**
 * A JSON text without its white space and with its strings spelled in `style`; member order and the
 * spelling of numbers stay. `text` must be valid JSON (`parseJson` says so).
 */
export function respellJson(text: string, style: JsonStyle): string {
  // Most payloads hold no escape, and then no string of theirs changes in compact style.
  const allPlain = style === 'compact' && !text.includes('\\');
  let spelled = '';
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 34) {
      const end = endOfString(text, at) + 1;
      if (!allPlain) {
        const token = text.slice(at, end);
        const wanted = respellString(token, style);
        if (wanted !== token) {
          spelled += text.slice(from, at) + wanted;
          from = end;
        }
      }
      at = end - 1;
    } else if (code <= 32) {
      spelled += text.slice(from, at);
      from = at + 1;
    }
  }
  return spelled + text.slice(from);
}

function respellString(token: string, style: JsonStyle): string {
  const plain = style === 'php' ? /^[\x20-\x2e\x30-\x5b\x5d-\x7f]*$/ : /^[^\\]*$/;
  if (plain.test(token)) return token;
  const value: string = JSON.parse(token);
  return spellString(value, style);
}

function spellString(value: string, style: JsonStyle): string {
  const text = JSON.stringify(value);
  if (style === 'compact') return text;
  return text.replaceAll('/', '\\/').replace(/[^\0-\x7f]/g, escapeUnit);
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/**
 * The JSON text of a JavaScript value, members in their own order.
 *
 * Accepted are null, booleans, strings, safe integers, finite decimals, arrays without holes and plain
 * objects of those. Everything that JSON.stringify would drop, round or call back into is refused, and so
 * are integer-like member names, which JavaScript moves to the front: pass JSON text instead.
 *
 * @throws {KeywrightError} `invalid_payload`, its `path` naming the place.
 */
export function spellValue(value: unknown, path = '', depth = 1): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number') return spellNumber(value, path);
  if (typeof value !== 'object')
    throw refuse(path, `holds a ${typeof value}: leave the member out, or make it text`);
  if (depth > PAYLOAD_DEPTH)
    throw refuse('', `is nested deeper than ${PAYLOAD_DEPTH}, or holds itself: flatten it`);
  if (Array.isArray(value)) {
    const items = Array.from(value, (item: unknown, index) =>
      spellValue(item, `${path}[${index}]`, depth + 1),
    );
    return `[${items.join()}]`;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && prototype !== Object.prototype) {
    throw refuse(path, 'holds an object of a class: make it text, or a plain object');
  }
  return `{${Object.entries(value)
    .map(([name, member]) => spellMember(name, member, path, depth))
    .join()}}`;
}

function spellMember(name: string, member: unknown, path: string, depth: number): string {
  if (/^(0|[1-9]\d*)$/.test(name)) {
    throw refuse(
      path,
      `has the member name "${name}", which JavaScript reorders: pass the payload as JSON text`,
    );
  }
  return `${JSON.stringify(name)}:${spellValue(member, `${path}.${name}`, depth + 1)}`;
}

function spellNumber(value: number, path: string): string {
  if (!Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value))) {
    throw refuse(path, `holds ${value}, which JSON cannot carry exactly: pass it as text`);
  }
  return Object.is(value, -0) ? '-0' : String(value);
}

function refuse(path: string, what: string): KeywrightError<'invalid_payload'> {
  return new KeywrightError('invalid_payload', `the payload${path === '' ? '' : ` at ${path}`} ${what}`, {
    path,
  });
}
