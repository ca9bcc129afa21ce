import { FirstPlaces } from '../../../core/dedupe/first-places.js';
import type { KeySpans } from '../../../core/dedupe/key-spans.js';
import type { Places } from '../../../core/dedupe/places-table.js';
import type { InvalidRow } from '../report/findings.js';
import type { Run } from '../report/run.js';
import type { HashedRows, Input } from '../scan/scanned-list.js';
import { FirstKeys } from './first-keys.js';
import { Nominations } from './nominations.js';

const MOST_PLACES = 2 ** 32 - 2;
/** How many keys are looked up together. */
const TOGETHER = 64;

/** The table does not hold all keys, or their places need more than 32 bits. */
export class TooMany extends Error {}

/** Bytes that the table may take of `memory`. */
function tableBytes(memory: number): number {
  return memory * 0.75;
}

/** Whether one table in `memory` bytes will probably do for that many keys of these inputs. */
export function fitsMemory(expected: number, memory: number, inputs: readonly Input[]): boolean {
  const bytes = inputs.reduce((sum, { size }) => sum + size, 0);
  return FirstPlaces.bytesFor(expected) <= tableBytes(memory) && bytes <= MOST_PLACES;
}

/**
 * Finds duplicates with one table of all keys' fingerprints, in one pass: rows are written as they come, and
 * those whose fingerprint was met are compared with the first one many at a time. The output is good once this
 * has ended.
 *
 * @throws {TooMany} when the table is full. @throws {Refuted} when two different keys have one fingerprint. All
 *   that was written is void then.
 */
export async function runInMemory(run: Run): Promise<void> {
  await new MemoryRun(run).run();
}

class MemoryRun {
  readonly #run: Run;
  readonly #table: FirstPlaces;
  readonly #firstKeys: FirstKeys;
  readonly #nominations: Nominations;
  /** The last {@link #found} that were met. */
  readonly #met = new Uint32Array(2 * TOGETHER);
  #found = 0;
  /** How many of these were nominated, and of the batch's invalid rows. */
  #at = 0;
  #turn = 0;
  #kept = new Uint8Array();

  constructor(run: Run) {
    const { expected, memory, comparer, findings, space } = run;
    this.#run = run;
    const most = Math.floor((tableBytes(memory) / FirstPlaces.bytesFor(3)) * 3);
    this.#table = new FirstPlaces(expected, most);
    this.#firstKeys = new FirstKeys(space, memory / 16);
    this.#nominations = new Nominations(comparer, this.#firstKeys, findings, memory / 8, expected);
  }

  async run(): Promise<void> {
    for (const input of this.#run.inputs) {
      const rows = this.#run.output !== undefined && !input.isAgainst;
      for await (const batch of input.hashed(rows)) await this.#take(input, batch);
    }
    await this.#nominations.settle();
  }

  async #take(input: Input, batch: HashedRows): Promise<void> {
    const { count } = batch.keys;
    const places = this.#firstKeys.place(input, batch);
    if (this.#firstKeys.end > MOST_PLACES) throw new TooMany();
    if (this.#table.size + count > this.#table.most) throw new TooMany();
    if (this.#kept.length < count) this.#kept = new Uint8Array(2 * count);
    const kept = this.#kept.fill(1, 0, count);
    if (input.isAgainst) {
      this.#learn(input, batch, places, kept);
      return;
    }
    await this.#look(input, batch, places, kept);
    this.#run.onRead(count);
    await this.#run.output?.write(batch, kept);
  }

  #learn(input: Input, { keys, hashes, keyless }: HashedRows, places: Places, kept: Uint8Array): void {
    this.#run.findings.tally(input).read += keys.count - keyless.length;
    for (let first = 0; first < keys.count; first += TOGETHER) {
      const end = Math.min(first + TOGETHER, keys.count);
      this.#table.putAll(hashes, first, end, places, kept, this.#met);
    }
  }

  async #look(input: Input, batch: HashedRows, places: Places, kept: Uint8Array): Promise<void> {
    const { count } = batch.keys;
    const { findings } = this.#run;
    const invalid = findings.judge(batch, input);
    if (findings.isFull) await findings.flush();
    const tally = findings.tally(input);
    tally.read += count;
    for (const { index } of findings.dropsInvalid ? invalid : []) kept[index] = 0;
    await this.#lookUp(input, batch, places, invalid, kept);
    for (let index = 0; index < count; index++) tally.kept += kept[index] ?? 0;
  }

  async #lookUp(
    input: Input,
    { keys, hashes }: HashedRows,
    places: Places,
    invalid: readonly InvalidRow[],
    kept: Uint8Array,
  ): Promise<void> {
    const { count } = keys;
    let next = 0;
    for (let first = 0; first < count; first += TOGETHER) {
      const end = Math.min(first + TOGETHER, count);
      this.#found = this.#table.putAll(hashes, first, end, places, kept, this.#met);
      const last = invalid[next];
      if (this.#found === 0 && (last === undefined || last.index >= end)) continue;
      // A promise for each few dozen rows would cost more than all else about those that were met.
      this.#at = 0;
      this.#turn = next;
      while (!this.#nominate(input, keys, end, invalid)) await this.#nominations.settle();
      next = this.#turn;
    }
  }

  /** Adds what was met, and the invalid rows before `end`, in their order; false when there is no room for all. */
  #nominate(input: Input, keys: KeySpans, end: number, invalid: readonly InvalidRow[]): boolean {
    const nominations = this.#nominations;
    for (;;) {
      const met = this.#at < this.#found ? (this.#met[2 * this.#at] ?? end) : end;
      const odd = invalid[this.#turn];
      const index = Math.min(met, odd?.index ?? end);
      if (index >= end) return true;
      const from = keys.spans[2 * index] ?? 0;
      const to = keys.spans[2 * index + 1] ?? 0;
      const line = keys.firstLine + (keys.lines[index] ?? 0);
      if (nominations.isFull(to - from)) return false;
      // A row may be both, and then is first said to be invalid.
      if (odd !== undefined && odd.index === index) {
        nominations.addInvalid(input, line, keys.bytes, from, to, odd.problem);
        this.#turn++;
      } else {
        nominations.add(input, line, keys.bytes, from, to, this.#met[2 * this.#at++ + 1] ?? 0);
      }
    }
  }
}
