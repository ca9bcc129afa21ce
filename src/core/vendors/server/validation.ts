import { type core, meta, refine, safeParse, toJSONSchema } from 'zod/mini';
import type { JsonObject, JsonValue } from '../../encoding/json-text.js';
import { KeywrightError } from '../../errors.js';
import type { Issue, Validation } from './vendor.js';

/** How many values, those inside of others included, are looked at: more is no request of any vendor. */
const MOST_VALUES = 10_000;
/** How deep they may be nested. */
const DEEPEST = 64;

/** What a member that the schema does not name is; as its message says, "it is …". */
export type UnknownMember = 'issue' | 'warning';

/** How a value is judged. */
export interface Rules {
  /** Its shape. Objects are strict ones: `unknown` says what becomes of the members they do not name. */
  readonly schema: core.$ZodType;
  readonly unknown?: UnknownMember | undefined;
  /**
   * What no single field tells. Runs over any object, however wrong its fields are: each has to be looked at
   * before it is used, and {@link Findings.refused} tells what needs no second word.
   */
  readonly across?: ((fields: JsonObject, found: Findings) => void) | undefined;
}

/** What was found about a value, in the order it was found. */
export class Findings {
  readonly issues: Issue[] = [];
  readonly warnings: Issue[] = [];
  /** The value that was judged, read as JSON; undefined when it is none. */
  json: JsonValue | undefined;

  refuse(path: Issue['path'], message: string): void {
    this.issues.push({ path, message });
  }

  warn(path: Issue['path'], message: string): void {
    this.warnings.push({ path, message });
  }

  /** Whether there is an issue at exactly that place. */
  refused(...path: Issue['path']): boolean {
    return this.issues.some(
      (issue) => issue.path.length === path.length && issue.path.every((step, index) => step === path[index]),
    );
  }

  get validation(): Validation {
    return { ok: this.issues.length === 0, issues: this.issues, warnings: this.warnings };
  }
}

/**
 * Judges any value at all by a schema and by the rules between its fields: every fault at once, none twice, and
 * no message quotes a value. Never throws.
 */
export function judge(value: unknown, { schema, unknown = 'issue', across }: Rules): Findings {
  const found = new Findings();
  const json = readJsonValue(value, found);
  if (json === undefined) return found;
  found.json = json;
  const parsed = safeParse(schema, json, { error: messageOf, reportInput: false });
  for (const issue of parsed.error?.issues ?? []) {
    const path = issue.path.filter((step) => typeof step !== 'symbol');
    if (issue.code !== 'unrecognized_keys') found.refuse(path, issue.message);
    else if (unknown === 'issue') for (const key of issue.keys) found.refuse([...path, key], issue.message);
    else for (const key of issue.keys) found.warn([...path, key], issue.message);
  }
  if (isObject(json)) across?.(json, found);
  return found;
}

/**
 * The checks of a list that may have at most that many entries. zod's own `maxLength` looks at no entry of a list
 * that is too long; after these, each one's faults are told too.
 */
export function mostEntries(most: number) {
  return [
    refine<readonly unknown[]>((list) => list.length <= most, {
      error: `must have at most ${counted(most, 'entry')}`,
      when: ({ value }) => Array.isArray(value),
    }),
    meta({ maxItems: most }),
  ] as const;
}

/** The JSON Schema (draft 2020-12) of a schema; `more` goes into its top. */
export function jsonSchema({ schema, unknown }: Rules, more: JsonObject = {}): JsonObject {
  const made = toJSONSchema(schema, {
    target: 'draft-2020-12',
    io: 'input',
    unrepresentable: 'any',
    override: ({ jsonSchema: part }) => {
      if (unknown === 'warning' && part.additionalProperties === false) delete part.additionalProperties;
    },
  });
  const plain: JsonObject = JSON.parse(JSON.stringify(made));
  return { ...plain, ...more };
}

/** @throws {KeywrightError} `invalid_option` when `now` is no valid time. */
export function requireTime(now: Date): void {
  if (Number.isNaN(now.getTime())) {
    throw new KeywrightError('invalid_option', 'now is no valid Date: pass new Date()', { option: 'now' });
  }
}

/** A deep copy of what is JSON: own members only, a `__proto__` among them inert, `undefined` ones left out. */
export function readJsonValue(value: unknown, found: Findings): JsonValue | undefined {
  try {
    const copy = new Copier(found).copy(value, []);
    return found.issues.length === 0 ? copy : undefined;
  } catch {
    found.refuse([], 'cannot be read: pass what JSON.parse returns');
    return undefined;
  }
}

class Copier {
  readonly #found: Findings;
  #left = MOST_VALUES;

  constructor(found: Findings) {
    this.#found = found;
  }

  copy(value: unknown, path: Issue['path']): JsonValue {
    this.#left--;
    if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
    if (typeof value === 'number' && Number.isFinite(value)) return value;
    if (typeof value === 'object') {
      if (path.length >= DEEPEST) return this.#refuse(path, `is nested deeper than ${DEEPEST}`);
      if (Array.isArray(value)) return this.#list(value, path);
      // Of another realm, too; a Date or a Map would look like an object without members.
      if (Object.prototype.toString.call(value) === '[object Object]') return this.#object(value, path);
    }
    return this.#refuse(path, 'is no JSON value: write dates as text, numbers as finite ones');
  }

  #list(list: readonly unknown[], path: Issue['path']): JsonValue {
    if (list.length > this.#left) return this.#refuse(path, `has too many entries: ${MOST_VALUES} are read`);
    return Array.from(list, (entry, index) => this.copy(entry, [...path, index]));
  }

  #object(object: object, path: Issue['path']): JsonValue {
    const members = Object.entries(object).filter(([, member]) => member !== undefined);
    if (members.length > this.#left) {
      return this.#refuse(path, `has too many members: ${MOST_VALUES} are read`);
    }
    return Object.fromEntries(members.map(([name, member]) => [name, this.copy(member, [...path, name])]));
  }

  #refuse(path: Issue['path'], message: string): null {
    this.#found.refuse(path, message);
    return null;
  }
}

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const KINDS: Readonly<Record<string, string>> = {
  array: 'a list',
  boolean: 'true or false',
  int: 'an integer',
  null: 'null',
  number: 'a number',
  object: 'an object',
  string: 'a text',
};

const FORMATS: Readonly<Record<string, string>> = {
  datetime: 'must be a time like 2026-01-31T00:00:00.000Z',
  email: 'must be an e-mail address',
  guid: 'must be a UUID',
  uuid: 'must be a UUID',
};

/** Says what zod found without saying what stood there. A schema's own `error` takes precedence. */
function messageOf(issue: core.$ZodRawIssue): string {
  if (issue.code === 'unrecognized_keys') return 'is no field that is known here: leave it out';
  if (issue.input === undefined) return 'is required';
  switch (issue.code) {
    case 'invalid_type': {
      const { inst, expected } = issue;
      const kind = inst !== undefined && 'format' in inst._zod.def ? 'int' : expected;
      return `must be ${KINDS[expected === 'number' ? kind : expected] ?? expected}`;
    }
    case 'invalid_value':
      return issue.values.length === 1
        ? `must be ${String(issue.values[0])}`
        : `must be one of ${issue.values.map((value) => String(value)).join(', ')}`;
    case 'invalid_format':
      return FORMATS[issue.format] ?? 'does not have the form it should have';
    case 'too_small':
      return sizeMessage(issue.origin, 'least', issue.minimum);
    case 'too_big':
      return sizeMessage(issue.origin, 'most', issue.maximum);
    default:
      return 'is none of the forms it may have';
  }
}

function sizeMessage(origin: string, end: 'least' | 'most', bound: number | bigint): string {
  const unit = origin === 'string' ? 'character' : origin === 'array' ? 'entry' : undefined;
  return unit === undefined ? `must be at ${end} ${bound}` : `must have at ${end} ${counted(bound, unit)}`;
}

function counted(count: number | bigint, unit: 'character' | 'entry'): string {
  if (Number(count) === 1) return `1 ${unit}`;
  return `${count} ${unit === 'entry' ? 'entries' : 'characters'}`;
}
