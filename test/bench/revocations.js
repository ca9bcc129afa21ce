import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  addPublicKey,
  ed25519Signer,
  formatKeyring,
  openRevocations,
  parseKeyring,
  parsePrivateKey,
  revokedId,
  signRevocations,
} from 'keywright';
import { median } from './measure.js';
import { withFolder } from './scratch.js';
import { markdown } from './table.js';

const SELF = fileURLToPath(import.meta.url);
const KEYS = 1_000_000;
const ASKED = 10_000;
const NAME = 'acme.example/app';

/**
 * What a list of revoked keys costs a client: milliseconds and bytes of memory to open it, microseconds to ask for a key.
 *
 * @typedef {{ count: number, bytes: number, open: number, memory: number, has: number }} Revocations
 */

/**
 * Opens a list of a million keys, each time in a process that has opened none.
 *
 * @param {number} runs
 * @returns {Promise<Revocations>}
 */
export function benchRevocations(runs) {
  return withFolder(async (folder) => {
    const [list, ring] = [join(folder, 'list'), join(folder, 'keyring.json')];
    const key = parsePrivateKey(
      readFileSync(new URL('../../keys/demo-ed25519.private.pem', import.meta.url), 'utf8'),
    );
    const ids = new Map(
      Array.from({ length: KEYS }, (_, index) => [revokedId(keyOf(index), 'canonical') ?? '', '']),
    );
    const terms = { name: NAME, product: 'app', number: 1, issued: new Date(0), next: new Date(1e9) };
    const bytes = await signRevocations(ids, terms, ed25519Signer(key));
    writeFileSync(list, bytes);
    writeFileSync(ring, formatKeyring(addPublicKey(undefined, key.publicKey, { purposes: ['list'] })));
    const measured = Array.from({ length: runs }, (_, run) => {
      process.stderr.write(`revocations, run ${run + 1} of ${runs}\n`);
      return openIn(list, ring);
    });
    /** @param {'open' | 'memory' | 'has'} what */
    const middle = (what) => median(measured.map((one) => one[what]));
    return {
      count: KEYS,
      bytes: bytes.length,
      open: middle('open'),
      memory: middle('memory'),
      has: middle('has'),
    };
  });
}

/** @param {number} index */
function keyOf(index) {
  return `7QX4M-9K2TD-${1e7 + index}`;
}

/**
 * @param {string} list
 * @param {string} ring
 * @returns {Pick<Revocations, 'open' | 'memory' | 'has'>}
 */
function openIn(list, ring) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [SELF, list, ring], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`opening a list: ${stderr}`);
  return JSON.parse(stdout);
}

/**
 * Opens a list in this process; the memory is that of the process at its peak beyond what it took before.
 *
 * @param {string} list
 * @param {string} ring
 */
async function open(list, ring) {
  const [bytes, keyring] = [readFileSync(list), parseKeyring(readFileSync(ring, 'utf8'))];
  const before = process.resourceUsage().maxRSS;
  const started = performance.now();
  const opened = await openRevocations(bytes, keyring, { name: NAME, product: 'app', now: new Date(0) });
  const took = performance.now() - started;
  const memory = (process.resourceUsage().maxRSS - before) * 1024;
  if (!opened.ok || opened.count !== KEYS) throw new Error('the list is not believed');
  const asked = performance.now();
  // One in two is revoked.
  for (let index = 0; index < ASKED; index++) {
    if (opened.has(keyOf(index * 2 * (KEYS / ASKED))) !== index < ASKED / 2)
      throw new Error('a wrong answer');
  }
  const has = ((performance.now() - asked) / ASKED) * 1000;
  console.log(JSON.stringify({ open: took, memory, has }));
}

/** @param {Revocations} revocations */
export function revocationsTable({ count, bytes, open, memory, has }) {
  return markdown([
    [`${count.toLocaleString('en')} revoked keys`, 'to open', 'memory beside it', 'to ask for a key'],
    ['---', '--:', '--:', '--:'],
    [
      `openRevocations, ${(bytes / 1e6).toFixed(0)} MB`,
      `${Math.round(open)} ms`,
      `${(memory / 1e6).toFixed(0)} MB`,
      `${Math.round(has)} µs`,
    ],
  ]);
}

/**
 * @param {Revocations} revocations
 * @returns {[string, number, '≥' | '≤', number][]}
 */
export function revocationsTargets({ open, memory, has }) {
  return [
    ['milliseconds to open', open, '≤', 250],
    ['MB of memory', memory / 1e6, '≤', 40],
    ['microseconds to ask for a key', has, '≤', 100],
  ];
}

const [list, ring] = process.argv.slice(2);
if (process.argv[1] === SELF && list !== undefined && ring !== undefined) await open(list, ring);
