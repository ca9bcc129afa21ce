import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeLines } from './lines.js';
import { MOST_SECONDS } from './measure.js';
import { withFolder } from './scratch.js';
import { takeTurns } from './turns.js';

/** @param {string} path */
const local = (path) => fileURLToPath(new URL(path, import.meta.url));
const KEYWRIGHT = local('../../bin/keywright.js');

/** Memory that awk may take: at 100 M lines it wants 29 GB, and would take the machine down with it. */
const MOST_KB = 16_000_000;

/**
 * Who writes the different lines of a file to another file, and how.
 *
 * @type {Record<string, (lines: string, out: string) => string[]>}
 */
const CONTENDERS = {
  'keywright dedupe': (lines, out) => ours(lines, out),
  'keywright dedupe --memory 64M': (lines, out) => ours(lines, out, '--memory', '64M'),
  'sort -u': (lines, out) => ['env', 'LC_ALL=C', 'sort', '-u', lines, '-o', out],
  "awk '!seen[$0]++'": (lines, out) => [
    'bash',
    '-c',
    `ulimit -v ${MOST_KB}; awk '!seen[$0]++' "$0" > "$1" 2> "$1.err" || { echo 'over 16 GB' >&2; exit 1; }`,
    lines,
    out,
  ],
  'readline + Set': (lines, out) => peer('set-lines', lines, out),
  'DuckDB SELECT DISTINCT': (lines, out) => peer('duckdb-distinct', lines, out),
};

/** Those that keep the first of equal lines where it stands; the others write in an order of their own. */
const KEEP_ORDER = new Set([
  'keywright dedupe',
  'keywright dedupe --memory 64M',
  "awk '!seen[$0]++'",
  'readline + Set',
]);

/**
 * @param {string} lines
 * @param {string} out
 * @param {string[]} more
 */
function ours(lines, out, ...more) {
  return ['node', KEYWRIGHT, 'dedupe', lines, '--out', out, '--quiet', ...more];
}

/**
 * @param {string} name
 * @param {string} lines
 * @param {string} out
 */
function peer(name, lines, out) {
  return ['node', '--max-old-space-size=16384', local(`./contenders/${name}.js`), lines, out];
}

/**
 * Every contender at every size. Their outputs must agree: to the byte where the order is kept, sorted where it is not.
 *
 * @param {number[]} counts
 * @param {number} runs
 */
export async function benchDedupe(counts, runs) {
  /** @type {import('./turns.js').Size[]} */
  const sizes = [];
  for (const count of counts) {
    const contenders = await withLines(count, (lines) => {
      const agreement = new Agreement();
      return takeTurns(`${count} lines`, contendersOn(lines), runs, {
        seconds: MOST_SECONDS * Math.max(1, count / 1e7),
        read: (name, out) => agreement.add(name, out, KEEP_ORDER.has(name)),
      });
    });
    sizes.push({ count, contenders });
  }
  return sizes;
}

/**
 * What it takes to be held against a list of that many keys: one key is made, so the list is all there is to do.
 *
 * @param {number} count
 * @param {number} runs
 */
export async function benchLoading(count, runs) {
  const [loading] = await withLines(count, (lines) => {
    /** @param {string} out */
    const command = (out) => {
      return ['node', KEYWRIGHT, 'generate', '-n', '1', '--against', lines, '--out', out, '--quiet'];
    };
    return takeTurns(`${count} excluded keys`, { 'keywright generate --against': command }, runs);
  });
  if (!loading?.run) throw new Error(`the list was not loaded: ${loading?.why}`);
  return { count, run: loading.run };
}

/** @param {string} lines */
function contendersOn(lines) {
  const commands = Object.entries(CONTENDERS).map(([name, command]) => {
    return [name, (/** @type {string} */ out) => command(lines, out)];
  });
  return Object.fromEntries(commands);
}

/**
 * @template Answer
 * @param {number} count
 * @param {(lines: string) => Promise<Answer>} work
 */
function withLines(count, work) {
  return withFolder((folder) => {
    const lines = join(folder, 'lines.txt');
    process.stderr.write(`writing ${count} lines\n`);
    writeLines(lines, count);
    return work(lines);
  });
}

/** Holds the outputs of all contenders against each other. */
class Agreement {
  /** @type {Record<string, string>} */
  #hashes = {};

  /**
   * @param {string} name
   * @param {string} path
   * @param {boolean} ordered
   */
  add(name, path, ordered) {
    if (ordered) this.#compare('in order', sha256(path), name);
    // Sorting is slow: what keeps the order is sorted once.
    if (!ordered || this.#hashes['sorted'] === undefined) {
      const sorted = join(path, '..', 'sorted.txt');
      execFileSync('sort', ['-o', sorted, path], { env: { ...process.env, LC_ALL: 'C' } });
      this.#compare('sorted', sha256(sorted), name);
    }
  }

  /**
   * @param {string} how
   * @param {string} hash
   * @param {string} name
   */
  #compare(how, hash, name) {
    this.#hashes[how] ??= hash;
    if (this.#hashes[how] !== hash) {
      throw new Error(`${name} wrote other lines than the contenders before it (${how})`);
    }
  }
}

/** @param {string} path */
function sha256(path) {
  const hash = createHash('sha256');
  const chunk = new Uint8Array(1 << 20);
  const file = openSync(path, 'r');
  try {
    for (let read = readSync(file, chunk); read > 0; read = readSync(file, chunk)) {
      hash.update(chunk.subarray(0, read));
    }
  } finally {
    closeSync(file);
  }
  return hash.digest('hex');
}
