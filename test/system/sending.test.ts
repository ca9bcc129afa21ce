import { readdirSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { NAMES } from '../node/send/rehearsal.js';
import { SendSite } from '../node/send/send-site.js';

const sites: SendSite[] = [];
afterEach(() => {
  for (const site of sites.splice(0)) site.close();
});

async function open(...given: Parameters<typeof SendSite.open>): Promise<SendSite> {
  const site = await SendSite.open(...given);
  sites.push(site);
  return site;
}

const CALM = ['--failures', '0%', '--lost-replies', '0%'];

// 1,000 keys: test/slow/sending.test.ts
describe.each(NAMES)('keywright send to %s, killed', (name) => {
  it('at ten moments creates each key once, and has a row for each', async () => {
    const luck = ['--failures', '5%', '--lost-replies', '2%', '--page-size', '30', '--latency', '3ms'];
    const site = await open(name, 100, ...luck);
    await site.expectSurvivedTenKills(100, 100);
  });

  it('at each write of its journal, half of it and all of it, creates each key once', async () => {
    const keys = name === 'getkeymanager' ? 20 : 4;
    const site = await open(name, keys, ...CALM);
    await site.expectSurvivedEachWrite(keys);
  });
});

describe('keywright send, interrupted', () => {
  it('ends with 130 and says how to go on; what the server never answered stays in doubt', async () => {
    const site = await open('cryptlex', 20, ...CALM, '--latency', '20000ms');
    const { child, end } = site.start(['r.jsonl', '--results', 'results.csv']);
    while (site.linesIn('r.jsonl.journal') < 3) await setTimeout(5);
    const second = await site.start(['r.jsonl']).end;
    expect(second).toEqual({ status: 3, text: expect.stringContaining('is being sent by another process') });
    child.kill('SIGINT');
    const stuck = AbortSignal.timeout(20_000);
    stuck.addEventListener('abort', () => child.kill('SIGKILL'));
    const { status, text } = await end;
    expect([status, text]).toEqual([130, expect.stringContaining('run the same command again')]);
    expect(site.read('results.csv')).toMatch(/,doubtful,,\n/);
    expect(site.read('r.jsonl.journal')).not.toContain('"done"');
    expect(readdirSync(site.folder).filter((file) => file.startsWith('.'))).toEqual([]);
  });
});
