import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { errnoOf } from '../files/file-error.js';

/** The longest file name is 255 bytes, and ours is longer than the one it stands for. */
const LONGEST = 190;
const TEMPORARY = /^\..*-[0-9a-f]{16}\.tmp$/;

/** `.<name>.<machine>-<process>-<random>.<ending>`: a name for something that stands beside `place` for a while. */
export function hiddenName(place: string, ending: 'tmp' | 'bak'): string {
  const random = randomBytes(8).toString('hex');
  return join(dirname(place), `${stem(place)}${processMark()}-${random}.${ending}`);
}

/** What tells this process from others, of this and of other machines. */
export function processMark(): string {
  return `${machine()}-${process.pid}`;
}

/** {@link processMark}, and what tells this process from another that gets its number later, also after a restart of the machine. */
export function startedProcessMark(): string {
  const started = startMark(process.pid);
  return started === undefined ? processMark() : `${processMark()}-${started}`;
}

/**
 * Whether a text that begins with a {@link processMark} or {@link startedProcessMark} was written by a process of this
 * machine that is no more.
 */
export function isDeadHolder(text: string): boolean {
  const [, on, id = '', started] =
    /^([0-9a-f]{8})-([0-9]{1,10})-(?:([0-9a-f]{8})-)?[0-9a-f]{16}$/.exec(text) ?? [];
  if (on !== machine()) return false;
  const now = started === undefined ? undefined : startMark(Number(id));
  if (now !== undefined && now !== started) return true;
  return Number(id) !== process.pid && !isAlive(Number(id));
}

/** When a process began, and since which start of the machine, as eight digits; undefined where the system does not tell. */
function startMark(id: number): string | undefined {
  try {
    // The name of the program, which may hold anything, ends with the last bracket; `man 5 proc` counts from before it.
    const fields = readFileSync(`/proc/${id}/stat`, 'latin1')
      .replace(/^.*\) /s, '')
      .split(' ');
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1');
    return createHash('sha256').update(`${boot}${fields[19]}`).digest('hex').slice(0, 8);
  } catch {
    // Only Linux has them.
    return undefined;
  }
}

/** Finds what runs that were killed left behind. Looks into each directory once. */
export class StaleFiles {
  readonly #found = new Map<string, readonly string[]>();

  /**
   * The temporary files that stand beside `place` because a run on this machine was killed while it wrote
   * there. What a process that is alive may still be writing is not among them.
   */
  beside(place: string): readonly string[] {
    const directory = dirname(place);
    const found = this.#found.get(directory) ?? namesIn(directory).filter((name) => TEMPORARY.test(name));
    this.#found.set(directory, found);
    const prefix = stem(place);
    return found
      .filter((name) => name.startsWith(prefix) && isStale(name.slice(prefix.length)))
      .map((name) => join(directory, name));
  }
}

/** How the hidden names beside `place` begin. */
export function stem(place: string): string {
  const name = basename(place);
  return `.${Buffer.byteLength(name) > LONGEST ? name.slice(0, 60) : name}.`;
}

function isStale(rest: string): boolean {
  return rest.endsWith('.tmp') && isDeadHolder(rest.slice(0, -'.tmp'.length));
}

function isAlive(id: number): boolean {
  try {
    return process.kill(id, 0) && !isZombie(id);
  } catch (error) {
    return errnoOf(error) !== 'ESRCH';
  }
}

/** Whether a process has ended, and its parent has not asked yet how: in a container nobody may ever. */
function isZombie(id: number): boolean {
  try {
    return /\) [ZX] [^)]*$/.test(readFileSync(`/proc/${id}/stat`, 'latin1'));
  } catch {
    // Only Linux has it.
    return false;
  }
}

/** Process numbers mean something only within one host, and one container of it. */
function machine(): string {
  let space = '';
  try {
    space = readlinkSync('/proc/self/ns/pid');
  } catch {
    // Only Linux has it.
  }
  return createHash('sha256').update(`${hostname()}\n${space}`).digest('hex').slice(0, 8);
}

/** The names in a directory; none of one that cannot be read. */
export function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch {
    // Writing there says what is wrong with it.
    return [];
  }
}
