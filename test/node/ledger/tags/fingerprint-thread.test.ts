import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { memoryLedger } from '../../../../dist/node/ledger/memory.js';
import { FingerprintThread } from '../../../../dist/node/ledger/tags/fingerprint-thread.js';
import { type KeyTexts, keyTexts } from '../../../../src/node/ledger/model/ledger.js';
import { Fingerprinter } from '../../../../src/node/ledger/tags/fingerprints.js';
import { describeLedger, freshKeys } from '../contract.js';

// Threads load no TypeScript on Node.js 20, so these run what was built.
describeLedger('in memory, with fingerprints from a thread', {
  open: async ({ exact = false } = {}) => memoryLedger({ comparison: exact ? 'exact' : 1 }),
});

/** Keys in a buffer of their own, which can move; small ones of Node.js share one. */
function moving(texts: readonly string[]): KeyTexts {
  const keys = keyTexts(texts);
  return { ...keys, bytes: Uint8Array.from(keys.bytes) };
}

it('a thread makes the same fingerprints, and gives the keys back', async () => {
  expect(FingerprintThread.available).toBe(true);
  const secret = randomBytes(32);
  const thread = new FingerprintThread(secret, 1);
  const here = new Fingerprinter(secret, 1);
  const keys = [...freshKeys(500), ...freshKeys(1)].flatMap((key) => [key, key.toLowerCase()]);
  const jobs = [keys.slice(0, 300), keys.slice(200), []].map(async (part) => {
    const made = await thread.fingerprint('issued', moving(part), true);
    expect(made.fingerprints).toStrictEqual(here.fingerprint('issued', keyTexts(part), true));
    expect(Buffer.from(made.keys.bytes).toString()).toBe(part.join(''));
  });
  await Promise.all(jobs);
  const refused = thread.fingerprint('created', moving(['A', 'ÄÖ']), false);
  await expect(refused).rejects.toMatchObject({ code: 'not_a_key', details: { position: 2 } });
  const last = thread.fingerprint('created', moving(keys), false);
  last.catch(() => undefined);
  await thread.close();
  await Promise.allSettled([last]);
});
