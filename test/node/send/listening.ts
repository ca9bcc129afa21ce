import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll } from 'vitest';
import { rehearse } from '../../../samples/day-import/server.js';
import { type Name, SECRETS } from './rehearsal.js';

const servers: Server[] = [];
afterAll(() => {
  for (const server of servers) server.close().closeAllConnections();
});

/** Lets a server listen on this machine until the tests are over; its URL. */
export async function listening(server: Server): Promise<string> {
  servers.push(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
}

/** The sample's server with a network between, and what it holds. */
export async function listeningServer(name: Name, luck: Parameters<typeof rehearse>[1]) {
  const licenses = (await rehearse(SECRETS, luck)).find((one) => one.name === name);
  if (licenses === undefined) throw new Error(name);
  const url = await listening(
    createServer(async (request, response) => {
      const body = await text(request);
      const headers = Object.fromEntries(
        Object.entries(request.headers).map(([header, value]) => [header, `${value}`]),
      );
      const { method = '', url: at = '' } = request;
      const answer = await licenses.answer({ method, url: at, headers, ...(body !== '' && { body }) });
      if (answer === undefined) request.socket.destroy();
      else response.writeHead(answer.status, answer.headers).end(answer.text);
    }),
  );
  return { url, keys: async () => [...(await licenses.keys())].sort() };
}
