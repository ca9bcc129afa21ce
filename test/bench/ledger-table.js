import { grouped, markdown, thousands, times } from './table.js';

/** @typedef {import('./ledger.js').LedgerSize} LedgerSize */

const HEAD = ['fresh: a second', 'ours', 'peak memory', 'database', 'the same again: a second', 'ours'];

/**
 * The table of one size: paces of fresh keys and of duplicates, next to ours on the same engine.
 *
 * @param {LedgerSize} size
 */
export function ledgerTable({ count, recorders }) {
  const rows = recorders.map(({ name, made, fresh, again, stored, why }) => {
    const ours = recorders.find((other) => other.name === `${name.split(':')[0]}: keywright`);
    if (fresh === null) return [name, why ?? '', '', '', '', '', ''];
    const first = [pace(made, fresh), next(ours?.made, ours?.fresh, made, fresh)];
    const second = [pace(made, again), next(ours?.made, ours?.again, made, again)];
    // Fewer keys tell the pace, and nothing else.
    if (made < count) return [`${name} (of ${grouped(made)} keys)`, ...first, '', '', ...second];
    return [name, ...first, fresh.rss === null ? '' : megabytes(fresh.rss), megabytes(stored), ...second];
  });
  return markdown([[`${grouped(count)} keys`, ...HEAD], ['---', ...HEAD.map(() => '--:')], ...rows]);
}

/** What is said of the ledger's cost, in words. @param {LedgerSize[]} sizes */
export function ledgerWords(sizes) {
  const largest = sizes.at(-1);
  const ours = largest?.recorders.find(({ name }) => name === 'SQLite: keywright');
  if (largest === undefined || !ours?.fresh?.rss) throw new Error('the results lack keywright on SQLite');
  const { wall, rss } = ours.fresh;
  const time = wall < 120 ? `${wall.toFixed(0)} s` : `${(wall / 60).toFixed(0)} minutes`;
  return `A SQLite ledger of ${grouped(largest.count)} keys is made in ${time} by one batch, in ${megabytes(rss)} of memory, and is a file of ${megabytes(ours.stored)}.`;
}

/**
 * @param {number} made
 * @param {import('./measure.js').Run | null} run
 */
function pace(made, run) {
  if (run === null) return '';
  const perSecond = made / run.wall;
  return perSecond >= 10_000 ? thousands(perSecond) : grouped(Math.round(perSecond));
}

/**
 * How many times the pace ours has.
 *
 * @param {number | undefined} ourCount
 * @param {import('./measure.js').Run | null | undefined} ours
 * @param {number} made
 * @param {import('./measure.js').Run | null} run
 */
function next(ourCount, ours, made, run) {
  return ourCount === undefined || !ours || run === null
    ? ''
    : times(ourCount / ours.wall / (made / run.wall));
}

/** @param {number} bytes */
function megabytes(bytes) {
  return `${grouped(Math.round(bytes / 1e6))} MB`;
}
