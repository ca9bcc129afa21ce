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
 * How long a command takes from start to end, in seconds, and next to `node -e 0`; of one that opens a ledger also without what
 * its driver takes to load.
 *
 * @typedef {{ name: string, wall: number, ratio: number, withoutDriver?: number }} Start
 * @typedef {{ runs: number, node: number, driver: { name: string, wall: number, ratio: number }, commands: Start[] }} Starts
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
    /** @type {number[]} */
    const drivers = [];
    /** @type {number[][]} */
    const walls = commands.map(() => []);
    // The first round fills the page cache.
    for (let run = 0; run <= rounds; run++) {
      const bare = timed(folder, ['-e', '0']);
      const driver = timed(folder, ['-e', DRIVER.script]);
      const taken = commands.map(({ argv }) => timed(folder, [BIN, ...argv]));
      if (run === 0) continue;
      nothing.push(bare);
      drivers.push(driver);
      for (const [index, wall] of taken.entries()) walls[index]?.push(wall);
    }
    /** @param {number[]} wall */
    const nextToNothing = (wall) => median(wall.map((each, run) => each / (nothing[run] ?? Number.NaN)));
    const starts = commands.map(({ name, argv }, index) => {
      const wall = walls[index] ?? [];
      const start = { name, wall: median(wall), ratio: nextToNothing(wall) };
      if (argv[0] !== 'ledger') return start;
      const own = wall.map((each, run) => each - (drivers[run] ?? Number.NaN) + (nothing[run] ?? Number.NaN));
      return { ...start, withoutDriver: nextToNothing(own) };
    });
    const driver = { name: DRIVER.name, wall: median(drivers), ratio: nextToNothing(drivers) };
    return { runs: rounds, node: median(nothing), driver, commands: starts };
  });
}

/** What a ledger in a file has to load. */
const DRIVER =
  process.getBuiltinModule?.('node:sqlite') === undefined
    ? { name: 'libsql', script: `require(${JSON.stringify(local('../../node_modules/libsql'))})` }
    : { name: 'node:sqlite', script: "require('node:sqlite')" };

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
    ['ledger', 'batches', 'issued.db'],
    // An empty ledger holds no key: the answer is no.
    ['ledger', 'find', 'issued.db', 'AAAAA-BBBBB-CCCCC-DDDDD-EEEEE'],
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
  if (status !== (argv[2] === 'find' ? 1 : 0))
    throw new Error(`${argv.join(' ')} exited with ${status}: ${stderr}`);
  return wall;
}

/**
 * The table of starts.
 *
 * @param {Starts} starts
 */
export function startTable({ node, driver, commands }) {
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
    ...(driver === undefined
      ? []
      : [[`node, which loads ${driver.name}`, milliseconds(driver.wall), `${driver.ratio.toFixed(2)}×`]]),
    ...rows,
  ]);
}

/** @param {string} path */
function local(path) {
  return fileURLToPath(new URL(path, import.meta.url));
}
