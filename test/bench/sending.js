import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { fileURLToPath } from 'node:url';
import { measureIn, medianRun } from './measure.js';
import { withFolder } from './scratch.js';
import { grouped, markdown } from './table.js';

const BIN = local('../../bin/keywright.js');
const SERVER = local('../../samples/day-import/server.js');
const LOOP = local('./contenders/fetch-loop.js');
const REQUESTS = 100_000;
const MOST_SECONDS = 600;
const PRODUCT = 'b1d5c0a2-3f4e-4a6b-8c7d-9e0f1a2b3c4d';

/** What lies in the folder. */
const FILES = ['r.jsonl', 'results.csv'];
/** @type {Record<string, string[]>} */
const CONTENDERS = {
  'keywright send': [BIN, 'send', 'r.jsonl', '--rate', '1000000', '--results', 'results.csv', '--quiet'],
  'a bare fetch loop': [LOOP, 'r.jsonl'],
};

/**
 * @typedef {import('./measure.js').Run} Run
 * @typedef {{ count: number, senders: { name: string, run: Run }[] }} Sends
 */

/**
 * Sends requests to the rehearsal's server without a pace and without bad luck, in turn, each to a server that has none yet.
 *
 * @param {number} runs
 * @returns {Promise<Sends>}
 */
export async function benchSending(runs) {
  process.env['CRYPTLEX_TOKEN'] = 'rehearsal';
  /** @type {Map<string, Run[]>} */
  const measured = new Map();
  for (let run = 0; run < runs; run++) {
    for (const [name, argv] of Object.entries(CONTENDERS)) {
      process.stderr.write(`sending, run ${run + 1} of ${runs}: ${name}\n`);
      measured.set(name, [...(measured.get(name) ?? []), await sent(argv)]);
    }
  }
  const senders = [...measured].map(([name, all]) => ({ name, run: medianRun(all) }));
  return { count: REQUESTS, senders };
}

/**
 * @param {string[]} argv
 * @returns {Promise<Run>}
 */
function sent(argv) {
  return withFolder(async (folder) => {
    const luck = ['--failures', '0%', '--lost-replies', '0%'];
    const server = spawn(process.execPath, [SERVER, folder, ...luck], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const end = () => server.kill('SIGKILL');
    process.once('exit', end);
    try {
      const lines = createInterface(server.stdout);
      const [url] = await once(lines, 'line');
      prepare(folder, url);
      const command = ['node', ...argv.map((each) => (FILES.includes(each) ? join(folder, each) : each))];
      const run = await measureIn(folder, command, join(folder, 'r.jsonl.journal'), MOST_SECONDS);
      if ('why' in run) throw new Error(run.why);
      const told = once(lines, 'line');
      server.kill('SIGTERM');
      const [line] = await told;
      if (!`${line}`.startsWith(`cryptlex: ${REQUESTS} keys, 0 twice, 0 not at all`))
        throw new Error(`${line}`);
      return run;
    } finally {
      process.off('exit', end);
      end();
    }
  });
}

/**
 * @param {string} folder
 * @param {string} url
 */
function prepare(folder, url) {
  const made = ['generate', '-f', 'cryptlex', '-n', String(REQUESTS), '-o', 'cryptlex.txt', '--quiet'];
  const prepared = ['prepare', 'cryptlex.txt', '--for', 'cryptlex', '--set', `productId=${PRODUCT}`];
  for (const argv of [made, [...prepared, '--base-url', url, '-o', 'r.jsonl', '--quiet']]) {
    const { status, stderr } = spawnSync(process.execPath, [BIN, ...argv], { cwd: folder, encoding: 'utf8' });
    if (status !== 0) throw new Error(`${argv[0]}: ${stderr}`);
  }
}

/** @param {Sends} sends */
export function sendingTable({ count, senders }) {
  const [ours] = senders;
  if (ours === undefined) throw new Error('nothing was measured');
  const rows = senders.map(({ name, run }) => [
    name,
    grouped(Math.round(count / run.wall)),
    `${(ours.run.wall / run.wall).toFixed(2)}×`,
    run.rss === null ? '' : `${Math.round(run.rss / 1e6)} MB`,
  ]);
  return markdown([
    [`${grouped(count)} requests`, 'a second', 'next to ours', 'peak memory'],
    ['---', '--:', '--:', '--:'],
    ...rows,
  ]);
}

/**
 * @param {Sends} sends
 * @returns {[string, number, '≥' | '≤', number][]}
 */
export function sendingTargets({ senders }) {
  const [ours, loop] = senders.map(({ run }) => run);
  if (ours === undefined || loop === undefined) throw new Error('the results lack a sender');
  /** @type {[string, number, '≥' | '≤', number][]} */
  const memory = ours.rss === null ? [] : [['peak memory in MB', ours.rss / 1e6, '≤', 150]];
  return [['requests a second next to a bare fetch loop', loop.wall / ours.wall, '≥', 0.7], ...memory];
}

/** @param {string} path */
function local(path) {
  return fileURLToPath(new URL(path, import.meta.url));
}
