import { type AddressInfo, createServer, type Socket } from 'node:net';

/** What a {@link fakeServer} answers to whoever wants in; `error` with an SQLSTATE. */
export type Answer = `error ${string}` | 'password' | 'close';

/** A server that lets nobody in. */
export interface FakeServer {
  readonly port: number;
  answer(answer: Answer): void;
  close(): Promise<void>;
}

/** The code of a request for TLS (https://www.postgresql.org/docs/current/protocol-message-formats.html). */
const SSL_REQUEST = 80_877_103;

/** Speaks just enough of PostgreSQL's protocol to refuse. */
export async function fakeServer(): Promise<FakeServer> {
  let current: Answer = 'close';
  const clients = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (client) => {
    clients.add(client);
    client.on('error', () => undefined);
    client.once('data', (data) => {
      if (data.readUInt32BE(4) === SSL_REQUEST) client.end('N');
      else if (current === 'close') client.destroy();
      else if (current === 'password') askPassword(client);
      else
        client.end(message('E', `SFATAL\0C${current.slice('error '.length)}\0Mhunter2 says the server\0\0`));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const isAddress = (value: typeof address): value is AddressInfo =>
    typeof value === 'object' && value !== null;
  return {
    port: isAddress(address) ? address.port : 0,
    answer: (answer) => {
      current = answer;
    },
    close: () => {
      for (const client of clients) client.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** SCRAM-SHA-256, up to where the client needs the password (RFC 5802). */
function askPassword(client: Socket): void {
  client.write(message('R', '\0\0\0\x0aSCRAM-SHA-256\0\0'));
  client.once('data', () => client.write(message('R', '\0\0\0\x0br=nonce,s=c2FsdA==,i=4096')));
}

function message(kind: string, body: string): Buffer {
  const bytes = Buffer.from(`${kind}\0\0\0\0${body}`, 'latin1');
  bytes.writeUInt32BE(bytes.length - 1, 1);
  return bytes;
}
