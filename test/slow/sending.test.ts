import { describe, it } from 'vitest';
import { NAMES } from '../node/send/rehearsal.js';
import { SendSite } from '../node/send/send-site.js';

describe.each(NAMES)('keywright send of 1,000 keys to %s, killed', (name) => {
  it('at ten moments creates each key once, and has a row for each', async () => {
    const luck = ['--failures', '5%', '--lost-replies', '1%', '--page-size', '100'];
    const site = await SendSite.open(name, 1000, ...luck);
    await site.expectSurvivedTenKills(1000, 200).finally(() => site.close());
  });

  it('at each write of its journal creates each key once', async () => {
    const luck = ['--failures', '0%', '--lost-replies', '0%'];
    const site = await SendSite.open(name, name === 'getkeymanager' ? 400 : 80, ...luck);
    await site.expectSurvivedEachWrite(4).finally(() => site.close());
  });
});
