// npm run bench [-- --counts 1000000,10000000 --runs 3]: see README.md beside this file.
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { benchGeneration, benchStart } from './generation.js';
import { README, RESULTS, withFigures } from './readme.js';
import { generationTable } from './table.js';

const { values } = parseArgs({
  options: {
    counts: { type: 'string', default: '1000000,10000000' },
    runs: { type: 'string', default: '3' },
    /** Keep the results and put their table into the README. */
    write: { type: 'boolean', default: false },
  },
});

const runs = Number(values.runs);
const results = {
  schema: 'keywright/bench/v1',
  machine: { cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length, node: process.versions.node },
  runs,
  generation: benchGeneration(values.counts.split(',').map(Number), runs),
  start: benchStart(Math.max(5, runs)),
};

for (const size of results.generation) console.log(`${generationTable(size)}\n`);
console.log(`keywright --version: ${(results.start.version / results.start.node).toFixed(2)} × node -e 0`);
judge(results.generation.at(-1));

if (values.write) {
  writeFileSync(RESULTS, `${JSON.stringify(results, null, 2)}\n`);
  writeFileSync(README, withFigures(readFileSync(README, 'utf8'), results));
}

/** @param {(typeof results)['generation'][number] | undefined} size */
function judge(size) {
  /** @param {string} name */
  const find = (name) => size?.contenders.find((contender) => contender.name === name)?.run;
  const [ours, openssl] = [find('keywright'), find('openssl rand -base64')];
  if (!size || !ours || !openssl) return;
  console.log(`\nTargets at ${size.count} keys:`);
  for (const name of ['nanoid + Set', 'nanoid + Set, joined']) {
    const nanoid = find(name);
    if (!nanoid || ours.rss === null || nanoid.rss === null) continue;
    tell(`keys per CPU-second next to ${name}`, nanoid.cpu / ours.cpu, '≥', 10);
    tell(`peak memory next to ${name}`, ours.rss / nanoid.rss, '≤', 0.1);
  }
  tell('wall time next to openssl rand', ours.wall / openssl.wall, '≤', 6);
  tell('keywright --version next to node -e 0', results.start.version / results.start.node, '≤', 2.5);
}

/**
 * @param {string} what
 * @param {number} value
 * @param {'≥' | '≤'} sign
 * @param {number} target
 */
function tell(what, value, sign, target) {
  const met = sign === '≥' ? value >= target : value <= target;
  console.log(`  ${met ? 'met   ' : 'MISSED'} ${what}: ${value.toFixed(3)} (${sign} ${target})`);
}
