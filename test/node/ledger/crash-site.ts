import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import type { Ledger } from '../../../src/node/ledger/ledger.js';
import { createLedger, openLedger } from '../../../src/node/ledger/open-ledger.js';
import { expectSound, newFolder } from './issuing.js';

const COMMAND = fileURLToPath(new URL('../../../bin/keywright.js', import.meta.url));

/** How a run is to end before its time. */
export interface Crash {
  /** `SIGKILL` after so many milliseconds. */
  readonly after?: number;
  /** `SIGKILL` at the K-th call of one of these to the system, in any thread. */
  readonly call?: readonly [names: string, number: number];
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

/** A ledger, and batches through it that crash and are resumed; each has a folder of its own. */
export class CrashSite {
  readonly folder: string;
  readonly #place: string;
  readonly #keys: number;
  readonly #issued = new Set<string>();
  #ledger: Ledger | undefined;

  /** `place`: the ledger, by default a file in the folder; `keys`: of a batch. */
  constructor({ place, keys, folder = newFolder() }: { place?: string; keys: number; folder?: string }) {
    this.folder = folder;
    this.#place = place ?? join(this.folder, 'issued.db');
    this.#keys = keys;
  }

  async open(): Promise<void> {
    await createLedger(this.#place, { now: new Date() });
    this.#ledger = await openLedger(this.#place);
  }

  async close(): Promise<void> {
    await this.#ledger?.close();
  }

  /** The folder of a batch. */
  folderOf(batch: string): string {
    const folder = join(this.folder, batch);
    mkdirSync(folder, { recursive: true });
    return folder;
  }

  /** Runs a batch, or resumes it. */
  run(batch: string, { after, call }: Crash = {}): Promise<Ended> {
    const options = [
      '-n',
      String(this.#keys),
      '--split',
      String(Math.ceil(this.#keys / 2)),
      '-o',
      'keys.txt',
    ];
    const keywright = [
      COMMAND,
      'generate',
      ...options,
      '--ledger',
      this.#place,
      '--batch-id',
      batch,
      '--quiet',
    ];
    const traced = call && ['-e', `trace=${call[0]}`, '-e', `inject=${call[0]}:signal=KILL:when=${call[1]}`];
    const [file, args] = traced
      ? ['strace', ['-f', '-qq', '-o', '/dev/null', ...traced, process.execPath, ...keywright]]
      : [process.execPath, keywright];
    const started = performance.now();
    const child = spawn(file, args, { cwd: this.folderOf(batch), stdio: ['ignore', 'ignore', 'pipe'] });
    let stderr = '';
    child.stderr.on('data', (data) => {
      stderr += data;
    });
    const timer = after === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), after);
    return new Promise((resolve) => {
      child.on('close', (code) => {
        clearTimeout(timer);
        resolve({ code, stderr, milliseconds: performance.now() - started });
      });
    });
  }

  /** Resumes a batch, which comes to its end now: nothing is issued twice, lost on the way, or left behind. */
  async expectResumed(batch: string): Promise<void> {
    const { code, stderr } = await this.run(batch);
    expect(`exit ${code} ${stderr}`).toBe('exit 0 ');
    await this.expectSound(batch);
  }

  /** That a finished batch is whole, and all of its keys are new. */
  async expectSound(batch: string): Promise<void> {
    if (this.#ledger === undefined) throw new Error('open the site first');
    const keys = await expectSound(this.#ledger, this.folderOf(batch));
    expect(keys).toHaveLength(this.#keys);
    for (const key of keys) this.#issued.add(key);
    this.#finished++;
    expect(this.#issued.size).toBe(this.#finished * this.#keys);
  }
  #finished = 0;

  /** What a run that was killed left in the folder of its batch under a name that is not hidden, and is no manifest. */
  visible(batch: string): readonly string[] {
    return readdirSync(this.folderOf(batch)).filter((name) => !name.startsWith('.'));
  }
}
