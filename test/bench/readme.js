import { readFileSync } from 'node:fs';
import { generationTable } from './table.js';

const BLOCK = /(<!-- bench -->\n)[\s\S]*?(<!-- \/bench -->)/;

/** The results that the README quotes. */
export const RESULTS = new URL('./results.json', import.meta.url);
export const README = new URL('../../README.md', import.meta.url);

/**
 * The README with its table made anew from results.
 *
 * @param {string} readme
 * @param {any} results
 */
export function withTable(readme, results) {
  const tables = results.generation.map(generationTable).join('\n\n');
  const { machine, start } = results;
  const where = `Measured on ${machine.cpu}, ${machine.cores} cores, Node ${machine.node}, medians of ${results.runs} runs.`;
  const started = `\`keywright --version\` takes ${(start.version / start.node).toFixed(1)}× as long as \`node -e 0\`.`;
  return readme.replace(BLOCK, (_, open, close) => `${open}${tables}\n\n${where} ${started}\n${close}`);
}

/** The results as they were last written. */
export function readResults() {
  return JSON.parse(readFileSync(RESULTS, 'utf8'));
}
