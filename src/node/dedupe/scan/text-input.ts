import { availableParallelism } from 'node:os';
import type { KeySpans } from '../../../core/dedupe/key-spans.js';
import { KeywrightError } from '../../../core/errors.js';
import { damagedFile } from '../../files/file-error.js';
import { AnsweringThread } from './answering-thread.js';
import {
  type BlockArrays,
  BlockScanner,
  blockArrays,
  blockCount,
  type HashedKeys,
  type OpenText,
  type ScannedBlock,
} from './block-scanner.js';
import { type BlockAnswer, type BlockThreadData, comparisonOf, raise, scanOne } from './block-thread.js';
import { LookupThread, type MetKeys, type TableLookup } from './lookup.js';

/** Keys of a text file; `bytes[0]` of them stands at `offset` in the file. */
export interface TextKeys extends HashedKeys {
  readonly offset: number;
  /** Whether between the keys there is nothing but one LF, and one behind the last. */
  readonly isDense: boolean;
  /** Which of them were met before, when they were looked up. */
  readonly met: MetKeys | undefined;
}

/** How a text is scanned. */
export interface ScanOptions {
  readonly exact: boolean;
  /** Of the hash; see `comparisonOf`. */
  readonly secret: Uint8Array;
  /** Threads that scan beside this one; 0 scans here. */
  readonly threads: number;
  /** Look the keys up, too, where threads do the work. */
  readonly lookup?: TableLookup | undefined;
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
 * @throws {KeywrightError} `damaged_file` as `textLines`. @throws {TooMany} when the table is full.
 */
export async function* scanText(
  text: OpenText,
  options: ScanOptions,
): AsyncGenerator<TextKeys, void, undefined> {
  const blocks = options.threads === 0 ? scannedHere(text, options) : scannedInThreads(text, options);
  let firstLine = 1;
  for await (const { answer, arrays, found } of blocks) {
    if ('fault' in answer) throw faultOf(text.path, answer.fault, answer.line, firstLine);
    const { scanned } = answer;
    if (scanned.count > 0) yield textKeys(scanned, arrays, firstLine, found);
    firstLine += scanned.lineCount;
  }
}

interface Answered {
  readonly answer: BlockAnswer;
  readonly arrays: BlockArrays;
  /** How many were met before, when they were looked up. */
  readonly found?: number | undefined;
}

function textKeys(
  scanned: ScannedBlock,
  arrays: BlockArrays,
  firstLine: number,
  found: number | undefined,
): TextKeys {
  const { count, odd, offset, isDense } = scanned;
  const { bytes, spans, lines, hashes } = arrays;
  const keys: KeySpans = { bytes, spans, lines, firstLine, count };
  const met = found === undefined ? undefined : { words: arrays.met, count: found };
  return { keys, hashes, odd, offset, isDense, met };
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
  { exact, secret, threads, lookup }: ScanOptions,
): AsyncGenerator<Answered, void, undefined> {
  const teams = Array.from({ length: threads }, (_, first) => {
    const slots = Array.from({ length: SLOTS }, () => blockArrays(text));
    const [delivered, released] = [counter(), counter()];
    return new BlockThread({ text, exact, secret, first, step: threads, slots, delivered, released });
  });
  const blocks = blockCount(text);
  const table =
    lookup &&
    new LookupThread(
      lookup,
      teams.map(({ data: { slots, delivered } }) => ({ slots, delivered })),
      blocks,
    );
  try {
    for (let block = 0; block < blocks; block++) {
      const team = teams[block % threads];
      if (team === undefined) continue;
      const answered = await team.next();
      const found = 'fault' in answered.answer ? undefined : await table?.found();
      yield { ...answered, found };
      team.release();
    }
    if (table !== undefined) lookup?.done(await table.parts());
  } finally {
    await Promise.all([...teams, ...(table === undefined ? [] : [table])].map((thread) => thread.close()));
  }
}

function counter(): Int32Array {
  return new Int32Array(new SharedArrayBuffer(4));
}

/** A thread that scans, seen from here: its blocks come in order. */
class BlockThread {
  readonly data: BlockThreadData;
  readonly #thread: AnsweringThread<BlockAnswer>;
  #taken = 0;

  constructor(data: BlockThreadData) {
    this.data = data;
    this.#thread = new AnsweringThread(new URL('./block-scanner-worker.js', import.meta.url), data);
  }

  /** The next block; its arrays are this side's until {@link release}. */
  async next(): Promise<Answered> {
    const answer = await this.#thread.next();
    const arrays = this.data.slots[this.#taken++ % SLOTS];
    if (arrays === undefined) throw new Error('a scanning thread without arrays');
    return { answer, arrays };
  }

  release(): void {
    raise(this.data.released);
  }

  async close(): Promise<void> {
    await this.#thread.close();
  }
}
