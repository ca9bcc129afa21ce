import { appendFileSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Exchange } from '../../../src/node/send/server/connection.js';
import { CALM, prepare, reply, send, serverOf, Virtual } from './rehearsal.js';

const lines = (path: string) => readFileSync(`${path}.journal`, 'utf8').trimEnd().split('\n').slice(1);
const begun = (path: string) => lines(path).filter((line) => line.startsWith('{"begun"')).length;
const FAST = { concurrency: 2, perSecond: 1_000_000 };

describe('requests that are begun ahead', () => {
  it('are as many as may be under way where turns follow fast, and none at the pace of a vendor', async () => {
    for (const { options, most } of [
      { options: FAST, most: 4 },
      { options: { concurrency: 2, perSecond: 8 }, most: 2 },
    ]) {
      const prepared = prepare('solifyn', 12);
      const server = await serverOf('solifyn', CALM);
      const more: number[] = [];
      let ended = 0;
      const exchange: Exchange = async (request) => {
        more.push(begun(prepared.path) - ended);
        const answer = await server.exchange(request);
        ended++;
        return answer;
      };
      expect(await send(prepared, exchange, options)).toMatchObject({ created: 12, calls: 12 });
      expect(Math.max(...more)).toBeLessThanOrEqual(most);
      expect(Math.max(...more)).toBeGreaterThan(most / 2);
      expect(begun(prepared.path)).toBe(12);
    }
  });

  it('are taken back where the run ends before their turn', async () => {
    const prepared = prepare('cryptlex', 9);
    const server = await serverOf('cryptlex', CALM);
    const stopped = await send(prepared, async () => reply(401, { message: 'no' }), FAST);
    expect(stopped).toMatchObject({ open: 9, doubtful: 0, done: 0 });
    expect(begun(prepared.path)).toBeGreaterThan(1);
    const abort = new AbortController();
    const exchange: Exchange = (request) => {
      abort.abort(new Error('interrupted'));
      return server.exchange(request);
    };
    const interrupted = send(prepared, exchange, { ...FAST, concurrency: 1, signal: abort.signal });
    await expect(interrupted).rejects.toThrow('interrupted');
    // What is in doubt would be looked up.
    expect(await send(prepared, server.exchange)).toMatchObject({ created: 8, found: 0, calls: 8, done: 9 });
  });

  it('are begun anew when they had to wait: what got no reply is looked up two minutes after it went out', async () => {
    const prepared = prepare('cryptlex', 6);
    const server = await serverOf('cryptlex', CALM);
    const clock = new Virtual();
    let calls = 0;
    const exchange: Exchange = async (request) => {
      if (++calls === 1) return reply(429, '', { 'retry-after': '60' });
      if (request.method === 'POST') {
        const at = prepared.requests.findIndex(({ keys }) =>
          JSON.stringify(request.body).includes(`${keys[0]}`),
        );
        const own = lines(prepared.path).findLast((line) => line.startsWith(`{"begun":${at + 1},`));
        expect(JSON.parse(own ?? '').at).toBeGreaterThanOrEqual(clock.time);
      }
      return server.exchange(request);
    };
    expect(await send(prepared, exchange, { ...FAST, clock })).toMatchObject({ created: 6, calls: 7 });
    // As a kill leaves it behind.
    appendFileSync(`${prepared.path}.journal`, `{"begun":6,"at":${clock.time + 1000}}\n`);
    const from = clock.time;
    expect(await send(prepared, server.exchange, { clock })).toMatchObject({ found: 1, done: 6 });
    expect(clock.time - from).toBeGreaterThanOrEqual(120_000);
  });
});
