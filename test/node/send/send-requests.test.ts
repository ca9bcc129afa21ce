import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { HttpRequest, Pace } from '../../../src/core/vendors/server/vendor.js';
import { previewRequests } from '../../../src/node/send/preview.js';
import { sendRequests } from '../../../src/node/send/send-requests.js';
import type { Exchange } from '../../../src/node/send/server/connection.js';
import { NoReply } from '../../../src/node/send/server/no-reply.js';
import { newFolder } from '../../new-folder.js';
import {
  CALM,
  NAMES,
  prepare,
  reply,
  SECRETS,
  send,
  serverOf,
  Virtual,
  vendorOf,
  writeRequests,
} from './rehearsal.js';

/** How many calls the fullest window of the pace holds. */
function fullest(times: readonly number[], { seconds }: Pace): number {
  return Math.max(
    ...times.map((from) => times.filter((at) => at >= from && at < from + seconds * 1000).length),
  );
}

const filesOf = (path: string) => readdirSync(dirname(path)).sort();

describe.each(NAMES)('sendRequests to %s', (name) => {
  const { pace } = vendorOf(name);

  it('creates every key once, stopped at every eleventh call before or after it was carried out', async () => {
    const prepared = prepare(name, 60);
    const server = await serverOf(name, { pageSize: 25 });
    const clock = new Virtual();
    const calls: number[] = [];
    let [runs, found, over] = [0, 0, false];
    while (!over && runs < 60) {
      runs++;
      const abort = new AbortController();
      const exchange: Exchange = async (request) => {
        calls.push(clock.time);
        const [stops, before] = [calls.length % 11 === 0, calls.length % 22 === 0];
        if (stops) abort.abort(new Error('stopped'));
        if (before) throw new NoReply('stopped', { arrived: true });
        const answer = await server.exchange(request);
        if (stops) throw new NoReply('stopped', { arrived: true });
        return answer;
      };
      try {
        const sent = await send(prepared, exchange, { clock, signal: abort.signal, concurrency: 1 });
        expect(sent).toMatchObject({
          refused: 0,
          doubtful: 0,
          stray: 0,
          open: 0,
          stopped: null,
          problems: [],
        });
        found += sent.found;
        over = true;
      } catch (error) {
        expect(error).toMatchObject({ message: 'stopped' });
        clock.time += 1000;
      }
    }
    expect(runs).toBeGreaterThan(2);
    expect(await server.keys()).toEqual(prepared.keys);
    expect(fullest(calls, pace)).toBeLessThanOrEqual(pace.requests);
    const gaps = calls.slice(1).map((at, index) => at - (calls[index] ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(1000 / pace.advised - 1e-3);
    const text = readFileSync(`${prepared.path}.journal`, 'utf8');
    expect(text.match(/^\{"done"/gm)).toHaveLength(prepared.requests.length);
    for (const hidden of [...Object.values(SECRETS), ...prepared.keys]) expect(text).not.toContain(hidden);
    if (name !== 'getkeymanager') expect(found).toBeGreaterThan(0);
  });

  it('finds everything there when the journal was lost, and creates nothing', async () => {
    const prepared = prepare(name, 40);
    const server = await serverOf(name, { ...CALM, pageSize: 15 });
    await send(prepared, server.exchange);
    const again = await send(prepared, server.exchange, {
      journal: join(newFolder(), 'another.journal'),
      lookFirst: true,
    });
    expect(await server.keys()).toEqual(prepared.keys);
    // GetKeyManager has nothing to look in: the same Idempotency-Key gets the same answer.
    expect(again).toMatchObject({ problems: [], done: prepared.requests.length, stopped: null });
    if (name !== 'getkeymanager') expect(again).toMatchObject({ created: 0, found: 40 });
  });
});

describe('sendRequests', () => {
  it('keeps a journal that its owner alone reads, tells whom it belongs to, and does nothing twice', async () => {
    const prepared = prepare('cryptlex', 3);
    const server = await serverOf('cryptlex', CALM);
    const starts: object[] = [];
    const onStart = (start: object) => void starts.push(start);
    const first = await send(prepared, server.exchange, { onStart });
    expect(first).toMatchObject({
      requests: 3,
      done: 3,
      created: 3,
      found: 0,
      calls: 3,
      baseUrl: 'http://localhost',
    });
    expect(starts).toEqual([{ baseUrl: 'http://localhost', secrets: ['CRYPTLEX_TOKEN'], requests: 3 }]);
    const journal = `${prepared.path}.journal`;
    expect(statSync(journal).mode & 0o777).toBe(0o600);
    const [header = ''] = readFileSync(journal, 'utf8').split('\n');
    expect(JSON.parse(header)).toEqual({
      schema: 'keywright/journal/v1',
      requests: expect.stringMatching(/^[0-9a-f]{64}$/),
      baseUrl: 'http://localhost',
      account: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
    expect(await send(prepared, server.exchange)).toMatchObject({ done: 3, created: 0, calls: 0 });
    expect(filesOf(prepared.path)).toEqual(
      ['', '.journal', '.manifest.json'].map((ending) => `cryptlex.jsonl${ending}`),
    );
  });

  it('has no more under way than it may, and no request before its line is in the journal', async () => {
    const prepared = prepare('solifyn', 30);
    const server = await serverOf('solifyn', CALM);
    let [underWay, most] = [0, 0];
    const exchange: Exchange = async (request) => {
      most = Math.max(most, ++underWay);
      const journal = readFileSync(`${prepared.path}.journal`, 'utf8');
      const at = prepared.requests.findIndex(
        ({ body }) => JSON.stringify(body) === JSON.stringify(request.body),
      );
      expect(journal).toContain(`{"begun":${at + 1},`);
      await new Promise((resolve) => setTimeout(resolve, 2));
      underWay--;
      return server.exchange(request);
    };
    const sent = await send(prepared, exchange, { concurrency: 3, perSecond: 1_000_000 });
    expect(sent).toMatchObject({ done: 30, stopped: null });
    expect(most).toBe(3);
  });

  it('sends so many and no more with a limit, and goes on with the next run', async () => {
    const prepared = prepare('lukittu', 7);
    const server = await serverOf('lukittu', CALM);
    expect(await send(prepared, server.exchange, { limit: 5 })).toMatchObject({ created: 5, open: 2 });
    expect(await server.keys()).toHaveLength(5);
    expect(await send(prepared, server.exchange, { limit: 5 })).toMatchObject({ created: 2, done: 7 });
  });

  it('looks up what got no reply after two minutes, and not while anything is under way', async () => {
    const prepared = prepare('cryptlex', 12);
    const server = await serverOf('cryptlex', CALM);
    const clock = new Virtual();
    const waits: number[] = [];
    let [underWay, lostAt] = [0, 0];
    const exchange: Exchange = async (request) => {
      if (request.method === 'GET') {
        expect(underWay).toBe(0);
        expect(clock.time - lostAt).toBeGreaterThanOrEqual(120_000);
      }
      const at = clock.time;
      underWay++;
      const answer = await server.exchange(request);
      underWay--;
      if (lostAt > 0) return answer;
      lostAt = at;
      throw new NoReply('no whole reply', { arrived: true });
    };
    const sent = await send(prepared, exchange, { clock, onWait: (wait) => void waits.push(wait) });
    expect(sent).toMatchObject({ created: 11, found: 1, doubtful: 0, calls: 13 });
    expect(waits).toHaveLength(1);
  });

  it('moves requests to another server, which has a journal of its own', async () => {
    const prepared = prepare('lukittu', 2);
    const seen: string[] = [];
    const server = await serverOf('lukittu', CALM);
    const exchange: Exchange = async (request) => {
      seen.push(request.url);
      return server.exchange({ ...request, url: request.url.replace('https://staging.example/x', '') });
    };
    const baseUrl = 'https://staging.example/x/';
    expect(await send(prepared, exchange, { baseUrl })).toMatchObject({ created: 2 });
    expect(seen.every((url) => url.startsWith('https://staging.example/x/api/'))).toBe(true);
    expect(await previewRequests(prepared.path, { baseUrl })).toMatchObject({ requests: 0 });
    expect(await previewRequests(prepared.path)).toMatchObject({ requests: 2 });
    await expect(send(prepared, server.exchange)).rejects.toMatchObject({
      code: 'journal_mismatch',
      message: expect.stringContaining('is of another server'),
    });
  });

  it('is refused beside another run, which it leaves alone', async () => {
    const prepared = prepare('solifyn', 2);
    const server = await serverOf('solifyn', CALM);
    let second: unknown;
    const exchange: Exchange = async (request) => {
      second ??= await send(prepared, server.exchange).catch((error: unknown) => error);
      return server.exchange(request);
    };
    expect(await send(prepared, exchange, { concurrency: 1 })).toMatchObject({ created: 2 });
    expect(second).toMatchObject({
      code: 'unwritable_file',
      message: expect.stringContaining('is being sent by another process'),
    });
    expect(await server.keys()).toEqual(prepared.keys);
  });
});

describe('before the first request', () => {
  const down: Exchange = async () => {
    throw new Error('nothing may be sent');
  };
  const [prepared] = [prepare('getkeymanager', 6)];
  const lines = () => readFileSync(prepared.path, 'utf8').trimEnd().split('\n');
  const at = (...texts: readonly string[]) => {
    const path = join(newFolder(), 'requests.jsonl');
    writeFileSync(path, texts.map((text) => `${text}\n`).join(''));
    return { path };
  };

  it('tells which secrets are missing, by their names', async () => {
    for (const env of [{}, { GETKEYMANAGER_API_KEY: '' }, { GETKEYMANAGER_API_KEY: 'a\nb' }]) {
      await expect(send(prepared, down, { env })).rejects.toMatchObject({
        code: 'invalid_option',
        message: expect.stringMatching(/^GETKEYMANAGER_API_KEY is missing .*: put the secret there$/),
      });
    }
    expect(filesOf(prepared.path)).toHaveLength(2);
  });

  it.each(['socks5://127.0.0.1:1080', 'http://', 'http:// a', 'u:pa55@host:port', '://'])(
    'tells of a proxy that is none, and not what it is: %s',
    async (proxy) => {
      const env = { ...SECRETS, HTTPS_PROXY: proxy };
      const far = { env, baseUrl: 'https://keys.example' };
      await expect(send(prepared, down, far)).rejects.toMatchObject({
        code: 'invalid_option',
        message: 'HTTPS_PROXY names no proxy of http: write it as http://host:port, or leave it out',
      });
      expect(filesOf(prepared.path)).toHaveLength(2);
    },
  );

  it.each([
    ['no request', ['{"a":1}'], 'line 1, is no request'],
    ['no JSON', ['{'], 'line 1, is no request'],
    ['nothing', [''], 'holds no requests'],
    ['a license key', ['AAAA-BBBB'], 'line 1, is no request'],
  ])('refuses a file of %s', async (_, texts, message) => {
    await expect(send(at(...texts), down, { perSecond: 1 })).rejects.toMatchObject({
      code: 'damaged_file',
      message: expect.stringContaining(message),
    });
  });

  it('refuses a request that stands there twice, and one to another server', async () => {
    const [one = '', two = '', three = ''] = lines();
    await expect(send(at(one, two, one), down, { perSecond: 1 })).rejects.toThrow(
      'line 3, holds a key of an earlier',
    );
    const elsewhere = two.replace('http://localhost/', 'http://localhost.example/');
    await expect(send(at(one, elsewhere, three), down, { perSecond: 1 })).rejects.toThrow(
      'line 2, names another server',
    );
    const data = two.replace('http://localhost/', 'http://localhost{data.id}/');
    await expect(send(at(one, data, three), down, { perSecond: 1 })).rejects.toThrow('line 2, is no request');
  });

  it('refuses requests that were changed since they were prepared', async () => {
    const changed = prepare('cryptlex', 2);
    const text = readFileSync(changed.path, 'utf8');
    writeFileSync(changed.path, text.replace('b1d5c0a2', 'b1d5c0a3'));
    await expect(send(changed, down)).rejects.toMatchObject({
      code: 'damaged_file',
      message: expect.stringContaining('was changed since it was prepared'),
    });
    expect(filesOf(changed.path)).toHaveLength(2);
  });

  it('wants to know the pace, and takes no number out of its range', async () => {
    await expect(send(at(...lines()), down)).rejects.toThrow('say how many requests a second');
    for (const options of [
      { perSecond: 0 },
      { perSecond: Number.NaN },
      { concurrency: 0 },
      { concurrency: 65 },
      { concurrency: 1.5 },
      { limit: 0 },
      { settleSeconds: -1 },
    ]) {
      await expect(send(prepared, down, options)).rejects.toMatchObject({ code: 'invalid_option' });
    }
  });

  it('sends no secret over http to another machine unless told', async () => {
    const baseUrl = 'http://keys.example.com';
    await expect(send(prepared, down, { baseUrl })).rejects.toMatchObject({
      details: { option: 'insecureHttp' },
    });
    const server = await serverOf('getkeymanager', CALM);
    const exchange: Exchange = (request) =>
      server.exchange({ ...request, url: request.url.replace(baseUrl, '') });
    expect(await send(prepared, exchange, { baseUrl, insecureHttp: true })).toMatchObject({ created: 3 });
  });

  it('names the file that is not there', async () => {
    const path = join(newFolder(), 'none.jsonl');
    await expect(sendRequests(path)).rejects.toMatchObject({ code: 'missing_file' });
    await expect(sendRequests('-')).rejects.toMatchObject({ code: 'damaged_file' });
  });
});

describe('a file that is changed while it is sent', () => {
  it('is noticed, and nothing of it is sent', async () => {
    const prepared = prepare('solifyn', 4);
    const server = await serverOf('solifyn', CALM);
    const sent: HttpRequest[] = [];
    const exchange: Exchange = async (request) => {
      sent.push(request);
      const text = readFileSync(prepared.path, 'utf8');
      writeFileSync(prepared.path, text.replaceAll('cust_rehearsal', 'cust_REHEARSAL'));
      return server.exchange(request);
    };
    await expect(send(prepared, exchange, { concurrency: 1 })).rejects.toMatchObject({
      code: 'damaged_file',
      message: `${prepared.path}, line 2, was changed meanwhile: leave it alone`,
    });
    expect(sent).toHaveLength(1);
    expect(basename(prepared.path)).toBe('solifyn.jsonl');
  });
});

describe('writeRequests of the rehearsal', () => {
  it('takes requests without a manifest’s base URL', async () => {
    const { path, requests } = prepare('cryptlex', 1);
    writeRequests(path, requests, 8);
    expect(
      await send({ path }, async () => reply(201, { id: '1', key: requests[0]?.keys[0] })),
    ).toMatchObject({
      created: 1,
    });
  });
});
