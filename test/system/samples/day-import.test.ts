import { appendFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Import, openJournal } from '../../../samples/day-import/import.js';
import { rehearse } from '../../../samples/day-import/server.js';
import * as cryptlex from '../../../src/core/vendors/cryptlex.js';
import * as getkeymanager from '../../../src/core/vendors/getkeymanager.js';
import * as lukittu from '../../../src/core/vendors/lukittu.js';
import type { ImportRequest, Pace, Vendor } from '../../../src/core/vendors/server/vendor.js';
import * as solifyn from '../../../src/core/vendors/solifyn.js';
import { generateKeys } from '../../../src/index.js';
import { run } from '../../cli/script.js';
import { newFolder } from '../../new-folder.js';

const SECRETS = {
  CRYPTLEX_TOKEN: 'secret-one',
  SOLIFYN_TOKEN: 'secret-two',
  LUKITTU_TOKEN: 'secret-three',
  GETKEYMANAGER_API_KEY: 'secret-four & more',
};
const VENDORS: Readonly<Record<string, Pick<Vendor, 'prepareRequest' | 'keyFormat' | 'pace'>>> = {
  cryptlex,
  solifyn,
  lukittu,
  getkeymanager,
};
/** What the sample's servers know. */
const FIELDS = {
  cryptlex: { productId: 'b1d5c0a2-3f4e-4a6b-8c7d-9e0f1a2b3c4d' },
  solifyn: { productId: 'prod_rehearsal', customerId: 'cust_rehearsal' },
  lukittu: { teamId: 'd3f7e2c4-5162-4c8d-8e9f-1a2b3c4d5e6f', expirationType: 'NEVER' },
  getkeymanager: { product_id: 1, activation_limit: 0, validity: 0, status: 'available' },
} as const;
type Name = keyof typeof FIELDS;
const NAMES: readonly Name[] = ['cryptlex', 'solifyn', 'lukittu', 'getkeymanager'];
type Send = (url: string, init: RequestInit) => Promise<Response>;

const folder = newFolder();
let files = 0;
const newJournal = () => join(folder, `${++files}.journal`);

function vendorOf(name: Name) {
  const vendor = VENDORS[name];
  if (vendor === undefined) throw new Error(name);
  return vendor;
}

function prepare(name: Name, count: number, fields: object = {}) {
  const { keyFormat, prepareRequest } = vendorOf(name);
  const keys = generateKeys(keyFormat, count);
  const chunk = name === 'getkeymanager' ? 2 : 1;
  const requests = keys.flatMap((_, index): readonly ImportRequest[] => {
    if (index % chunk > 0) return [];
    const rows = keys.slice(index, index + chunk).map((key) => ({ key, fields: {} }));
    const options = { fields: { ...FIELDS[name], ...fields }, now: new Date(), baseUrl: 'http://localhost' };
    const prepared = prepareRequest(rows, options);
    if (!prepared.ok) throw new Error(JSON.stringify(prepared.issues));
    return [prepared.request];
  });
  return { keys: [...keys].sort(), requests };
}

/** The sample's server without a network between, and what it holds. */
async function serverOf(name: Name, seed?: string) {
  const server = (await rehearse(SECRETS, seed)).find((one) => one.name === name);
  if (server === undefined) throw new Error(name);
  const send: Send = async (url, init) => {
    const { method = '', body } = init;
    const headers = Object.fromEntries(new Headers(init.headers));
    const at = url.replace('http://localhost', '');
    const answer = await server.answer({ method, url: at, headers, ...(body && { body }) });
    if (answer === undefined) throw new TypeError('fetch failed');
    return new Response(answer.text, answer);
  };
  return { send, keys: async () => [...(await server.keys())].sort() };
}

/** Time passes only while somebody sleeps. */
class Virtual {
  time = 0;
  readonly slept: number[] = [];
  now = () => this.time;
  sleep = async (milliseconds: number) => {
    this.slept.push(milliseconds);
    this.time += milliseconds;
  };
}

function importer(name: Name, journal: string, send: Send, clock = new Virtual(), lookFirst = false) {
  const perSecond = vendorOf(name).pace.advised;
  return new Import(openJournal(journal), { perSecond, secrets: SECRETS, send, clock, lookFirst });
}

/** How many calls the fullest window of the pace holds. */
function fullest(times: readonly number[], { seconds }: Pace): number {
  return Math.max(
    ...times.map((from) => times.filter((at) => at >= from && at < from + seconds * 1000).length),
  );
}

describe.each(NAMES)('samples/day-import for %s', (name) => {
  const { pace } = vendorOf(name);

  it('creates every key once, stopped at every eighth call before or after it was carried out', async () => {
    const { keys, requests } = prepare(name, 160);
    const server = await serverOf(name);
    const [journal, clock] = [newJournal(), new Virtual()];
    const calls: number[] = [];
    let [runs, found] = [0, 0];
    for (let over = false; !over; runs++) {
      let killed = () => {};
      const kill = new Promise<boolean>((resolve) => {
        killed = () => resolve(false);
      });
      const send: Send = async (url, init) => {
        calls.push(clock.time);
        const stops = calls.length % 8 === 0;
        const response = calls.length % 16 === 0 ? undefined : await server.send(url, init);
        if (response !== undefined && !stops) return response;
        killed();
        return new Promise(() => {}); // nobody waits for the reply any more
      };
      const one = importer(name, journal, send, clock);
      over = await Promise.race([kill, one.run(requests).then(() => true)]);
      found += one.found;
      expect(one.refused).toEqual([]);
      clock.time += 1000;
    }
    expect(runs).toBeGreaterThan(5);
    expect(await server.keys()).toEqual(keys);
    expect(fullest(calls, pace)).toBeLessThanOrEqual(pace.requests);
    const gaps = calls.slice(1).map((at, index) => at - (calls[index] ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(1000 / pace.advised - 1e-6);
    const text = readFileSync(journal, 'utf8');
    expect(text.match(/^done /gm)).toHaveLength(requests.length);
    for (const hidden of [...Object.values(SECRETS), ...keys]) expect(text).not.toContain(hidden);
    if (name !== 'getkeymanager') expect(found).toBeGreaterThan(0);
  });

  it('finds everything there when the journal was lost, and creates nothing', async () => {
    const { keys, requests } = prepare(name, 40);
    const server = await serverOf(name);
    await importer(name, newJournal(), server.send).run(requests);
    const again = importer(name, newJournal(), server.send, new Virtual(), true);
    await again.run(requests);
    expect(await server.keys()).toEqual(keys);
    // GetKeyManager has nothing to look in: the same Idempotency-Key gets the same answer.
    expect(again).toMatchObject({ found: name === 'getkeymanager' ? 0 : 40, refused: [] });
  });
});

describe('samples/day-import', () => {
  const down: Send = async () => {
    throw new TypeError('fetch failed');
  };

  it('waits longer after each failure, and gives up after ten', async () => {
    const { requests } = prepare('cryptlex', 20);
    const clock = new Virtual();
    await expect(importer('cryptlex', newJournal(), down, clock).run(requests)).rejects.toThrow(
      '10 failures in a row, the last: no reply',
    );
    const waits = clock.slept.filter((wait) => wait >= 1000);
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60].map((seconds) => seconds * 1000));
  });

  it('waits as long as it is told', async () => {
    const { requests } = prepare('solifyn', 1);
    const server = await serverOf('solifyn');
    const clock = new Virtual();
    let busy = true;
    const send: Send = async (url, init) => {
      if (!busy) return server.send(url, init);
      busy = false;
      return new Response('', { status: 429, headers: { 'retry-after': '30' } });
    };
    await importer('solifyn', newJournal(), send, clock).run(requests);
    expect(clock.slept).toContain(30_000);
  });

  it('stops at once when the secret is wrong', async () => {
    const { requests } = prepare('lukittu', 5);
    let calls = 0;
    const send: Send = async () => {
      calls++;
      return new Response('{}', { status: 401 });
    };
    await expect(importer('lukittu', newJournal(), send).run(requests)).rejects.toThrow('answers 401');
    expect(calls).toBe(1);
  });

  it('tells what was refused, goes on with the rest, and tries it in the next run', async () => {
    const { requests } = prepare('solifyn', 3);
    const [stranger] = prepare('solifyn', 1, { productId: 'prod_unknown' }).requests;
    const server = await serverOf('solifyn', 'calm');
    const journal = newJournal();
    for (const created of [3, 0]) {
      const one = importer('solifyn', journal, server.send);
      await one.run([...(stranger ? [stranger] : []), ...requests]);
      expect(one).toMatchObject({
        created,
        refused: [{ id: stranger?.idempotencyKey, message: 'was refused with 404' }],
      });
    }
  });

  it('does not take an answer with another key for its own', async () => {
    const { requests } = prepare('cryptlex', 1);
    const send: Send = async () => Response.json({ key: 'another' }, { status: 201 });
    const one = importer('cryptlex', newJournal(), send);
    await one.run(requests);
    expect(one).toMatchObject({
      created: 0,
      refused: [{ message: expect.stringContaining('without its keys') }],
    });
  });

  it('reads a journal whose last line was torn in two', async () => {
    const { keys, requests } = prepare('cryptlex', 3);
    const server = await serverOf('cryptlex');
    const journal = newJournal();
    await importer('cryptlex', journal, server.send).run(requests);
    const whole = readFileSync(journal, 'utf8');
    writeFileSync(journal, whole.slice(0, -9));
    const again = importer('cryptlex', journal, server.send);
    await again.run(requests);
    expect(again).toMatchObject({ created: 0, found: 1 });
    expect(await server.keys()).toEqual(keys);
    appendFileSync(journal, 'begun ');
    expect(openJournal(journal).done.size).toBe(3);
  });

  it('runs as one script: keys, requests, a kill -9 in the middle, and the rest, at the pace', () => {
    const temporary = newFolder();
    const env = { TMPDIR: temporary, COUNT: '100', SPEED: '20' };
    const { status, stdout, stderr } = run('sh "$ROOT/samples/day-import/run.sh"', folder, env);
    expect(stderr.replace(/^Killed\n/gm, '')).toBe('');
    expect(status).toBe(0);
    for (const name of NAMES) {
      expect(stdout).toMatch(
        new RegExp(`^${name}: 100 keys, \\d+ requests, \\d+ failed, \\d+ replies lost$`, 'm'),
      );
      expect(stdout).toContain(`${name}: every key exists exactly once\n`);
      const tally = new RegExp(`^${name}.jsonl: .* 0 refused; (\\d+) calls in (\\S+) s$`, 'm').exec(stdout);
      const [calls, seconds] = [Number(tally?.[1]), Number(tally?.[2])];
      expect(calls).toBeGreaterThan(2);
      expect((calls - 1) / seconds).toBeLessThanOrEqual(vendorOf(name).pace.advised);
    }
    expect(readdirSync(temporary)).toEqual([]);
  }, 120_000);
});
