// npm run bench [-- --only signing --counts 1000000,10000000 --signatures 100000 --runs 3]: see README.md beside this file.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { benchGeneration, benchStart } from './generation.js';
import { README, RESULTS, readResults, withFigures } from './readme.js';
import { benchSigning, signingTargets } from './signing.js';
import { generationTable, signingTable } from './table.js';

const { values } = parseArgs({
  options: {
    /** `generation` or `signing`; both unless told. */
    only: { type: 'string' },
    counts: { type: 'string', default: '1000000,10000000' },
    signatures: { type: 'string', default: '100000' },
    runs: { type: 'string', default: '3' },
    /** Keep the results and put their table into the README. */
    write: { type: 'boolean', default: false },
  },
});

if (values.only !== undefined && !['generation', 'signing'].includes(values.only)) {
  throw new Error('--only takes generation or signing');
}
const runs = Number(values.runs);
const machine = { cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length, node: process.versions.node };
const results = {
  ...(values.only !== 'signing' && {
    machine,
    runs,
    generation: benchGeneration(values.counts.split(',').map(Number), runs),
    start: benchStart(Math.max(5, runs)),
  }),
  ...(values.only !== 'generation' && {
    signing: { machine, runs, ...(await benchSigning(Number(values.signatures), runs)) },
  }),
};

const { generation, start, signing } = results;
if (generation !== undefined && start !== undefined) {
  for (const size of generation) console.log(`${generationTable(size)}\n`);
  console.log(`keywright --version: ${(start.version / start.node).toFixed(2)} × node -e 0\n`);
  const last = generation.at(-1);
  if (last !== undefined) judge(`Targets at ${last.count} keys:`, generationTargets(last, start));
}
if (signing !== undefined) {
  console.log(`${signingTable(signing)}\n`);
  judge(`Targets at ${signing.count} signatures:`, signingTargets(signing));
}

if (values.write) {
  // What was not measured this time stays as it was.
  const before = existsSync(RESULTS) ? readResults() : {};
  const all = { schema: 'keywright/bench/v1', ...before, ...results };
  writeFileSync(RESULTS, `${JSON.stringify(all, null, 2)}\n`);
  writeFileSync(README, withFigures(readFileSync(README, 'utf8'), all));
}

/** @typedef {[what: string, value: number, sign: '≥' | '≤', target: number]} Target */

/**
 * @param {import('./table.js').Size} size
 * @param {{ version: number, node: number }} start
 * @returns {Target[]}
 */
function generationTargets(size, start) {
  /** @param {string} name */
  const find = (name) => size.contenders.find((contender) => contender.name === name)?.run;
  const [ours, openssl] = [find('keywright'), find('openssl rand -base64')];
  if (!ours || !openssl) return [];
  /** @type {Target[]} */
  const targets = [];
  for (const name of ['nanoid + Set', 'nanoid + Set, joined']) {
    const nanoid = find(name);
    if (!nanoid || ours.rss === null || nanoid.rss === null) continue;
    targets.push([`keys per CPU-second next to ${name}`, nanoid.cpu / ours.cpu, '≥', 10]);
    targets.push([`peak memory next to ${name}`, ours.rss / nanoid.rss, '≤', 0.1]);
  }
  targets.push(['wall time next to openssl rand', ours.wall / openssl.wall, '≤', 6]);
  targets.push(['keywright --version next to node -e 0', start.version / start.node, '≤', 2.5]);
  return targets;
}

/**
 * @param {string} title
 * @param {Target[]} targets
 */
function judge(title, targets) {
  console.log(title);
  for (const [what, value, sign, target] of targets) {
    const met = sign === '≥' ? value >= target : value <= target;
    console.log(`  ${met ? 'met   ' : 'MISSED'} ${what}: ${value.toFixed(3)} (${sign} ${target})`);
  }
}
