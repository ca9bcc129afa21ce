import { EventTurns } from '../../files/event-turns.js';
import type { Run } from '../report/run.js';
import type { HashedRows, Input } from '../scan/scanned-list.js';
import { KeyTable } from './key-table.js';
import { PairMerge } from './pair-merge.js';
import { Partition } from './partition.js';

/** So many temporary files may be open. */
const MOST_PARTITIONS = 256;
/** Of a partition that is a little larger than the others nothing should be left over. */
const SPARE = 1.15;

/**
 * Finds duplicates within any memory, and whatever the hash: a first pass deals the keys to temporary files by
 * their hashes, these are looked through one after the other, and a second pass writes the rows that stay.
 */
export async function runPartitioned(run: Run): Promise<void> {
  await new PartitionedRun(run).run();
}

/** An input, and what is added to its lines so that no two lines of all inputs have one number. */
interface Numbered {
  readonly input: Input;
  readonly base: number;
}

class PartitionedRun {
  readonly #run: Run;
  readonly #partitions: readonly Partition[];
  readonly #shift: number;
  readonly #pairs: PairMerge;
  readonly #numbered: Numbered[] = [];

  constructor(run: Run) {
    const { expected, memory, space } = run;
    this.#run = run;
    const wanted = (expected * SPARE) / KeyTable.keysIn(memory / 2);
    const bits = Math.ceil(Math.log2(Math.min(MOST_PARTITIONS, Math.max(1, wanted))));
    this.#shift = 32 - bits;
    this.#partitions = Array.from({ length: 2 ** bits }, () => new Partition(space, memory / 4 / 2 ** bits));
    this.#pairs = new PairMerge(space, memory / 8);
  }

  async run(): Promise<void> {
    let base = 0;
    for (const input of this.#run.inputs) {
      this.#numbered.push({ input, base });
      base = await this.#deal(input, base);
    }
    for (const partition of this.#partitions) partition.settle();
    await this.#findPairs();
    this.#pairs.begin();
    for (const numbered of this.#numbered) if (!numbered.input.isAgainst) await this.#write(numbered);
    this.#pairs.close();
  }

  async #deal(input: Input, base: number): Promise<number> {
    const { findings, onRead } = this.#run;
    let end = base;
    for await (const batch of input.hashed(false)) {
      const { bytes, spans, lines, firstLine, count } = batch.keys;
      const { hashes } = batch;
      const invalid = input.isAgainst ? [] : findings.judge(batch);
      const dropped = findings.dropsInvalid ? new Set(invalid.map(({ index }) => index)) : undefined;
      for (let index = 0; index < count; index++) {
        if (dropped?.has(index) === true) continue;
        const [high, low] = [hashes[2 * index] ?? 0, hashes[2 * index + 1] ?? 0];
        const line = base + firstLine + (lines[index] ?? 0);
        // A shift by 32 is one by 0.
        const partition = this.#shift === 32 ? 0 : low >>> this.#shift;
        this.#partitions[partition]?.append(
          high,
          low,
          line,
          bytes,
          spans[2 * index] ?? 0,
          spans[2 * index + 1] ?? 0,
        );
      }
      end = base + firstLine + (lines[count - 1] ?? 0) + 1;
      if (input.isAgainst) findings.tally(input).read += count - batch.keyless.length;
      else onRead(count);
    }
    return end;
  }

  async #findPairs(): Promise<void> {
    const turns = new EventTurns(this.#run.signal);
    const largest = this.#partitions.reduce((most, { count }) => Math.max(most, count), 1);
    const room = Math.min(largest, KeyTable.keysIn(this.#run.memory / 2));
    const table = new KeyTable(this.#run.comparer, room);
    for (let partition of this.#partitions) {
      while (partition.count > 0) {
        this.#run.signal?.throwIfAborted();
        const append = this.#pairs.append.bind(this.#pairs);
        const rest = await partition.findPairs(table, append, turns);
        this.#pairs.endRun();
        partition.close();
        partition = rest;
      }
    }
  }

  async #write({ input, base }: Numbered): Promise<void> {
    const { output } = this.#run;
    let kept = new Uint8Array();
    for await (const batch of input.hashed(output !== undefined)) {
      const { count } = batch.keys;
      if (kept.length < count) kept = new Uint8Array(2 * count);
      kept.fill(1, 0, count);
      await this.#find(input, batch, base, kept);
      await output?.write(batch, kept);
    }
  }

  async #find(input: Input, batch: HashedRows, base: number, kept: Uint8Array): Promise<void> {
    const { findings } = this.#run;
    const { bytes, spans, lines, firstLine, count } = batch.keys;
    const invalid = findings.judge(batch, input);
    if (findings.isFull) await findings.flush();
    let next = 0;
    for (let index = 0; index < count; index++) {
      const line = firstLine + (lines[index] ?? 0);
      const [from, to] = [spans[2 * index] ?? 0, spans[2 * index + 1] ?? 0];
      if (invalid[next]?.index === index) {
        findings.addInvalid(input, line, bytes, from, to, invalid[next++]?.problem ?? '');
        if (findings.dropsInvalid) kept[index] = 0;
      }
      // Pairs of keys in lists that are only compared with are nobody's business.
      while (this.#pairs.line < base + line) this.#pairs.take();
      if (this.#pairs.line === base + line) {
        const { firstLine: first, difference } = this.#pairs.take();
        const { input: where, base: start } = this.#numberedAt(first);
        findings.addRepeat(input, line, bytes, from, to, where, first - start, difference);
        kept[index] = 0;
      }
      if (findings.isFull) await findings.flush();
    }
    const tally = findings.tally(input);
    tally.read += count;
    for (let index = 0; index < count; index++) tally.kept += kept[index] ?? 0;
  }

  #numberedAt(line: number): Numbered {
    let [low, high] = [0, this.#numbered.length];
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if ((this.#numbered[middle]?.base ?? 0) < line) low = middle;
      else high = middle;
    }
    const found = this.#numbered[low];
    if (found === undefined) throw new Error('a line of no input');
    return found;
  }
}
