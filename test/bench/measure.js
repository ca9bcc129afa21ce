import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const USAGE = fileURLToPath(new URL('./usage.js', import.meta.url));

/** A contender that takes longer has not finished, and the table says so. */
export const MOST_SECONDS = 120;

/**
 * Seconds, CPU-seconds, bytes of peak memory (null where the system does not tell) and bytes written of one run.
 *
 * @typedef {{ wall: number, cpu: number, rss: number | null, bytes: number }} Run
 */

/**
 * Runs a contender once, as a process of its own that writes to a file in a fresh folder; null when it takes
 * longer than {@link MOST_SECONDS}.
 *
 * @param {(out: string) => string[]} command
 * @returns {Run | null}
 */
export function measure(command) {
  const folder = mkdtempSync(join(tmpdir(), 'keywright-bench-'));
  try {
    const out = join(folder, 'out.txt');
    const [program = '', ...args] = command(out);
    const run = program === 'node' ? measureNode(args, folder) : measureOther([program, ...args]);
    return run && { ...run, bytes: statSync(out, { throwIfNoEntry: false })?.size ?? 0 };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * @param {string[]} args
 * @param {string} folder
 */
function measureNode(args, folder) {
  const usage = join(folder, 'usage.json');
  const env = { ...process.env, KEYWRIGHT_BENCH_USAGE: usage };
  const run = timed(process.execPath, ['--import', USAGE, ...args], env);
  if (run === null) return null;
  const { cpu, rss } = JSON.parse(readFileSync(usage, 'utf8'));
  return { wall: run.wall, cpu, rss };
}

/** @param {string[]} command */
function measureOther(command) {
  const script = 'TIMEFORMAT="%R %U %S"; time "$@"';
  const run = timed('bash', ['-c', script, 'bash', ...command], process.env);
  if (run === null) return null;
  const [, user = 0, system = 0] = (run.stderr.trim().split('\n').at(-1) ?? '').split(' ').map(Number);
  return { wall: run.wall, cpu: user + system, rss: null };
}

/**
 * @param {string} program
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} env
 */
function timed(program, args, env) {
  const started = performance.now();
  const { status, stderr, error } = spawnSync(program, args, {
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: MOST_SECONDS * 1000,
  });
  const wall = (performance.now() - started) / 1000;
  if (error !== undefined && 'code' in error && error.code === 'ETIMEDOUT') return null;
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${error?.message ?? stderr}`);
  return { wall, stderr };
}

/**
 * The median of each figure.
 *
 * @param {Run[]} runs
 * @returns {Run}
 */
export function medianRun(runs) {
  const rss = runs.map((run) => run.rss).filter((value) => value !== null);
  return {
    wall: median(runs.map((run) => run.wall)),
    cpu: median(runs.map((run) => run.cpu)),
    rss: rss.length === 0 ? null : median(rss),
    bytes: median(runs.map((run) => run.bytes)),
  };
}

/** @param {number[]} values */
export function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
