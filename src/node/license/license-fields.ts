import { type JsonObject, type JsonValue, parseJson } from '../../core/encoding/json-text.js';
import { KeywrightError } from '../../core/errors.js';
import { type FieldReader, isExactNumber, readNested } from '../fields/field-values.js';
import type { Mapping } from '../fields/import-rows.js';
import { readTime, TIME_DEMAND } from '../fields/time-field.js';
import type { ConstantField } from '../rows/key-rows.js';

/** What begins the name of an entitlement. */
export const ENTITLEMENT = 'entitlements.';

/** Members of a license that come from elsewhere: the lists, the product, the comparison that is asked for. */
const OWN = ['key', 'product', 'comparison', 'entitlements'];

/**
 * The members of a license that can be set or mapped, and how a text becomes the value of one: `valid_from` and
 * `valid_until` are times, `devices` a JSON list of texts or the one text, `entitlements.NAME` and any other member
 * what the text says as JSON, else the text. An entitlement is no text that may be meant as something else.
 */
export class LicenseFields implements FieldReader {
  /** The members that all licenses share. */
  readonly constants: JsonObject;
  readonly map: readonly Mapping[];

  /** @throws {KeywrightError} `invalid_option` for a member that cannot be set, or twice, or to that value. */
  constructor(set: readonly ConstantField[], map: readonly Mapping[]) {
    for (const [, name] of map) checkName(name, 'map');
    refuseRepeated(
      map.map(([, name]) => name),
      'map',
    );
    refuseRepeated(
      set.map(([name]) => name),
      'set',
    );
    this.map = map;
    const values = set.map(([name, text]): readonly [string, JsonValue] => {
      checkName(name, 'set');
      const value = this.read(name, text);
      if (value === undefined) throw refusal('set', `${name} ${this.demand(name)}`);
      return [name, value];
    });
    this.constants = Object.fromEntries(values);
  }

  read(name: string, text: string, isJson = false): JsonValue | undefined {
    if (name === 'valid_from' || name === 'valid_until') return readTime(text);
    if (name === 'devices') return readDevices(text);
    const isEntitlement = name.startsWith(ENTITLEMENT);
    // Spreadsheets write FALSE, which as a text would be true to an app that asks no more.
    const word = isEntitlement ? text.toLowerCase() : text;
    if (word === 'true' || word === 'false') return word === 'true';
    if (isExactNumber(text, isJson)) return Number(text);
    if (/^"/.test(text)) return readString(text);
    const nested = readNested(text);
    if (nested !== undefined) return nested;
    if (isEntitlement && UNCLEAR.some((form) => form.test(text.trim()))) return undefined;
    return /[\p{Cc}]/u.test(text) ? undefined : text;
  }

  demand(name: string): string {
    if (name.startsWith('valid_')) return TIME_DEMAND;
    return name === 'devices'
      ? 'must be a text, or a JSON list of texts, none of them empty'
      : 'must be a line of text, a number in plain digits, true, false, or JSON; what looks like these, or is empty, is written as a text in quotes: "1e3"';
  }
}

/** The members of a row over those that all share, entitlements gathered. */
export function licenseMembers(constants: JsonObject, fields: JsonObject): JsonObject {
  const all = Object.entries({ ...constants, ...fields });
  const entitlements = all
    .filter(([name]) => name.startsWith(ENTITLEMENT))
    .map(([name, value]) => [name.slice(ENTITLEMENT.length), value] as const);
  const others = Object.fromEntries(all.filter(([name]) => !name.startsWith(ENTITLEMENT)));
  return entitlements.length === 0 ? others : { ...others, entitlements: Object.fromEntries(entitlements) };
}

function checkName(name: string, option: 'set' | 'map'): void {
  if (OWN.includes(name)) {
    const instead =
      name === 'entitlements' ? 'name each, as entitlements.seats' : 'it has an option of its own';
    throw refusal(option, `the member ${name} is not set like this: ${instead}`);
  }
  const plain = name.startsWith(ENTITLEMENT) ? name.slice(ENTITLEMENT.length) : name;
  if (/^[A-Za-z_][\w-]{0,63}$/.test(plain) && plain !== '__proto__') return;
  throw refusal(option, 'a member is named by letters, digits, - and _, as customer or entitlements.seats');
}

function refuseRepeated(names: readonly string[], option: 'set' | 'map'): void {
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated !== undefined) throw refusal(option, `${repeated} is given twice: give it once`);
}

/** What may be meant as a number, and would be another thing as a text: an app that counts would be told the wrong thing. */
const LIKE_A_NUMBER = /^[-+]?(?!0\d)\d+([.,]\d+)?(e[-+]?\d+)?$/i;

/** One whose thousands stand apart, as 1.000, 1'000 or 1 000: versions, addresses and most dates are none. */
const IN_THOUSANDS = /^[-+]?[1-9]\d{0,2}([.,'\u2019\s]\d{3})+([.,]\d+)?$/;

/** JSON that a shell took the quotes from, or that is damaged. */
const LIKE_JSON = /^\s*[[{]/;

/** Texts that may be meant as something else, without the blanks around them. */
const UNCLEAR = [LIKE_A_NUMBER, IN_THOUSANDS, LIKE_JSON, /^(null|true|false)?$/i];

function readString(text: string): JsonValue | undefined {
  const reading = parseJson(text);
  return 'value' in reading ? reading.value : undefined;
}

function readDevices(text: string): JsonValue | undefined {
  const devices = readNested(text) ?? (LIKE_JSON.test(text) ? [] : [text]);
  const isDevice = (device: unknown) => typeof device === 'string' && device !== '';
  return Array.isArray(devices) && devices.length > 0 && devices.every(isDevice) ? devices : undefined;
}

function refusal(option: string, message: string): KeywrightError<'invalid_option'> {
  return new KeywrightError('invalid_option', message, { option });
}
