import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect, createServer as createTcpServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { Connection } from '../../../src/node/send/server/connection.js';
import { isHere, originOf } from '../../../src/node/send/server/origin.js';
import { newFolder } from '../../new-folder.js';
import { listening } from './listening.js';

const connections: Connection[] = [];
afterAll(async () => {
  for (const connection of connections) await connection.close();
});

async function connected(
  baseUrl: string,
  env: Readonly<Record<string, string>> = {},
  signal = new AbortController().signal,
  patience?: number,
) {
  const connection = await Connection.open({ baseUrl, most: 2, env, signal, patience });
  connections.push(connection);
  return (path = '/', body?: object) =>
    connection.exchange({
      method: body === undefined ? 'GET' : 'POST',
      url: `${baseUrl}${path}`,
      headers: { authorization: 'Bearer s' },
      ...(body !== undefined && { body: { ...body } }),
    });
}

const answering = (answer: (request: IncomingMessage, response: ServerResponse) => void) =>
  listening(
    createServer((request, response) => {
      request.resume();
      answer(request, response);
    }),
  );

describe('a connection', () => {
  it('hands over status, headers and text, and is used again', async () => {
    const ports = new Set<number | undefined>();
    const url = await answering((request, response) => {
      ports.add(request.socket.remotePort);
      response
        .writeHead(418, { 'retry-after': '7' })
        .end(`${request.method} ${request.headers.authorization}`);
    });
    const exchange = await connected(url);
    for (let each = 0; each < 5; each++) {
      expect(await exchange('/', { a: 1 })).toMatchObject({
        status: 418,
        headers: { 'retry-after': '7' },
        text: 'POST Bearer s',
      });
    }
    expect(ports.size).toBeLessThanOrEqual(2);
  });

  it('follows no redirect', async () => {
    let calls = 0;
    const url = await answering((_, response) => {
      calls++;
      response.writeHead(307, { location: '/elsewhere' }).end();
    });
    expect(await (await connected(url))('/', {})).toMatchObject({
      status: 307,
      headers: { location: '/elsewhere' },
    });
    expect(calls).toBe(1);
  });

  it.each<[string, (request: IncomingMessage, response: ServerResponse) => void]>([
    [
      'half a reply',
      (_, response) => {
        response.writeHead(200, { 'content-length': '100' }).write('{"id":');
        setTimeout(() => response.destroy(), 20);
      },
    ],
    ['a connection that drops', (request) => void request.socket.destroy()],
  ])('that brings %s may have carried the request out', async (_, answer) => {
    const exchange = await connected(await answering(answer));
    await expect(exchange('/', {})).rejects.toMatchObject({
      arrived: true,
      hopeless: false,
      message: expect.stringMatching(/^no whole reply/),
    });
  });

  it.each<[string, (response: ServerResponse) => void]>([
    ['after the time-out', (response) => void setTimeout(() => response.end('{}'), 500)],
    [
      'drop by drop',
      (response) => {
        const drops = setInterval(() => response.write(' '), 10);
        response.on('close', () => clearInterval(drops));
      },
    ],
  ])('that brings its reply %s may have carried the request out', async (_, answer) => {
    const url = await answering((_request, response) => answer(response));
    const exchange = await connected(url, {}, undefined, 100);
    await expect(exchange('/', {})).rejects.toMatchObject({ arrived: true, message: 'no reply in time' });
  });

  it('that is interrupted ends, and may have carried the request out', async () => {
    const abort = new AbortController();
    const url = await answering(() => abort.abort());
    const exchange = await connected(url, {}, abort.signal);
    await expect(exchange('/', {})).rejects.toMatchObject({ arrived: true, message: 'no reply in time' });
  });

  it('that nobody takes carried nothing out', async () => {
    const closed = createTcpServer();
    const url = await new Promise<string>((resolve) => {
      closed.listen(0, '127.0.0.1', () => {
        const address = closed.address();
        closed.close(() => resolve(`http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`));
      });
    });
    await expect((await connected(url))('/', {})).rejects.toMatchObject({
      arrived: false,
      hopeless: false,
      message: 'the server takes no connections (ECONNREFUSED)',
    });
  });

  it('to a certificate that nobody trusts, or to what is no TLS, is hopeless', async () => {
    const folder = newFolder();
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=localhost'];
    execFileSync('openssl', [...request, '-keyout', key, '-out', cert], { stdio: 'ignore' });
    const url = await listening(createTlsServer({ key: readFileSync(key), cert: readFileSync(cert) }));
    const hopeless = { arrived: false, hopeless: true };
    await expect((await connected(url.replace('http:', 'https:')))()).rejects.toMatchObject({
      ...hopeless,
      message: expect.stringContaining('is not trusted: name who issued it in NODE_EXTRA_CA_CERTS'),
    });
    const plain = await answering((_, response) => void response.end());
    await expect((await connected(plain.replace('http:', 'https:')))()).rejects.toMatchObject({
      ...hopeless,
      message: expect.stringContaining('does not speak TLS as it should: check the base URL'),
    });
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
    try {
      await expect((await connected(url.replace('http:', 'https:')))()).rejects.toMatchObject(hopeless);
    } finally {
      vi.unstubAllEnvs();
    }
  });

  it('to a host that is not there is hopeless', async () => {
    await expect((await connected('http://no-such-host.invalid'))()).rejects.toMatchObject({
      arrived: false,
      message: expect.stringMatching(/ENOTFOUND|EAI_AGAIN/),
    });
  });

  it('goes through the proxy that the environment names, but not on this machine, nor where NO_PROXY says', async () => {
    const asked: string[] = [];
    const url = await answering((_, response) => void response.end('here'));
    const proxy = createServer();
    proxy.on('connect', (request, socket) => {
      asked.push(request.url ?? '');
      const onward = connect(Number(new URL(url).port), '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        onward.pipe(socket).pipe(onward);
      });
    });
    const address = await listening(proxy);
    const bare = { http_proxy: address.replace('http://', '') };
    const env = { HTTP_PROXY: address, HTTPS_PROXY: '' };
    expect(await (await connected('http://keys.example', env))()).toMatchObject({ text: 'here' });
    expect(asked).toEqual(['keys.example:80']);
    expect(await (await connected('http://other.example', bare))()).toMatchObject({ text: 'here' });
    expect(asked.splice(1)).toEqual(['other.example:80']);
    expect(await (await connected(url, env))()).toMatchObject({ text: 'here' });
    const past = await connected('http://no-such-host.invalid', { ...env, NO_PROXY: '.invalid' });
    await expect(past()).rejects.toMatchObject({ arrived: false });
    expect(asked).toHaveLength(1);
  });
});

it('an origin begins the text of its URL', () => {
  expect(originOf('https://a.example:8443/x?y')).toBe('https://a.example:8443');
  for (const url of [
    'ftp://a.example/',
    'https://A.example/',
    'https://u:p@a.example/',
    'https://a{data.id}/',
    'x',
    '',
  ]) {
    expect(originOf(url)).toBeUndefined();
  }
  expect(['http://localhost:1/x', 'http://127.1.2.3', 'http://[::1]:8'].every(isHere)).toBe(true);
  expect(['http://localhost.example', 'http://127.0.0.1.example', 'http://10.0.0.1'].some(isHere)).toBe(
    false,
  );
});
