// Reserves keys FIRST … FIRST + COUNT - 1 in chunks, as a process of its own, and prints how many were fresh.
import { keyTexts, openLedger } from '../../../dist/node.js';

const [, , name, driver, secret, first, count, chunk] = process.argv;
const ledger = await openLedger(name ?? '', {
  secret: Buffer.from(secret ?? '', 'hex'),
  ...((driver === 'libsql' || driver === 'node:sqlite') && { sqliteDriver: driver }),
  portable: driver === 'libsql',
});
const claim = await ledger.claim({
  id: `process-${process.pid}-${Math.random()}`,
  kind: 'generate',
  count: Number(count),
  comparison: 1,
  mask: null,
  entropyBits: 128,
  parameters: '',
  by: 'test',
  now: new Date(),
});
const end = Number(first) + Number(count);
let fresh = 0;
for (let at = Number(first), number = 0; at < end; at += Number(chunk), number++) {
  const length = Math.min(Number(chunk), end - at);
  const keys = Array.from({ length }, (_, index) => `KEY-${String(at + index).padStart(12, '0')}`);
  const { taken } = await ledger.reserve(claim, number, keyTexts(keys));
  fresh += length - taken.length;
}
await ledger.prepare(claim, { files: [], report: '' });
await ledger.done(claim, new Date());
await ledger.close();
process.stdout.write(`${fresh}\n`);
