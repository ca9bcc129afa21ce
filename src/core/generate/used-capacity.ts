import { canonicalForm } from '../format/canonical.js';
import type { KeyFormat } from '../format/key-format.js';
import { ungroupedOffsets } from './compared-form.js';
import { jobShards } from './job-share.js';
import { type RankRange, type Shard, shardRange } from './shard.js';

/** No list can use a noticeable share of more keys than this, so nobody counts. */
const TOO_MANY_TO_CROWD = 2n ** 40n;

/**
 * Counts how much of a range is used by keys from elsewhere: those that are keys of this format, in the range.
 * Its {@link note} is `KnownKeysOptions.onNew`.
 *
 * @example
 * const used = new UsedCapacity(parseFormat('99'), undefined, false);
 * const known = new KnownKeys({ onNew: used.note ?? (() => {}) });
 * known.add('42');
 * used.count; // 1
 */
export class UsedCapacity {
  /** What to call with the compared bytes of each known key; undefined when the range cannot get crowded. */
  readonly note: ((bytes: Uint8Array, length: number) => void) | undefined;
  /** How many of them lie in each of the jobs' parts of the range. */
  readonly counts: readonly number[];
  readonly #counts: number[];
  readonly #format: KeyFormat;
  readonly #ranges: readonly RankRange[];
  readonly #exact: boolean;
  readonly #offsets: readonly number[];

  /** `jobs`: among how many the range is divided, see `jobShards`; 1 unless told. */
  constructor(format: KeyFormat, shard: Shard | undefined, exact: boolean, jobs = 1) {
    this.#format = format;
    this.#ranges = jobShards(shard, jobs).map((part) => shardRange(format.capacity, part));
    this.counts = this.#counts = this.#ranges.map(() => 0);
    this.#exact = exact;
    this.#offsets = exact ? format.positions.map((_, offset) => offset) : ungroupedOffsets(format);
    const available = this.#ranges.reduce((sum, { low, high }) => sum + high - low, 0n);
    const small = available <= TOO_MANY_TO_CROWD;
    this.note = small ? (bytes, length) => this.#note(bytes, length) : undefined;
  }

  get count(): number {
    return this.#counts.reduce((sum, count) => sum + count, 0);
  }

  #note(bytes: Uint8Array, length: number): void {
    if (length !== this.#offsets.length) return;
    const key = this.#keyOf(String.fromCharCode(...bytes.subarray(0, length)));
    if (key === undefined) return;
    const rank = this.#format.rank(key);
    const part = this.#ranges.findIndex(({ low, high }) => rank >= low && rank < high);
    if (part >= 0) this.#counts[part] = (this.#counts[part] ?? 0) + 1;
  }

  /** The key of this format that compares equal to `compared`: a look-alike does not. */
  #keyOf(compared: string): string | undefined {
    if (this.#exact) return this.#format.test(compared) ? compared : undefined;
    const key = this.#format.normalize(this.#regrouped(compared));
    return key !== undefined && canonicalForm(key) === compared ? key : undefined;
  }

  #regrouped(compared: string): string {
    let next = 0;
    return this.#format.positions
      .map((_, offset) => (this.#offsets[next] === offset ? compared.charAt(next++) : '-'))
      .join('');
  }
}
