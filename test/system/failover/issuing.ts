import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const SCRIPT = fileURLToPath(new URL('issuing-process.js', import.meta.url));

/** What is issued, and where it goes. */
export interface Issue {
  readonly ledger: string;
  readonly folder: string;
  /** What the ids of its batches begin with. */
  readonly prefix: string;
  /** Keys of a batch. */
  readonly keys: number;
}

/** A process that issues batch after batch. */
export class Issuing {
  readonly #child: ChildProcess;
  readonly #closed: Promise<unknown>;
  #lines: string[] = [];
  #stderr = '';

  constructor({ ledger, folder, prefix, keys }: Issue) {
    const args = [SCRIPT, ledger, folder, prefix, String(keys)];
    this.#child = spawn(process.execPath, args, { stdio: 'pipe' });
    this.#closed = once(this.#child, 'close');
    this.#child.stdin?.on('error', () => {});
    this.#child.stdout?.on('data', (data: Buffer) => {
      this.#lines.push(...String(data).trimEnd().split('\n'));
    });
    this.#child.stderr?.on('data', (data: Buffer) => {
      this.#stderr += String(data);
    });
  }

  /** How many batches it has issued, or found issued. */
  get batches(): number {
    return this.#lines.length;
  }

  /** Of those, how many were issued by it. */
  get issued(): number {
    return this.#lines.filter((line) => line === 'issued').length;
  }

  /** Waits until it has issued so many more. */
  async more(count: number): Promise<void> {
    const wanted = this.issued + count;
    while (this.issued < wanted) {
      if (this.#child.exitCode !== null) throw new Error(`it ended: ${this.#stderr}`);
      await Promise.race([once(this.#child.stdout ?? this.#child, 'data'), this.#closed]);
    }
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#closed;
  }

  /** Lets it finish its batch; returns its exit code, and what it complained of. */
  async stop(): Promise<string> {
    this.#child.stdin?.end();
    return this.ended();
  }

  /** Waits for its end. */
  async ended(): Promise<string> {
    await this.#closed;
    return `exit ${this.#child.exitCode} ${this.#stderr}`;
  }
}
