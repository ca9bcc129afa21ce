// Loaded before `keywright send`, which then dies by SIGKILL as it writes to its journal: once for each line that it may ever
// write there with half of it written, and once with all of it, unless the file DEATHS has that death already. Where OF is
// more than 1, it dies at each OF-th of these, counted by the requests; SHIFT says at which.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const { DEATHS = '', OF = '1', SHIFT = '0' } = process.env;
const HALF = { begun: 0, done: 2, open: 1 };
const WHOLE = { begun: 1, done: 3, open: 1 };
const died = new Set(fs.existsSync(DEATHS) ? fs.readFileSync(DEATHS, 'utf8').split('\n') : []);
const { writeFileSync } = fs;

/** @param {string} line @param {Record<string, number>} places */
function isDue(line, places) {
  const { kind = '', request } = /^\{"(?<kind>begun|done|open)":(?<request>\d+)/.exec(line)?.groups ?? {};
  if (request === undefined) return line.startsWith('{"schema":"keywright/journal/');
  return (Number(request) + (places[kind] ?? 0) + Number(SHIFT)) % Number(OF) === 0;
}

/** Which death it is to die now, and how much of these lines is written by then. @param {string} lines */
function nextDeath(lines) {
  let from = 0;
  for (const line of lines.split(/(?<=\n)/)) {
    const name = /^\{"\w+":[^,}]+/.exec(line)?.[0].replaceAll(/[{"]/g, '') ?? '';
    const [half, whole] = [`${name} half`, `${name} whole`];
    if (isDue(line, HALF) && !died.has(half)) return { name: half, until: from + line.length / 2 };
    if (isDue(line, WHOLE) && !died.has(whole)) return { name: whole, until: from + line.length };
    from += line.length;
  }
  return undefined;
}

/** @type {typeof writeFileSync} */
fs.writeFileSync = (file, data, options) => {
  const death = typeof file === 'number' && typeof data === 'string' ? nextDeath(data) : undefined;
  if (death === undefined) return writeFileSync(file, data, options);
  fs.appendFileSync(DEATHS, `${death.name}\n`);
  writeFileSync(file, String(data).slice(0, death.until), options);
  process.kill(process.pid, 'SIGKILL');
};
syncBuiltinESMExports();
