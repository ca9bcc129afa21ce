import { encodeUtf8 } from '../../encoding/utf8.js';

/**
 * The headers of a webhook as they came: an object such as Node's `request.headers`, its names in any case, or
 * whatever has a `get` as the `Headers` of fetch.
 */
export type WebhookHeaders =
  | Readonly<Record<string, string | readonly string[] | undefined>>
  | { get(name: string): string | null };

/** A webhook that is not to be believed, and what to do about it. */
export interface RefusedWebhook<Reason extends string> {
  readonly ok: false;
  readonly reason: Reason;
  readonly hint: string;
}

/**
 * The header of that name (lower case): undefined when there is none, null when two spellings of it compete.
 * Never throws, whatever the headers are.
 */
export function readHeader(headers: unknown, name: string): unknown {
  try {
    if (typeof headers !== 'object' || headers === null) return undefined;
    if ('get' in headers && typeof headers.get === 'function') return headers.get(name) ?? undefined;
    const [found, ...others] = Object.entries(headers).filter(([spelled]) => spelled.toLowerCase() === name);
    return others.length > 0 ? null : found?.[1];
  } catch {
    return null; // a getter or a proxy that throws
  }
}

/**
 * The bytes that were signed of a body, copied, or `undefined` when it is not raw any more: parsed, or a text
 * that no bytes spell. Never throws.
 */
export function rawBody(body: unknown): Uint8Array | undefined {
  if (typeof body === 'string') return /\p{Surrogate}/u.test(body) ? undefined : encodeUtf8(body);
  try {
    return body instanceof Uint8Array ? Uint8Array.from(body) : undefined;
  } catch {
    return undefined; // an object that only says it is one
  }
}
