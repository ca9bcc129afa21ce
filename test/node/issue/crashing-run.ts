import { spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const COMMAND = fileURLToPath(new URL('../../../bin/keywright.js', import.meta.url));

/** How a run is to end before its time. */
export interface Crash {
  /** `SIGKILL` after so many milliseconds. */
  readonly after?: number;
  /** `SIGKILL` as the K-th of some calls to the system begins. */
  readonly call?: CrashingCall;
}

/** The K-th call of a thread, whichever thread comes to its K-th first: so `strace` counts. */
export interface CrashingCall {
  /** As `link,linkat`. */
  readonly names: string;
  readonly number: number;
  /** Count only calls that concern these. */
  readonly paths?: readonly string[];
}

/** A run of keywright. */
export interface Run {
  /** Node.js, as it is to be started. */
  readonly node: readonly string[];
  readonly args: readonly string[];
  readonly cwd: string;
  /** Its TMPDIR. */
  readonly tmp: string;
  readonly stdin?: string;
  readonly crash?: Crash;
}

/** What a run came to. */
export interface Ended {
  /** The exit code; null when it was killed. */
  readonly code: number | null;
  readonly stderr: string;
  readonly milliseconds: number;
}

/** Whether calls to the system can be traced here; says so where not. */
export function canTrace(): boolean {
  const { status } = spawnSync('strace', ['-f', '-qq', '-o', '/dev/null', 'true']);
  if (status !== 0) process.stderr.write('No strace here: crashes at calls to the system are not tested.\n');
  return status === 0;
}

/** Runs keywright. */
export function runKeywright({ node, args, cwd, tmp, stdin = '', crash = {} }: Run): Promise<Ended> {
  const [file = '', ...rest] = [...tracer(crash.call), ...node, COMMAND, ...args];
  const { SQLITE_TMPDIR: _, ...inherited } = process.env;
  // One thread of the pool, so that the K-th call is the same one in every run.
  const env = { ...inherited, TMPDIR: tmp, ...(crash.call && { UV_THREADPOOL_SIZE: '1' }) };
  const started = performance.now();
  const child = spawn(file, rest, { cwd, env, stdio: ['pipe', 'ignore', 'pipe'] });
  let stderr = '';
  child.stderr.on('data', (data) => {
    stderr += data;
  });
  // It may end before it has read all.
  child.stdin.on('error', () => {});
  child.stdin.end(stdin);
  const timer = crash.after === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), crash.after);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ code, stderr, milliseconds: performance.now() - started });
    });
  });
}

function tracer(call: CrashingCall | undefined): readonly string[] {
  if (call === undefined) return [];
  const { names, number, paths = [] } = call;
  const crash = ['-e', `trace=${names}`, '-e', `inject=${names}:signal=KILL:when=${number}`];
  return ['strace', '-f', '-qq', '-o', '/dev/null', ...paths.flatMap((path) => ['-P', path]), ...crash];
}
