import type { CreatedKeys, Stored } from '../../core/bulk-create/bulk-create.js';
import { type Comparison, comparedKey, comparedText } from '../../core/dedupe/compared-text.js';
import type { KeySpans } from '../../core/dedupe/key-spans.js';
import { canonicalizeAscii } from '../../core/format/canonical.js';
import { EventTurns } from '../files/event-turns.js';
import { damagedFile, shownPath } from '../files/file-error.js';
import { type ExpectedKeys, ExpectedShape } from './columns/expected-shape.js';
import { fitting } from './columns/fitting.js';
import { type VisitedLists, visitLists } from './known-lists.js';
import type { KeyFileOptions } from './list-file.js';

/** A license key of a list, and where it stands there. */
export interface ListedKey {
  readonly key: string;
  /** The file and the line, as `keys.txt:12`. */
  readonly place: string;
}

/**
 * The license keys of all lists, in order, exactly as they stand there.
 *
 * @throws {KeywrightError} as `visitLists` and `ExpectedShape.problem`; `damaged_file` for a text that is no license key
 *   or none of the format.
 */
export async function readListedKeys(
  paths: readonly string[],
  options: KeyFileOptions & ExpectedKeys,
): Promise<VisitedLists & { readonly keys: readonly ListedKey[] }> {
  const keys: ListedKey[] = [];
  const expected = new ExpectedShape(options);
  const reading = { ...options, fits: options.fits ?? fitting(options.format) };
  const found = await visitLists(paths, reading, (spans, path, unit) => {
    for (let index = 0; index < spans.count; index++) {
      comparedForm(spans, index, path, unit);
      const key = textOf(spans, index);
      const problem = expected.problem(key, path, lineOf(spans, index));
      if (problem !== undefined) throw damagedFile(path, problem, lineOf(spans, index), unit);
      keys.push({ key, place: placeOf(spans, index, path) });
    }
  });
  return { ...found, keys };
}

/** How {@link ListedKeys} reads, and what it calls the keys it is given. */
export interface ListedKeysOptions extends KeyFileOptions {
  /** Where the keys come from that are to be created, in their order; else they are `request:1` and so on. */
  readonly places?: readonly string[] | undefined;
}

/**
 * Lists of license keys as the store of those that were created before. Two spellings of one canonical form
 * v1 are one key. Memory grows with the keys that are created, not with the lists.
 *
 * @example
 * const before = new ListedKeys(['issued.txt']);
 * const request = { license_keys: ['KKKKK-LLLLL-MMMMM-NNNNN-OOOOO'], product_id: 7, activation_limit: 1, validity: 0, status: 'available' };
 * (await createLicenseKeys(request, { ledger: before, now: new Date() })).payload.duplicate; // 1
 */
export class ListedKeys implements CreatedKeys {
  readonly #paths: readonly string[];
  readonly #options: ListedKeysOptions;
  #found: VisitedLists = { lists: [], manifests: [] };

  constructor(paths: readonly string[], options: ListedKeysOptions = {}) {
    this.#paths = paths;
    this.#options = options;
  }

  /** The lists that {@link create} read. */
  get found(): VisitedLists {
    return this.#found;
  }

  /**
   * Says of each key whether the lists hold it. They are read here, and nothing is written to them.
   *
   * @throws {KeywrightError} as {@link readListedKeys}.
   */
  async create(keys: readonly string[]): Promise<readonly Stored[]> {
    const { places, ...options } = this.#options;
    const turns = new EventTurns(options.signal);
    const forms: string[] = [];
    for (const key of keys) {
      forms.push(comparedText(key, 1));
      if (forms.length % TOGETHER === 0) await turns.take();
    }
    const seen = new Map<string, string | undefined>(forms.map((form) => [form, undefined]));
    this.#found = await visitLists(this.#paths, options, (spans, path, unit) => {
      for (let index = 0; index < spans.count; index++) {
        const form = comparedForm(spans, index, path, unit);
        if (seen.has(form) && seen.get(form) === undefined) seen.set(form, placeOf(spans, index, path));
      }
    });
    const stored: Stored[] = [];
    for (const [index, form] of forms.entries()) {
      const firstSeen = seen.get(form);
      stored.push(firstSeen === undefined ? { fresh: true } : { fresh: false, firstSeen });
      if (firstSeen === undefined) seen.set(form, places?.[index] ?? `request:${index + 1}`);
      if (stored.length % TOGETHER === 0) await turns.take();
    }
    return stored;
  }
}

/** Keys between two turns of the event loop. */
const TOGETHER = 4096;

let scratch = new Uint8Array(256);

/**
 * What is compared of a key of a list.
 *
 * @throws {KeywrightError} `damaged_file` for a text that is no license key.
 */
export function comparedForm(
  spans: KeySpans,
  index: number,
  path: string,
  unit: 'line' | 'element',
  comparison: Comparison = 1,
): string {
  const { bytes, spans: ends } = spans;
  const [start, end] = [ends[2 * index] ?? 0, ends[2 * index + 1] ?? 0];
  if (comparison === 1) {
    if (scratch.length < end - start) scratch = new Uint8Array(2 * (end - start));
    const length = canonicalizeAscii(bytes, start, end, scratch);
    if (length > 0) return Buffer.from(scratch.buffer, 0, length).toString('latin1');
  }
  const text = textOf(spans, index);
  const { text: compared, problem } = comparedKey(text, comparison);
  if (problem === undefined) return compared;
  throw damagedFile(path, `is no license key: it ${problem}`, lineOf(spans, index), unit);
}

function textOf({ bytes, spans }: KeySpans, index: number): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return buffer.toString('utf8', spans[2 * index], spans[2 * index + 1]);
}

function placeOf(spans: KeySpans, index: number, path: string): string {
  return `${shownPath(path)}:${lineOf(spans, index)}`;
}

/** The line of a key, or its element. */
export function lineOf({ lines, firstLine }: KeySpans, index: number): number {
  return firstLine + (lines[index] ?? 0);
}
