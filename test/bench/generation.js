import { fileURLToPath } from 'node:url';
import { measure, medianRun } from './measure.js';

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
  keywright: (count, out) => ['node', KEYWRIGHT, 'generate', '-n', String(count), '-o', out, '--quiet'],
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
 * @param {string} name
 * @param {number} count
 * @param {string} out
 */
function peer(name, count, out) {
  // At 10 M keys some of them do not fit into the heap that Node allows by default.
  return ['node', '--max-old-space-size=16384', local(`./contenders/${name}.js`), String(count), out];
}

/**
 * Every contender at every size, in turn, so that all see the same weather.
 *
 * @param {number[]} counts
 * @param {number} runs
 */
export function benchGeneration(counts, runs) {
  return counts.map((count) => {
    /** @type {Record<string, import('./measure.js').Run[] | null>} */
    const measured = {};
    for (let run = 0; run < runs; run++) {
      for (const [name, command] of Object.entries(CONTENDERS)) {
        if (measured[name] === null) continue;
        process.stderr.write(`${count} keys, run ${run + 1} of ${runs}: ${name}\n`);
        const result = measure((out) => command(count, out));
        measured[name] = result && [...(measured[name] ?? []), result];
      }
    }
    const medians = Object.entries(measured).map(([name, all]) => ({ name, run: all && medianRun(all) }));
    return { count, contenders: medians };
  });
}

/**
 * How long `keywright --version` takes, as a multiple of `node -e 0`.
 *
 * @param {number} runs
 */
export function benchStart(runs) {
  /** @param {string[]} args */
  const wall = (args) => {
    const all = Array.from({ length: runs }, () => measure(() => ['node', ...args]));
    return medianRun(all.filter((run) => run !== null)).wall;
  };
  return { version: wall([KEYWRIGHT, '--version']), node: wall(['-e', '0']) };
}
