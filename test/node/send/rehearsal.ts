import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rehearse } from '../../../samples/day-import/server.js';
import * as cryptlex from '../../../src/core/vendors/cryptlex.js';
import * as getkeymanager from '../../../src/core/vendors/getkeymanager.js';
import * as lukittu from '../../../src/core/vendors/lukittu.js';
import type { ImportRequest, Vendor } from '../../../src/core/vendors/server/vendor.js';
import * as solifyn from '../../../src/core/vendors/solifyn.js';
import { generateKeys } from '../../../src/index.js';
import type { SendReport, SendRequestsOptions } from '../../../src/node/send/send-options.js';
import { sendBy } from '../../../src/node/send/send-requests.js';
import type { SendProblem } from '../../../src/node/send/sending.js';
import type { Exchange, Reply } from '../../../src/node/send/server/connection.js';
import { NoReply } from '../../../src/node/send/server/no-reply.js';
import type { Clock } from '../../../src/node/send/server/pacer.js';
import { newFolder } from '../../new-folder.js';

export const SECRETS = {
  CRYPTLEX_TOKEN: 'secret-one',
  SOLIFYN_TOKEN: 'secret-two',
  LUKITTU_TOKEN: 'secret-three',
  GETKEYMANAGER_API_KEY: 'secret-four & more',
};
const VENDORS = { cryptlex, solifyn, lukittu, getkeymanager } as const;
/** What the sample's servers know. */
const FIELDS = {
  cryptlex: { productId: 'b1d5c0a2-3f4e-4a6b-8c7d-9e0f1a2b3c4d' },
  solifyn: { productId: 'prod_rehearsal', customerId: 'cust_rehearsal' },
  lukittu: { teamId: 'd3f7e2c4-5162-4c8d-8e9f-1a2b3c4d5e6f', expirationType: 'NEVER' },
  getkeymanager: { product_id: 1, activation_limit: 0, validity: 0, status: 'available' },
} as const;
/** What `keywright prepare` is told for a vendor. */
export function prepareArguments(name: Name): readonly string[] {
  const fields = Object.entries(FIELDS[name]).flatMap(([field, value]) => ['--set', `${field}=${value}`]);
  return ['--for', name, ...fields, ...(name === 'getkeymanager' ? ['--chunk', '5'] : [])];
}

export type Name = keyof typeof FIELDS;
export const NAMES: readonly Name[] = ['cryptlex', 'solifyn', 'lukittu', 'getkeymanager'];
const BASE = 'http://localhost';

export function vendorOf(name: Name): Pick<Vendor, 'prepareRequest' | 'keyFormat' | 'pace'> {
  return VENDORS[name];
}

/** Requests in a file with its manifest. */
export interface Prepared {
  readonly path: string;
  readonly keys: readonly string[];
  readonly requests: readonly ImportRequest[];
}

/** Prepares so many keys of a vendor. */
export function prepare(name: Name, count: number, fields: object = {}): Prepared {
  const { keyFormat, prepareRequest } = vendorOf(name);
  const keys = generateKeys(keyFormat, count);
  const chunk = name === 'getkeymanager' ? 2 : 1;
  const requests = keys.flatMap((_, index): readonly ImportRequest[] => {
    if (index % chunk > 0) return [];
    const rows = keys.slice(index, index + chunk).map((key) => ({ key, fields: {} }));
    const options = { fields: { ...FIELDS[name], ...fields }, now: new Date(), baseUrl: BASE };
    const prepared = prepareRequest(rows, options);
    if (!prepared.ok) throw new Error(JSON.stringify(prepared.issues));
    const references = rows.map((_row, at) => `order-${index + at + 1}`);
    return [{ ...prepared.request, references }];
  });
  const path = join(newFolder(), `${name}.jsonl`);
  writeRequests(path, requests, vendorOf(name).pace.advised);
  return { path, keys: [...keys].sort(), requests };
}

/** Writes requests, and their manifest beside them. */
export function writeRequests(path: string, requests: readonly object[], advised: number): void {
  const text = requests.map((request) => `${JSON.stringify(request)}\n`).join('');
  writeFileSync(path, text);
  const sha256 = createHash('sha256').update(text).digest('hex');
  const manifest = { pace: { advised }, baseUrl: BASE, files: [{ path, sha256 }] };
  writeFileSync(`${path}.manifest.json`, JSON.stringify(manifest));
}

/** The sample's server without a network between, and what it holds. */
export async function serverOf(name: Name, luck: Parameters<typeof rehearse>[1] = {}) {
  const server = (await rehearse(SECRETS, luck)).find((one) => one.name === name);
  if (server === undefined) throw new Error(name);
  const exchange: Exchange = async ({ method, url, headers, body }) => {
    const text = typeof body === 'object' ? JSON.stringify(body) : body;
    const lower = Object.fromEntries(
      Object.entries(headers).map(([key, value]) => [key.toLowerCase(), value]),
    );
    const answer = await server.answer({
      method,
      url: url.replace(BASE, ''),
      headers: lower,
      ...(text !== undefined && { body: text }),
    });
    if (answer === undefined) throw new NoReply('no whole reply', { arrived: true });
    return answer;
  };
  return { exchange, keys: async () => [...(await server.keys())].sort() };
}

/** Without bad luck. */
export const CALM = { failures: 0, lostReplies: 0 };

/** Time passes only while somebody sleeps. */
export class Virtual implements Clock {
  time = 1_800_000_000_000;
  readonly slept: number[] = [];
  now = () => this.time;
  sleep = async (milliseconds: number, signal: AbortSignal) => {
    signal.throwIfAborted();
    this.slept.push(milliseconds);
    this.time += milliseconds;
  };
}

export interface Sent extends SendReport {
  readonly problems: readonly SendProblem[];
}

/** Sends by an exchange, in virtual time. */
export async function send(
  { path }: Pick<Prepared, 'path'>,
  exchange: Exchange,
  options: SendRequestsOptions & { readonly clock?: Virtual } = {},
): Promise<Sent> {
  const { clock = new Virtual(), ...rest } = options;
  const problems: SendProblem[] = [];
  const onProblem = (problem: SendProblem) => void problems.push(problem);
  const report = await sendBy({ clock, exchange }, path, { env: SECRETS, onProblem, ...rest });
  return { ...report, problems };
}

/** A reply with a status, a JSON body or a text, and headers. */
export function reply(status: number, body: unknown = {}, headers: Reply['headers'] = {}): Reply {
  return { status, headers, text: typeof body === 'string' ? body : JSON.stringify(body) };
}
