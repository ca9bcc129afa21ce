import { connect, createServer, type Socket } from 'node:net';

/** A way to a PostgreSQL server that can stop forwarding, as a firewall does that forgot a connection: nobody is told. */
export interface StallingProxy {
  readonly port: number;
  /** Stops with the connections there are, at the next message that has `text` in it; that message does not arrive. */
  stallAt(text: string): void;
  /** Stops with them now, and with all that come, for good. */
  stallForGood(): void;
  /** How many connections were stopped. */
  readonly stalled: number;
  close(): Promise<void>;
}

/** Starts a proxy in front of `host`:`port`. */
export async function stallingProxy(host: string, port: number): Promise<StallingProxy> {
  let [at, forGood, stalled]: [string | undefined, boolean, number] = [undefined, false, 0];
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(port, host);
    let stopped = false;
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => {});
    }
    client.on('data', (data) => {
      if (at !== undefined && data.includes(at)) {
        [at, stopped] = [undefined, true];
        stalled++;
      }
      if (!stopped && !forGood) upstream.write(data);
    });
    upstream.on('data', (data) => {
      if (!stopped && !forGood) client.write(data);
    });
    // Of one that hangs, neither side hears that the other is gone.
    client.on('close', () => {
      if (!stopped && !forGood) upstream.destroy();
    });
    upstream.on('close', () => {
      if (!stopped && !forGood) client.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the proxy has no port');
  return {
    port: address.port,
    stallAt: (text) => {
      at = text;
    },
    stallForGood: () => {
      forGood = true;
    },
    get stalled() {
      return stalled;
    },
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
