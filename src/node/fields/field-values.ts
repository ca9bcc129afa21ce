import { isJsonObject, type JsonObject, type JsonValue, parseJson } from '../../core/encoding/json-text.js';
import { KeywrightError } from '../../core/errors.js';
import { METADATA } from '../../core/vendors/server/metadata.js';
import type { ConstantField } from '../rows/key-rows.js';

/** How a text becomes the value of a field. */
export interface FieldReader {
  /** The value; undefined when the text cannot be one. `isJson`: it comes from JSON, where a dot is no mark of thousands. */
  read(name: string, text: string, isJson?: boolean): JsonValue | undefined;
  /** What a field takes, to stand behind its name. */
  demand(name: string): string;
}

/** The fields of a target that can be set, and how a text becomes the value of one. */
export class FieldValues implements FieldReader {
  readonly names: readonly string[];
  readonly #shapes: ReadonlyMap<string, FieldShape>;
  readonly #secret: readonly string[];
  readonly #key: string;
  readonly #hasMetadata: boolean;

  /** `hasMetadata`: whether there are fields `metadata.NAME`, each a text. */
  constructor(
    fields: ReadonlyMap<string, FieldShape>,
    key: string,
    secret: readonly string[],
    hasMetadata = false,
  ) {
    const settable = [...fields].filter(([name]) => name !== key && !secret.includes(name));
    this.#shapes = new Map(settable);
    this.names = settable.map(([name]) => name);
    this.#secret = secret;
    this.#key = key;
    this.#hasMetadata = hasMetadata;
  }

  /**
   * Refuses a field that cannot be set.
   *
   * @throws {KeywrightError} `invalid_option`
   */
  check(name: string, option: 'set' | 'map'): void {
    if (this.#shapes.has(name) || (this.#hasMetadata && isMetadata(name))) return;
    if (name === this.#key) {
      throw refusal('column', `${name} is the key itself, which comes from the lists: name its column`);
    }
    if (this.#secret.includes(name) || /api.?key|token|secret|passw|authori[sz]ation|bearer/i.test(name)) {
      throw refusal(
        option,
        'a secret is not written to a file: it stays a placeholder, which the sender fills in',
      );
    }
    const names = [...this.names, ...(this.#hasMetadata ? [`${METADATA}NAME`] : [])];
    const there = names.length === 0 ? 'this target has none' : `there are ${names.join(', ')}`;
    throw refusal(
      option,
      `there is no field ${/^[\w.-]{1,40}$/.test(name) ? name : 'of such a name'}: ${there}`,
    );
  }

  /**
   * The constants, read as values of their fields.
   *
   * @throws {KeywrightError} `invalid_option`: no such field, one twice, a text that cannot be its value.
   */
  constants(pairs: readonly ConstantField[]): JsonObject {
    const values = new Map<string, JsonValue>();
    for (const [name, text] of pairs) {
      this.check(name, 'set');
      if (values.has(name)) throw refusal('set', `${name} is set twice: set it once`);
      const value = this.read(name, text);
      if (value === undefined) throw refusal('set', `${name} ${this.demand(name)}`);
      values.set(name, value);
    }
    return Object.fromEntries(values);
  }

  /** A text as the value of a field, by the types of its schema; undefined when it is none of them. */
  read(name: string, text: string, isJson = false): JsonValue | undefined {
    const { types, words, free, isTexts } = this.#shapes.get(name) ?? ANY_TEXT;
    if (types.has('null') && text === 'null' && !free) return null;
    if (types.has('boolean') && (text === 'true' || text === 'false')) return text === 'true';
    if (types.has('number') && isExactNumber(text, isJson)) return Number(text);
    const json = types.has('json') ? readNested(text) : undefined;
    if (json !== undefined) return json;
    if (isTexts && !/^\s*[[{]/.test(text)) return [text];
    if (types.has('string') || words.includes(text)) return text;
    return undefined;
  }

  /** What a field takes, to stand behind its name. */
  demand(name: string): string {
    const { types, words, isTexts } = this.#shapes.get(name) ?? ANY_TEXT;
    if (isTexts) return 'must be a text, or a JSON list of texts';
    const named = KINDS.filter(([type]) => types.has(type)).map(([, word]) => word);
    return `must be ${[...words, ...named].join(' or ')}`;
  }
}

/** What a field may be. */
export interface FieldShape {
  readonly types: ReadonlySet<'null' | 'boolean' | 'number' | 'json' | 'string'>;
  /** Texts that it may be, where only these are allowed. */
  readonly words: readonly string[];
  /** Whether any text will do, also `null`. */
  readonly free: boolean;
  /** Whether it is a list of texts: one text alone is a list of it. */
  readonly isTexts?: boolean | undefined;
}

/** A field that takes any text. */
export const ANY_TEXT: FieldShape = { types: new Set(['string']), words: [], free: true };

/** The fields that the JSON Schema of a body names. */
export function schemaFields(schema: JsonObject): Map<string, FieldShape> {
  const properties = schema['properties'];
  if (properties === undefined || !isJsonObject(properties)) return new Map();
  return new Map(Object.entries(properties).map(([name, shape]) => [name, shapeOf(shape)]));
}

function isMetadata(name: string): boolean {
  return name.startsWith(METADATA) && ITEM.test(name.slice(METADATA.length));
}

/** What an item of the metadata may be called. */
const ITEM = /^[^\p{Cc}]{1,255}$/u;

const KINDS = [
  ['boolean', 'true or false'],
  ['number', 'a number in plain digits'],
  ['json', 'a JSON list or object'],
  ['string', 'a text'],
  ['null', 'null'],
] as const;

const TYPES: Readonly<Record<string, 'null' | 'boolean' | 'number' | 'json' | 'string'>> = {
  null: 'null',
  boolean: 'boolean',
  integer: 'number',
  number: 'number',
  array: 'json',
  object: 'json',
  string: 'string',
};

function shapeOf(schema: JsonValue): FieldShape {
  const types = new Set<'null' | 'boolean' | 'number' | 'json' | 'string'>();
  const words: string[] = [];
  let free = false;
  let isTexts = false;
  const visit = (part: JsonValue): void => {
    if (!isJsonObject(part)) return;
    for (const branch of [part['anyOf'], part['oneOf'], part['allOf']].flat()) {
      if (branch !== undefined) visit(branch);
    }
    const listed = [part['enum'] ?? [], part['const'] ?? []].flat();
    if (listed.length > 0) {
      words.push(...listed.filter((word) => typeof word === 'string'));
      if (listed.includes(true) || listed.includes(false)) types.add('boolean');
      if (listed.some((word) => typeof word === 'number')) types.add('number');
      return;
    }
    for (const name of [part['type'] ?? []].flat()) {
      const type = TYPES[String(name)];
      const items = name === 'array' ? part['items'] : undefined;
      if (items !== undefined && isJsonObject(items) && items['type'] === 'string') isTexts = true;
      if (type !== undefined) types.add(type);
      if (type === 'string' && part['format'] === undefined && part['pattern'] === undefined) free = true;
    }
  };
  visit(schema);
  return types.size === 0 && words.length === 0 ? ANY_TEXT : { types, words, free, isTexts };
}

/** The list or object that a text spells as JSON; undefined when it spells none. */
export function readNested(text: string): JsonValue | undefined {
  const reading = /^\s*[[{]/.test(text) ? parseJson(text) : { fault: 'neither' };
  return 'value' in reading ? reading.value : undefined;
}

/**
 * Whether a text is a number in plain digits, as numbers are written, that keeps its value as a double. 1.000 is none, but in
 * JSON: it may be a thousand as well as one.
 */
export function isExactNumber(text: string, isJson: boolean): boolean {
  if (!/^-?(0|[1-9]\d*)(\.\d+)?$/.test(text)) return false;
  if (!isJson && /^-?[1-9]\d{0,2}\.\d{3}$/.test(text)) return false;
  return text.includes('.') ? Number.isFinite(Number(text)) : Number.isSafeInteger(Number(text));
}

function refusal(option: 'set' | 'map' | 'column', message: string): KeywrightError<'invalid_option'> {
  return new KeywrightError('invalid_option', message, { option });
}
