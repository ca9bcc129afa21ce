import { fileURLToPath } from 'node:url';
import { takeTurns } from './turns.js';

/** @param {string} path */
const local = (path) => fileURLToPath(new URL(path, import.meta.url));
const KEYWRIGHT = local('../../bin/keywright.js');

/** Bytes of a 5×5 key and its line feed. */
const KEY_BYTES = 30;

/**
 * Who makes `count` unique keys and writes them to a file, and how.
 *
 * @type {Record<string, (count: number, out: string) => string[]>}
 */
const CONTENDERS = {
  keywright: (count, out) => ours(count, out, 1),
  'keywright --jobs 2': (count, out) => ours(count, out, 2),
  'nanoid + Set': (count, out) => peer('nanoid', count, out),
  'nanoid + Set, joined': (count, out) => peer('nanoid-joined', count, out),
  'uuid v4 + Set': (count, out) => peer('uuid', count, out),
  'voucher-code-generator': (count, out) => peer('voucher-code-generator', count, out),
  // Base64 makes 65 characters, line feed included, of 48 bytes.
  'openssl rand -base64': (count, out) => [
    'openssl',
    'rand',
    '-base64',
    '-out',
    out,
    String(Math.round((count * KEY_BYTES * 48) / 65)),
  ],
};

/**
 * @param {number} count
 * @param {string} out
 * @param {number} jobs
 */
function ours(count, out, jobs) {
  return ['node', KEYWRIGHT, 'generate', '-n', String(count), '-o', out, '--quiet', '--jobs', String(jobs)];
}

/**
 * @param {string} name
 * @param {number} count
 * @param {string} out
 */
function peer(name, count, out) {
  // At 10 M keys some of them do not fit into the heap that Node allows by default.
  return ['node', '--max-old-space-size=16384', local(`./contenders/${name}.js`), String(count), out];
}

/**
 * Every contender at every size.
 *
 * @param {number[]} counts
 * @param {number} runs
 */
export async function benchGeneration(counts, runs) {
  /** @type {import('./turns.js').Size[]} */
  const sizes = [];
  for (const count of counts) {
    const contenders = Object.entries(CONTENDERS).map(([name, command]) => {
      return [name, (/** @type {string} */ out) => command(count, out)];
    });
    sizes.push({ count, contenders: await takeTurns(`${count} keys`, Object.fromEntries(contenders), runs) });
  }
  return sizes;
}
