import type { IncomingRequest } from './vendor.js';

/** Where a request goes. */
export interface Target {
  /** The path's segments, decoded; an empty one at the end of `/a/` is dropped. */
  readonly path: readonly string[];
  /** The query's parameters, decoded; the first of several of one name. */
  readonly query: ReadonlyMap<string, string>;
}

/** Reads a URL, absolute or from the path on. The core has no `URL`; of a server's own, host and scheme say nothing. */
export function readTarget(url: string): Target {
  const [address = '', ...rest] = url.replace(/#.*$/s, '').split('?');
  const path = address.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/]*/i, '').replace(/^\/|\/$/g, '');
  const query = new Map<string, string>();
  for (const pair of rest.join('?').split('&')) {
    const [name = '', ...value] = pair.replaceAll('+', ' ').split('=');
    const decoded = decode(name);
    if (pair !== '' && !query.has(decoded)) query.set(decoded, decode(value.join('=')));
  }
  return { path: path.split('/').map(decode), query };
}

/** The header of that name, written in any case; undefined without one. */
export function headerOf({ headers = {} }: IncomingRequest, name: string): string | undefined {
  return Object.entries(headers).find(([written]) => written.toLowerCase() === name)?.[1];
}

/** What stands behind `Bearer` in the request's `Authorization` (RFC 6750, section 2.1); undefined without it. */
export function bearerToken(request: IncomingRequest): string | undefined {
  return /^bearer +(.+)$/i.exec(headerOf(request, 'authorization') ?? '')?.[1];
}

/** What a request's body means: read as JSON when it is text; undefined when it is no JSON, or not there. */
export function readJsonBody({ body }: IncomingRequest): { readonly value: unknown } | undefined {
  if (typeof body !== 'string') return body === undefined ? undefined : { value: body };
  try {
    return { value: JSON.parse(body) };
  } catch {
    return undefined;
  }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
