import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { KeySpans } from '../../core/dedupe/key-spans.js';
import { KeywrightError } from '../../core/errors.js';
import { damagedFile } from '../file-error.js';
import {
  type BlockArrays,
  BlockScanner,
  blockArrays,
  blockCount,
  type HashedKeys,
  type OpenText,
  type ScannedBlock,
} from './block-scanner.js';
import { type BlockAnswer, type BlockThreadData, comparisonOf, scanOne } from './block-thread.js';

/** Keys of a text file; `bytes[0]` of them stands at `offset` in the file. */
export interface TextKeys extends HashedKeys {
  readonly offset: number;
  /** Whether between the keys there is nothing but one LF, and one behind the last. */
  readonly isDense: boolean;
}

/** How a text is scanned. */
export interface ScanOptions {
  readonly exact: boolean;
  /** Of the hash; see `comparisonOf`. */
  readonly secret: Uint8Array;
  /** Threads that scan beside this one; 0 scans here. */
  readonly threads: number;
}

const SLOTS = 3;
/** Below 8 MiB starting a thread takes longer than it saves. */
const FEWEST_BLOCKS = 16;
const MOST_THREADS = 4;

/** How many threads are worth it for a text. */
export function scanThreads(text: OpenText, memory: number): number {
  if (blockCount(text) < FEWEST_BLOCKS || memory < 2 ** 25) return 0;
  return Math.min(availableParallelism(), MOST_THREADS);
}

/**
 * The keys of a text file in order, a block at a time; the arrays are reused when the next is asked for.
 *
 * @throws {KeywrightError} `damaged_file` as `textLines`.
 */
export async function* scanText(
  text: OpenText,
  options: ScanOptions,
): AsyncGenerator<TextKeys, void, undefined> {
  const blocks = options.threads === 0 ? scannedHere(text, options) : scannedInThreads(text, options);
  let firstLine = 1;
  for await (const { answer, arrays } of blocks) {
    if ('fault' in answer) throw faultOf(text.path, answer.fault, answer.line, firstLine);
    const { scanned } = answer;
    if (scanned.count > 0) yield textKeys(scanned, arrays, firstLine);
    firstLine += scanned.lineCount;
  }
}

interface Answered {
  readonly answer: BlockAnswer;
  readonly arrays: BlockArrays;
}

function textKeys(scanned: ScannedBlock, arrays: BlockArrays, firstLine: number): TextKeys {
  const { count, odd, offset, isDense } = scanned;
  const { bytes, spans, lines, hashes } = arrays;
  const keys: KeySpans = { bytes, spans, lines, firstLine, count };
  return { keys, hashes, odd, offset, isDense };
}

function faultOf(path: string, fault: string, line: number | undefined, firstLine: number): Error {
  if (line === undefined) return new KeywrightError('damaged_file', fault, { path });
  return damagedFile(path, fault, firstLine + line);
}

async function* scannedHere(
  text: OpenText,
  { exact, secret }: ScanOptions,
): AsyncGenerator<Answered, void, undefined> {
  const scanner = new BlockScanner(text, comparisonOf(exact, secret));
  const arrays = blockArrays(text);
  for (let block = 0; block < blockCount(text); block++) {
    yield { answer: scanOne(scanner, block, arrays), arrays };
  }
}

async function* scannedInThreads(
  text: OpenText,
  { exact, secret, threads }: ScanOptions,
): AsyncGenerator<Answered, void, undefined> {
  const teams = Array.from({ length: threads }, (_, first) => {
    const slots = Array.from({ length: SLOTS }, () => blockArrays(text));
    const released = new Int32Array(new SharedArrayBuffer(4));
    return new BlockThread({ text, exact, secret, first, step: threads, slots, released });
  });
  try {
    for (let block = 0; block < blockCount(text); block++) {
      const team = teams[block % threads];
      if (team !== undefined) yield await team.next();
      team?.release();
    }
  } finally {
    await Promise.all(teams.map((team) => team.close()));
  }
}

/** A thread that scans, seen from here: its blocks come in order. */
class BlockThread {
  readonly #worker: Worker;
  readonly #data: BlockThreadData;
  readonly #answers: BlockAnswer[] = [];
  #taken = 0;
  #failure: Error | undefined;
  #wake: () => void = () => undefined;

  constructor(data: BlockThreadData) {
    this.#data = data;
    this.#worker = new Worker(new URL('./block-scanner-worker.js', import.meta.url), { workerData: data });
    this.#worker.on('message', (answer: BlockAnswer) => {
      this.#answers.push(answer);
      this.#wake();
    });
    const fail = (error: Error) => {
      this.#failure ??= error;
      this.#wake();
    };
    this.#worker.on('error', fail);
    this.#worker.on('exit', () => fail(new Error('a scanning thread ended early')));
  }

  /** The next block; its arrays are this side's until {@link release}. */
  async next(): Promise<Answered> {
    for (;;) {
      const answer = this.#answers.shift();
      const arrays = this.#data.slots[this.#taken % SLOTS];
      if (answer !== undefined && arrays !== undefined) {
        this.#taken++;
        return { answer, arrays };
      }
      if (this.#failure !== undefined) throw this.#failure;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  release(): void {
    Atomics.add(this.#data.released, 0, 1);
    Atomics.notify(this.#data.released, 0);
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }
}
