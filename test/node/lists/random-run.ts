import { Readable } from 'node:stream';
import fc from 'fast-check';
import { expect } from 'vitest';
import { isKeywrightError } from '../../../src/core/errors.js';
import { openKeyFile } from '../../../src/node/lists/list-file.js';
import { type RandomList, randomList } from './random-lists.js';

/** What may be said of a list whose keys cannot be told, or of which there are none. */
const REFUSALS = ['unclear_list', 'unknown_column', 'damaged_file'];

/** Reads so many lists at random; each gives the keys that it was made of, or is refused. Returns how many did what. */
export async function readRandomLists(
  count: number,
): Promise<{ readonly read: number; readonly refused: number }> {
  let [read, refused] = [0, 0];
  await fc.assert(
    fc.asyncProperty(randomList, async (list) => {
      const keys = await keysOf(list);
      if (keys === undefined) refused++;
      else read++;
      if (keys !== undefined) expect(keys).toEqual(list.keys);
    }),
    { numRuns: count },
  );
  return { read, refused };
}

/** Undefined for a list that is refused. */
async function keysOf({ name, content }: RandomList): Promise<readonly string[] | undefined> {
  const kept = () => Readable.from([Buffer.from(content)], { objectMode: true });
  const keys: string[] = [];
  try {
    const file = await openKeyFile(name, { kept });
    for await (const { bytes, spans, count } of file.keys()) {
      for (let index = 0; index < count; index++) {
        keys.push(Buffer.from(bytes.slice(spans[2 * index], spans[2 * index + 1])).toString());
      }
    }
  } catch (error) {
    if (isKeywrightError(error) && REFUSALS.includes(error.code)) return undefined;
    throw error;
  }
  return keys;
}
