import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withFolder } from './scratch.js';

const USAGE = fileURLToPath(new URL('./usage.js', import.meta.url));

/** GNU time, which tells peak memory; without it that column stays empty for what is not Node. */
const GNU_TIME = '/usr/bin/time';

/** A contender that takes longer has not finished, and the table says so. */
export const MOST_SECONDS = 120;

/**
 * Seconds, CPU-seconds, bytes of peak memory (null where the system does not tell) and bytes written of one run.
 *
 * @typedef {{ wall: number, cpu: number, rss: number | null, bytes: number }} Run
 *
 * A run that did not come to its end, and why.
 * @typedef {{ why: string }} Unfinished
 *
 * @typedef {{ seconds?: number, read?: (out: string) => void }} MeasureOptions
 */

/**
 * Runs a contender once, as a process of its own that writes to a file in a fresh folder, which holds its temporary
 * files as well. It may take `seconds`; `read` gets the file before it is removed.
 *
 * @param {(out: string) => string[]} command
 * @param {MeasureOptions} [options]
 * @returns {Promise<Run | Unfinished>}
 */
export function measure(command, { seconds = MOST_SECONDS, read } = {}) {
  return withFolder(async (folder) => {
    const out = join(folder, 'out.txt');
    const run = await measureIn(folder, command(out), out, seconds);
    if (!('why' in run)) read?.(out);
    return run;
  });
}

/**
 * Runs a command once, as a process of its own that writes to `out`, in a folder that is there already.
 *
 * @param {string} folder
 * @param {string[]} command
 * @param {string} out
 * @param {number} seconds
 * @returns {Promise<Run | Unfinished>}
 */
export async function measureIn(folder, [program = '', ...args], out, seconds) {
  const run =
    program === 'node'
      ? await measureNode(args, folder, seconds)
      : await measureOther([program, ...args], folder, seconds);
  if ('why' in run) return run;
  return { ...run, bytes: statSync(out, { throwIfNoEntry: false })?.size ?? 0 };
}

/**
 * @param {string[]} args
 * @param {string} folder
 * @param {number} seconds
 * @returns {Promise<Omit<Run, 'bytes'> | Unfinished>}
 */
async function measureNode(args, folder, seconds) {
  const usage = join(folder, 'usage.json');
  const env = { ...process.env, TMPDIR: folder, KEYWRIGHT_BENCH_USAGE: usage };
  const run = await timed(process.execPath, ['--import', USAGE, ...args], env, seconds);
  if ('why' in run) return run;
  const { cpu, rss } = JSON.parse(readFileSync(usage, 'utf8'));
  return { wall: run.wall, cpu, rss };
}

/**
 * @param {string[]} command
 * @param {string} folder
 * @param {number} seconds
 * @returns {Promise<Omit<Run, 'bytes'> | Unfinished>}
 */
async function measureOther(command, folder, seconds) {
  const env = { ...process.env, TMPDIR: folder };
  const gnu = process.platform === 'linux' && existsSync(GNU_TIME);
  const script = 'TIMEFORMAT="%U %S"; time "$@"';
  const run = gnu
    ? await timed(GNU_TIME, ['-f', '%U %S %M', ...command], env, seconds)
    : await timed('bash', ['-c', script, 'bash', ...command], env, seconds);
  if ('why' in run) return run;
  const told = (run.stderr.trim().split('\n').at(-1) ?? '').split(' ').map(Number);
  const [user = 0, system = 0, kilobytes] = told;
  return { wall: run.wall, cpu: user + system, rss: kilobytes === undefined ? null : kilobytes * 1024 };
}

/**
 * @param {string} program
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} env
 * @param {number} seconds
 * @returns {Promise<{ wall: number, stderr: string } | Unfinished>}
 */
async function timed(program, args, env, seconds) {
  const started = performance.now();
  // A group of its own, so that one that is late ends with all its children.
  const child = spawn(program, args, { env, stdio: ['ignore', 'ignore', 'pipe'], detached: true });
  const end = () => endGroup(child.pid);
  process.once('exit', end);
  let late = false;
  const alarm = setTimeout(() => {
    late = true;
    end();
  }, seconds * 1000);
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text;
  });
  const [status] = await once(child, 'exit');
  const wall = (performance.now() - started) / 1000;
  if (!child.stderr.readableEnded) await once(child.stderr, 'close');
  clearTimeout(alarm);
  process.off('exit', end);
  if (late) return { why: `over ${seconds} s` };
  return status === 0 ? { wall, stderr } : { why: `failed: ${faultIn(stderr)}` };
}

/** @param {number | undefined} group */
function endGroup(group) {
  if (group === undefined) return;
  try {
    process.kill(-group, 'SIGKILL');
  } catch {
    // All of the group have ended meanwhile.
  }
}

/**
 * The line that says what went wrong.
 *
 * @param {string} stderr
 */
function faultIn(stderr) {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '');
  const named = lines.find((line) => /^[A-Za-z]*Error\b|^FATAL ERROR/.test(line));
  return (named ?? lines[0] ?? 'no reason given').slice(0, 120);
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
