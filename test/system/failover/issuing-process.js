// Issues one small batch after the other through a ledger, into FOLDER, until its input ends; prints how each went.
// What was issued there before is repeated first, as a job that is run again would. Ends with the code of what goes wrong.
import { join } from 'node:path';
import { parseFormat } from '../../../dist/index.js';
import { generateBatch, openLedger } from '../../../dist/node.js';

const [, , name = '', folder = '', prefix = '', keys = ''] = process.argv;
let stopped = false;
process.stdin.on('end', () => {
  stopped = true;
});
process.stdin.resume();
const ledger = await openLedger(name);
try {
  const format = parseFormat('lukittu');
  for (let number = 0; !stopped; number++) {
    const batchId = `${prefix}-${number}`;
    const out = join(folder, `${batchId}.txt`);
    const { repeated } = await generateBatch(format, Number(keys), {
      ...{ ledger, batchId, out },
      ...{ style: 'text', now: new Date() },
    });
    process.stdout.write(repeated ? 'repeated\n' : 'issued\n');
  }
} catch (error) {
  process.stderr.write(`${error instanceof Error && 'code' in error ? error.code : error}\n`);
  process.exitCode = 1;
} finally {
  await ledger.close();
  process.stdin.destroy();
}
