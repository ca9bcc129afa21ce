// Keys for the loops that record them: drawn by this library, so that all spend the same on it, or read from a file.
import { closeSync, createReadStream, openSync, writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { blockToStrings, DEFAULT_FORMAT, generateBlocks, parseFormat } from '../../../dist/index.js';

/**
 * @param {number} count
 * @param {string | undefined} path
 * @returns {AsyncGenerator<string[], void, void>}
 */
export async function* listsOfKeys(count, path) {
  if (path === undefined) {
    for (const block of generateBlocks(parseFormat(DEFAULT_FORMAT), count)) yield blockToStrings(block);
    return;
  }
  /** @type {string[]} */
  let list = [];
  for await (const line of createInterface({ input: createReadStream(path) })) {
    list.push(line);
    if (list.length < 4096) continue;
    yield list;
    list = [];
  }
  yield list;
}

/**
 * Writes the keys that are new to a file.
 *
 * @param {string} path
 * @param {AsyncIterable<string[]>} lists
 */
export async function writeNew(path, lists) {
  const file = openSync(path, 'w');
  for await (const list of lists) if (list.length > 0) writeSync(file, `${list.join('\n')}\n`);
  closeSync(file);
}
