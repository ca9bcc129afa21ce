import type { JsonObject, JsonValue } from '../../../core/encoding/json-text.js';
import type { HttpRequest } from '../../../core/vendors/server/vendor.js';
import type { Reply } from './connection.js';
import { answeredJson, isSuccess, jsonMembers, licensesIn } from './reply.js';
import { SeenTexts } from './seen-texts.js';

/** All licenses that a server lists. */
export interface LicenseList {
  /** Of those that are looked for, by key: their ids. */
  readonly found: ReadonlyMap<string, string | null>;
  /** The keys of all. */
  readonly keys: SeenTexts;
}

/** What reading came to. */
export type PagesRead =
  | { readonly list: LicenseList }
  /** `none` is a reply that is no list; without it, the list does not say where it ends. */
  | { readonly list: undefined; readonly none: Reply | undefined };

/** More pages are not read. */
const MOST_PAGES = 100_000;

/**
 * Reads a list of all licenses to its end, by what the replies show: a `Link` or a member `next`, a cursor, whether
 * there is more; where they show nothing, page by page until one is empty. There is none when the end cannot be
 * established: a page that brings nothing new may be the whole list, or the part of it that the server always shows.
 * `wanted` are the keys that are looked for: of all others little is kept. `whole` says that the first reply holds all of a list that shows nothing.
 */
export async function readLicenseList(
  list: HttpRequest,
  ask: (request: HttpRequest) => Promise<Reply>,
  { wanted, whole }: { readonly wanted: ReadonlySet<string>; readonly whole: boolean },
): Promise<PagesRead> {
  const found = new Map<string, string | null>();
  const keys = new SeenTexts();
  let { url } = list;
  for (let page = 1; ; page++) {
    const reply = await ask({ ...list, url });
    const json = answeredJson(reply.text);
    const licenses = isSuccess(reply) && json !== undefined ? licensesIn(json) : undefined;
    if (json === undefined || licenses === undefined) return { list: undefined, none: reply };
    const before = keys.size;
    for (const { key, id } of licenses) {
      keys.add(key);
      if (wanted.has(key)) found.set(key, id);
    }
    const next = nextPage(list.url, url, page + 1, reply, json);
    if (next === 'end' || (!next.told && (licenses.length === 0 || whole))) return { list: { found, keys } };
    if (keys.size === before || page === MOST_PAGES) break;
    url = next.url;
  }
  return { list: undefined, none: undefined };
}

interface NextPage {
  readonly url: string;
  /** Whether the reply told that there is one. */
  readonly told: boolean;
}

function nextPage(
  first: string,
  current: string,
  page: number,
  { headers }: Reply,
  json: JsonValue,
): NextPage | 'end' {
  const parts = [
    json,
    ...['data', 'meta', 'pagination', 'paging', 'links'].map((name) => jsonMembers(json)[name]),
  ];
  const members: JsonObject = Object.assign({}, ...parts.toReversed().map(jsonMembers));
  const link = /<([^>]*)>\s*;[^,]*\brel="?next"?/i.exec(headers['link'] ?? '')?.[1] ?? members['next'];
  if (typeof link === 'string' && /[/?]/.test(link) && URL.canParse(link, current))
    return { url: new URL(link, current).href, told: true };
  const cursor = members['nextCursor'] ?? members['next_cursor'] ?? members['cursor'];
  if (typeof cursor === 'string' && cursor !== '')
    return { url: withParameter(first, 'cursor', cursor), told: true };
  const more = members['hasNextPage'] ?? members['hasMore'] ?? members['has_more'];
  const ends = [members['next'], members['nextCursor'], members['next_cursor']].includes(null);
  if (more === false || (more === undefined && ends)) return 'end';
  return { url: withParameter(first, 'page', String(page)), told: more === true };
}

function withParameter(url: string, name: string, value: string): string {
  const changed = new URL(url);
  changed.searchParams.set(name, value);
  return changed.href;
}
