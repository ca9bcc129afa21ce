import type { HttpRequest, ImportRequest } from '../../core/vendors/server/vendor.js';

/** One line of a request file as the request it is; undefined when it is none. */
export function readRequestLine(text: string): ImportRequest | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isImportRequest(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The request, and those that may follow it. */
export function allRequests({ lookup, then, unfinished, ...request }: ImportRequest): readonly HttpRequest[] {
  return [request, lookup, then, unfinished].filter((each) => each !== undefined);
}

function isImportRequest(value: unknown): value is ImportRequest {
  if (!isHttpRequest(value) || !('idempotencyKey' in value) || !('keys' in value)) return false;
  const { idempotencyKey, keys } = value;
  if (typeof idempotencyKey !== 'string' || !/^[\x21-\x7e]{1,200}$/.test(idempotencyKey)) return false;
  if (!isTexts(keys) || keys.length === 0 || keys.includes('')) return false;
  if ('references' in value && !(isTexts(value.references) && value.references.length === keys.length))
    return false;
  const further: Readonly<Record<string, unknown>> = { ...value };
  return FURTHER.every((name) => further[name] === undefined || isHttpRequest(further[name]));
}

const FURTHER = ['lookup', 'then', 'unfinished'];

function isHttpRequest(value: unknown): value is HttpRequest {
  if (typeof value !== 'object' || value === null || !('method' in value) || !('headers' in value))
    return false;
  if (typeof value.method !== 'string' || !/^(GET|POST|PUT|PATCH)$/.test(value.method)) return false;
  if (!('url' in value) || typeof value.url !== 'string') return false;
  if (typeof value.headers !== 'object' || value.headers === null || Array.isArray(value.headers))
    return false;
  if (!isTexts(Object.values(value.headers))) return false;
  const body = 'body' in value ? value.body : undefined;
  return (
    body === undefined ||
    typeof body === 'string' ||
    (typeof body === 'object' && body !== null && !Array.isArray(body))
  );
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string');
}
