import type { JsonObject, JsonValue } from '../../core/encoding/json-text.js';
import { KeywrightError } from '../../core/errors.js';
import type { FieldReader } from '../fields/field-values.js';
import type { Mapping } from '../fields/import-rows.js';
import { readTime, TIME_DEMAND } from '../fields/time-field.js';
import type { ConstantField } from '../rows/key-rows.js';

/** Claims without which no app accepts a proof, unless it asks for neither product nor time. */
export const ASKED_CLAIMS = ['product', 'valid_until'] as const;

/** How the text of a claim becomes its value: `valid_from` and `valid_until` are times, all others the text as it stands. */
export const CLAIM_FIELDS: FieldReader = {
  read(name: string, text: string): JsonValue | undefined {
    if (name === 'valid_until' && text === 'null') return null;
    if (name === 'valid_until' || name === 'valid_from') return readTime(text);
    return /\p{Cc}/u.test(text) ? undefined : text;
  },
  demand(name: string): string {
    if (name === 'valid_until') return `${TIME_DEMAND}, or null for ever`;
    return name === 'valid_from' ? TIME_DEMAND : 'must be one line of text';
  },
};

/**
 * The claims that all rows share.
 *
 * @throws {KeywrightError} `invalid_option` for a claim that cannot be set, or not to that value, and for one that is given
 * twice, also where it comes from two columns.
 */
export function constantClaims(set: readonly ConstantField[], map: readonly Mapping[]): JsonObject {
  for (const [, name] of map) checkName(name, 'map');
  refuseRepeated(
    map.map(([, name]) => name),
    'map',
  );
  const values = set.map(([name, text]): readonly [string, JsonValue] => {
    checkName(name, 'set');
    const value = text === '' ? undefined : CLAIM_FIELDS.read(name, text);
    if (value === undefined) throw refusal('set', `${name} ${CLAIM_FIELDS.demand(name)}`);
    return [name, value];
  });
  refuseRepeated(
    set.map(([name]) => name),
    'set',
  );
  return Object.fromEntries(values);
}

function checkName(name: string, option: 'set' | 'map'): void {
  if (name === 'issued')
    throw refusal(option, 'the claim issued is the time of sealing: it is not set like this');
  if (/^[A-Za-z_][\w-]{0,63}$/.test(name) && name !== '__proto__') return;
  throw refusal(option, 'a claim is named by letters, digits, - and _, as product or valid_until');
}

function refuseRepeated(names: readonly string[], option: 'set' | 'map'): void {
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated !== undefined) throw refusal(option, `${repeated} is given twice: give it once`);
}

function refusal(option: string, message: string): KeywrightError<'invalid_option'> {
  return new KeywrightError('invalid_option', message, { option });
}
