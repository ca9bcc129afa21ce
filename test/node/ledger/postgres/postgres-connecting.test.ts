import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { expect, it } from 'vitest';
import { connectOne } from '../../../../src/node/ledger/postgres/postgres-connecting.js';

/** One that lets in whoever comes, and answers every question with this error. */
async function refusing(code: string) {
  const clients: Socket[] = [];
  const server = createServer((client) => {
    clients.push(client);
    client.on('error', () => undefined);
    client.once('data', () => {
      client.write(Buffer.concat([message('R', '\0\0\0\0'), message('Z', 'I')]));
      client.on('data', (data) => {
        if (data[0] !== 0x51 && data[0] !== 0x50) return;
        client.write(Buffer.concat([message('E', `SERROR\0C${code}\0Mno\0\0`), message('Z', 'I')]));
      });
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address: AddressInfo | string | null = server.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  return { clients, server, url: `postgres://user@127.0.0.1:${port}/ledger` };
}

function message(kind: string, body: string): Buffer {
  const bytes = Buffer.from(`${kind}\0\0\0\0${body}`, 'latin1');
  bytes.writeUInt32BE(bytes.length - 1, 1);
  return bytes;
}

it.each(['53200', '42501'])(
  'a server that does not tell whether it takes writes (%s) is let go of',
  async (code) => {
    const { clients, server, url } = await refusing(code);
    await expect(
      connectOne({ urls: [url], writable: true, connectMs: 60_000 }, undefined),
    ).rejects.toMatchObject({
      code,
    });
    expect(clients).toHaveLength(1);
    for (const client of clients) if (!client.closed) await once(client, 'close');
    server.close();
    await once(server, 'close');
  },
);
