import type { JsonValue } from '../../../core/encoding/json-text.js';
import type { ImportRequest } from '../../../core/vendors/server/vendor.js';
import type { Reply } from './connection.js';
import { answeredJson, isSuccess, type ListedLicense, licensesIn } from './reply.js';

/** How it is found out whether a request was carried out. */
export type LookUpWay =
  /** The server knows it again by its `Idempotency-Key`: it is sent once more. */
  | 'again'
  /** A search for its key. */
  | 'search'
  /** A list of all licenses. */
  | 'list'
  | 'none';

/** The way of a request; of a list the URL does not name the key. */
export function lookUpWay({ headers, keys, lookup }: ImportRequest): LookUpWay {
  if (Object.keys(headers).some((name) => name.toLowerCase() === 'idempotency-key')) return 'again';
  if (lookup === undefined || keys.length !== 1) return 'none';
  return lookup.url.includes(encodeURIComponent(keys[0] ?? '')) ? 'search' : 'list';
}

/** What a search for a key found: the license, none, or what says nothing, as other licenses. */
export function searched(reply: Reply, key: string): ListedLicense | 'absent' | 'unclear' {
  const licenses = searchResult(reply);
  if (licenses === undefined) return 'unclear';
  return licenses.find((license) => license.key === key) ?? (licenses.length === 0 ? 'absent' : 'unclear');
}

/** What a search for the marker of a license without its key found. */
export function searchedMarker(reply: Reply, marker: string): ListedLicense | 'absent' | 'unclear' {
  const licenses = searchResult(reply);
  if (licenses === undefined) return 'unclear';
  const found = licenses.find(({ record }) => holdsMarker(record['metadata'], marker));
  return found ?? (licenses.length === 0 ? 'absent' : 'unclear');
}

function searchResult(reply: Reply): readonly ListedLicense[] | undefined {
  const json = isSuccess(reply) ? answeredJson(reply.text) : undefined;
  return json === undefined ? undefined : licensesIn(json);
}

function holdsMarker(metadata: JsonValue | undefined, marker: string): boolean {
  return JSON.stringify(metadata ?? null).includes(JSON.stringify(marker));
}
