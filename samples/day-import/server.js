// The four license servers for a rehearsal, with their own answers and bad luck on top: of 100 requests 5 fail (500, 429,
// or the connection drops) and 1 loses its reply after it was carried out. The same seed has the same luck.
//   node server.js FOLDER
// prints its address. Ended with SIGTERM, it writes the keys of all licenses there are to FOLDER/VENDOR.created.txt.
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
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
 */

// What the requests name.
const PRODUCT = 'b1d5c0a2-3f4e-4a6b-8c7d-9e0f1a2b3c4d';
const TEMPLATE = 'c2e6d1b3-4051-4b7c-9d8e-0f1a2b3c4d5e';
const TEAM = 'd3f7e2c4-5162-4c8d-8e9f-1a2b3c4d5e6f';

/** @param {string} format */
const making = (format) => ({ newId: () => crypto.randomUUID(), newKey: () => generateKey(format) });
/** @param {string | undefined} secret @returns {(token: string | undefined) => Promise<boolean>} */
const only = (secret) => async (token) => token === secret;
/** @param {cryptlex.LicenseStore} store */
const keysIn = async (store) => (await store.list()).map(({ key, licenseKey }) => String(key ?? licenseKey));

/** @param {Secrets} secrets @returns {LicenseServer} */
function cryptlexServer({ CRYPTLEX_TOKEN }) {
  const licenses = cryptlex.memoryLicenses();
  const account = {
    products: [{ id: PRODUCT, licenseTemplateId: TEMPLATE }],
    licenseTemplates: [{ id: TEMPLATE, subscriptionStartTrigger: 'creation' }],
    licenses,
    authenticate: only(CRYPTLEX_TOKEN),
  };
  const options = { ...making('cryptlex'), ledger: memoryKeys(), account };
  return {
    path: /^\/v3\//,
    respond: (request) => cryptlex.respond(request, { ...options, now: new Date() }),
    keys: () => keysIn(licenses),
  };
}

/** @param {Secrets} secrets @returns {LicenseServer} */
function solifynServer({ SOLIFYN_TOKEN }) {
  const licenses = solifyn.memoryLicenses();
  const account = {
    businessId: 'biz_rehearsal',
    products: [{ id: PRODUCT, publicId: 'prod_rehearsal' }],
    customers: [{ id: TEMPLATE, publicId: 'cust_rehearsal' }],
    licenses,
    authenticate: only(SOLIFYN_TOKEN),
  };
  const options = { ...making('solifyn'), ledger: memoryKeys(), account };
  return {
    path: /^\/v1\//,
    respond: (request) => solifyn.respond(request, { ...options, now: new Date() }),
    keys: () => keysIn(licenses),
  };
}

/** @param {Secrets} secrets @returns {LicenseServer} */
function lukittuServer({ LUKITTU_TOKEN }) {
  const licenses = lukittu.memoryLicenses();
  const account = {
    teamId: TEAM,
    products: [],
    customers: [],
    licenses,
    maxLicenses: 1_000_000, // of the plan: 100 by default
    authenticate: only(LUKITTU_TOKEN),
  };
  const options = { ...making('lukittu'), ledger: memoryKeys(), account };
  return {
    path: /^\/api\/v1\/dev\//,
    respond: (request) => lukittu.respond(request, { ...options, now: new Date() }),
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

/** What happens to the next request. @param {string} seed */
function luckOf(seed) {
  const random = seededRandom(seed);
  const bytes = new Uint8Array(2);
  return () => {
    random.fill(bytes);
    const draw = ((bytes[0] ?? 0) * 256 + (bytes[1] ?? 0)) / 65_536;
    if (draw < 0.05) return ['error', 'busy', 'dropped'][Math.floor(draw * 60)];
    return draw < 0.06 ? 'lost' : 'fine';
  };
}

/** All four, and how they fared. @param {Secrets} secrets @param {string} [seed] */
export async function rehearse(secrets, seed = 'day-import') {
  const servers = {
    cryptlex: cryptlexServer(secrets),
    solifyn: solifynServer(secrets),
    lukittu: lukittuServer(secrets),
    getkeymanager: await getkeymanagerServer(secrets),
  };
  return Object.entries(servers).map(([name, server]) => ({
    ...server,
    name,
    luck: luckOf(`${seed} ${name}`),
    requests: 0,
    failed: 0,
    lost: 0,
    /** Undefined: the connection drops. @param {IncomingRequest} request @returns {Promise<Answer | undefined>} */
    async answer(request) {
      const luck = this.luck();
      this.requests++;
      if (luck === 'lost') this.lost++;
      else if (luck !== 'fine') this.failed++;
      if (luck === 'dropped') return undefined;
      if (luck === 'error') return { status: 500, headers: {}, text: '<h1>Internal Server Error</h1>' };
      if (luck === 'busy') return { status: 429, headers: { 'retry-after': '2' }, text: '' };
      const { status, body } = await server.respond(request);
      if (luck === 'lost') return undefined;
      return { status, headers: { 'content-type': 'application/json' }, text: JSON.stringify(body) };
    },
  }));
}

/** @param {string} folder */
async function serve(folder) {
  const servers = await rehearse(process.env);
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
    if (answer === undefined) request.socket.destroy();
    else response.writeHead(answer.status, answer.headers).end(answer.text);
  });
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    if (typeof address === 'object') console.log(`http://127.0.0.1:${address?.port}`);
  });
  process.on('SIGTERM', async () => {
    for (const { name, keys, requests, failed, lost } of servers) {
      const licenses = await keys();
      writeFileSync(join(folder, `${name}.created.txt`), licenses.map((key) => `${key}\n`).join(''));
      console.log(
        `${name}: ${licenses.length} keys, ${requests} requests, ${failed} failed, ${lost} replies lost`,
      );
    }
    process.exit();
  });
}

const [, script = '', folder] = process.argv;
if (script.endsWith('server.js') && folder !== undefined) await serve(folder);
