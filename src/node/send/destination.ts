import { scryptSync } from 'node:crypto';
import { KeywrightError } from '../../core/errors.js';
import type { HttpRequest, ImportRequest } from '../../core/vendors/server/vendor.js';
import { parseBaseUrl } from '../prepare/base-url.js';

/** Where requests go. */
export interface Destination {
  /** Without a slash at the end. */
  readonly baseUrl: string;
  /** The request as it goes there. */
  rebased(request: ImportRequest): ImportRequest;
}

/**
 * Where requests go that were prepared for `prepared`: there, or to `baseUrl` in its place.
 *
 * @throws {KeywrightError} `invalid_option`: no base URL, or one that secrets would be read on the way to, unless
 *   `insecureHttp`.
 */
export function destinationOf(
  prepared: string,
  baseUrl: string | undefined,
  insecureHttp: boolean,
): Destination {
  const { url, open } = parseBaseUrl(baseUrl ?? prepared);
  if (open && !insecureHttp) {
    const message = 'over http secrets can be read on the way: use https, or say that they may';
    throw new KeywrightError('invalid_option', message, { option: 'insecureHttp' });
  }
  const moved = (request: HttpRequest) => ({ ...request, url: url + request.url.slice(prepared.length) });
  if (url === prepared) return { baseUrl: url, rebased: (request) => request };
  return {
    baseUrl: url,
    rebased: ({ lookup, then, unfinished, ...request }) => ({
      ...request,
      ...moved(request),
      lookup: lookup && moved(lookup),
      // biome-ignore lint/suspicious/noThenProperty: a member of a line of JSON, no promise
      then: then && moved(then),
      unfinished: unfinished && moved(unfinished),
    }),
  };
}

/**
 * The secrets of these names.
 *
 * @throws {KeywrightError} `invalid_option`, with the names of those that are missing or no line of printable ASCII.
 */
export function secretsOf(
  names: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string>> {
  const found = names.map((name) => [name, Object.hasOwn(env, name) ? (env[name] ?? '') : ''] as const);
  const lacking = found.filter(([, secret]) => !/^[\x20-\x7e]+$/.test(secret)).map(([name]) => name);
  if (lacking.length > 0) {
    const are = lacking.length === 1 ? 'is' : 'are';
    const message = `${lacking.join(', ')} ${are} missing in the environment, or no line of printable ASCII: put the secret there`;
    throw new KeywrightError('invalid_option', message, { option: lacking[0] ?? '' });
  }
  return Object.fromEntries(found);
}

/** What tells one account from another without telling its secrets: slow to guess, and another for each request file. */
export function accountDigest(secrets: Readonly<Record<string, string>>, salt: string): string {
  const text = JSON.stringify(Object.entries(secrets).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  return scryptSync(text, `keywright/journal/v1 ${salt}`, 16).toString('hex');
}
