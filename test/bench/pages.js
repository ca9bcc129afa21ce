import { readFileSync } from 'node:fs';
import { growingTable } from './growing.js';
import { ledgerTable, ledgerWords } from './ledger-table.js';
import { revocationsTable } from './revocations.js';
import { sealingTable } from './sealing.js';
import { sendingTable } from './sending.js';
import { startTable } from './start.js';
import { dedupeTable, generationTable, growthTable, signingTable } from './table.js';

/** The results that the pages quote. */
export const RESULTS = new URL('./results.json', import.meta.url);
/** The pages that quote them: the one figure of the README, all tables in docs. */
export const PAGES = ['../../README.md', '../../docs/speed.md'].map((page) => new URL(page, import.meta.url));
/** How time and memory grow. */
export const CHART = new URL('./growth.svg', import.meta.url);

/**
 * A page with the figures that it has marks for made anew from results.
 *
 * @param {string} page
 * @param {any} results
 */
export function withFigures(page, results) {
  let text = page;
  if (results.generation !== undefined) {
    const { generation } = results;
    const tables = generation.map(generationTable).join('\n\n');
    text = replaced(text, 'headline', headline(generation.at(-1)));
    text = replaced(text, 'bench', `${tables}\n\n${where(results)}`);
  }
  const { start, signing, revocations, sealing, sending } = results;
  if (start !== undefined) text = replaced(text, 'start', `${startTable(start)}\n\n${where(start)}`);
  if (signing !== undefined) {
    text = replaced(text, 'signing', `${signingTable(signing)}\n\n${where(signing)}`);
  }
  if (revocations !== undefined)
    text = replaced(text, 'revocations', `${revocationsTable(revocations)}\n\n${where(revocations)}`);
  if (sealing !== undefined)
    text = replaced(text, 'sealing', `${sealingTable(sealing)}\n\n${where(sealing)}`);
  if (sending !== undefined)
    text = replaced(text, 'sending', `${sendingTable(sending)}\n\n${where(sending)}`);
  const { dedupe, ledger, growing, growth } = results;
  if (growing !== undefined)
    text = replaced(text, 'growing', `${growingTable(growing)}\n\n${where(growing)}`);
  if (ledger !== undefined) {
    const tables = ledger.sizes.map(ledgerTable).join('\n\n');
    text = replaced(text, 'ledger', `${tables}\n\n${ledgerWords(ledger.sizes)}\n${whereLedger(ledger)}`);
  }
  if (dedupe !== undefined) {
    const tables = dedupe.sizes.map(dedupeTable).join('\n\n');
    const { count, run } = dedupe.loading;
    const loaded = `To be held against a list of ${count / 1e6} million keys takes \`generate\` ${run.cpu.toFixed(1)} s of CPU time.`;
    text = replaced(
      text,
      'dedupe',
      `${dedupeRatios(dedupe.sizes)}\n\n${tables}\n\n${where(dedupe)}\n${loaded}`,
    );
  }
  if (growth !== undefined) {
    const chart = `![Wall time and peak memory by the number of lines](../test/bench/growth.svg)`;
    text = replaced(text, 'growth', `${chart}\n\n${growthTable(growth.sizes)}\n\n${where(growth)}`);
  }
  return text;
}

/** @param {import('./turns.js').Size[]} sizes */
function dedupeRatios(sizes) {
  // Of the sizes that every peer finished the largest.
  const size = sizes.findLast(({ contenders }) => contenders.every(({ run }) => run !== null));
  if (size === undefined) throw new Error('the results lack a size that all contenders finished');
  /** @param {string} name */
  const find = (name) => {
    const run = size.contenders.find((contender) => contender.name === name)?.run;
    if (!run) throw new Error(`the results lack ${name}`);
    return run;
  };
  const ours = find('keywright dedupe');
  /** @param {string} name */
  const ratio = (name) => (ours.wall / find(name).wall).toFixed(2);
  const memory = ours.rss === null ? '' : ` in ${Math.round(ours.rss / 1e6)} MB`;
  return [
    `${size.count / 1e6} million lines, one in ten repeated, in ${ratio('sort -u')} of the time of \`LC_ALL=C sort -u\` and`,
    `${ratio("awk '!seen[$0]++'")} of \`awk '!seen[$0]++'\`${memory}, order kept (\`npm run bench -- --only dedupe\`).`,
    `The time is ${ratio('readline + Set')} of readline's with a \`Set\`, and ${ratio('DuckDB SELECT DISTINCT')} of DuckDB's \`SELECT DISTINCT\` on two threads.`,
  ].join('\n');
}

/** @typedef {{ cpu: string, cores: number, node: string }} Machine */

/** @param {{ machine: Machine, runs: number }} measured */
function where({ machine: { cpu, cores, node }, runs }) {
  return `Measured on ${cpu}, ${cores} cores, Node ${node}, ${median(runs)}.`;
}

/** @param {{ machine: Machine, sizes: import('./ledger.js').LedgerSize[] }} measured */
function whereLedger({ machine: { cpu, cores, node }, sizes }) {
  const times = sizes.map(({ count, runs }) => `${count / 1e6} M: ${median(runs)}`).join('; ');
  return `Measured on ${cpu}, ${cores} cores, server included, Node ${node} (${times}).`;
}

/** @param {number} runs */
function median(runs) {
  return runs === 1 ? 'one run' : `medians of ${runs} runs`;
}

/** @param {import('./turns.js').Size} size */
function headline({ count, contenders }) {
  /** @param {string} name */
  const find = (name) => contenders.find((contender) => contender.name === name)?.run;
  // The stronger of the two ways to group nanoid's keys.
  const [ours, nanoid] = [find('keywright'), find('nanoid + Set, joined')];
  if (!ours?.rss || !nanoid?.rss) throw new Error('the results lack keywright or nanoid');
  const [faster, smaller] = [nanoid.cpu / ours.cpu, nanoid.rss / ours.rss];
  return [
    `${count / 1e6} million unique keys to a file in ${ours.wall.toFixed(1)} s and ${Math.round(ours.rss / 1e6)} MB.`,
    `That is ${faster.toFixed(0)} times the keys per CPU-second of nanoid with a \`Set\`, in 1/${Math.round(smaller)} of its memory (\`npm run bench\`).`,
  ].join('\n');
}

/**
 * @param {string} page
 * @param {string} mark
 * @param {string} text
 */
function replaced(page, mark, text) {
  const block = new RegExp(`(<!-- ${mark} -->\\n)[\\s\\S]*?(<!-- /${mark} -->)`);
  return page.replace(block, (_, open, close) => `${open}${text}\n${close}`);
}

/** The results as they were last written. */
export function readResults() {
  return JSON.parse(readFileSync(RESULTS, 'utf8'));
}
