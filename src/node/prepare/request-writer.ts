import type { JsonObject } from '../../core/encoding/json-text.js';
import { KeywrightError } from '../../core/errors.js';
import type { ImportRequest, PrepareOptions, Quota } from '../../core/vendors/server/vendor.js';
import type { PlacedRow } from '../fields/import-rows.js';
import { type Problems, Warnings } from '../fields/problems.js';
import type { RequestsOutput } from './output.js';
import type { PreparingVendor } from './targets.js';

/** What became of the rows. */
export interface RequestTally {
  readonly keys: number;
  readonly requests: number;
  /** What the requests come to when those in `then` are counted as well. */
  readonly calls: number;
  /** For each quota of the vendor, the licenses that count. */
  readonly licenses: readonly number[];
}

const NAMELESS = { path: [], message: 'a row has no reference: send cannot say which it is' };
/** Rows that wait for others with the same fields, at most. */
const MOST_WAITING = 50_000;

/** Makes requests of rows, one JSON line each. Keys that share a request have the same fields. */
export class RequestWriter {
  readonly warnings = new Warnings();
  readonly #vendor: PreparingVendor;
  readonly #options: PrepareOptions;
  readonly #keysPerRequest: number;
  readonly #output: Pick<RequestsOutput, 'write'>;
  readonly #problems: Problems;
  readonly #licenses: number[];
  /** By their fields; the one that began first comes first. */
  readonly #groups = new Map<string, PlacedRow[]>();
  #waiting = 0;
  #keys = 0;
  #requests = 0;
  #calls = 0;

  constructor(
    vendor: PreparingVendor,
    options: PrepareOptions,
    chunk: number | undefined,
    output: Pick<RequestsOutput, 'write'>,
    problems: Problems,
  ) {
    this.#vendor = vendor;
    this.#options = options;
    this.#keysPerRequest = chunk ?? vendor.keysPerRequest;
    this.#output = output;
    this.#problems = problems;
    this.#licenses = vendor.quotas.map(() => 0);
  }

  get tally(): RequestTally {
    return {
      keys: this.#keys,
      requests: this.#requests,
      calls: this.#calls,
      licenses: this.#licenses,
    };
  }

  /**
   * Refuses fields that no row could be imported with; only of use when no column is mapped to a field.
   *
   * @throws {KeywrightError} `invalid_option` that tells all that is wrong with them.
   */
  checkFields(): void {
    const result = this.#vendor.prepareRequest([{ key: 'A', fields: {} }], this.#options);
    const { key } = this.#vendor.prepareFields;
    const issues = result.ok ? [] : result.issues.filter(({ path }) => path[0] !== key);
    if (issues.length === 0) return;
    const faults = issues.map(({ path, message }) => `${path.join('.')} ${message}`.trim());
    throw new KeywrightError('invalid_option', `the fields will not do: ${faults.join('; ')}`, {
      option: 'set',
    });
  }

  async add(row: PlacedRow): Promise<void> {
    if (this.#keysPerRequest === 1) return this.#request([row]);
    const form = JSON.stringify(row.fields);
    const group = this.#groups.get(form) ?? [];
    group.push(row);
    this.#groups.set(form, group);
    this.#waiting++;
    if (group.length === this.#keysPerRequest) await this.#take(form);
    const [oldest] = this.#groups.keys();
    if (this.#waiting > MOST_WAITING && oldest !== undefined) await this.#take(oldest);
  }

  /** Makes requests of the rows that still wait. */
  async end(): Promise<void> {
    for (const form of [...this.#groups.keys()]) await this.#take(form);
  }

  async #take(form: string): Promise<void> {
    const rows = this.#groups.get(form) ?? [];
    this.#groups.delete(form);
    this.#waiting -= rows.length;
    await this.#request(rows);
  }

  async #request(rows: readonly PlacedRow[]): Promise<void> {
    const result = this.#vendor.prepareRequest(rows, this.#options);
    if (result.ok) {
      this.warnings.note(result.warnings);
      if (rows.some(({ reference }) => reference === '')) this.warnings.note([NAMELESS]);
      this.#count(result.request);
      await this.#output.write(`${JSON.stringify(result.request)}\n`);
      return;
    }
    const { key } = this.#vendor.prepareFields;
    const shared = result.issues.filter(({ path }) => path[0] !== key || typeof path[1] !== 'number');
    const rest = rows.filter((row, index) => {
      const own = result.issues.filter(({ path }) => path[0] === key && path[1] === index);
      const issues = [...own.map(({ message }) => ({ path: [key], message })), ...shared];
      if (issues.length > 0) this.#problems.note(row.place, issues);
      return issues.length === 0;
    });
    if (rest.length > 0) await this.#request(rest);
  }

  #count(request: ImportRequest): void {
    this.#keys += request.keys.length;
    this.#requests++;
    this.#calls += request.then === undefined ? 1 : 2;
    for (const [index, quota] of this.#vendor.quotas.entries()) {
      if (counts(quota, request)) this.#licenses[index] = (this.#licenses[index] ?? 0) + request.keys.length;
    }
  }
}

function counts({ when }: Quota, { body }: ImportRequest): boolean {
  if (when === undefined) return true;
  const fields: JsonObject = typeof body === 'object' ? body : {};
  return fields[when] === true;
}
