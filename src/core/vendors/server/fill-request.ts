import { type JsonObject, type JsonValue, ownMember } from '../../encoding/json-text.js';
import { KeywrightError } from '../../errors.js';
import type { HttpRequest } from './vendor.js';

/** What {@link fillRequest} fills in. */
export interface Filling {
  /** By the name between `${` and `}`: the environment, as a rule. */
  readonly secrets: Readonly<Record<string, string | undefined>>;
  /** The first reply's JSON, for a request that stands in `then`. */
  readonly reply?: JsonValue | undefined;
}

/**
 * A request as it is sent. Secrets go into headers, and percent-encoded into the text of a form, whose
 * data cannot hold a `${`. `{data.id}` and the like go into the URL and into members of a JSON body that
 * are nothing else, with the type the reply has; in the URL they are escaped, so that none leaves its segment. Nothing else of a body is touched: it is data.
 *
 * @throws {KeywrightError} `invalid_option`: a secret is missing, or is no single line of printable ASCII; the
 *   reply is missing, or lacks a member. No message holds a secret.
 *
 * @example
 * const request = { method: 'GET', url: 'https://api.example', headers: { Authorization: 'Bearer ${TOKEN}' } };
 * fillRequest(request, { secrets: { TOKEN: 'abc' } }).headers['Authorization']; // 'Bearer abc'
 */
export function fillRequest(request: HttpRequest, filling: Filling): HttpRequest {
  const { method, url, headers, body } = request;
  const secret = (_: string, name: string) => secretOf(name, filling);
  const encoded = (_: string, name: string) => encodeURIComponent(secretOf(name, filling));
  const filled = Object.entries(headers).map(([name, value]) => [name, value.replace(SECRET, secret)]);
  return {
    method,
    url: url.replace(MEMBER, (_, path: string) => segmentOf(path, filling)),
    headers: Object.fromEntries(filled),
    body: typeof body === 'string' ? body.replace(SECRET, encoded) : body && withMembers(body, filling),
  };
}

/** A member of the reply as a segment; without one, the URL would be that of the whole collection. */
function segmentOf(path: string, filling: Filling): string {
  const value = memberOf(path, filling);
  if (value === null || value === '') throw lacks(path);
  return escapeSegment(String(value));
}

/** The names of the secrets that {@link fillRequest} fills into a request, each once. */
export function secretNames({ headers, body }: HttpRequest): readonly string[] {
  const texts = [...Object.values(headers), typeof body === 'string' ? body : ''];
  const names = texts.flatMap((text) => Array.from(text.matchAll(SECRET), ([, name = '']) => name));
  return [...new Set(names)];
}

/**
 * A text as one segment of a path. A URL parser takes `.` and `..` for steps, and `%2e` as well (WHATWG URL section
 * 4.4), so their dots are escaped twice: they stay a segment, of something that is not there. Half a surrogate pair,
 * which no URL can hold, becomes U+FFFD.
 */
function escapeSegment(text: string): string {
  const escaped = encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\ufffd'));
  return /^\.{1,2}$/.test(escaped) ? escaped.replaceAll('.', '%252E') : escaped;
}

const SECRET = /\$\{([A-Z][A-Z0-9_]*)\}/g;
const MEMBER = /\{(data(?:\.\w+)+)\}/g;

function secretOf(name: string, { secrets }: Filling): string {
  const secret = Object.hasOwn(secrets, name) ? secrets[name] : undefined;
  if (secret !== undefined && /^[\x20-\x7e]+$/.test(secret)) return secret;
  const problem = secret === undefined || secret === '' ? 'is missing' : 'is not one line of printable ASCII';
  throw new KeywrightError('invalid_option', `${name} ${problem}: put the secret there`, { option: name });
}

function memberOf(path: string, { reply }: Filling): JsonValue {
  let value: unknown = reply;
  for (const name of path.split('.')) {
    value = typeof value === 'object' && value !== null ? ownMember(value, name) : undefined;
  }
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return value;
  throw lacks(path);
}

function lacks(path: string): KeywrightError<'invalid_option'> {
  const message = `the first reply has no ${path}: pass the JSON of its body`;
  return new KeywrightError('invalid_option', message, { option: 'reply' });
}

/** Members of `then` alone are such texts: without a reply, a body stays as it is. */
function withMembers(body: JsonObject, filling: Filling): JsonObject {
  if (filling.reply === undefined) return body;
  const members = Object.entries(body).map(([name, value]): [string, JsonValue] => {
    const path = typeof value === 'string' ? /^\{(data(?:\.\w+)+)\}$/.exec(value)?.[1] : undefined;
    return [name, path === undefined ? value : memberOf(path, filling)];
  });
  return Object.fromEntries(members);
}
