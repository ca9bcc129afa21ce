// npm run bench [-- --full | --only PART] [--counts 1000000,10000000] [--runs 3] [--loops license] [--write]: see README.md beside this file.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { growthChart } from './chart.js';
import { benchCopying, copyingTable } from './copying.js';
import { benchDedupe, benchLoading } from './dedupe.js';
import { benchGeneration } from './generation.js';
import { benchGrowing, growingTable } from './growing.js';
import { benchLedger } from './ledger.js';
import { ledgerTable } from './ledger-table.js';
import { CHART, PAGES, RESULTS, readResults, withFigures } from './pages.js';
import { benchRevocations, revocationsTable } from './revocations.js';
import { benchSealing, sealingTable } from './sealing.js';
import { benchSending, sendingTable } from './sending.js';
import { benchSigning, mergedPaces } from './signing.js';
import { benchStart, startTable } from './start.js';
import { dedupeTable, generationTable, growthTable, signingTable } from './table.js';
import { judge } from './targets.js';

const PARTS = [
  'start',
  'generation',
  'signing',
  'revocations',
  'sealing',
  'sending',
  'dedupe',
  'ledger',
  'copying',
  'growing',
  'growth',
];
/** What is measured without `--full`. */
const SHORT = ['start', 'generation', 'signing', 'revocations'];
/** Two sizes a decade; those up to the largest of `--counts` are measured. */
const GROWTH = [1e5, 3e5, 1e6, 3e6, 1e7, 3e7, 1e8];
/** How many keys `generate` is held against. */
const EXCLUDED = 1e7;

const { values } = parseArgs({
  options: {
    /** All parts. */
    full: { type: 'boolean', default: false },
    /** One part. */
    only: { type: 'string' },
    counts: { type: 'string', default: '1000000,10000000' },
    signatures: { type: 'string', default: '100000' },
    /** Of signing, the loops of one kind; the others stay as they were. */
    loops: { type: 'string', default: '' },
    runs: { type: 'string', default: '3' },
    /** Keep the results, put their tables into README.md and docs/speed.md, and the chart beside this file. */
    write: { type: 'boolean', default: false },
  },
});

if (values.only !== undefined && !PARTS.includes(values.only)) {
  throw new Error(`--only takes one of ${PARTS.join(', ')}`);
}
const parts = values.only !== undefined ? [values.only] : values.full ? PARTS : SHORT;
const counts = values.counts.split(',').map(Number);
const runs = Number(values.runs);
if (![...counts, runs].every((number) => Number.isSafeInteger(number) && number > 0)) {
  throw new Error('--counts and --runs take whole numbers from 1 on');
}
if (parts.includes('growth') && Math.max(...counts) < 1e6) {
  throw new Error('growth begins at 100,000 lines: give --counts of a million or more');
}
const machine = { cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length, node: process.versions.node };
const before = existsSync(RESULTS) ? readResults() : {};
/** @type {any} */
let results = {};
// An exit of our own ends the contender that runs and removes its files.
process.once('SIGINT', () => process.exit(130)).once('SIGTERM', () => process.exit(143));

// Each part is kept as soon as it is there: a run that ends early loses one part at most.
if (parts.includes('start')) {
  keep({ start: { machine, ...(await benchStart(runs)) } });
  console.log(`${startTable(results.start)}\n`);
}
if (parts.includes('generation')) {
  keep({ machine, runs, generation: await benchGeneration(counts, runs) });
  for (const size of results.generation) console.log(`${generationTable(size)}\n`);
}
if (parts.includes('signing')) {
  const measured = await benchSigning(Number(values.signatures), runs, values.loops);
  const old = values.loops === '' ? undefined : before.signing;
  const paces = mergedPaces(old?.paces ?? [], measured.paces);
  keep({ signing: { machine, runs: Math.min(runs, old?.runs ?? runs), ...measured, paces } });
  console.log(`${signingTable(results.signing)}\n`);
}
if (parts.includes('revocations')) {
  keep({ revocations: { machine, runs, ...(await benchRevocations(runs)) } });
  console.log(`${revocationsTable(results.revocations)}\n`);
}
if (parts.includes('sending')) {
  keep({ sending: { machine, runs, ...(await benchSending(runs)) } });
  console.log(`${sendingTable(results.sending)}\n`);
}
if (parts.includes('sealing')) {
  keep({ sealing: { machine, runs, ...(await benchSealing(runs)) } });
  console.log(`${sealingTable(results.sealing)}\n`);
}
if (parts.includes('dedupe')) {
  const measured = await benchDedupe(counts, runs);
  const loading = await benchLoading(EXCLUDED, runs);
  keep({ dedupe: { machine, runs, sizes: merged(before.dedupe?.sizes ?? [], measured), loading } });
  for (const size of measured) console.log(`${dedupeTable(size)}\n`);
  console.log(`generate, held against ${EXCLUDED} keys: ${loading.run.cpu.toFixed(2)} s of CPU time\n`);
}
if (parts.includes('ledger')) {
  const measured = await benchLedger(counts, runs);
  keep({ ledger: { machine, sizes: merged(before.ledger?.sizes ?? [], measured) } });
  for (const size of measured) console.log(`${ledgerTable(size)}\n`);
}
if (parts.includes('copying')) {
  keep({ copying: { machine, ...(await benchCopying(Math.max(...counts))) } });
  console.log(`${copyingTable(results.copying)}\n`);
}
if (parts.includes('growing')) {
  keep({ growing: { machine, runs: 1, ...(await benchGrowing(counts)) } });
  console.log(`${growingTable(results.growing)}\n`);
}
if (parts.includes('growth')) {
  const most = Math.max(...counts);
  const sizes = await benchDedupe(
    GROWTH.filter((count) => count <= most),
    1,
  );
  keep({ growth: { machine, runs: 1, sizes } });
  if (values.write) writeFileSync(CHART, growthChart(sizes));
  console.log(`${growthTable(sizes)}\n`);
}
judge(results);

/**
 * Takes the results of a part; what is not measured this time stays as it was.
 *
 * @param {Record<string, unknown>} part
 */
function keep(part) {
  results = { ...results, ...part };
  if (!values.write) return;
  const all = { schema: 'keywright/bench/v1', ...before, ...results };
  writeFileSync(RESULTS, `${JSON.stringify(all, null, 2)}\n`);
  for (const page of PAGES) writeFileSync(page, withFigures(readFileSync(page, 'utf8'), all));
}

/**
 * The sizes measured before, with those of this run in their place.
 *
 * @template {{ count: number }} Sized
 * @param {Sized[]} old
 * @param {Sized[]} measured
 */
function merged(old, measured) {
  const kept = old.filter(({ count }) => !measured.some((size) => size.count === count));
  return [...kept, ...measured].toSorted((a, b) => a.count - b.count);
}
