import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { sha256 as noble } from '@noble/hashes/sha2.js';
import { formatClaims } from 'keywright';
import { ownSha256 } from '../../dist/core/seal/merkle.js';
import { SealTree } from '../../dist/core/seal/seal-tree.js';
import { nativeSha256 } from '../../dist/node/seal/leaf-rows.js';
import { median } from './measure.js';

const SELF = fileURLToPath(import.meta.url);
const KEYS = 200_000;

/** @typedef {import('../../dist/core/seal/merkle.js').LeafHasher} LeafHasher */

/** What may hash leaves, the one of `seal create` first. */
const HASHERS = /** @type {Readonly<Record<string, LeafHasher>>} */ ({
  'node:crypto hash (seal create)': nativeSha256,
  'node:crypto createHash': (message, into, at) =>
    into.set(createHash('sha256').update(message).digest(), at),
  noble: (message, into, at) => into.set(noble(message), at),
  'keywright in a browser (sealRows)': ownSha256,
});

/**
 * Microseconds of CPU time that a leaf and its node take, by what hashes them.
 *
 * @typedef {{ name: string, each: number }[]} LeafHashing
 */

/**
 * Grows the tree over 200,000 rows by each hasher, each time in a process of its own.
 *
 * @param {number} runs
 * @returns {LeafHashing}
 */
export function benchLeafHashing(runs) {
  const roots = new Set();
  const hashing = Object.keys(HASHERS).map((name) => {
    process.stderr.write(`hashing leaves: ${name}\n`);
    const grown = Array.from({ length: runs }, () => growIn(name));
    for (const { root } of grown) roots.add(root);
    return { name, each: median(grown.map(({ each }) => each)) };
  });
  if (roots.size !== 1) throw new Error('hashing leaves: not all come to the same root');
  return hashing;
}

/**
 * @param {string} name
 * @returns {{ root: string, each: number }}
 */
function growIn(name) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [SELF, name], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`hashing leaves: ${stderr}`);
  return JSON.parse(stdout);
}

/**
 * Grows one in this process, after a smaller one that compiles it.
 *
 * @param {LeafHasher} hasher
 */
function grow(hasher) {
  const claims = formatClaims(new Date(0), { product: 'app', valid_until: null });
  /** @param {number} count */
  const rootOf = (count) => {
    const tree = new SealTree('canonical', undefined, hasher);
    for (let index = 0; index < count; index++)
      tree.appendCompared(`7QX4M9K2TD7QX4M9K${1e7 + index}`, claims);
    return Buffer.from(tree.finish().root).toString('hex');
  };
  rootOf(KEYS / 10);
  const before = process.cpuUsage();
  const root = rootOf(KEYS);
  const { user, system } = process.cpuUsage(before);
  console.log(JSON.stringify({ root, each: (user + system) / KEYS }));
}

const hasher = HASHERS[process.argv[2] ?? ''];
if (process.argv[1] === SELF && hasher !== undefined) grow(hasher);
