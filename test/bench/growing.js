import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'libsql';
import { measureIn } from './measure.js';
import { withFolder } from './scratch.js';
import { markdown } from './table.js';

const KEYWRIGHT = fileURLToPath(new URL('../../bin/keywright.js', import.meta.url));
const MOST_SECONDS = 600;
/** Keys of the batch that is measured. */
const MORE = 4e6;
/** Tags that go to the database at a time. */
const TOGETHER = 1 << 15;

/**
 * @typedef {{ held: number, cpu: number, wall: number, rss: number }} Grown
 * @typedef {{ more: number, ledgers: Grown[] }} Growing
 */

/**
 * Issues a batch of {@link MORE} keys through SQLite ledgers that hold so many already.
 *
 * @param {number[]} counts
 * @returns {Promise<Growing>}
 */
export async function benchGrowing(counts) {
  const ledgers = [];
  for (const held of counts) ledgers.push(await withFolder((folder) => grown(folder, held)));
  return { more: MORE, ledgers };
}

/**
 * @param {string} folder
 * @param {number} held
 * @returns {Promise<Grown>}
 */
async function grown(folder, held) {
  const [ledger, keys] = [join(folder, 'issued.db'), join(folder, 'keys.txt')];
  execFileSync(process.execPath, [KEYWRIGHT, 'ledger', 'init', ledger, '--quiet']);
  fill(ledger, held);
  const command = ['node', KEYWRIGHT, 'generate', '-n', `${MORE}`, '--ledger', ledger, '-o', keys, '--quiet'];
  const run = await measureIn(folder, command, keys, MOST_SECONDS);
  if ('why' in run) throw new Error(`generate: ${run.why}`);
  return { held, cpu: run.cpu, wall: run.wall, rss: run.rss ?? 0 };
}

/**
 * Puts random tags into a ledger as one batch, in order, which takes a tenth of the time of issuing them.
 *
 * @param {string} path
 * @param {number} count
 */
function fill(path, count) {
  const database = new Database(path);
  database.exec('PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN');
  const token = 'a'.repeat(32);
  database.exec(`INSERT INTO keywright_batches (id, shard, kind, state, count, parameters, issued_by, at, claimed_at, attempt,
    drawn, token, locked, done_at) VALUES ('before', '1/1', 'import', 'done', ${count}, x'00', 'bench', 0, 0, 1, 1, '${token}', x'00', 0)`);
  database.exec(`INSERT INTO keywright_chunks (batch, attempt, number, recorded) VALUES (1, 0, 0, ${count})`);
  const insert =
    database.prepare(`WITH RECURSIVE listed(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM listed WHERE i + 1 < ?2)
    INSERT INTO keywright_keys (k, chunk) SELECT substr(?1, i * 16 + 1, 16), 1 FROM listed WHERE true`);
  for (let first = 0; first < count; first += TOGETHER) {
    const rows = Math.min(TOGETHER, count - first);
    const tags = randomBytes(16 * rows);
    // The first six bytes ascend evenly; what follows is random.
    for (let row = 0; row < rows; row++)
      tags.writeUIntBE(Math.floor(((first + row) / count) * 2 ** 48), 16 * row, 6);
    insert.run(tags, rows);
  }
  database.exec('COMMIT');
  database.close();
}

/** @param {Growing} growing */
export function growingTable({ more, ledgers }) {
  return markdown([
    [
      `${more.toLocaleString('en')} keys more, in a SQLite ledger of`,
      ...['keys per CPU-second', 'CPU time', 'wall time', 'peak memory'],
    ],
    ['--:', '--:', '--:', '--:', '--:'],
    ...ledgers.map(({ held, cpu, wall, rss }) => [
      held.toLocaleString('en'),
      Math.round(more / cpu).toLocaleString('en'),
      `${cpu.toFixed(1)} s`,
      `${wall.toFixed(1)} s`,
      `${Math.round(rss / 1e6)} MB`,
    ]),
  ]);
}

/**
 * @param {Growing} growing
 * @returns {[string, number, '≥' | '≤', number][]}
 */
export function growingTargets({ more, ledgers }) {
  return ledgers.flatMap(({ held, cpu, rss }) => [
    [`keys per CPU-second beside ${held} others`, more / cpu, '≥', 200_000],
    [`MB beside ${held} others`, rss / 1e6, '≤', 400],
  ]);
}
