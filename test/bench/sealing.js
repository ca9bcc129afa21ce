import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { measureIn, median } from './measure.js';
import { withFolder } from './scratch.js';
import { markdown } from './table.js';

const KEYWRIGHT = fileURLToPath(new URL('../../bin/keywright.js', import.meta.url));
const PRIVATE_KEY = fileURLToPath(new URL('../../keys/demo-ed25519.private.pem', import.meta.url));
const KEYS = 1_000_000;
/** How many keys the memory of sealing is held against that of looking for duplicates. */
const MANY = 10_000_000;
const MOST_SECONDS = 600;

/**
 * @typedef {{ cpu: number, wall: number, rss: number }} Work
 * @typedef {{ count: number, many: number, create: Work, prove: Work, createMany: Work, auditMany: Work }} Sealing
 */

/**
 * Seals a million keys, proves them all, and seals ten million in the memory that is told beside that of `audit`.
 *
 * @param {number} runs
 * @returns {Promise<Sealing>}
 */
export function benchSealing(runs) {
  return withFolder(async (folder) => {
    const [list, long, seal] = ['keys.txt', 'many.txt', 'seal'].map((name) => join(folder, name));
    for (const [count, path] of /** @type {[number, string][]} */ ([
      [KEYS, list],
      [MANY, long],
    ])) {
      const args = ['generate', '-f', 'lukittu', '-n', String(count), '-o', path, '--quiet', '--no-manifest'];
      execFileSync(process.execPath, [KEYWRIGHT, ...args]);
    }
    const signing = ['--set', 'product=app', '--set', 'valid_until=null', '--private-key', PRIVATE_KEY];
    const now = ['--now', '2026-11-28', '--force', '--quiet'];
    /** @param {string} keys @param {string} out */
    const create = (keys, out) => {
      const origin = `bench.example/keywright/seal/v1/${keys === list ? 1 : 2}`;
      return ['seal', 'create', keys, '-f', 'lukittu', '--origin', origin, ...signing, ...now, '-o', out];
    };
    /** @param {string[]} args */
    const work = (args) => repeated(runs, () => once(folder, args));
    return {
      count: KEYS,
      many: MANY,
      create: await work(create(list ?? '', seal ?? '')),
      prove: await work([
        'seal',
        'prove',
        list ?? '',
        '--seal',
        seal ?? '',
        '--force',
        '--quiet',
        '-o',
        join(folder, 'p'),
      ]),
      createMany: await once(folder, create(long ?? '', join(folder, 'many.seal'))),
      auditMany: await once(folder, ['audit', long ?? '', '--quiet']),
    };
  });
}

/**
 * @param {string} folder
 * @param {string[]} args
 * @returns {Promise<Work>}
 */
async function once(folder, args) {
  process.stderr.write(`keywright ${args.slice(0, 2).join(' ').replace(folder, '')}\n`);
  const run = await measureIn(folder, ['node', KEYWRIGHT, ...args], join(folder, 'none'), MOST_SECONDS);
  if ('why' in run) throw new Error(`${args[0]}: ${run.why}`);
  return { cpu: run.cpu, wall: run.wall, rss: run.rss ?? 0 };
}

/**
 * @param {number} runs
 * @param {() => Promise<Work>} work
 * @returns {Promise<Work>}
 */
async function repeated(runs, work) {
  /** @type {Work[]} */
  const all = [];
  for (let run = 0; run < runs; run++) all.push(await work());
  /** @param {'cpu' | 'wall' | 'rss'} what */
  const middle = (what) => median(all.map((one) => one[what]));
  return { cpu: middle('cpu'), wall: middle('wall'), rss: middle('rss') };
}

/** @param {Sealing} sealing */
export function sealingTable({ count, many, create, prove, createMany, auditMany }) {
  /** @param {string} name @param {number} keys @param {Work} work */
  const row = (name, keys, { cpu, wall, rss }) => [
    `${name}, ${keys.toLocaleString('en')} keys`,
    `${wall.toFixed(1)} s`,
    `${cpu.toFixed(1)} s`,
    `${Math.round(rss / 1e6)} MB`,
  ];
  return markdown([
    ['', 'wall time', 'CPU time', 'peak memory'],
    ['---', '--:', '--:', '--:'],
    row('seal create', count, create),
    row('seal prove', count, prove),
    row('seal create', many, createMany),
    row('audit', many, auditMany),
  ]);
}

/**
 * @param {Sealing} sealing
 * @returns {[string, number, '≥' | '≤', number][]}
 */
export function sealingTargets({ create, prove, createMany, auditMany }) {
  return [
    ['seconds of CPU time to seal', create.cpu, '≤', 3],
    ['seconds to write all proofs', prove.wall, '≤', 15],
    ['MB beyond audit to seal ten million', (createMany.rss - auditMany.rss) / 1e6, '≤', 60],
  ];
}
