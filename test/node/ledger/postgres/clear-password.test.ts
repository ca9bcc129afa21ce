import { createServer, type Server } from 'node:net';
import { networkInterfaces } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  connectPostgres,
  isLoopback,
  PostgresFailure,
} from '../../../../src/node/ledger/postgres/postgres-driver.js';

/** An address of this machine that is not its loopback. */
const address = Object.values(networkInterfaces())
  .flatMap((each) => each ?? [])
  .find(({ family, internal }) => family === 'IPv4' && !internal)?.address;

/** AuthenticationCleartextPassword (https://www.postgresql.org/docs/current/protocol-message-formats.html). */
const ASKS = Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 3]);

describe('a server that asks for the password itself, without TLS', () => {
  let heard = '';
  let server: Server;
  let port = 0;
  beforeAll(async () => {
    server = createServer((socket) => {
      let asked = false;
      socket.on('error', () => undefined);
      socket.on('data', (bytes) => {
        heard += bytes.toString('latin1');
        if (asked) socket.destroy();
        else socket.write(ASKS);
        asked = true;
      });
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '0.0.0.0', resolve);
    });
    const bound = server.address();
    port = typeof bound === 'object' && bound !== null ? bound.port : 0;
  });
  afterAll(() => server.close());

  async function codeOfConnecting(host: string, parameters = ''): Promise<string> {
    heard = '';
    const url = `postgres://u:hunter2@${host}:${port}/d${parameters}`;
    const error: unknown = await connectPostgres(url).catch((error: unknown) => error);
    return error instanceof PostgresFailure ? error.code : String(error);
  }

  const needs = address === undefined ? ' (SKIPPED: no network)' : '';
  it.skipIf(address === undefined)(`does not get it over the network${needs}`, async () => {
    expect(await codeOfConnecting(address ?? '')).toBe('CLEAR_PASSWORD');
    expect(heard).not.toContain('hunter2');
    // What only looks as if it allowed it.
    for (const parameters of ['?sslmode=disabled', '?application_name=sslmode=disable']) {
      expect(await codeOfConnecting(address ?? '', parameters)).not.toBe('08006');
      expect(heard).not.toContain('hunter2');
    }
  });

  it.skipIf(address === undefined)(`gets it where the URL says sslmode=disable${needs}`, async () => {
    expect(await codeOfConnecting(address ?? '', '?sslmode=disable')).toBe('08006');
    expect(heard).toContain('hunter2');
  });

  it('gets it on the same machine', async () => {
    expect(await codeOfConnecting('127.0.0.1')).toBe('08006');
    expect(heard).toContain('hunter2');
  });
});

it.each([
  [undefined, true],
  ['127.0.0.1', true],
  ['127.8.9.1', true],
  ['::1', true],
  ['::ffff:127.0.0.1', true],
  ['128.127.0.1', false],
  ['::2', false],
  ['2001:db8::1', false],
])('%s is this machine: %s', (address, own) => expect(isLoopback(address)).toBe(own));
