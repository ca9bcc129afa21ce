import { randomBytes } from 'node:crypto';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLedger, openLedger } from '../../../../src/node/ledger/open-ledger.js';
import { newSchema, postgresServer } from './postgres-server.js';

const server = await postgresServer();
const secret = randomBytes(32);

/** What listens at a port that a URL takes for PostgreSQL's, and what it does with whoever connects. */
const STRANGERS: readonly (readonly [string, (socket: Socket) => void])[] = [
  ['a web server', (socket) => socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))],
  ['an SSH server', (socket) => socket.write('SSH-2.0-OpenSSH_9.2p1\r\n')],
  ['a MySQL server', (socket) => socket.write(Buffer.from([0x4a, 0, 0, 0, 0x0a, 0x38, 0x2e, 0x30, 0]))],
  ['one that says nothing', () => {}],
  ['one that hangs up', (socket) => socket.destroy()],
];

describe.skipIf(server === undefined).each(STRANGERS)('two hosts, of which the first is %s', (_, answer) => {
  const sockets = new Set<Socket>();
  const stranger: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    answer(socket);
  });
  let port = 0;
  let own: URL;
  beforeAll(async () => {
    await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve));
    const address = stranger.address();
    const isAddress = (value: typeof address): value is AddressInfo =>
      typeof value === 'object' && value !== null;
    port = isAddress(address) ? address.port : 0;
    own = new URL(await newSchema(server ?? ''));
    own.searchParams.set('connect_timeout', '1');
  });
  afterAll(() => {
    for (const socket of sockets) socket.destroy();
    stranger.close();
  });
  const hosts = (...ports: readonly (number | string)[]) => {
    const [user] = /^[^@]*@/.exec(own.href.slice('postgres://'.length)) ?? [''];
    return `postgres://${user}${ports.map((each) => `127.0.0.1:${each}`).join(',')}${own.pathname}${own.search}`;
  };

  it('is passed over', async () => {
    const url = hosts(port, own.port === '' ? 5432 : own.port);
    await createLedger(url, { secret, now: new Date() });
    const ledger = await openLedger(url, { secret });
    expect((await ledger.status()).engine).toBe('postgres');
    await ledger.close();
  });

  it('is told in one line, without the URL, when the second is none either', async () => {
    const url = `postgres://u:hunter2@127.0.0.1:${port},127.0.0.1:${port}/d?connect_timeout=1`;
    const error: unknown = await openLedger(url, { secret }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'unreachable_ledger' });
    expect(String(error)).toMatch(/^[^\n]*(check that the server runs|check host and port|TLS)[^\n]*$/);
    expect(String(error)).not.toContain('hunter2');
  });
});
