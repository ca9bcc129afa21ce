import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { median } from './measure.js';
import { withFolder } from './scratch.js';
import { grouped, markdown } from './table.js';

const BIN = local('../../bin/keywright.js');

/** What a command may take, as a multiple of `node -e 0`. */
export const START_TARGET = 2;
/** Few runs of so short a thing say nothing. */
const LEAST_RUNS = 15;

/**
 * How long a command takes from start to end, in seconds, and next to `node -e 0`.
 *
 * @typedef {{ name: string, wall: number, ratio: number }} Start
 * @typedef {{ runs: number, node: number, commands: Start[] }} Starts
 */

/**
 * Starts each command next to `node -e 0`, in turn: the ratios are medians of pairs, which have seen the same weather.
 *
 * @param {number} runs
 * @returns {Promise<Starts>}
 */
export async function benchStart(runs) {
  const rounds = Math.max(LEAST_RUNS, runs);
  return withFolder(async (folder) => {
    const commands = commandsIn(folder);
    /** @type {number[]} */
    const nothing = [];
    /** @type {number[][]} */
    const walls = commands.map(() => []);
    // The first round fills the page cache.
    for (let run = 0; run <= rounds; run++) {
      const bare = timed(folder, ['-e', '0']);
      const taken = commands.map(({ argv }) => timed(folder, [BIN, ...argv]));
      if (run === 0) continue;
      nothing.push(bare);
      for (const [index, wall] of taken.entries()) walls[index]?.push(wall);
    }
    const starts = commands.map(({ name }, index) => {
      const wall = walls[index] ?? [];
      return {
        name,
        wall: median(wall),
        ratio: median(wall.map((each, run) => each / (nothing[run] ?? Number.NaN))),
      };
    });
    return { runs: rounds, node: median(nothing), commands: starts };
  });
}

/**
 * The commands, and in the folder what they need.
 *
 * @param {string} folder
 */
function commandsIn(folder) {
  const keys = local('../../keys/demo-ed25519');
  timed(
    folder,
    [BIN, 'sign', '-', '--private-key', `${keys}.private.pem`, '-o', 'answer.json', '--quiet'],
    '{"code":200}',
  );
  timed(folder, [BIN, 'ledger', 'init', 'issued.db', '--quiet']);
  const lines = [
    ['--version'],
    ['check', '7QX4-M9KJ', '--format', 'serial'],
    ['verify', 'answer.json', '--public-key', `${keys}.public.pem`],
    ['generate', '-n', '10'],
    ['ledger', 'status', 'issued.db'],
  ];
  return lines.map((argv) => ({
    name: argv.slice(0, argv[0] === 'ledger' ? 2 : argv[0] === 'generate' ? 3 : 1).join(' '),
    argv,
  }));
}

/**
 * The seconds that a run of Node takes.
 *
 * @param {string} cwd
 * @param {string[]} argv
 * @param {string} input
 */
function timed(cwd, argv, input = '') {
  const started = performance.now();
  const { status, stderr } = spawnSync(process.execPath, argv, { cwd, input, encoding: 'utf8' });
  const wall = (performance.now() - started) / 1000;
  if (status !== 0) throw new Error(`${argv.join(' ')} exited with ${status}: ${stderr}`);
  return wall;
}

/**
 * The table of starts.
 *
 * @param {Starts} starts
 */
export function startTable({ node, commands }) {
  const milliseconds = (/** @type {number} */ wall) => `${grouped(Math.round(wall * 1000))} ms`;
  const rows = commands.map(({ name, wall, ratio }) => [
    `keywright ${name}`,
    milliseconds(wall),
    `${ratio.toFixed(2)}×`,
  ]);
  return markdown([
    ['from start to end', 'wall time', 'next to `node -e 0`'],
    ['---', '--:', '--:'],
    ['node -e 0', milliseconds(node), '1.00×'],
    ...rows,
  ]);
}

/** @param {string} path */
function local(path) {
  return fileURLToPath(new URL(path, import.meta.url));
}
