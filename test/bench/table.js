import { MOST_SECONDS } from './measure.js';

/**
 * @typedef {{ name: string, run: import('./measure.js').Run | null }} Contender
 * @typedef {{ count: number, contenders: Contender[] }} Size
 */

const HEAD = ['keys per CPU-second', 'ours makes', 'wall time', 'ours takes', 'peak memory', 'ours takes'];

/**
 * The README's table of one size: keys per CPU-second, wall time and peak memory, next to ours.
 *
 * @param {Size} size
 */
export function generationTable({ count, contenders }) {
  const ours = contenders.find(({ name }) => name === 'keywright')?.run;
  if (!ours) throw new Error('the results hold no run of keywright');
  const rows = contenders.map(({ name, run }) => {
    if (run === null) return [name, '', '', `over ${MOST_SECONDS} s`, '', '', ''];
    const speed = name.startsWith('openssl')
      ? ['', '']
      : [thousands(count / run.cpu), times(run.cpu / ours.cpu)];
    const memory =
      run.rss === null || ours.rss === null
        ? ['', '']
        : [`${Math.round(run.rss / 1e6)} MB`, times(ours.rss / run.rss)];
    return [name, ...speed, `${run.wall.toFixed(2)} s`, times(ours.wall / run.wall), ...memory];
  });
  return markdown([[`${grouped(count)} keys`, ...HEAD], ['---', ...HEAD.map(() => '--:')], ...rows]);
}

/**
 * The README's tables of signing: paces next to the bare loop of node:crypto, and what a client embeds.
 *
 * @param {import('./signing.js').Signing} signing
 */
export function signingTable({ count, paces, sizes }) {
  const rows = paces.map(({ name, perSecond, perCpuSecond }) => {
    const [group] = name.split(': ');
    const bare = paces.find((pace) => pace.name === `${group}: node:crypto`);
    if (bare === undefined) throw new Error(`the results lack the bare loop of ${name}`);
    return [
      name,
      hundreds(perSecond),
      times(perSecond / bare.perSecond),
      hundreds(perCpuSecond),
      times(perCpuSecond / bare.perCpuSecond),
    ];
  });
  const head = ['a second', 'of node:crypto', 'per CPU-second', 'of node:crypto'];
  const sizeRows = sizes.map(({ name, gzipped }) => [name, `${(gzipped / 1000).toFixed(1)} kB`]);
  return [
    markdown([[`${grouped(count)} payloads`, ...head], ['---', ...head.map(() => '--:')], ...rows]),
    markdown([['a client embeds', 'minified, gzipped'], ['---', '--:'], ...sizeRows]),
  ].join('\n\n');
}

/** @param {string[][]} rows */
function markdown(rows) {
  return rows.map((row) => `| ${row.join(' | ')} |`).join('\n');
}

/** @param {number} ratio */
function times(ratio) {
  return `${ratio >= 10 ? ratio.toFixed(0) : ratio >= 1 ? ratio.toFixed(1) : ratio.toFixed(2)}×`;
}

/** @param {number} value */
function hundreds(value) {
  return grouped(Math.round(value / 100) * 100);
}

/** @param {number} value */
function thousands(value) {
  return grouped(Math.round(value / 1000) * 1000);
}

/** @param {number} value */
function grouped(value) {
  return value.toString().replace(/\B(?=(?:\d{3})+$)/g, ',');
}
