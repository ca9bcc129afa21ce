import { isJsonObject, type JsonObject, type JsonValue } from '../../encoding/json-text.js';
import { KeywrightError } from '../../errors.js';
import { contentId } from './content-hash.js';
import { METADATA } from './metadata.js';
import { Findings } from './validation.js';
import type {
  HttpRequest,
  ImportRequest,
  ImportRow,
  Issue,
  PrepareFields,
  PrepareOptions,
  RequestResult,
  Validation,
} from './vendor.js';

/** What of a vendor its preparation goes by. */
export interface PreparationRules {
  readonly keysPerRequest: number;
  readonly prepareFields: PrepareFields;
  keyProblem(key: string): string | undefined;
}

/** Rows that are about to become one request. */
export class Preparation {
  readonly keys: readonly string[];
  readonly #references: readonly string[] | undefined;
  /** The shared fields, and over them those of the rows. */
  readonly fields: JsonObject;
  readonly found = new Findings();

  /**
   * Looks at what every vendor asks: keys it takes, no field that is filled otherwise, nothing that reads as a
   * placeholder.
   *
   * @throws {KeywrightError} `invalid_option` as `prepareRequest` of a vendor says.
   */
  constructor(rows: readonly ImportRow[], options: PrepareOptions, rules: PreparationRules) {
    const [first] = rows;
    if (first === undefined || rows.length > rules.keysPerRequest) {
      throw misuse('rows', `a request takes 1 to ${rules.keysPerRequest} keys: pass as many rows`);
    }
    const own = JSON.stringify(first.fields);
    if (rows.some(({ fields }) => fields !== first.fields && JSON.stringify(fields) !== own)) {
      throw misuse('rows', 'the keys of one request share their fields: pass rows of equal fields');
    }
    this.keys = rows.map(({ key }) => key);
    this.#references = referencesOf(rows);
    this.fields = this.#withMetadata({ ...options.fields, ...first.fields }, rules.prepareFields);
    this.#refuseReserved(rules.prepareFields);
    for (const [name, value] of Object.entries(this.fields)) this.#refusePlaceholders(value, [name]);
    for (const [index, key] of this.keys.entries()) {
      const path = rules.keysPerRequest === 1 ? [rules.prepareFields.key] : [rules.prepareFields.key, index];
      const problem = rules.keyProblem(key);
      if (problem !== undefined) this.found.refuse(path, problem);
      this.#refusePlaceholders(key, path);
    }
    for (const reference of this.#references ?? []) this.#refusePlaceholders(reference, ['reference']);
  }

  /** Takes over what was found about the body; of a place that is refused already, nothing more. */
  add({ issues, warnings }: Validation): void {
    for (const { path, message } of issues) {
      if (!this.found.refused(...path)) this.found.refuse(path, message);
    }
    for (const { path, message } of warnings) this.found.warn(path, message);
  }

  /** A text field for the URL. */
  pathField(name: string, pattern: RegExp, message: string): string {
    const value = this.fields[name];
    if (typeof value === 'string' && pattern.test(value)) return value;
    this.found.refuse([name], value === undefined ? 'is required' : message);
    return '';
  }

  /** The fields without those that stand elsewhere. */
  fieldsWithout(...names: readonly string[]): JsonObject {
    return Object.fromEntries(Object.entries(this.fields).filter(([name]) => !names.includes(name)));
  }

  /** What makes this request the one it is: the same content has the same. */
  idempotencyKey(...content: readonly JsonValue[]): string {
    return contentId(['keywright/prepare/v1', ...content]);
  }

  /** The request, unless there are issues. */
  outcome(
    request: HttpRequest & Pick<ImportRequest, 'lookup' | 'then' | 'unfinished'>,
    idempotencyKey: string,
  ): RequestResult {
    const { issues, warnings } = this.found;
    if (issues.length > 0) return { ok: false, issues };
    const { method, url, headers, body, lookup, then, unfinished } = request;
    return {
      ok: true,
      warnings,
      request: {
        method,
        url,
        headers,
        body,
        idempotencyKey,
        keys: this.keys,
        references: this.#references,
        lookup,
        then,
        unfinished,
      },
    };
  }

  /** The fields of `metadata.NAME` as items behind those that `metadata` has. */
  #withMetadata(fields: JsonObject, { metadataItem }: PrepareFields): JsonObject {
    const named = Object.entries(fields).filter(([name]) => name.startsWith(METADATA));
    if (metadataItem === undefined || named.length === 0) return fields;
    const given = fields['metadata'] ?? [];
    const others = Object.entries(fields).filter(([name]) => !name.startsWith(METADATA));
    const items = named.map(([name, value]) => metadataItem(name.slice(METADATA.length), String(value)));
    const list: readonly JsonValue[] = Array.isArray(given) ? given : [];
    if (!Array.isArray(given)) this.found.refuse(['metadata'], 'must be a list');
    for (const { key } of items) {
      if (list.some((item) => isJsonObject(item) && item['key'] === key))
        this.found.refuse(['metadata'], 'has an item of that name already: give it once');
    }
    return Object.fromEntries([...others, ['metadata', [...list, ...items]]]);
  }

  #refuseReserved({ key, secret }: PrepareFields): void {
    for (const name of Object.keys(this.fields)) {
      if (name === key) this.found.refuse([name], 'comes from the rows: leave it out');
      if (secret.includes(name))
        this.found.refuse([name], 'is a secret and stays a placeholder: leave it out');
    }
  }

  /** Data must never be filled with a secret, whatever tool fills the placeholders in. */
  #refusePlaceholders(value: JsonValue, path: Issue['path']): void {
    if (typeof value === 'string' && value.includes('${')) {
      this.found.refuse(path, 'holds "${", which begins a placeholder: leave it out');
    } else if (Array.isArray(value)) {
      for (const [index, entry] of value.entries()) this.#refusePlaceholders(entry, [...path, index]);
    } else if (isJsonObject(value)) {
      for (const [name, member] of Object.entries(value)) this.#refusePlaceholders(member, [...path, name]);
    }
  }
}

/** One a key, where any has one. */
function referencesOf(rows: readonly ImportRow[]): readonly string[] | undefined {
  if (rows.every(({ reference = '' }) => reference === '')) return undefined;
  return rows.map(({ reference = '' }) => reference);
}

/** What stands for the secret of that name until the request is sent. */
export function placeholder(name: string): string {
  return `\${${name}}`;
}

/** The headers of a request with a JSON body, and of one without. */
export function jsonHeaders(secret: string, withBody: boolean): Readonly<Record<string, string>> {
  return {
    Authorization: `Bearer ${placeholder(secret)}`,
    Accept: 'application/json',
    ...(withBody && { 'Content-Type': 'application/json' }),
  };
}

/** A `invalid_option` error. */
export function misuse(option: string, message: string): KeywrightError<'invalid_option'> {
  return new KeywrightError('invalid_option', message, { option });
}
