import { readFileSync } from 'node:fs';
import { generationTable, signingTable } from './table.js';

/** The results that the README quotes. */
export const RESULTS = new URL('./results.json', import.meta.url);
export const README = new URL('../../README.md', import.meta.url);

/**
 * The README with its figures made anew from results.
 *
 * @param {string} readme
 * @param {any} results
 */
export function withFigures(readme, results) {
  let text = readme;
  if (results.generation !== undefined) {
    const { generation, start } = results;
    const tables = generation.map(generationTable).join('\n\n');
    const started = `\`keywright --version\` takes ${(start.version / start.node).toFixed(1)}× as long as \`node -e 0\`.`;
    text = replaced(text, 'headline', headline(generation.at(-1)));
    text = replaced(text, 'bench', `${tables}\n\n${where(results)} ${started}`);
  }
  const { signing } = results;
  if (signing !== undefined) {
    text = replaced(text, 'signing', `${signingTable(signing)}\n\n${where(signing)}`);
  }
  return text;
}

/** @param {{ machine: { cpu: string, cores: number, node: string }, runs: number }} measured */
function where({ machine: { cpu, cores, node }, runs }) {
  return `Measured on ${cpu}, ${cores} cores, Node ${node}, medians of ${runs} runs.`;
}

/** @param {import('./table.js').Size} size */
function headline({ count, contenders }) {
  /** @param {string} name */
  const find = (name) => contenders.find((contender) => contender.name === name)?.run;
  // The stronger of the two ways to group nanoid's keys.
  const [ours, nanoid] = [find('keywright'), find('nanoid + Set, joined')];
  if (!ours?.rss || !nanoid?.rss) throw new Error('the results lack keywright or nanoid');
  const [faster, smaller] = [nanoid.cpu / ours.cpu, nanoid.rss / ours.rss];
  return [
    `${count / 1e6} million unique keys to a file in ${ours.wall.toFixed(1)} s and ${Math.round(ours.rss / 1e6)} MB:`,
    `${faster.toFixed(0)} times the keys per CPU-second of nanoid with a \`Set\`, in 1/${Math.round(smaller)} of its memory (\`npm run bench\`).`,
  ].join('\n');
}

/**
 * @param {string} readme
 * @param {string} mark
 * @param {string} text
 */
function replaced(readme, mark, text) {
  const block = new RegExp(`(<!-- ${mark} -->\\n)[\\s\\S]*?(<!-- /${mark} -->)`);
  return readme.replace(block, (_, open, close) => `${open}${text}\n${close}`);
}

/** The results as they were last written. */
export function readResults() {
  return JSON.parse(readFileSync(RESULTS, 'utf8'));
}
