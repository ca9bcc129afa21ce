import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** A way to a PostgreSQL server that can be cut. */
export interface LossyProxy {
  readonly port: number;
  /** Cuts the connection at the next COMMIT: before the server sees it, or when it was done and before we hear. */
  cutNextCommit(when: 'before' | 'after'): void;
  /** How often that happened. */
  readonly cuts: number;
  close(): Promise<void>;
}

/** Starts a proxy in front of `host`:`port`. */
export async function lossyProxy(host: string, port: number): Promise<LossyProxy> {
  let [cut, cuts]: ['before' | 'after' | undefined, number] = [undefined, 0];
  const sockets = new Set<Socket>();
  const server: Server = createServer((client) => {
    const upstream = connect(port, host);
    let losing = false;
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        client.destroy();
        upstream.destroy();
      });
    }
    const lose = () => {
      cuts++;
      client.destroy();
      upstream.destroy();
    };
    client.on('data', (data) => {
      const commits = cut !== undefined && data.includes('COMMIT');
      if (commits && cut === 'before') {
        cut = undefined;
        lose();
        return;
      }
      if (commits) [losing, cut] = [true, undefined];
      upstream.write(data);
    });
    upstream.on('data', (data) => {
      if (losing) lose();
      else client.write(data);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const isAddress = (value: typeof address): value is AddressInfo =>
    typeof value === 'object' && value !== null;
  return {
    port: isAddress(address) ? address.port : 0,
    cutNextCommit: (when) => {
      cut = when;
    },
    get cuts() {
      return cuts;
    },
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
