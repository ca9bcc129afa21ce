import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MOST_SECONDS, measureIn, medianRun } from './measure.js';
import { benchServer, withSchema } from './postgres.js';
import { withFolder } from './scratch.js';

/** @param {string} path */
const local = (path) => fileURLToPath(new URL(path, import.meta.url));
const KEYWRIGHT = local('../../bin/keywright.js');

/** Bytes of a 5×5 key and its line feed. */
const KEY_BYTES = 30;

/**
 * Who records keys and writes those that are new to a file. `fresh` makes them, `again` is given the same once
 * more. Of a slow one `most` keys tell the pace. For batches over `upTo` it is not asked.
 *
 * @typedef {object} Recorder
 * @property {'SQLite' | 'PostgreSQL'} engine
 * @property {number} most
 * @property {number} upTo
 * @property {(place: string) => void} [init]
 * @property {(place: string, count: number, out: string) => string[]} fresh
 * @property {(place: string, count: number, out: string, keys: string) => string[]} again
 *
 * What a recorder came to: `stored` is the size of its database in bytes. `again` is null above ten million keys.
 * @typedef {import('./measure.js').Run} Run
 * @typedef {{ name: string, made: number, fresh: Run | null, again: Run | null, stored: number, why?: string }} Recorded
 * @typedef {{ count: number, runs: number, recorders: Recorded[] }} LedgerSize
 */

/** @type {Record<string, Recorder>} */
const RECORDERS = {
  'SQLite: keywright': ours('SQLite', 1e9),
  'SQLite: INSERT OR IGNORE of HMACs': loop('fingerprint', 'one', 1e7),
  'SQLite: INSERT OR IGNORE of the keys': loop('text', 'one', 1e6),
  'SQLite: the same, a commit each': loop('text', 'each', 1e6, 2000),
  'PostgreSQL: keywright': ours('PostgreSQL', 1e8),
  'PostgreSQL: single rows of HMACs': rows('one', 100_000),
  'PostgreSQL: the same, a commit each': rows('each', 10_000),
};

/** Beyond this only fresh keys are measured. */
const MOST_AGAIN = 1e7;

/**
 * @param {Recorder['engine']} engine
 * @param {number} upTo
 * @returns {Recorder}
 */
function ours(engine, upTo) {
  return {
    engine,
    most: upTo,
    upTo,
    init: (place) => execFileSync('node', [KEYWRIGHT, 'ledger', 'init', place, '--quiet']),
    fresh: (place, count, out) => {
      return ['node', KEYWRIGHT, 'generate', '-n', `${count}`, '-o', out, '--ledger', place, '--quiet'];
    },
    again: (place, _count, _out, keys) => {
      return ['node', KEYWRIGHT, 'ledger', 'import', place, keys, '--batch-id', 'again', '--quiet'];
    },
  };
}

/**
 * @param {'fingerprint' | 'text'} what
 * @param {'one' | 'each'} commits
 * @param {number} upTo
 * @param {number} [most]
 * @returns {Recorder}
 */
function loop(what, commits, upTo, most = upTo) {
  return { engine: 'SQLite', most, upTo, ...peer('insert-or-ignore', what, commits) };
}

/**
 * @param {'one' | 'each'} commits
 * @param {number} most
 * @returns {Recorder}
 */
function rows(commits, most) {
  return { engine: 'PostgreSQL', most, upTo: 1e6, ...peer('single-rows', commits) };
}

/**
 * @param {string} name
 * @param {string[]} how
 * @returns {Pick<Recorder, 'fresh' | 'again'>}
 */
function peer(name, ...how) {
  const script = local(`./contenders/${name}.js`);
  return {
    fresh: (place, count, out) => ['node', script, ...how, place, `${count}`, out],
    again: (place, count, out, keys) => ['node', script, ...how, place, `${count}`, out, keys],
  };
}

/**
 * Every recorder at every size, in turns: keys that are fresh, then the same as duplicates.
 *
 * @param {number[]} counts
 * @param {number} runs
 */
export async function benchLedger(counts, runs) {
  const server = await benchServer();
  /** @type {LedgerSize[]} */
  const sizes = [];
  for (const count of counts) {
    const asked = Object.entries(RECORDERS).filter(
      ([, { engine, upTo }]) => count <= upTo && (engine === 'SQLite' || server !== undefined),
    );
    /** @type {Recorded[][]} */
    const all = asked.map(() => []);
    for (let run = 0; run < runs; run++) {
      for (const [index, [name, recorder]] of asked.entries()) {
        process.stderr.write(`${count} keys, run ${run + 1} of ${runs}: ${name}\n`);
        all[index]?.push(await recordOnce(name, recorder, count, server));
      }
    }
    sizes.push({ count, runs, recorders: all.map(medianOf) });
  }
  return sizes;
}

/**
 * @param {string} name
 * @param {Recorder} recorder
 * @param {number} count
 * @param {string | undefined} server
 * @returns {Promise<Recorded>}
 */
function recordOnce(name, recorder, count, server) {
  return withFolder(async (folder) => {
    if (recorder.engine === 'SQLite') {
      const place = join(folder, 'issued.db');
      return recordIn(folder, place, () => Promise.resolve(statSync(place).size));
    }
    if (server === undefined) throw new Error('no PostgreSQL answers');
    return withSchema(server, (place, size) => recordIn(folder, place, size));
  });

  /**
   * @param {string} folder
   * @param {string} place
   * @param {() => Promise<number>} size
   * @returns {Promise<Recorded>}
   */
  async function recordIn(folder, place, size) {
    const made = Math.min(count, recorder.most);
    const [keys, second] = [join(folder, 'keys.txt'), join(folder, 'again.txt')];
    const seconds = MOST_SECONDS * Math.max(1, count / 1e6);
    recorder.init?.(place);
    const fresh = await measureIn(folder, recorder.fresh(place, made, keys), keys, seconds);
    if ('why' in fresh) return { name, made, fresh: null, again: null, stored: 0, why: fresh.why };
    if (fresh.bytes !== made * KEY_BYTES) throw new Error(`${name} did not write ${made} keys`);
    const stored = await size();
    if (count > MOST_AGAIN) return { name, made, fresh, again: null, stored };
    const again = await measureIn(folder, recorder.again(place, made, second, keys), second, seconds);
    if ('why' in again) return { name, made, fresh, again: null, stored, why: again.why };
    if (again.bytes !== 0) throw new Error(`${name} took keys for new that it had`);
    if (recorder.init !== undefined) expectCounted(name, place, made);
    return { name, made, fresh, again, stored };
  }
}

/**
 * @param {string} name
 * @param {string} place
 * @param {number} made
 */
function expectCounted(name, place, made) {
  const status = execFileSync('node', [KEYWRIGHT, 'ledger', 'status', place, '--json'], { encoding: 'utf8' });
  const { issued } = JSON.parse(status).keys;
  if (issued !== made) throw new Error(`${name} counts ${issued} keys where ${made} were made`);
}

/**
 * @param {Recorded[]} results
 * @returns {Recorded}
 */
function medianOf(results) {
  const first = results.find(({ why }) => why !== undefined) ?? results[0];
  if (first === undefined) throw new Error('nothing was measured');
  if (first.why !== undefined) return first;
  /** @param {'fresh' | 'again'} which */
  const median = (which) => {
    const finished = results.map((result) => result[which]).filter((run) => run !== null);
    return finished.length === 0 ? null : medianRun(finished);
  };
  return { ...first, fresh: median('fresh'), again: median('again') };
}
