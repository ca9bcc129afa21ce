/**
 * The README's table of one size: keys per CPU-second, wall time and peak memory, next to ours.
 *
 * @param {{ count: number, contenders: { name: string, wall: number, cpu: number, rss: number | null }[] }} size
 */
export function generationTable({ count, contenders }) {
  const ours = contenders.find(({ name }) => name === 'keywright');
  if (ours === undefined) throw new Error('the results hold no run of keywright');
  const rows = contenders.map(({ name, wall, cpu, rss }) => [
    name,
    name.startsWith('openssl') ? '(no keys)' : `${grouped(Math.round(count / cpu / 1000) * 1000)}`,
    name.startsWith('openssl') ? '' : times(count / ours.cpu / (count / cpu)),
    `${wall.toFixed(2)} s`,
    times(ours.wall / wall),
    rss === null ? '' : `${Math.round(rss / 1e6)} MB`,
    rss === null || ours.rss === null ? '' : times(ours.rss / rss),
  ]);
  const head = [
    `${grouped(count)} keys`,
    'keys per CPU-second',
    'ours is',
    'wall',
    'ours takes',
    'peak memory',
    'ours takes',
  ];
  return markdown([head, ['---', '--:', '--:', '--:', '--:', '--:', '--:'], ...rows]);
}

/** @param {string[][]} rows */
function markdown(rows) {
  return rows.map((row) => `| ${row.join(' | ')} |`).join('\n');
}

/** @param {number} ratio */
function times(ratio) {
  return `${ratio >= 10 ? ratio.toFixed(0) : ratio.toPrecision(2)}×`;
}

/** @param {number} value */
function grouped(value) {
  return value.toString().replace(/\B(?=(?:\d{3})+$)/g, ',');
}
