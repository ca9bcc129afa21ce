import { execFileSync } from 'node:child_process';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { benchLeafHashing } from './leaf-hashing.js';
import { measureIn, median } from './measure.js';
import { withFolder } from './scratch.js';
import { markdown, times } from './table.js';

const KEYWRIGHT = fileURLToPath(new URL('../../bin/keywright.js', import.meta.url));
const READ_LIST = fileURLToPath(new URL('./read-list.js', import.meta.url));
const PAIR = '../../keys/demo-ed25519';
const PRIVATE_KEY = fileURLToPath(new URL(`${PAIR}.private.pem`, import.meta.url));
const PUBLIC_KEY = fileURLToPath(new URL(`${PAIR}.public.pem`, import.meta.url));
const KEYS = 1_000_000;
/** How many keys the memory of sealing is held against that of reading them. */
const MANY = 10_000_000;
const MOST_SECONDS = 600;

/**
 * @typedef {{ cpu: number, wall: number, rss: number }} Work
 * @typedef {{ count: number, many: number, create: Work, prove: Work, createMany: Work, auditMany: Work, readMany: Work,
 *   hashing: import('./leaf-hashing.js').LeafHashing }} Sealing
 */

/**
 * Seals a million keys and proves them all; seals ten million, audits them, and reads them alone, for the memory.
 *
 * @param {number} runs
 * @returns {Promise<Sealing>}
 */
export function benchSealing(runs) {
  return withFolder(async (folder) => {
    const at = (/** @type {string} */ name) => join(folder, name);
    const [list, long, seal, longSeal] = [at('keys.txt'), at('many.txt'), at('seal'), at('many.seal')];
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
    const prove = ['seal', 'prove', list, '--seal', seal, '--force', '--quiet', '-o', at('proofs')];
    const audit = ['seal', 'audit', long, '--seal', longSeal, '--public-key', PUBLIC_KEY];
    /** @param {string[]} args */
    const keywright = (args) => once(folder, [KEYWRIGHT, ...args]);
    return {
      count: KEYS,
      many: MANY,
      create: await repeated(runs, () => keywright(create(list, seal))),
      prove: await repeated(runs, () => keywright(prove)),
      createMany: await keywright(create(long, longSeal)),
      auditMany: await keywright(audit),
      readMany: await once(folder, [READ_LIST, long]),
      hashing: benchLeafHashing(runs),
    };
  });
}

/**
 * @param {string} folder
 * @param {string[]} args
 * @returns {Promise<Work>}
 */
async function once(folder, args) {
  const name = args
    .slice(0, 3)
    .map((arg) => basename(arg))
    .join(' ');
  process.stderr.write(`${name}\n`);
  const run = await measureIn(folder, ['node', ...args], join(folder, 'none'), MOST_SECONDS);
  if ('why' in run) throw new Error(`${name}: ${run.why}`);
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
export function sealingTable({ count, many, create, prove, createMany, auditMany, readMany, hashing }) {
  /** @param {string} name @param {number} keys @param {Work} work */
  const row = (name, keys, { cpu, wall, rss }) => [
    `${name}, ${keys.toLocaleString('en')} keys`,
    `${wall.toFixed(1)} s`,
    `${cpu.toFixed(1)} s`,
    `${Math.round(rss / 1e6)} MB`,
  ];
  const ours = hashing[0]?.each ?? Number.NaN;
  return [
    markdown([
      ['', 'wall time', 'CPU time', 'peak memory'],
      ['---', '--:', '--:', '--:'],
      row('seal create', count, create),
      row('seal prove', count, prove),
      row('seal create', many, createMany),
      row('seal audit', many, auditMany),
      row('reading alone', many, readMany),
    ]),
    markdown([
      ['what hashes', 'CPU time a leaf and its node', 'next to ours'],
      ['---', '--:', '--:'],
      ...hashing.map(({ name, each }) => [name, `${each.toFixed(2)} µs`, times(each / ours)]),
    ]),
  ].join('\n\n');
}

/**
 * @param {Sealing} sealing
 * @returns {[string, number, '≥' | '≤', number][]}
 */
export function sealingTargets({ create, prove, createMany, readMany, hashing }) {
  const [ours, ...others] = hashing.map(({ each }) => each);
  return [
    ['seconds of CPU time to seal', create.cpu, '≤', 3],
    ['seconds of CPU time to write all proofs', prove.cpu, '≤', 15],
    ['MB beyond reading to seal ten million', (createMany.rss - readMany.rss) / 1e6, '≤', 60],
    ['CPU time a leaf next to the fastest other', (ours ?? Number.NaN) / Math.min(...others), '≤', 1],
  ];
}
