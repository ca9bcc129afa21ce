import { copyingTargets } from './copying.js';
import { growingTargets } from './growing.js';
import { revocationsTargets } from './revocations.js';
import { sealingTargets } from './sealing.js';
import { sendingTargets } from './sending.js';
import { signingTargets } from './signing.js';
import { START_TARGET } from './start.js';

/** @typedef {[what: string, value: number, sign: '≥' | '≤', target: number]} Target */
/** @typedef {import('./ledger.js').LedgerSize} LedgerSize */

/**
 * Says which targets the results meet.
 *
 * @param {any} results
 */
export function judge({
  generation,
  start,
  signing,
  revocations,
  sending,
  dedupe,
  ledger,
  sealing,
  copying,
  growing,
}) {
  const keys = generation?.at(-1);
  if (start !== undefined) tell('Targets of starting:', startTargets(start));
  if (keys !== undefined) tell(`Targets at ${keys.count} keys:`, generationTargets(keys));
  if (signing !== undefined) tell(`Targets at ${signing.count} signatures:`, signingTargets(signing));
  if (revocations !== undefined)
    tell(`Targets at ${revocations.count} revoked keys:`, revocationsTargets(revocations));
  if (sending !== undefined) tell(`Targets at ${sending.count} requests:`, sendingTargets(sending));
  if (copying !== undefined) tell(`Targets at ${copying.count} copied keys:`, copyingTargets(copying));
  if (growing !== undefined) tell('Targets of a ledger that grows:', growingTargets(growing));
  if (sealing !== undefined) tell(`Targets at ${sealing.count} sealed keys:`, sealingTargets(sealing));
  for (const size of ledger?.sizes ?? []) {
    // A larger one is measured, and has no target.
    if (size.count <= 1e7) tell(`Targets of a ledger at ${size.count} keys:`, ledgerTargets(size));
  }
  if (dedupe === undefined) return;
  const lines = dedupe.sizes.find((/** @type {import('./turns.js').Size} */ { count }) => count === 1e7);
  if (lines !== undefined) tell(`Targets at ${lines.count} lines:`, dedupeTargets(lines));
  const { count, run } = dedupe.loading;
  tell(`Targets at ${count} excluded keys:`, [['seconds of CPU time', run.cpu, '≤', 3]]);
}

/** What has a target, beside what opens a ledger: that is held without its driver. */
const STARTING = ['check', 'verify', 'generate -n'];

/**
 * @param {import('./start.js').Starts} start
 * @returns {Target[]}
 */
function startTargets({ commands }) {
  return commands.flatMap(({ name, ratio, withoutDriver }) => {
    if (withoutDriver !== undefined)
      return [[`${name} without its driver, next to node -e 0`, withoutDriver, '≤', START_TARGET]];
    return STARTING.some((word) => name.startsWith(word))
      ? [[`${name} next to node -e 0`, ratio, '≤', START_TARGET]]
      : [];
  });
}

/**
 * @param {import('./turns.js').Size} size
 * @returns {Target[]}
 */
function generationTargets(size) {
  const [ours, twice, openssl] = runsOf(size, 'keywright', 'keywright --jobs 2', 'openssl rand -base64');
  /** @type {Target[]} */
  const targets = [];
  for (const name of ['nanoid + Set', 'nanoid + Set, joined']) {
    const [nanoid] = runsOf(size, name);
    if (!ours?.rss || !nanoid?.rss) continue;
    targets.push([`keys per CPU-second next to ${name}`, nanoid.cpu / ours.cpu, '≥', 10]);
    targets.push([`peak memory next to ${name}`, ours.rss / nanoid.rss, '≤', 0.1]);
  }
  if (ours && openssl) targets.push(['wall time next to openssl rand', ours.wall / openssl.wall, '≤', 6]);
  if (twice && openssl) targets.push(['with --jobs 2', twice.wall / openssl.wall, '≤', 3]);
  return targets;
}

/**
 * @param {import('./turns.js').Size} size
 * @returns {Target[]}
 */
function dedupeTargets(size) {
  const [ours, sort, awk, duckdb] = runsOf(
    size,
    'keywright dedupe',
    'sort -u',
    "awk '!seen[$0]++'",
    'DuckDB SELECT DISTINCT',
  );
  /** @type {Target[]} */
  const targets = [];
  if (!ours) return targets;
  if (sort) targets.push(['wall time next to sort -u', ours.wall / sort.wall, '≤', 0.3]);
  if (awk) targets.push(['wall time next to awk', ours.wall / awk.wall, '≤', 0.15]);
  if (duckdb) targets.push(['wall time next to DuckDB', ours.wall / duckdb.wall, '≤', 1]);
  if (ours.rss !== null) targets.push(['peak memory in MB', ours.rss / 1e6, '≤', 300]);
  return targets;
}

/**
 * @param {LedgerSize} size
 * @returns {Target[]}
 */
function ledgerTargets({ recorders }) {
  /** @param {string} name */
  const find = (name) => {
    const found = recorders.find((recorder) => recorder.name === name);
    return found?.fresh ? { pace: found.made / found.fresh.wall, rss: found.fresh.rss } : undefined;
  };
  const [sqlite, postgres] = [find('SQLite: keywright'), find('PostgreSQL: keywright')];
  const plain = find('SQLite: INSERT OR IGNORE of HMACs');
  const rows = find('PostgreSQL: single rows of HMACs');
  /** @type {Target[]} */
  const targets = [];
  if (sqlite) targets.push(['keys a second into SQLite', sqlite.pace, '≥', 200_000]);
  if (sqlite && plain) targets.push(['next to the plain loop', sqlite.pace / plain.pace, '≥', 5]);
  if (sqlite?.rss) targets.push(['peak memory in MB', sqlite.rss / 1e6, '≤', 300]);
  if (postgres) targets.push(['keys a second into PostgreSQL', postgres.pace, '≥', 100_000]);
  if (postgres && rows) targets.push(['next to single rows', postgres.pace / rows.pace, '≥', 20]);
  if (postgres?.rss) targets.push(['peak memory in MB', postgres.rss / 1e6, '≤', 300]);
  return targets;
}

/**
 * @param {import('./turns.js').Size} size
 * @param {string[]} names
 */
function runsOf({ contenders }, ...names) {
  return names.map((name) => contenders.find((contender) => contender.name === name)?.run);
}

/**
 * @param {string} title
 * @param {Target[]} targets
 */
function tell(title, targets) {
  console.log(title);
  for (const [what, value, sign, target] of targets) {
    const met = sign === '≥' ? value >= target : value <= target;
    console.log(`  ${met ? 'met   ' : 'MISSED'} ${what}: ${value.toFixed(3)} (${sign} ${target})`);
  }
}
