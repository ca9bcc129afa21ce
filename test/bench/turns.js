import { measure, medianRun } from './measure.js';

/**
 * What a contender came to: the medians of its runs, or why it did not finish one.
 *
 * @typedef {{ name: string, run: import('./measure.js').Run | null, why?: string }} Contender
 * @typedef {{ count: number, contenders: Contender[] }} Size
 */

/**
 * Measures every contender so many times, in turn, so that all see the same weather. One that does not finish
 * is not asked again.
 *
 * @param {string} title
 * @param {Record<string, (out: string) => string[]>} contenders
 * @param {number} runs
 * @param {{ seconds?: number, read?: (name: string, out: string) => void }} [options]
 * @returns {Promise<Contender[]>}
 */
export async function takeTurns(title, contenders, runs, { seconds, read } = {}) {
  /** @type {Record<string, { why?: string, runs: import('./measure.js').Run[] }>} */
  const measured = Object.fromEntries(Object.keys(contenders).map((name) => [name, { runs: [] }]));
  for (let run = 0; run < runs; run++) {
    for (const [name, command] of Object.entries(contenders)) {
      const so = measured[name];
      if (so === undefined || so.why !== undefined) continue;
      process.stderr.write(`${title}, run ${run + 1} of ${runs}: ${name}\n`);
      const result = await measure(command, {
        ...(seconds !== undefined && { seconds }),
        // What a contender writes is the same in every run: once is enough to look at.
        ...(run === 0 && read !== undefined && { read: (out) => read(name, out) }),
      });
      if ('why' in result) so.why = result.why;
      else so.runs.push(result);
    }
  }
  return Object.entries(measured).map(([name, { why, runs: all }]) =>
    why === undefined ? { name, run: medianRun(all) } : { name, run: null, why },
  );
}
