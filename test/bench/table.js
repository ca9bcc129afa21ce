import { MOST_SECONDS } from './measure.js';

const HEAD = ['keys per CPU-second', 'ours makes', 'wall time', 'ours takes', 'peak memory', 'ours takes'];

/**
 * The table of one size: keys per CPU-second, wall time and peak memory, next to ours.
 *
 * @param {import('./turns.js').Size} size
 */
export function generationTable({ count, contenders }) {
  const ours = contenders.find(({ name }) => name === 'keywright')?.run;
  if (!ours) throw new Error('the results hold no run of keywright');
  const rows = contenders.map(({ name, run, why }) => {
    if (run === null) return [name, '', '', why ?? `over ${MOST_SECONDS} s`, '', '', ''];
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
 * The tables of signing: paces next to the bare loop of node:crypto, and what a client embeds.
 *
 * @param {import('./signing.js').Signing} signing
 */
export function signingTable({ count, paces, sizes }) {
  const rows = paces.map(({ name, count: own, perSecond, perCpuSecond }) => {
    const [kind] = name.split(': ');
    const bare = [kind, 'sign'].flatMap((each) =>
      paces.filter((pace) => pace.name === `${each}: node:crypto`),
    )[0];
    if (bare === undefined) throw new Error(`the results lack the bare loop of ${name}`);
    return [
      own > count ? `${name}, ${grouped(own)}` : name,
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

/**
 * The table of deduplicating one size: wall time, CPU time and peak memory, next to ours.
 *
 * @param {import('./turns.js').Size} size
 */
export function dedupeTable({ count, contenders }) {
  const ours = contenders.find(({ name }) => name === 'keywright dedupe')?.run;
  if (!ours) throw new Error('the results hold no run of keywright dedupe');
  const rows = contenders.map(({ name, run, why }) => {
    if (run === null) return [name, why ?? '', '', '', '', '', ''];
    const memory =
      run.rss === null || ours.rss === null
        ? ['', '']
        : [`${Math.round(run.rss / 1e6)} MB`, times(ours.rss / run.rss)];
    return [
      name,
      seconds(run.wall),
      times(ours.wall / run.wall),
      seconds(run.cpu),
      times(ours.cpu / run.cpu),
      ...memory,
    ];
  });
  const head = ['wall time', 'ours takes', 'CPU time', 'ours takes', 'peak memory', 'ours takes'];
  return markdown([[`${grouped(count)} lines`, ...head], ['---', ...head.map(() => '--:')], ...rows]);
}

/**
 * The table of growth: for each size the wall time and peak memory of each contender.
 *
 * @param {import('./turns.js').Size[]} sizes
 */
export function growthTable(sizes) {
  const names = sizes[0]?.contenders.map(({ name }) => name) ?? [];
  const rows = sizes.map(({ count, contenders }) => {
    const cells = names.map((name) => {
      const contender = contenders.find((other) => other.name === name);
      if (!contender?.run) return contender?.why ?? '';
      const { wall, rss } = contender.run;
      return rss === null ? seconds(wall) : `${seconds(wall)}, ${Math.round(rss / 1e6)} MB`;
    });
    return [grouped(count), ...cells];
  });
  return markdown([['lines', ...names], ['--:', ...names.map(() => '--:')], ...rows]);
}

/** @param {number} value */
function seconds(value) {
  return `${value.toFixed(2)} s`;
}

/** @param {string[][]} rows */
export function markdown(rows) {
  return rows.map((row) => `| ${row.join(' | ')} |`).join('\n');
}

/** @param {number} ratio */
export function times(ratio) {
  return `${ratio >= 10 ? ratio.toFixed(0) : ratio >= 1 ? ratio.toFixed(1) : ratio.toFixed(2)}×`;
}

/** @param {number} value */
function hundreds(value) {
  return grouped(Math.round(value / 100) * 100);
}

/** @param {number} value */
export function thousands(value) {
  return grouped(Math.round(value / 1000) * 1000);
}

/** @param {number} value */
export function grouped(value) {
  return value.toString().replace(/\B(?=(?:\d{3})+$)/g, ',');
}
