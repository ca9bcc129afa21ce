import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const SCRIPT = fileURLToPath(new URL('reserving-process.js', import.meta.url));

/** What a process of its own is to reserve. */
export interface Share {
  readonly ledger: string;
  readonly secret: Uint8Array;
  /** A driver of SQLite, or `any`. */
  readonly driver: string;
  readonly first: number;
  readonly count: number;
  readonly chunk: number;
  /** The Node.js to run. */
  readonly node?: string;
}

/** Runs it; resolves to the number of fresh keys. Rejects with whatever the process wrote to stderr. */
export function reserveElsewhere(share: Share): Promise<number> {
  const { ledger, secret, driver, first, count, chunk, node = process.execPath } = share;
  const args = [ledger, driver, Buffer.from(secret).toString('hex'), first, count, chunk].map(String);
  return new Promise((resolve, reject) => {
    const child = spawn(node, [SCRIPT, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    const output = ['', ''];
    child.stdout.on('data', (data) => {
      output[0] += data;
    });
    child.stderr.on('data', (data) => {
      output[1] += data;
    });
    child.on('close', (code) => {
      if (code === 0 && output[1] === '') resolve(Number(output[0]));
      else reject(new Error(`exit ${code}: ${output[1]}`));
    });
  });
}
