// Imports COUNT keys from a pipe into a ledger that keeps nothing, and prints how many it was given and the most memory
// that the process ever had, in MiB: so it is the memory of the import alone.
import { importKeys } from '../../../dist/node/issue/import-keys.js';
import { memoryLedger } from '../../../dist/node.js';

const [, , count] = process.argv;
const ledger = memoryLedger();
let given = 0;
ledger.reserve = async (_claim, _chunk, keys) => {
  given += keys.count;
  return { taken: new Uint32Array() };
};

/** Lines of 1 KiB, most of it blanks: memory is soon full of them, and they are quickly read. */
const LINES = 1000;
const lines = Array.from(
  { length: LINES },
  (_, index) => `${String(index).padStart(20, 'K').padEnd(1023)}\n`,
);
const block = Buffer.from(lines.join(''));

async function* input() {
  for (let at = 0; at < Number(count); at += LINES) yield Buffer.from(block);
}

const options = { batch: 'import', by: 'test', now: new Date(0), stdin: input() };
const report = await importKeys(ledger, ['-'], options);
if (report.added !== given) throw new Error(`${report.added} were added, ${given} given`);
process.stdout.write(`${given} ${Math.round(process.resourceUsage().maxRSS / 1024)}\n`);
