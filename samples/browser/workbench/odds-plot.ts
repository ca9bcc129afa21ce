import { collisionOdds, type KeyFormat, largestSensibleBatch, secondsToGuess } from 'keywright';
import { durationWords, numberWords, oddsWords } from './figure-words.js';
import { type LogScale, oddsScale, sizeScale, timeScale } from './odds-scale.js';

const NAMESPACE = 'http://www.w3.org/2000/svg';
const LEFT = 84;
const RIGHT = 14;
const TOP = 64;
const HEIGHT = 150;
const GAP = 42;
const POINTS = 160;

/** Draws collision odds above the time to guess a key, over the same batch sizes. */
export function oddsPlot({ capacity }: KeyFormat, count: number, width: number): SVGSVGElement {
  const sizes = sizeScale(capacity, count);
  const height = TOP + 2 * HEIGHT + GAP + 48;
  const svg = shape('svg', { viewBox: `0 0 ${width} ${height}`, width, height, role: 'img' });
  svg.setAttribute('aria-label', plotWords(capacity, count));
  const x = (size: number) => LEFT + ((width - LEFT - RIGHT) * Math.log10(Math.max(1, size))) / sizes.high;
  const panels = [
    {
      title: 'Odds that two keys drawn blindly are equal',
      scale: oddsScale(capacity),
      value: (size: number) => collisionOdds(size, capacity),
    },
    {
      title: 'Time to guess one, at 100 guesses a second',
      scale: timeScale(capacity, sizes.high),
      value: (size: number) => secondsToGuess(size, capacity),
    },
  ];
  const bottom = TOP + 2 * HEIGHT + GAP;
  const titles: SVGElement[] = [];
  for (const [index, panel] of panels.entries()) {
    const top = TOP + index * (HEIGHT + GAP);
    svg.append(...ranges(capacity, sizes, x, top));
    titles.push(label(panel.title, 0, top - 14, 'title'));
    const y = (value: number) => top + HEIGHT * (1 - share(panel.scale, Math.log10(value)));
    for (const tick of panel.scale.ticks) {
      const at = top + HEIGHT * (1 - share(panel.scale, tick.at));
      svg.append(
        line(LEFT, at, width - RIGHT, at, 'grid'),
        label(tick.label, LEFT - 8, at + 4, 'tick', 'end'),
      );
    }
    for (const tick of sizes.ticks)
      svg.append(line(x(10 ** tick.at), top, x(10 ** tick.at), top + HEIGHT, 'grid'));
    svg.append(shape('path', { d: curve(sizes, panel.value, x, y), class: 'curve' }));
    svg.append(shape('circle', { cx: x(count), cy: y(panel.value(count)), r: 5, class: 'own' }));
  }
  for (const tick of sizes.ticks)
    svg.append(label(tick.label, x(10 ** tick.at), bottom + 18, 'tick', 'middle'));
  svg.append(label('Keys in the batch', (LEFT + width - RIGHT) / 2, bottom + 40, 'tick', 'middle'));
  svg.append(...marks(capacity, count, sizes, x, width), ...titles);
  return svg;
}

/** What the plot shows, for those who do not see it. */
export function plotWords(capacity: bigint, count: number): string {
  const sensible = largestSensibleBatch(capacity);
  return [
    `Two curves over the batch size, both axes logarithmic.`,
    `Of ${numberWords(count)} keys drawn blindly two are equal: ${oddsWords(collisionOdds(count, capacity))}.`,
    `Guessing one of them takes ${durationWords(secondsToGuess(count, capacity))}.`,
    sensible === 0 ? 'No batch is sensible.' : `Up to ${numberWords(sensible)} keys are sensible.`,
    'The table below has the figures.',
  ].join(' ');
}

/** Where a batch is sensible, and where it is refused. */
function ranges(
  capacity: bigint,
  sizes: LogScale,
  x: (size: number) => number,
  top: number,
): readonly SVGElement[] {
  const [largest, half] = [10 ** sizes.high, Number(capacity) / 2];
  const sensible = Math.min(largest, largestSensibleBatch(capacity));
  const band = (from: number, to: number, name: string) =>
    shape('rect', { x: x(from), y: top, width: x(to) - x(from), height: HEIGHT, class: name });
  return [
    band(1, largest, 'ground'),
    ...(sensible > 1 ? [band(1, sensible, 'sensible')] : []),
    ...(half < largest ? [band(half, largest, 'refused')] : []),
  ];
}

function marks(
  capacity: bigint,
  count: number,
  sizes: LogScale,
  x: (size: number) => number,
  width: number,
): readonly SVGElement[] {
  const bottom = TOP + 2 * HEIGHT + GAP;
  const sensible = largestSensibleBatch(capacity);
  const beside = (at: number, text: string, y: number, name: string) => {
    const isRight = at + 7 * text.length > width;
    return label(text, at + (isRight ? -6 : 6), y, name, isRight ? 'end' : 'start');
  };
  const own = [
    line(x(count), 17, x(count), bottom, 'own'),
    beside(x(count), `this batch: ${numberWords(count)}`, 13, 'own'),
  ];
  if (sensible < 1) return own;
  if (sensible >= 10 ** sizes.high)
    return [...own, label('all of these sizes are sensible', LEFT + 6, TOP + 18, 'sensible')];
  return [
    line(x(sensible), 33, x(sensible), bottom, 'sensible'),
    ...own,
    beside(x(sensible), `sensible: up to ${numberWords(sensible)}`, 29, 'sensible'),
  ];
}

function curve(
  sizes: LogScale,
  value: (size: number) => number,
  x: (size: number) => number,
  y: (value: number) => number,
): string {
  const points: string[] = [];
  for (let step = 0; step <= POINTS; step++) {
    const size = Math.round(10 ** ((sizes.high * step) / POINTS));
    const at = value(size);
    if (at > 0) points.push(`${x(size).toFixed(1)},${y(at).toFixed(1)}`);
  }
  return `M${points.join('L')}`;
}

function share({ low, high }: LogScale, power: number): number {
  return Math.min(1, Math.max(0, (power - low) / (high - low)));
}

function line(x1: number, y1: number, x2: number, y2: number, name: string): SVGElement {
  return shape('line', { x1, y1, x2, y2, class: name });
}

function label(text: string, x: number, y: number, name: string, anchor = 'start'): SVGElement {
  const element = shape('text', { x, y, class: name, 'text-anchor': anchor });
  element.textContent = text;
  return element;
}

function shape<Name extends keyof SVGElementTagNameMap>(
  name: Name,
  attributes: Readonly<Record<string, string | number>>,
): SVGElementTagNameMap[Name] {
  const element = document.createElementNS(NAMESPACE, name);
  for (const [attribute, value] of Object.entries(attributes)) element.setAttribute(attribute, String(value));
  return element;
}
