/**
 * How time and memory grow with the number of lines: an SVG of two panels, both axes logarithmic.
 *
 * @typedef {{ title: string, unit: string, of: (run: import('./measure.js').Run) => number | null }} Panel
 * @typedef {{ low: number, high: number, from: number, to: number }} Axis
 */

const WIDTH = 900;
const HEIGHT = 440;
const TOP = 56;
const BOTTOM = 340;
const PANEL_WIDTH = 350;
const PANEL_LEFT = [70, 520];

/** Colours that stand out from white and from near black alike; the dashes tell them apart without colour. */
const STROKES = [
  { colour: '#d1495b', dash: '' },
  { colour: '#d1495b', dash: '2 3' },
  { colour: '#3f88c5', dash: '' },
  { colour: '#7a9a3a', dash: '8 3' },
  { colour: '#b07aa1', dash: '6 2 2 2' },
  { colour: '#e08e2b', dash: '1 4' },
];

/** @type {Panel[]} */
const PANELS = [
  { title: 'wall time', unit: 's', of: (run) => run.wall },
  { title: 'peak memory', unit: 'MB', of: (run) => (run.rss === null ? null : run.rss / 1e6) },
];

/**
 * @param {import('./turns.js').Size[]} sizes
 * @returns {string}
 */
export function growthChart(sizes) {
  const names = sizes[0]?.contenders.map(({ name }) => name) ?? [];
  const counts = sizes.map(({ count }) => count);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-labelledby="title">`,
    `<title id="title">Wall time and peak memory of deduplicating ${grouped(Math.min(...counts))} to ${grouped(Math.max(...counts))} lines</title>`,
    '<style>',
    'text { font: 13px system-ui, sans-serif; fill: #1f2328 }',
    '.page { fill: #ffffff } .grid { stroke: #d0d7de } .axis { stroke: #656d76 }',
    '@media (prefers-color-scheme: dark) {',
    '  text { fill: #e6edf3 }',
    '  .page { fill: #0d1117 } .grid { stroke: #30363d } .axis { stroke: #8d96a0 }',
    '}',
    '</style>',
    `<rect class="page" width="${WIDTH}" height="${HEIGHT}"/>`,
    ...PANELS.flatMap((panel, index) => panelOf(panel, PANEL_LEFT[index] ?? 0, names, sizes)),
    ...names.map((name, index) => legendEntry(name, index)),
    '</svg>',
    '',
  ].join('\n');
}

/**
 * @param {Panel} panel
 * @param {number} left
 * @param {string[]} names
 * @param {import('./turns.js').Size[]} sizes
 */
function panelOf(panel, left, names, sizes) {
  const lines = names.map((name) =>
    sizes.flatMap(({ count, contenders }) => {
      const run = contenders.find((contender) => contender.name === name)?.run;
      const value = run ? panel.of(run) : null;
      return value === null ? [] : [{ count, value }];
    }),
  );
  const values = lines.flat().map(({ value }) => value);
  const across = axis(
    sizes.map(({ count }) => count),
    left,
    left + PANEL_WIDTH,
  );
  const up = axis(values, BOTTOM, TOP);
  const curves = lines.map((points, index) => curve(points, across, up, index));
  return [
    `<text x="${left}" y="${TOP - 18}" font-weight="bold">${panel.title}, ${panel.unit}</text>`,
    ...decades(across).map((count) => {
      const x = at(across, count);
      return `<path class="grid" d="M${x} ${TOP}V${BOTTOM}"/><text x="${x}" y="${BOTTOM + 18}" text-anchor="middle">${power(count)}</text>`;
    }),
    ...decades(up).map((value) => {
      const y = at(up, value);
      return `<path class="grid" d="M${left} ${y}H${left + PANEL_WIDTH}"/><text x="${left - 8}" y="${y + 4}" text-anchor="end">${grouped(value)}</text>`;
    }),
    `<path class="axis" fill="none" d="M${left} ${TOP}V${BOTTOM}H${left + PANEL_WIDTH}"/>`,
    `<text x="${left + PANEL_WIDTH / 2}" y="${BOTTOM + 38}" text-anchor="middle">lines of 29 characters, one in ten repeated</text>`,
    ...curves,
  ];
}

/**
 * @param {{ count: number, value: number }[]} points
 * @param {Axis} across
 * @param {Axis} up
 * @param {number} index
 */
function curve(points, across, up, index) {
  const { colour, dash } = strokeOf(index);
  const places = points.map(({ count, value }) => `${at(across, count)} ${at(up, value)}`);
  const dots = places.map((place) => {
    const [x, y] = place.split(' ');
    return `<circle cx="${x}" cy="${y}" r="3" fill="${colour}"/>`;
  });
  return `<polyline fill="none" stroke="${colour}" stroke-width="2" stroke-dasharray="${dash}" points="${places.join(', ')}"/>${dots.join('')}`;
}

/**
 * @param {string} name
 * @param {number} index
 */
function legendEntry(name, index) {
  const { colour, dash } = strokeOf(index);
  const x = 70 + (index % 3) * 280;
  const y = BOTTOM + 64 + Math.floor(index / 3) * 22;
  return `<path stroke="${colour}" stroke-width="2" stroke-dasharray="${dash}" d="M${x} ${y}h30"/><text x="${x + 38}" y="${y + 4}">${escaped(name)}</text>`;
}

/** @param {number} index */
function strokeOf(index) {
  return STROKES[index % STROKES.length] ?? { colour: '#888888', dash: '' };
}

/**
 * An axis from the power of ten below the least value to the one above the largest.
 *
 * @param {number[]} values
 * @param {number} from
 * @param {number} to
 * @returns {Axis}
 */
function axis(values, from, to) {
  const low = Math.floor(Math.log10(Math.min(...values)));
  const high = Math.ceil(Math.log10(Math.max(...values)));
  return { low, high: Math.max(high, low + 1), from, to };
}

/**
 * @param {Axis} axis
 * @param {number} value
 */
function at({ low, high, from, to }, value) {
  const place = from + ((Math.log10(value) - low) / (high - low)) * (to - from);
  return Math.round(place * 10) / 10;
}

/** @param {Axis} axis */
function decades({ low, high }) {
  return Array.from({ length: high - low + 1 }, (_, index) => 10 ** (low + index));
}

/** @param {number} count */
function power(count) {
  const exponent = String(Math.round(Math.log10(count)));
  return `10${[...exponent].map((digit) => '⁰¹²³⁴⁵⁶⁷⁸⁹'.charAt(Number(digit))).join('')}`;
}

/** @param {number} value */
function grouped(value) {
  return value < 1 ? String(Number(value.toPrecision(1))) : value.toLocaleString('en-US');
}

/** @param {string} text */
function escaped(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
