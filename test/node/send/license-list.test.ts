import { describe, expect, it } from 'vitest';
import type { HttpRequest } from '../../../src/core/vendors/server/vendor.js';
import type { Exchange, Reply } from '../../../src/node/send/server/connection.js';
import { readLicenseList } from '../../../src/node/send/server/license-list.js';
import { NoReply } from '../../../src/node/send/server/no-reply.js';
import { CALM, prepare, reply, send, serverOf } from './rehearsal.js';

const LIST: HttpRequest = { method: 'GET', url: 'https://x.example/v1/licenses', headers: {} };
const ALL = Array.from({ length: 250 }, (_, index) => ({ id: `l${index}`, key: `K${index}` }));

/** Reads a list from a server that answers by the parameters of the URL. */
async function read(answer: (query: URLSearchParams) => Reply, whole = false) {
  const asked: string[] = [];
  const { list } = await readLicenseList(
    LIST,
    async ({ url }) => {
      asked.push(url);
      return answer(new URL(url).searchParams);
    },
    { wanted: new Set(['K7', 'other']), whole },
  );
  return { size: list?.keys.size, found: list && [...list.found], asked };
}

const pageOf = (query: URLSearchParams, name = 'page') => {
  const from = (Number(query.get(name) ?? 1) - 1) * 100;
  return ALL.slice(from, from + 100);
};

describe('a list of all licenses', () => {
  it('is read page by page until one is empty', async () => {
    const { size, asked } = await read((query) => reply(200, pageOf(query)));
    expect([size, asked.length, asked[1]]).toEqual([250, 4, 'https://x.example/v1/licenses?page=2']);
    expect(await read(() => reply(200, []))).toMatchObject({ size: 0 });
  });

  it.each<[string, (query: URLSearchParams) => Reply]>([
    [
      'whether there is more',
      (query) =>
        reply(200, { data: { licenses: pageOf(query), hasNextPage: Number(query.get('page') ?? 1) < 3 } }),
    ],
    [
      'a cursor',
      (query) => {
        const from = Number(query.get('cursor') ?? 0);
        return reply(200, {
          data: ALL.slice(from, from + 100),
          nextCursor: from + 100 < 250 ? String(from + 100) : null,
        });
      },
    ],
    [
      'a link',
      (query) => {
        const at = Number(query.get('p') ?? 1);
        const link = at < 3 ? { link: `<https://x.example/v1/licenses?p=${at + 1}>; rel="next"` } : {};
        return reply(200, at < 3 ? pageOf(query, 'p') : { data: pageOf(query, 'p'), next: null }, link);
      },
    ],
    [
      'a member next',
      (query) => {
        const at = Number(query.get('p') ?? 1);
        return reply(200, {
          items: pageOf(query, 'p'),
          links: { next: at < 3 ? `/v1/licenses?p=${at + 1}` : null },
        });
      },
    ],
  ])('goes by what the reply shows: %s', async (_, answer) => {
    expect(await read(answer)).toMatchObject({ size: 250, found: [['K7', 'l7']], asked: { length: 3 } });
  });

  it.each<[string, (query: URLSearchParams) => Reply]>([
    ['a page that repeats', () => reply(200, ALL)],
    ['a page that fails', (query) => (query.has('page') ? reply(400) : reply(200, ALL))],
    ['no licenses', () => reply(200, { data: [{ id: 1 }] })],
    ['no JSON', () => reply(200, '<html>')],
    ['a cursor that leads nowhere', () => reply(200, { data: ALL, nextCursor: 'a' })],
  ])('has no end that is established: %s', async (_, answer) => {
    expect((await read(answer)).size).toBeUndefined();
  });

  it('is whole in one reply where one says so', async () => {
    expect(await read(() => reply(200, ALL), true)).toMatchObject({ size: 250, asked: { length: 1 } });
  });
});

describe('a request in doubt at a server that lists all licenses', () => {
  /** The third create loses its reply. */
  async function losing(luck: object) {
    const server = await serverOf('solifyn', { ...CALM, ...luck });
    let posts = 0;
    const exchange: Exchange = async (request) => {
      const answer = await server.exchange(request);
      if (request.method === 'POST' && ++posts === 3) throw new NoReply('no whole reply', { arrived: true });
      return answer;
    };
    return { exchange, keys: server.keys };
  }

  it('is found on whatever page it stands', async () => {
    const prepared = prepare('solifyn', 30);
    const server = await losing({ pageSize: 7 });
    expect(await send(prepared, server.exchange)).toMatchObject({ created: 29, found: 1, doubtful: 0 });
    expect(await server.keys()).toEqual(prepared.keys);
  });

  it('stays in doubt where pages repeat, and is never created twice, unless all are said to be there', async () => {
    const prepared = prepare('solifyn', 30);
    const server = await losing({ pageSize: 0 });
    for (let run = 0; run < 3; run++) {
      const sent = await send(prepared, server.exchange, { concurrency: 1 });
      expect(sent).toMatchObject({ done: 29, doubtful: 1, stopped: null });
      expect(sent.problems).toEqual([
        {
          line: 3,
          reference: 'order-3',
          message: expect.stringContaining('established (the list of licenses does not say where it ends)'),
          option: 'unpaged',
        },
      ]);
    }
    expect(await send(prepared, server.exchange, { unpaged: true })).toMatchObject({ done: 30, found: 1 });
    expect(await server.keys()).toEqual(prepared.keys);
  });

  it('stops where a page leads to another server, and asks nothing there', async () => {
    const prepared = prepare('solifyn', 5);
    const server = await losing({});
    const asked: string[] = [];
    const leading: Exchange = async (request) => {
      asked.push(new URL(request.url).host);
      const next = 'https://evil.example/v1/licenses?page=2';
      return request.method === 'GET' ? reply(200, { data: ALL, next }) : server.exchange(request);
    };
    const sent = await send(prepared, leading);
    expect(sent).toMatchObject({ doubtful: 1, stopped: expect.stringContaining('leads to another server') });
    expect(new Set(asked)).toEqual(new Set(['localhost']));
  });

  it('stays in doubt where the list lacks what is known to be there', async () => {
    const prepared = prepare('solifyn', 30);
    const server = await losing({});
    const partial: Exchange = async (request) =>
      request.method === 'GET' ? reply(200, [{ id: '1', key: 'other' }]) : server.exchange(request);
    const sent = await send(prepared, partial, { unpaged: true });
    expect(sent).toMatchObject({ done: 29, doubtful: 1 });
    expect(sent.problems[0]?.message).toContain('(the list of licenses lacks one that is done)');
    expect(await server.keys()).toEqual(prepared.keys);
  });
});
