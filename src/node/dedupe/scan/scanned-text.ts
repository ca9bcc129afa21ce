import { availableParallelism } from 'node:os';
import { setImmediate } from 'node:timers/promises';
import type { KeyComparer } from '../../../core/dedupe/key-comparer.js';
import type { KeySpans } from '../../../core/dedupe/key-spans.js';
import { Thread } from '../../threads/thread.js';
import {
  type BlockArrays,
  type BlockQuestion,
  BlockScanner,
  blockArrays,
  blockBegins,
  type OpenText,
  type ScannedBlock,
  type ScanningData,
} from './block-scanner.js';

/** Keys with their hashes. */
export interface HashedKeys {
  readonly keys: KeySpans;
  /** Two words a key. */
  readonly hashes: Uint32Array;
  /** The keys that are none by their characters, by their index. */
  readonly odd: readonly number[];
  /** The rows without key, by their index; they are odd as well, and their hashes meet no other. */
  readonly keyless: readonly number[];
}

/** Keys of a text file; `bytes[0]` of them stands at `offset` in the file. */
export interface TextKeys extends HashedKeys {
  readonly offset: number;
  /** Whether between the keys there is nothing but one LF, and one behind the last. */
  readonly isDense: boolean;
}

/** Shorter texts are through before a thread has started. */
const FEWEST_BLOCKS = 16;
/** One that is scanned, one that waits, and one that is worked on here. */
const SLOTS = 3;

/**
 * The keys of a text file in order, with their hashes, a block at a time; the arrays are reused when the next is asked
 * for. Lines are as `textLines` has them. A long text is read and scanned by a thread that is ahead of who takes them.
 *
 * @throws {KeywrightError} `damaged_file` as `textLines`.
 */
export async function* scanText(
  text: OpenText,
  comparer: KeyComparer,
  ahead = availableParallelism() > 1 && blockBegins(text).length >= FEWEST_BLOCKS,
): AsyncGenerator<TextKeys, void, undefined> {
  // A function goes to no thread.
  const isHere = !ahead || text.lines?.fits !== undefined;
  for await (const keys of !isHere ? scannedAhead(text, comparer) : scannedHere(text, comparer)) {
    if (keys.keys.count > 0) yield keys;
  }
}

async function* scannedHere(
  text: OpenText,
  comparer: KeyComparer,
): AsyncGenerator<TextKeys, void, undefined> {
  const scanner = new BlockScanner(text, comparer);
  const arrays = blockArrays(text);
  for (const begin of blockBegins(text)) {
    yield textKeys(arrays, scanner.scan(begin, arrays));
    // Nothing else here waits: a signal would only be heard at the end.
    await setImmediate();
  }
}

async function* scannedAhead(
  text: OpenText,
  { rule, hash }: KeyComparer,
): AsyncGenerator<TextKeys, void, undefined> {
  const slots = Array.from({ length: SLOTS }, () => blockArrays(text));
  const data: ScanningData = { text, rule, words: hash.words, slots };
  const thread = new Thread<BlockQuestion, ScannedBlock>(
    new URL('./scanning-worker.js', import.meta.url),
    data,
  );
  const begins = blockBegins(text);
  try {
    const asked = begins.slice(0, SLOTS).map((begin, slot) => ask(thread, { begin, slot }));
    for (let index = 0; index < begins.length; index++) {
      const slot = index % SLOTS;
      const [arrays, scanned] = [slots[slot], await asked[slot]];
      if (arrays === undefined || scanned === undefined) throw new Error('a block that was not asked for');
      yield textKeys(arrays, scanned);
      const begin = begins[index + SLOTS];
      if (begin !== undefined) asked[slot] = ask(thread, { begin, slot });
    }
  } finally {
    await thread.close();
  }
}

/** Asks; that an answer nobody waits for any more is an error is no fault. */
function ask(thread: Thread<BlockQuestion, ScannedBlock>, question: BlockQuestion): Promise<ScannedBlock> {
  const answer = thread.ask(question);
  answer.catch(() => undefined);
  return answer;
}

function textKeys(
  { bytes, spans, lines, hashes }: BlockArrays,
  { firstLine, count, ...scanned }: ScannedBlock,
): TextKeys {
  return { keys: { bytes, spans, lines, firstLine, count }, hashes, ...scanned };
}
