// What one writes by hand: readline and a Set of the lines seen; the order is kept. A Set ends at 16.7 M entries.
import { createReadStream, createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';

const [path = '', out = ''] = process.argv.slice(2);
const output = createWriteStream(out);
/** @type {Set<string>} */
const seen = new Set();
let chunk = '';
for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Infinity })) {
  const before = seen.size;
  if (seen.add(line).size === before) continue;
  chunk += `${line}\n`;
  if (chunk.length < 1 << 18) continue;
  if (!output.write(chunk)) await new Promise((resolve) => output.once('drain', () => resolve(undefined)));
  chunk = '';
}
output.end(chunk);
