import type { Difference } from '../../../core/dedupe/key-comparer.js';
import type { EventTurns } from '../../files/event-turns.js';
import { SpillFile } from '../../files/spill-file.js';
import type { TempSpace } from '../../files/temp-space.js';
import type { KeyTable } from './key-table.js';

const CHUNK = 1 << 18;
/** The halves of the hash, the line in two words, the length. */
/** Keys that are looked up between two turns of the event loop. */
const TOGETHER = 4096;
const HEADER = 20;
const WORD = 2 ** 32;

/** A duplicate: its line and the line of the first spelling, counted over all inputs. */
export type PairVisitor = (line: number, firstLine: number, difference: Difference) => void;

/** Keys whose hashes are alike in some bits, in their order, in a temporary file. */
export class Partition {
  readonly #file: SpillFile;
  readonly #space: TempSpace;
  readonly #memory: number;
  #count = 0;

  constructor(space: TempSpace, memory: number) {
    this.#file = new SpillFile(space, memory);
    this.#space = space;
    this.#memory = memory;
  }

  /** How many keys it has. */
  get count(): number {
    return this.#count;
  }

  append(high: number, low: number, line: number, bytes: Uint8Array, from: number, to: number): void {
    const file = this.#file;
    file.appendWord(high);
    file.appendWord(low);
    file.appendWord(line % WORD);
    file.appendWord(line / WORD);
    file.appendWord(to - from);
    file.append(bytes, from, to);
    this.#count++;
  }

  /** Gives memory back. */
  settle(): void {
    this.#file.settle();
  }

  close(): void {
    this.#file.close();
  }

  /**
   * Calls `visit` for all keys that stand further up, in their order. Keys for which the table has no room, and
   * which are none of those in it, come back as another partition, with duplicates of its own.
   */
  async findPairs(table: KeyTable, visit: PairVisitor, turns: EventTurns): Promise<Partition> {
    const rest = new Partition(this.#space, this.#memory);
    table.clear();
    let met = 0;
    for (const { bytes, view, at, to } of this.#records()) {
      if (++met % TOGETHER === 0) await turns.take();
      const [high, low] = [view.getUint32(at, true), view.getUint32(at + 4, true)];
      const line = view.getUint32(at + 8, true) + view.getUint32(at + 12, true) * WORD;
      const from = at + HEADER;
      const found = table.find(high, low, bytes, from, to);
      if (found >= 0) visit(line, found, table.difference);
      else if (!table.add(high, low, bytes, from, to, line)) rest.append(high, low, line, bytes, from, to);
    }
    rest.settle();
    return rest;
  }

  *#records(): Generator<Record, void, undefined> {
    const length = this.#file.length;
    let bytes = new Uint8Array(CHUNK);
    let view = new DataView(bytes.buffer);
    for (let position = 0; position < length; ) {
      const got = this.#file.read(bytes, position);
      let at = 0;
      let wanted = HEADER;
      while (at + HEADER <= got) {
        wanted = HEADER + view.getUint32(at + 16, true);
        if (at + wanted > got) break;
        yield { bytes, view, at, to: at + wanted };
        at += wanted;
        wanted = HEADER;
      }
      position += at;
      if (wanted > bytes.length) {
        bytes = new Uint8Array(2 * wanted);
        view = new DataView(bytes.buffer);
      }
    }
  }
}

/** A key in a chunk of the file: its header from `at` on, its bytes up to `to`. */
interface Record {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly at: number;
  readonly to: number;
}
