import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { previewRequests } from '../../../src/node/send/preview.js';
import type { Exchange, Reply } from '../../../src/node/send/server/connection.js';
import { NoReply } from '../../../src/node/send/server/no-reply.js';
import { backoff, retryAfter } from '../../../src/node/send/server/pacer.js';
import { newFolder } from '../../new-folder.js';
import { CALM, type Name, prepare, reply, SECRETS, send, serverOf, Virtual } from './rehearsal.js';

const down: Exchange = async () => {
  throw new NoReply('the server takes no connections (ECONNREFUSED)', { arrived: false });
};

/** Answers the first requests so, and all others as the server does. */
async function first(name: Name, ...answers: readonly (Reply | NoReply)[]) {
  const server = await serverOf(name, CALM);
  const rest = [...answers];
  const exchange: Exchange = async (request) => {
    const answer = rest.shift();
    if (answer instanceof NoReply) throw answer;
    return answer ?? server.exchange(request);
  };
  return { exchange, keys: server.keys };
}

describe('waiting', () => {
  it('is longer after each failure in a row, never twice the same, and ends after ten', async () => {
    const clock = new Virtual();
    const sent = await send(prepare('cryptlex', 20), down, { clock, concurrency: 1 });
    expect(sent).toMatchObject({ done: 0, doubtful: 0, open: 20, calls: 10 });
    expect(sent.stopped).toBe(
      '10 failures in a row, the last: the server takes no connections (ECONNREFUSED)',
    );
    const waits = clock.slept.filter((wait) => wait >= 500);
    const most = [1, 2, 4, 8, 16, 32, 60, 60, 60].map((seconds) => seconds * 1000);
    expect(waits).toHaveLength(most.length);
    for (const [index, wait] of waits.entries()) {
      expect(wait).toBeLessThanOrEqual(most[index] ?? 0);
      expect(wait).toBeGreaterThanOrEqual((most[index] ?? 0) / 2);
    }
    expect([backoff(1, () => 0), backoff(1, () => 1), backoff(99, () => 1)]).toEqual([500, 1000, 60_000]);
  });

  it('is as long as the server says, in seconds or until a date by its own clock', async () => {
    for (const headers of [
      { 'retry-after': '30' },
      { 'retry-after': 'Sun, 06 Nov 1994 08:49:37 GMT', date: 'Sun, 06 Nov 1994 08:49:07 GMT' },
    ]) {
      const clock = new Virtual();
      const server = await first('solifyn', reply(429, '', headers));
      expect(await send(prepare('solifyn', 1), server.exchange, { clock })).toMatchObject({ created: 1 });
      expect(clock.slept).toContain(30_000);
    }
    const now = Date.parse('1994-11-06T08:49:30Z');
    expect(retryAfter({ 'retry-after': 'Sun, 06 Nov 1994 08:49:37 GMT' }, now)).toBe(7000);
    for (const text of ['soon', '-1', '1.5', '', 'Sun, 06 Nov 1990 08:49:37 GMT']) {
      expect(retryAfter({ 'retry-after': text }, now)).toBe(0);
    }
  });

  it('is told when it is long, once for all that wait, with the words of the server', async () => {
    const told: (readonly [number, string | null])[] = [];
    const clock = new Virtual();
    // They all wait at the same time.
    clock.sleep = async (milliseconds) => {
      const until = clock.time + milliseconds;
      await setImmediate();
      clock.time = Math.max(clock.time, until);
    };
    const busy = reply(429, { message: 'slow down' }, { 'retry-after': '30' });
    const server = await first('cryptlex', busy, busy, reply(429, 'soon', { 'retry-after': '2' }));
    const onWait = (milliseconds: number, words: string | null) => void told.push([milliseconds, words]);
    expect(
      await send(prepare('cryptlex', 4), server.exchange, { onWait, clock, perSecond: 100_000 }),
    ).toMatchObject({
      created: 4,
    });
    expect(told).toEqual([[30_000, '429 slow down']]);
  });

  it('is not for a part of a millisecond, which timers make several of', async () => {
    const clock = new Virtual();
    const server = await serverOf('solifyn', CALM);
    await send(prepare('solifyn', 9), server.exchange, { clock, perSecond: 100_000 });
    expect(clock.slept).toEqual([]);
  });

  it('for more than an hour ends the run', async () => {
    const server = await first('lukittu', reply(429, '', { 'retry-after': '86400' }));
    const sent = await send(prepare('lukittu', 2), server.exchange, { concurrency: 1 });
    expect(sent).toMatchObject({ calls: 1, doubtful: 0, open: 2 });
    expect(sent.stopped).toBe('the server wants no requests for 1 d: 429');
  });
});

describe('what ends the run at once', () => {
  it.each([
    [
      '401',
      reply(401, { message: 'no such token' }),
      'the server answers 401 no such token: check the secret',
    ],
    ['403', reply(403, { result: { details: 'Max licenses reached' } }), '403 Max licenses reached'],
    [
      'a redirect',
      reply(307, '', { location: 'https://evil.example/x' }),
      'redirects to https://evil.example (307), where no secret may go',
    ],
    [
      'a certificate',
      new NoReply('the certificate has expired', { arrived: false, hopeless: true }),
      'expired',
    ],
  ])('%s: it was surely not carried out, and nothing is in doubt', async (_, answer, stopped) => {
    const prepared = prepare('cryptlex', 5);
    const server = await first('cryptlex', answer);
    const sent = await send(prepared, server.exchange, { concurrency: 1 });
    expect(sent).toMatchObject({ calls: 1, done: 0, refused: 0, doubtful: 0, open: 5 });
    expect(sent.stopped).toContain(stopped);
    expect(await send(prepared, server.exchange)).toMatchObject({ created: 5, found: 0 });
  });

  it('a license under another key, which is never sent again', async () => {
    const prepared = prepare('cryptlex', 2);
    const server = await first('cryptlex', reply(201, { id: 'l-1', key: 'another' }));
    const sent = await send(prepared, server.exchange, { concurrency: 1 });
    expect(sent).toMatchObject({ stray: 1, done: 0, open: 1 });
    expect(sent.stopped).toMatch(/^line 1: there is a license, but not under its key/);
    expect(sent.problems[0]?.message).toMatch(/look at it there, its id is l-1: 201$/);
    expect(await previewRequests(prepared.path)).toMatchObject({ requests: 1, shown: [{ line: 2 }] });
    expect(await send(prepared, server.exchange)).toMatchObject({
      stray: 1,
      created: 1,
      open: 0,
      stopped: null,
    });
    expect(await server.keys()).toEqual([prepared.requests[1]?.keys[0]]);
  });

  it('not five refused: a limit goes on with others before it tries those again', async () => {
    const prepared = prepare('solifyn', 8);
    const server = await first('solifyn', ...Array.from({ length: 5 }, () => reply(422)));
    expect(await send(prepared, server.exchange, { limit: 5 })).toMatchObject({ refused: 5, open: 3 });
    const { shown } = await previewRequests(prepared.path);
    expect(shown.map(({ line }) => line)).toEqual([6, 7, 8, 1, 2]);
    expect(await send(prepared, server.exchange, { limit: 4 })).toMatchObject({ created: 4, refused: 4 });
    expect(await send(prepared, server.exchange)).toMatchObject({ created: 4, done: 8 });
  });

  it('ten refused in a row; the next run takes them last', async () => {
    const prepared = prepare('solifyn', 12);
    const refusals = Array.from({ length: 10 }, () => reply(422, { message: 'no' }));
    const server = await first('solifyn', ...refusals);
    const sent = await send(prepared, server.exchange, { concurrency: 1 });
    expect(sent).toMatchObject({ refused: 10, open: 2, stopped: '10 failures in a row, the last: 422 no' });
    expect(await send(prepared, server.exchange)).toMatchObject({ created: 12, refused: 0 });
  });
});

describe('what the server says', () => {
  const key = (prepared: ReturnType<typeof prepare>) => prepared.requests[0]?.keys[0] ?? '';

  it('is told with line and reference, without secrets and whole keys, on one line', async () => {
    const prepared = prepare('solifyn', 2);
    const spellings = [key(prepared).toLowerCase(), key(prepared).replaceAll('-', '')].join(' ');
    const words = `no\n\u001b[31m ${key(prepared)} ${spellings} Bearer ${SECRETS.SOLIFYN_TOKEN}`;
    const server = await first(
      'solifyn',
      reply(422, { message: [words, 'and more'], error: 'Unprocessable' }),
    );
    const sent = await send(prepared, server.exchange, { concurrency: 1 });
    const [group] = key(prepared).split('-');
    expect(sent.problems).toEqual([
      {
        line: 1,
        reference: 'order-1',
        message: `refused: 422 no \\u{1b}[31m ${group}… ${group}… ${group}… Bearer ***; and more Unprocessable`,
      },
    ]);
    expect(sent).toMatchObject({ refused: 1, created: 1, stopped: null });
    const journal = readFileSync(`${prepared.path}.journal`, 'utf8');
    expect(journal).not.toContain('Unprocessable');
  });

  it.each([
    [
      413,
      '<html><head><title>413 Too Large</title><style>x{}</style></head><body>nginx</body></html>',
      '413 Too Large nginx',
    ],
    [
      400,
      { data: [{ message: 'Invalid', path: ['ipLimit'] }], result: { details: 'Invalid request body' } },
      'Invalid request body ipLimit Invalid',
    ],
    [404, { message: 'x'.repeat(1000) }, `${'x'.repeat(300)}…`],
    [404, '', 'refused: 404'],
    [418, { error: { message: 'teapot' }, code: 'T' }, '418 teapot (T)'],
  ])('with %i is shown', async (status, body, shown) => {
    const prepared = prepare('cryptlex', 1);
    const server = await first('cryptlex', reply(status, body, { 'content-type': 'text/html' }));
    const { problems } = await send(prepared, server.exchange);
    expect(problems).toHaveLength(1);
    expect(problems[0]?.message).toContain(shown);
  });

  it('in a signed answer is read from it', async () => {
    const answer = { response_base64: btoa('{"code":901,"message":"Incorrect data found"}') };
    const server = await first('getkeymanager', reply(200, answer));
    const { problems, refused } = await send(prepare('getkeymanager', 2), server.exchange);
    expect([refused, problems[0]?.message]).toEqual([1, 'refused: 200 Incorrect data found (901)']);
  });
});

describe('a reply that says nothing of the license', () => {
  it.each([
    ['500', reply(500, '<h1>Internal Server Error</h1>')],
    ['408', reply(408)],
    ['HTML in place of JSON', reply(200, '<html>please wait</html>')],
    ['half a reply', reply(201, '{"id":"l-1","ke')],
    ['nothing', new NoReply('no reply in time', { arrived: true })],
  ])('is looked up before it is sent again: %s', async (_, answer) => {
    const prepared = prepare('cryptlex', 1);
    const server = await first('cryptlex', answer);
    const sent = await send(prepared, server.exchange);
    expect(sent).toMatchObject({ created: 1, found: 0, calls: 3, stopped: null });
    expect(await server.keys()).toEqual(prepared.keys);
  });

  it('200 with an error counts as refused once it is known that nothing is there', async () => {
    const server = await first('cryptlex', reply(200, { success: false, message: 'not today' }));
    const sent = await send(prepare('cryptlex', 1), server.exchange);
    expect(sent).toMatchObject({ refused: 1, doubtful: 0, calls: 2 });
    expect(sent.problems[0]?.message).toBe('refused: no license came of it: 200 not today');
  });

  it.each([
    ['a refusal', reply(200, { success: false }), 200],
    ['a conflict', reply(409), 409],
    ['an error each time', reply(503), 503],
    ['no reply', new NoReply('no whole reply', { arrived: true }), ''],
  ])('has the status of the last reply in the results: %s', async (_, answer, status) => {
    const prepared = prepare('cryptlex', 1);
    const results = join(newFolder(), 'results.csv');
    const exchange: Exchange = async ({ method }) => {
      if (method === 'GET') return reply(200, []);
      if (answer instanceof NoReply) throw answer;
      return answer;
    };
    expect(await send(prepared, exchange, { results })).toMatchObject({ refused: 1 });
    expect(readFileSync(results, 'utf8').split('\n')[1]).toMatch(new RegExp(`,refused,${status},$`));
  });

  it.each([302, 303])('a redirect to what was done stays in doubt: %i', async (status) => {
    const prepared = prepare('cryptlex', 2);
    const server = await serverOf('cryptlex', CALM);
    const redirecting: Exchange = async (request) => {
      await server.exchange(request);
      return reply(status, '', { location: '/v3/licenses/1' });
    };
    const stopped = await send(prepared, redirecting, { concurrency: 1 });
    expect(stopped).toMatchObject({ doubtful: 1, open: 1, stopped: expect.stringContaining('redirects') });
    expect(await send(prepared, server.exchange)).toMatchObject({ created: 1, found: 1 });
    expect(await server.keys()).toEqual(prepared.keys);
  });

  it('409 is done when the key is there, and refused when it is not', async () => {
    const prepared = prepare('cryptlex', 2);
    const server = await serverOf('cryptlex', CALM);
    const exchange: Exchange = async (request) => {
      const answer = await server.exchange(request);
      return request.method === 'POST' ? reply(409, { message: 'exists' }) : answer;
    };
    expect(await send(prepared, exchange, { limit: 1 })).toMatchObject({ found: 1, refused: 0 });
    const never: Exchange = async ({ method }) =>
      method === 'POST' ? reply(409, { message: 'no' }) : reply(200, []);
    expect(await send(prepare('cryptlex', 1), never)).toMatchObject({ refused: 1 });
  });

  it('is not asked for ever', async () => {
    const prepared = prepare('cryptlex', 1);
    const exchange: Exchange = async ({ method }) => {
      if (method === 'GET') return reply(200, []);
      throw new NoReply('no whole reply', { arrived: true });
    };
    const sent = await send(prepared, exchange);
    expect(sent).toMatchObject({ refused: 1, doubtful: 0, calls: 10 });
    expect(sent.problems[0]?.message).toBe('refused: came to nothing 5 times, the last: no whole reply');
  });
});

describe('a request that the server knows again', () => {
  it('stays in doubt when no reply ever comes: it may have been carried out', async () => {
    const prepared = prepare('getkeymanager', 2);
    const server = await serverOf('getkeymanager', CALM);
    const deaf: Exchange = async (request) => {
      await server.exchange(request);
      throw new NoReply('no whole reply', { arrived: true });
    };
    const sent = await send(prepared, deaf);
    expect(sent).toMatchObject({ doubtful: 1, refused: 0, calls: 5 });
    expect(sent.problems[0]?.message).toBe('may be there, which 5 tries did not tell: no whole reply');
    expect(await send(prepared, server.exchange)).toMatchObject({ done: 1, doubtful: 0 });
    expect(await server.keys()).toEqual(prepared.keys);
  });

  it.each([
    ['nothing of its keys', reply(200, { message: 'OK' })],
    ['a list of nothing', reply(200, [])],
    ['that it works on it', reply(409)],
  ])('is sent again when a reply says %s: nobody has looked whether it is there', async (_, answer) => {
    const prepared = prepare('getkeymanager', 2);
    const server = await first('getkeymanager', answer);
    expect(await send(prepared, server.exchange)).toMatchObject({ created: 1, refused: 0, calls: 2 });
    const sent = await send(prepare('getkeymanager', 2), async () => answer);
    expect(sent).toMatchObject({ doubtful: 1, refused: 0, calls: 5 });
    expect(sent.problems[0]?.message).toMatch(/^may be there, which 5 tries did not tell: (200|409)/);
  });

  it.each([
    [1, 1, { created: 1, calls: 1 }, /the server has them all, of 2 keys 1 created and 1 there before/],
    [1, 0, { doubtful: 1, calls: 5 }, /5 tries did not tell: 200 \(900\), of 2 keys 1 created and 0/],
    ['all', 0, { doubtful: 1, calls: 5 }, /5 tries did not tell: 200 \(900\)$/],
  ])(
    'tells what is counted where it is open which keys are meant: %s and %i',
    async (created, duplicate, report, told) => {
      const answer = { response_base64: btoa(JSON.stringify({ code: 900, created, duplicate })) };
      const { problems, ...sent } = await send(prepare('getkeymanager', 2), async () => reply(200, answer));
      expect(sent).toMatchObject(report);
      expect(problems).toMatchObject([{ line: 1, message: expect.stringMatching(told) }]);
    },
  );
});

describe('a look-up that says nothing', () => {
  it.each([
    [
      'in its own words',
      reply(404, { message: 'no such route' }),
      'the look-up is answered 404 no such route',
    ],
    ['with other licenses', reply(200, [{ key: 'other' }]), 'the answer to the look-up says nothing of it'],
  ])('is told %s, and the request stays in doubt', async (_, answer, why) => {
    const exchange: Exchange = async ({ method }) => {
      if (method === 'GET') return answer;
      throw new NoReply('no whole reply', { arrived: true });
    };
    const sent = await send(prepare('cryptlex', 1), exchange);
    expect(sent).toMatchObject({ doubtful: 1, calls: 2, stopped: null });
    expect(sent.problems[0]?.message).toBe(
      `may be there, which cannot be established (${why}): look for it there, it is not sent again`,
    );
  });
});

describe('Lukittu, whose license is there before its key', () => {
  it('gets the key in place when the second request got lost, and stays in doubt without a marker', async () => {
    const server = await serverOf('lukittu', CALM);
    let puts = 0;
    const exchange: Exchange = async (request) => {
      if (request.method === 'PUT' && ++puts === 1) throw new NoReply('no whole reply', { arrived: true });
      return server.exchange(request);
    };
    const prepared = prepare('lukittu', 1);
    expect(await send(prepared, exchange)).toMatchObject({ found: 1, created: 0, calls: 5 });
    expect(await server.keys()).toEqual(prepared.keys);
    puts = 0;
    const metadata = Array.from({ length: 20 }, (_, index) => ({
      key: `k${index}`,
      value: 'v',
      locked: false,
    }));
    const unmarked = prepare('lukittu', 1, { metadata });
    const sent = await send(unmarked, exchange);
    expect(sent).toMatchObject({ doubtful: 1, done: 0, stopped: null });
    expect(sent.problems[0]?.message).toContain('it is not sent again');
    expect(await server.keys()).toHaveLength(2);
  });

  it('whose key is refused is a stray, and never made again', async () => {
    const server = await serverOf('lukittu', CALM);
    const exchange: Exchange = async (request) =>
      request.method === 'PUT'
        ? reply(400, { result: { details: 'License key already exists' } })
        : server.exchange(request);
    const prepared = prepare('lukittu', 1);
    const sent = await send(prepared, exchange);
    expect(sent).toMatchObject({ stray: 1, stopped: expect.stringContaining('not under its key') });
    expect(sent.problems[0]?.message).toMatch(/, its id is [0-9a-f-]{36}: 400 License key already exists/);
    expect(await send(prepared, exchange)).toMatchObject({ stray: 1, calls: 0 });
    expect(await server.keys()).toHaveLength(1);
  });
});

describe('a search that answers with other licenses', () => {
  it('says nothing: the request stays in doubt', async () => {
    const prepared = prepare('cryptlex', 1);
    const exchange: Exchange = async ({ method }) => {
      if (method === 'POST') throw new NoReply('no whole reply', { arrived: true });
      return reply(200, [{ id: '1', key: 'another' }]);
    };
    expect(await send(prepared, exchange)).toMatchObject({ doubtful: 1, refused: 0, calls: 2 });
  });
});
