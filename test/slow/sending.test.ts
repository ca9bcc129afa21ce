import { describe, it } from 'vitest';
import { NAMES } from '../node/send/rehearsal.js';
import { SendSite } from '../node/send/send-site.js';

const LUCK = ['--failures', '5%', '--lost-replies', '1%', '--page-size', '100'];

describe.each(NAMES)('keywright send of 1,000 keys to %s, killed', (name) => {
  it('at ten moments creates each key once, and has a row for each', async () => {
    const site = await SendSite.open(name, 1000, ...LUCK);
    await site.expectSurvivedTenKills(1000, 200).finally(() => site.close());
  });

  // At one of six: the first three servers are killed at different ones, so that each of 2,000 lines, what was begun and what is
  // done, kills a run of one of them, half written or whole. At all of them, with few requests: test/system/sending.test.ts.
  it('at writes to its journal, again and again, creates each key once, and has a row for each', async () => {
    const site = await SendSite.open(name, 1000, ...LUCK);
    const shift = 2 * NAMES.indexOf(name);
    await site.expectSurvivedEachWrite(1000, 6, shift).finally(() => site.close());
  }, 3_600_000);
});
