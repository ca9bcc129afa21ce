import { closeSync, openSync, writeSync } from 'node:fs';

/**
 * Writes as many different keys as the first argument says to the file that the second one names.
 *
 * @param {() => string} draw
 */
export function writeKeys(draw) {
  const [count = '', out = ''] = process.argv.slice(2);
  const wanted = Number(count);
  /** @type {Set<string>} */
  const issued = new Set();
  const file = openSync(out, 'w');
  let chunk = '';
  while (issued.size < wanted) {
    const key = draw();
    const before = issued.size;
    issued.add(key);
    if (issued.size === before) continue;
    chunk += `${key}\n`;
    if (chunk.length > 1 << 18) {
      writeSync(file, chunk);
      chunk = '';
    }
  }
  writeSync(file, chunk);
  closeSync(file);
}
