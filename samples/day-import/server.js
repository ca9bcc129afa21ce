// The four license servers for a rehearsal, with their own answers and bad luck on top:
//   node server.js FOLDER [--port 0] [--failures 5%] [--lost-replies 1%] [--page-size 100] [--latency 50ms]
// Of 100 requests so many fail (500, 429, or the connection drops), and so many lose their reply after they were carried
// out; lists come in pages; each answer takes its time. The same requests have the same luck. Prints its address. Ended
// with SIGTERM, it tells which keys of FOLDER/VENDOR.txt exist twice or not at all, and writes those there are to
// FOLDER/VENDOR.created.txt.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { ed25519Signer, generateKey, generateKeyPair, memoryKeys, seededRandom } from 'keywright';
import * as cryptlex from 'keywright/vendors/cryptlex';
import * as getkeymanager from 'keywright/vendors/getkeymanager';
import * as lukittu from 'keywright/vendors/lukittu';
import * as solifyn from 'keywright/vendors/solifyn';

/**
 * @typedef {import('keywright/vendors/cryptlex').IncomingRequest} IncomingRequest
 * @typedef {import('keywright/vendors/cryptlex').OutgoingResponse} OutgoingResponse
 * @typedef {(request: IncomingRequest) => Promise<OutgoingResponse>} Respond
 * @typedef {{ path: RegExp, respond: Respond, keys(): Promise<readonly string[]> }} LicenseServer
 * @typedef {Record<string, string | undefined>} Secrets
 * @typedef {{ status: number, headers: Record<string, string>, text: string }} Answer
 * @typedef {{ seed?: string, failures?: number, lostReplies?: number, pageSize?: number }} Luck
 */

// What a product of Cryptlex has where the request names no other.
const TEMPLATE = 'c2e6d1b3-4051-4b7c-9d8e-0f1a2b3c4d5e';

/**
 * The account has whatever products, customers and users a request names, and is of its team: whose import it is, knows them.
 * @param {IncomingRequest} request @param {...string} fields @returns {readonly { id: string }[]}
 */
function namedIn({ body }, ...fields) {
  try {
    const json = JSON.parse(`${body}`);
    return fields.flatMap((field) => json[field] ?? []).map((id) => ({ id: `${id}` }));
  } catch {
    return []; // it has no JSON: the server's answer says so
  }
}
/** @param {string} format */
const making = (format) => ({ newId: () => crypto.randomUUID(), newKey: () => generateKey(format) });
/** @param {string | undefined} secret @returns {(token: string | undefined) => Promise<boolean>} */
const only = (secret) => async (token) => token === secret;
/** @param {cryptlex.LicenseStore} store */
const keysIn = async (store) => (await store.list()).map(({ key, licenseKey }) => String(key ?? licenseKey));

/**
 * The licenses as a create request sees them: none has its key. Nobody knows whether the server would refuse one that is
 * there, so that what is sent twice is there twice.
 * @param {cryptlex.LicenseStore} licenses @param {IncomingRequest} request @returns {cryptlex.LicenseStore}
 */
function takingAll(licenses, { method }) {
  return method === 'POST' ? { ...licenses, withKey: async () => undefined } : licenses;
}
/** Takes every key for a new one. */
const anyKeys = {
  /** @param {readonly string[]} keys */
  create: async (keys) => keys.map(() => ({ fresh: true })),
};

/** @param {Secrets} secrets @returns {LicenseServer} */
function cryptlexServer({ CRYPTLEX_TOKEN }) {
  const licenses = cryptlex.memoryLicenses();
  const options = { ...making('cryptlex'), ledger: anyKeys };
  return {
    path: /^\/v3\//,
    respond: (request) => {
      const templates = [{ id: TEMPLATE }, ...namedIn(request, 'licenseTemplateId', 'licensePolicyId')];
      const account = {
        products: namedIn(request, 'productId').map(({ id }) => ({ id, licenseTemplateId: TEMPLATE })),
        licenseTemplates: templates.map(({ id }) => ({ id, subscriptionStartTrigger: 'creation' })),
        users: namedIn(request, 'userId', 'resellerId', 'additionalUserIds'),
        licenses: takingAll(licenses, request),
        authenticate: only(CRYPTLEX_TOKEN),
      };
      return cryptlex.respond(request, { ...options, account, now: new Date() });
    },
    keys: () => keysIn(licenses),
  };
}

/** @param {Secrets} secrets @returns {LicenseServer} */
function solifynServer({ SOLIFYN_TOKEN }) {
  const licenses = solifyn.memoryLicenses();
  const options = { ...making('solifyn'), ledger: anyKeys };
  return {
    path: /^\/v1\//,
    respond: (request) => {
      const account = {
        businessId: 'biz_rehearsal',
        products: namedIn(request, 'productId').map(({ id }) => ({ id, publicId: id })),
        customers: namedIn(request, 'customerId').map(({ id }) => ({ id, publicId: id })),
        licenses: takingAll(licenses, request),
        authenticate: only(SOLIFYN_TOKEN),
      };
      return solifyn.respond(request, { ...options, account, now: new Date() });
    },
    keys: () => keysIn(licenses),
  };
}

/** @param {Secrets} secrets @returns {LicenseServer} */
function lukittuServer({ LUKITTU_TOKEN }) {
  const licenses = lukittu.memoryLicenses();
  const options = { ...making('lukittu'), ledger: memoryKeys() };
  return {
    path: /^\/api\/v1\/dev\//,
    respond: (request) => {
      const account = {
        teamId: /\/teams\/([^/]+)/.exec(request.url)?.[1] ?? '',
        products: namedIn(request, 'productIds'),
        customers: namedIn(request, 'customerIds'),
        licenses,
        maxLicenses: 1_000_000, // of the plan: 100 by default
        authenticate: only(LUKITTU_TOKEN),
      };
      return lukittu.respond(request, { ...options, account, now: new Date() });
    },
    keys: () => keysIn(licenses),
  };
}

/** @param {Secrets} secrets @returns {Promise<LicenseServer>} */
async function getkeymanagerServer({ GETKEYMANAGER_API_KEY }) {
  const ledger = memoryKeys();
  /** @type {string[]} */
  const created = [];
  const account = {
    signer: ed25519Signer(await generateKeyPair()),
    responses: new Map(),
    /** @param {string | undefined} key @returns {Promise<'ok' | 'invalid'>} */
    authenticate: async (key) => (key === GETKEYMANAGER_API_KEY ? 'ok' : 'invalid'),
  };
  const noting = {
    /** @param {readonly string[]} keys */
    async create(keys) {
      const stored = await ledger.create(keys);
      created.push(...keys.filter((_, index) => stored[index]?.fresh));
      return stored;
    },
  };
  const options = { ...making('getkeymanager'), ledger: noting, account };
  return {
    path: /^\/api\/v1\/create-license-keys/,
    respond: (request) => getkeymanager.respond(request, { ...options, now: new Date() }),
    keys: async () => created,
  };
}

/** What happens to the next request. @param {string} name @param {Luck} luck */
function luckOf(name, { seed = 'day-import', failures = 0.05, lostReplies = 0.01 }) {
  const random = seededRandom(`${seed} ${name}`);
  const bytes = new Uint8Array(2);
  return () => {
    random.fill(bytes);
    const draw = ((bytes[0] ?? 0) * 256 + (bytes[1] ?? 0)) / 65_536;
    if (draw < failures) return ['error', 'busy', 'dropped'][Math.floor((draw / failures) * 3)];
    return draw < failures + lostReplies ? 'lost' : 'fine';
  };
}

/** A list as one page of it: `page` counts from 1. @param {OutgoingResponse['body']} body @param {string} url */
function paged(body, url, /** @type {number | undefined} */ size) {
  if (!size || !Array.isArray(body)) return body;
  const page = Number(new URL(url, 'http://localhost').searchParams.get('page') ?? 1);
  return body.slice((page - 1) * size, page * size);
}

/** All four, and how they fared. @param {Secrets} secrets @param {Luck} [luck] */
export async function rehearse(secrets, luck = {}) {
  const servers = {
    cryptlex: cryptlexServer(secrets),
    solifyn: solifynServer(secrets),
    lukittu: lukittuServer(secrets),
    getkeymanager: await getkeymanagerServer(secrets),
  };
  return Object.entries(servers).map(([name, server]) => ({
    ...server,
    name,
    luck: luckOf(name, luck),
    requests: 0,
    failed: 0,
    lost: 0,
    /** Undefined: the connection drops. @param {IncomingRequest} request @returns {Promise<Answer | undefined>} */
    async answer(request) {
      const fate = this.luck();
      this.requests++;
      if (fate === 'lost') this.lost++;
      else if (fate !== 'fine') this.failed++;
      if (fate === 'dropped') return undefined;
      if (fate === 'error') return { status: 500, headers: {}, text: '<h1>Internal Server Error</h1>' };
      if (fate === 'busy') return { status: 429, headers: { 'retry-after': '2' }, text: '' };
      const { status, body } = await server.respond(request);
      if (fate === 'lost') return undefined;
      return {
        status,
        headers: { 'content-type': 'application/json' },
        text: JSON.stringify(paged(body, request.url, luck.pageSize)),
      };
    },
  }));
}

/** Which of the wanted keys exist twice or not at all. @param {readonly string[]} keys @param {string} path */
function odd(keys, path) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  const twice = [...counts].filter(([, count]) => count > 1).length;
  const wanted = existsSync(path) ? readFileSync(path, 'utf8').trimEnd().split('\n') : [];
  const missing = wanted.filter((key) => !counts.has(key)).length;
  return `${twice} twice, ${missing} not at all`;
}

/** @param {string} folder @param {Luck & { port: number, latency: number }} options */
async function serve(folder, { port, latency, ...luck }) {
  const servers = await rehearse(process.env, luck);
  const server = createServer(async (request, response) => {
    const body = await text(request).catch(() => undefined);
    if (body === undefined) return; // the client was stopped while it sent
    const { method = 'GET', url = '/' } = request;
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, `${value}`]),
    );
    const answer = await servers
      .find(({ path }) => path.test(url))
      ?.answer({ method, url, headers, ...(body !== '' && { body }) });
    if (latency > 0) await pause(latency);
    if (answer === undefined) request.socket.destroy();
    else response.writeHead(answer.status, answer.headers).end(answer.text);
  });
  server.listen(port, '127.0.0.1', () => {
    const address = server.address();
    if (typeof address === 'object') console.log(`http://127.0.0.1:${address?.port}`);
  });
  process.on('SIGTERM', async () => {
    for (const { name, keys, requests, failed, lost } of servers) {
      if (requests === 0) continue;
      const licenses = await keys();
      writeFileSync(join(folder, `${name}.created.txt`), licenses.map((key) => `${key}\n`).join(''));
      const fared = `${requests} requests, ${failed} failed, ${lost} replies lost`;
      console.log(
        `${name}: ${licenses.length} keys, ${odd(licenses, join(folder, `${name}.txt`))}; ${fared}`,
      );
    }
    process.exit();
  });
}

/** A number, with what may stand behind it. @param {string} given */
const number = (given, unit = '') => Number(given.replace(unit, ''));

if (process.argv[1]?.endsWith('server.js')) {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      port: { type: 'string', default: '0' },
      failures: { type: 'string', default: '5%' },
      'lost-replies': { type: 'string', default: '1%' },
      'page-size': { type: 'string', default: '100' },
      latency: { type: 'string', default: '0ms' },
    },
  });
  await serve(positionals[0] ?? '.', {
    port: number(values.port),
    failures: number(values.failures, '%') / 100,
    lostReplies: number(values['lost-replies'], '%') / 100,
    pageSize: number(values['page-size']),
    latency: number(values.latency, 'ms'),
  });
}
