import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Exchange } from '../../../src/node/send/server/connection.js';
import { NoReply } from '../../../src/node/send/server/no-reply.js';
import { newFolder } from '../../new-folder.js';
import { CALM, prepare, reply, SECRETS, send, serverOf, writeRequests } from './rehearsal.js';

const filesOf = (path: string) => readdirSync(dirname(path)).sort();

describe('results', () => {
  it('have a row for each key in order, with no more of it than its first group, unless asked for', async () => {
    const prepared = prepare('getkeymanager', 4);
    const server = await serverOf('getkeymanager', CALM);
    const results = join(newFolder(), 'results.csv');
    await send(prepared, server.exchange, { results, limit: 1 });
    const keys = prepared.requests.flatMap((request) => request.keys);
    const groups = keys.map((key) => `${key.slice(0, 8)}…`);
    const rows = (outcomes: readonly string[]) =>
      `reference,key,outcome,status,id\n${outcomes.map((outcome, at) => `order-${at + 1},${groups[at]},${outcome},\n`).join('')}`;
    expect(readFileSync(results, 'utf8')).toBe(rows(['created,200', 'created,200', 'open,', 'open,']));
    expect(statSync(results).mode & 0o777).toBe(0o600);
    await send(prepared, server.exchange, { results });
    expect(readFileSync(results, 'utf8')).toBe(rows(Array(4).fill('created,200')));
    await send(prepared, server.exchange, { results, withKeys: true });
    const [head, first] = readFileSync(results, 'utf8').split('\n');
    expect([head, first]).toEqual([
      'reference,key,outcome,status,id,license_key',
      `order-1,${groups[0]},created,200,,${keys[0]}`,
    ]);
  });

  it('tell what was found, with the id the server gave it, and what is in doubt after a run that was interrupted', async () => {
    const prepared = prepare('cryptlex', 3);
    const server = await serverOf('cryptlex', CALM);
    const results = join(newFolder(), 'results.csv');
    const abort = new AbortController();
    const exchange: Exchange = async (request) => {
      const answer = await server.exchange(request);
      abort.abort(new Error('interrupted'));
      if (request.method === 'POST') throw new NoReply('no whole reply', { arrived: true });
      return answer;
    };
    const options = { results, concurrency: 1 };
    await expect(send(prepared, exchange, { ...options, signal: abort.signal })).rejects.toThrow(
      'interrupted',
    );
    expect(readFileSync(results, 'utf8')).toMatch(/^reference.*\norder-1,\w+…,doubtful,,\n$/);
    await send(prepared, server.exchange, options);
    expect(readFileSync(results, 'utf8')).toMatch(/^order-1,\w+…,found,200,[0-9a-f-]{36}$/m);
    expect(readFileSync(results, 'utf8')).toMatch(/^order-2,\w+…,created,201,[0-9a-f-]{36}$/m);
  });

  it('replace no file that holds none, and no input', async () => {
    const prepared = prepare('solifyn', 1);
    const server = await serverOf('solifyn', CALM);
    const results = join(newFolder(), 'mine.csv');
    writeFileSync(results, 'a,b\n');
    const refusal = await send(prepared, server.exchange, { results }).catch((error: unknown) => error);
    const message = expect.stringMatching(/and is no file of results: choose another name$/);
    expect(refusal).toMatchObject({ code: 'file_exists', message });
    // Nothing forces it.
    expect(refusal).not.toHaveProperty('option');
    for (const taken of [prepared.path, `${prepared.path}.journal`, `${prepared.path}.manifest.json`]) {
      await expect(send(prepared, server.exchange, { results: taken })).rejects.toMatchObject({
        code: 'same_file',
      });
    }
    await expect(send(prepared, server.exchange, { journal: prepared.path })).rejects.toMatchObject({
      code: 'same_file',
    });
    expect(readFileSync(results, 'utf8')).toBe('a,b\n');
    expect(await server.keys()).toEqual([]);
    expect(existsSync(`${prepared.path}.journal`)).toBe(false);
  });

  it('has the row of each request as soon as it is done, and each row once after a kill', async () => {
    const prepared = prepare('cryptlex', 6);
    const server = await serverOf('cryptlex', CALM);
    const results = join(newFolder(), 'results.csv');
    const rows = () => readFileSync(results, 'utf8').split('\n').slice(1, -1);
    const [, second = ''] = prepared.requests.flatMap(({ keys }) => keys);
    const seen: string[] = [];
    let posts = 0;
    const exchange: Exchange = async (request) => {
      seen.push(
        rows()
          .map((row) => row.split(',')[0])
          .join(),
      );
      if (++posts === 2) return reply(422, { message: 'no' });
      return server.exchange(request);
    };
    await send(prepared, exchange, { results, concurrency: 1, limit: 3 });
    expect(seen).toEqual(['', 'order-1', 'order-1,order-2']);
    expect(rows().map((row) => row.split(',')[2])).toEqual([
      'created',
      'refused',
      'created',
      'open',
      'open',
      'open',
    ]);
    // As it is when a run was killed before it could add the row of what is done, with a row that is torn.
    writeFileSync(results, readFileSync(results, 'utf8').split('\n').slice(0, 2).join('\n').slice(0, -9));
    seen.length = 0;
    await send(prepared, exchange, { results, concurrency: 1 });
    // The refused one comes last, and what it was before is no row of this run.
    expect(seen.slice(0, 2)).toEqual(['order-1,order-3', 'order-1,order-3,order-4']);
    expect(rows().map((row) => row.split(',')[0])).toEqual([1, 2, 3, 4, 5, 6].map((at) => `order-${at}`));
    expect(rows()[1]).toBe(`order-2,${second.slice(0, 6)}…,created,201,${rows()[1]?.split(',').at(-1)}`);
    expect(filesOf(results)).toEqual(['results.csv']);
  });

  it.each([
    ['the key', (key: string) => key],
    ['the key in another spelling', (key: string) => key.toLowerCase().replaceAll('-', '')],
    ['a secret', () => SECRETS.CRYPTLEX_TOKEN],
  ])('tells no id of the server that would tell %s', async (_, told) => {
    const prepared = prepare('cryptlex', 1);
    const results = join(newFolder(), 'results.csv');
    const [key = ''] = prepared.requests[0]?.keys ?? [];
    await send(prepared, async () => reply(201, { id: `lic_${told(key)}`, key }), { results });
    expect(readFileSync(results, 'utf8')).toMatch(/^order-1,\w+…,created,201,$/m);
    expect(readFileSync(`${prepared.path}.journal`, 'utf8')).not.toContain(told(key));
  });

  it('tell no reference that is the key, nor does a problem', async () => {
    const { path, requests } = prepare('cryptlex', 2);
    const results = join(newFolder(), 'results.csv');
    const own = requests.map((request) => ({ ...request, references: [`#${request.keys[0]}`] }));
    writeRequests(path, own, 8);
    const { problems } = await send({ path }, async () => reply(422, { message: 'no' }), { results });
    expect(problems.map(({ reference }) => reference)).toEqual([
      expect.stringMatching(/^#\w{6}…$/),
      expect.stringMatching(/^#\w{6}…$/),
    ]);
    expect(readFileSync(results, 'utf8')).toMatch(/^(#\w{6}…,\w{6}…,refused,422,\n){2}/m);
  });

  it('that cannot be written stop the run before it sends', async () => {
    const prepared = prepare('solifyn', 2);
    const server = await serverOf('solifyn', CALM);
    const results = join(newFolder(), 'none', 'results.csv');
    await expect(send(prepared, server.exchange, { results })).rejects.toMatchObject({
      code: 'unwritable_file',
    });
    expect(await server.keys()).toEqual([]);
    expect(existsSync(`${prepared.path}.journal`)).toBe(false);
  });
});
