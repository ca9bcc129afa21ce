import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Exchange } from '../../../src/node/send/server/connection.js';
import { newFolder } from '../../new-folder.js';
import { CALM, prepare, reply, send, serverOf } from './rehearsal.js';

describe('a journal', () => {
  it('whose last line was torn in two counts without it', async () => {
    const prepared = prepare('cryptlex', 3);
    const server = await serverOf('cryptlex', CALM);
    const journal = `${prepared.path}.journal`;
    await send(prepared, server.exchange);
    writeFileSync(journal, readFileSync(journal, 'utf8').slice(0, -9));
    expect(await send(prepared, server.exchange)).toMatchObject({ created: 0, found: 1, done: 3 });
    expect(await server.keys()).toEqual(prepared.keys);
    for (const torn of ['{"begun":', '\0'.repeat(100), '{"begun":1\n']) {
      appendFileSync(journal, torn);
      expect(await send(prepared, server.exchange)).toMatchObject({ calls: 0, done: 3 });
    }
    const [header = ''] = readFileSync(journal, 'utf8').split('\n');
    writeFileSync(journal, header.slice(0, 50));
    expect(await send(prepared, server.exchange, { lookFirst: true })).toMatchObject({
      found: 3,
      created: 0,
    });
  });

  it('with another line that is none is refused, and so is what is no journal: it is left as it is', async () => {
    const prepared = prepare('cryptlex', 2);
    const server = await serverOf('cryptlex', CALM);
    const journal = `${prepared.path}.journal`;
    await send(prepared, server.exchange);
    const [header, second, ...rest] = readFileSync(journal, 'utf8').split('\n');
    for (const text of [[header, `${second}x`, ...rest].join('\n'), 'my notes', 'my notes\nmore\n']) {
      writeFileSync(journal, text);
      await expect(send(prepared, server.exchange)).rejects.toMatchObject({ code: 'damaged_file' });
      expect(readFileSync(journal, 'utf8')).toBe(text);
    }
  });

  it('of other requests, or begun with another secret, is refused; what a wrong secret began is not', async () => {
    const [prepared, other] = [prepare('cryptlex', 2), prepare('cryptlex', 2)];
    const server = await serverOf('cryptlex', CALM);
    const journal = join(newFolder(), 'one.journal');
    const wrong = { CRYPTLEX_TOKEN: 'wrong' };
    const refused = await send(prepared, server.exchange, { journal, env: wrong });
    expect(refused).toMatchObject({ calls: expect.any(Number), done: 0, doubtful: 0, open: 2 });
    expect(refused.stopped).toMatch(/^the server answers 401 the access token .*: check the secret/);
    expect(await send(prepared, server.exchange, { journal })).toMatchObject({ created: 2 });
    await expect(send(prepared, server.exchange, { journal, env: wrong })).rejects.toThrow(
      'with another secret',
    );
    await expect(send(other, server.exchange, { journal })).rejects.toThrow('is of other requests');
    expect(await server.keys()).toEqual(prepared.keys);
  });

  it('of another server is refused, unless nothing was done there: a wrong address is mended, and counts for nothing', async () => {
    const prepared = prepare('cryptlex', 3);
    const server = await serverOf('cryptlex', CALM);
    const baseUrl = 'https://typo.example';
    const nowhere: Exchange = async () => reply(404, 'no such page');
    const refused = await send(prepared, nowhere, { baseUrl, limit: 2 });
    expect(refused).toMatchObject({ refused: 2, open: 1 });
    expect(await send(prepared, server.exchange, { limit: 1 })).toMatchObject({
      created: 1,
      refused: 0,
      open: 2,
    });
    expect(await send(prepared, server.exchange)).toMatchObject({ created: 2, done: 3 });
    await expect(send(prepared, nowhere, { baseUrl })).rejects.toThrow('is of another server');
    expect(await server.keys()).toEqual(prepared.keys);
  });

  it('that names a line without a request, or one twice over, is read for what it says last', async () => {
    const prepared = prepare('cryptlex', 2);
    const server = await serverOf('cryptlex', CALM);
    const journal = `${prepared.path}.journal`;
    await send(prepared, server.exchange, { limit: 1 });
    appendFileSync(journal, '{"begun":2,"at":1}\n{"open":2}\n');
    expect(await send(prepared, server.exchange)).toMatchObject({ created: 1, done: 2, calls: 1 });
    for (const line of [
      '{"open":3}',
      '{"begun":0,"at":1}',
      '{"begun":"1","at":1}',
      '{"done":1.5,"status":201}',
    ]) {
      const text = readFileSync(journal, 'utf8');
      writeFileSync(journal, `${text}${line}\n{"open":2}\n`);
      await expect(send(prepared, server.exchange)).rejects.toMatchObject({ code: 'damaged_file' });
      writeFileSync(journal, text);
    }
  });
});
