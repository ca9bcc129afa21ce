import { EventEmitter } from 'node:events';
import type { Dispatcher } from 'undici';
import type { HttpRequest } from '../../../core/vendors/server/vendor.js';
import { noReply } from './no-reply.js';
import { proxiesTo } from './proxies.js';

/** What a server answered. */
export interface Reply {
  readonly status: number;
  /** By their names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly text: string;
}

/** Sends one request, filled in, and takes the reply; throws a `NoReply` when none came. */
export type Exchange = (request: HttpRequest) => Promise<Reply>;

/** How a {@link Connection} is opened. */
export interface ConnectionOptions {
  /** Where all requests go. */
  readonly baseUrl: string;
  /** Connections at most. */
  readonly most: number;
  /** HTTPS_PROXY, HTTP_PROXY and NO_PROXY, in capitals or not. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Ends requests that are under way. */
  readonly signal: AbortSignal;
  /** How long a reply may take from the first byte of its request to its own last, in milliseconds. Default: a minute. */
  readonly patience?: number | undefined;
}

const PATIENCE = 60_000;
/** The largest reply that is read: a list of all licenses. */
const LARGEST = 128 * 2 ** 20;

/** Connections to one server, kept open from request to request. Redirects are not followed; certificates are checked. */
export class Connection {
  readonly #dispatcher: Dispatcher;
  readonly #request: typeof import('undici').request;
  readonly #options: ConnectionOptions;

  private constructor(undici: typeof import('undici'), options: ConnectionOptions) {
    const { baseUrl, most, env } = options;
    // Whatever NODE_TLS_REJECT_UNAUTHORIZED says.
    const checked = { rejectUnauthorized: true };
    const settings = { connections: most, pipelining: 1, connect: { timeout: 10_000, ...checked } };
    const proxies = proxiesTo(baseUrl, env);
    this.#request = undici.request;
    this.#options = options;
    this.#dispatcher =
      proxies === undefined
        ? new undici.Agent(settings)
        : new undici.EnvHttpProxyAgent({ ...settings, requestTls: checked, proxyTls: checked, ...proxies });
  }

  /** Loads undici, which takes longer than all the rest of a command that sends nothing. */
  static async open(options: ConnectionOptions): Promise<Connection> {
    return new Connection(await import('undici'), options);
  }

  readonly exchange: Exchange = async ({ method, url, headers, body }) => {
    const { signal, patience = PATIENCE } = this.#options;
    // Of an AbortSignal Node.js would keep all that hears it until it collects the whole heap.
    const ending = new EventEmitter();
    let ended = false;
    const end = () => {
      ended = true;
      ending.emit('abort');
    };
    const timer = setTimeout(end, patience);
    signal.addEventListener('abort', end, { once: true });
    try {
      signal.throwIfAborted();
      const text = typeof body === 'object' ? JSON.stringify(body) : body;
      const response = await this.#request(url, {
        method: asMethod(method),
        headers: { ...headers, 'user-agent': 'keywright' },
        body: text ?? null,
        dispatcher: this.#dispatcher,
        signal: ending,
      });
      return {
        status: response.statusCode,
        headers: flat(response.headers),
        text: await textOf(response.body),
      };
    } catch (error) {
      throw noReply(error, ended);
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
    }
  };

  async close(): Promise<void> {
    await this.#dispatcher.destroy();
  }
}

function asMethod(method: string): Dispatcher.HttpMethod {
  return METHODS.find((each) => each === method) ?? 'POST';
}

const METHODS = ['GET', 'POST', 'PUT', 'PATCH'] as const;

function flat(headers: Readonly<Record<string, string | string[] | undefined>>): Reply['headers'] {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
  );
}

async function textOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of body) {
    length += part.length;
    if (length > LARGEST) throw new Error('the reply is far too long');
    parts.push(part);
  }
  return Buffer.concat(parts).toString();
}
