import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { measureIn } from './measure.js';
import { benchServer, withSchema } from './postgres.js';
import { withFolder } from './scratch.js';
import { markdown } from './table.js';

const KEYWRIGHT = fileURLToPath(new URL('../../bin/keywright.js', import.meta.url));
const MOST_SECONDS = 600;

/**
 * @typedef {{ engine: string, cpu: number, wall: number, rss: number }} Copied
 * @typedef {{ count: number, copies: Copied[] }} Copying
 */

/**
 * Copies a ledger in SQLite that issued so many keys into a new one of each engine, as whole processes.
 *
 * @param {number} count
 * @returns {Promise<Copying>}
 */
export function benchCopying(count) {
  return withFolder(async (folder) => {
    const [from, to, keys] = ['from.db', 'to.db', 'keys.txt'].map((name) => join(folder, name));
    keywright('ledger', 'init', from ?? '', '--quiet');
    keywright('generate', '-n', `${count}`, '-o', keys ?? '', '--ledger', from ?? '', '--quiet');
    rmSync(keys ?? '');
    const copies = [{ engine: 'SQLite', ...(await copied(folder, from ?? '', to ?? '')) }];
    const server = await benchServer();
    if (server !== undefined)
      await withSchema(server, async (url) => {
        copies.push({ engine: 'PostgreSQL', ...(await copied(folder, from ?? '', url)) });
      });
    return { count, copies };
  });
}

/** @param {string[]} args */
function keywright(...args) {
  execFileSync(process.execPath, [KEYWRIGHT, ...args]);
}

/**
 * @param {string} folder
 * @param {string} from
 * @param {string} to
 */
async function copied(folder, from, to) {
  keywright('ledger', 'init', to, '--quiet');
  const command = ['node', KEYWRIGHT, 'ledger', 'copy', from, to, '--quiet'];
  const run = await measureIn(folder, command, join(folder, 'none'), MOST_SECONDS);
  if ('why' in run) throw new Error(`ledger copy: ${run.why}`);
  return { cpu: run.cpu, wall: run.wall, rss: run.rss ?? 0 };
}

/** @param {Copying} copying */
export function copyingTable({ count, copies }) {
  return markdown([
    [`${count.toLocaleString('en')} keys from SQLite`, 'keys a second', 'CPU time', 'peak memory'],
    ['---', '--:', '--:', '--:'],
    ...copies.map(({ engine, cpu, wall, rss }) => [
      `into ${engine}`,
      Math.round(count / wall).toLocaleString('en'),
      `${cpu.toFixed(1)} s`,
      `${Math.round(rss / 1e6)} MB`,
    ]),
  ]);
}

/**
 * @param {Copying} copying
 * @returns {[string, number, '≥' | '≤', number][]}
 */
export function copyingTargets({ count, copies }) {
  return copies.flatMap(({ engine, wall, rss }) => [
    [`keys a second copied into ${engine}`, count / wall, '≥', engine === 'SQLite' ? 300_000 : 200_000],
    [`MB to copy into ${engine}`, rss / 1e6, '≤', 300],
  ]);
}
