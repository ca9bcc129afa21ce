import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as explain from '../../src/explain.js';
import * as api from '../../src/index.js';
import * as verify from '../../src/verify.js';
import { commentsOf, type Example, examplesIn, runExample, sourcesOf } from '../doc-example.js';
import { signedByServers } from './vendors/license-servers.js';

const root = resolve(import.meta.dirname, '../..');
const sources = sourcesOf('src/core');

interface Package {
  readonly exports: Readonly<Record<string, unknown>>;
}

const { exports: subpaths }: Package = JSON.parse(readFileSync(resolve(root, 'package.json'), 'utf8'));
const vendors = Object.keys(subpaths).flatMap((name) => name.match(/(?<=^\.\/vendors\/)\w+$/) ?? []);
const surfaces = await Promise.all(
  vendors.map(
    async (vendor): Promise<readonly [string, Record<string, unknown>]> => [
      vendor,
      { ...(await import(`../../src/core/vendors/${vendor}.ts`)) },
    ],
  ),
);

const privateKey = await api.generateKeyPair();
const pem = api.formatPublicKey(privateKey.publicKey);
const keyring = api.addPublicKey(undefined, privateKey.publicKey);
const signer = api.ed25519Signer(privateKey);
const payload = { code: 200, timestamp: Math.floor(Date.now() / 1000) };
const signed = await api.signResponse(payload, signer);
const decoded = Buffer.from(signed.response_base64, 'base64');

/** What examples may use: the public exports, and what the sentence around them names. */
const scope = {
  ...api,
  ...verify,
  ...explain,
  privateKey,
  pem,
  keyring,
  text: JSON.stringify(signed),
  signed,
  envelope: { ...signed, signature: Buffer.from(await signer.sign(decoded)).toString('base64') },
  show() {},
  unlock() {},
  report() {
    throw new Error('the example was refused');
  },
  fetch: async () => new Response(api.formatKeyring(keyring)),
  stream: { write() {} },
};

/** What examples of licenses, lists and updates may use besides, by the room that they stand in. */
const issued = new Date(Math.floor(Date.now() / 1000) * 1000);
const next = new Date(issued.getTime() + 86_400_000);
const trusting = api.addPublicKey(undefined, privateKey.publicKey, {
  purposes: ['license', 'list', 'keyring', 'seal'],
});
const listTerms = { name: 'acme.example/app', product: 'app', number: 1, issued, next };
const updateTerms = { name: 'acme.example/keyring', number: 1, issued };
const licenseTerms = { key: '7QX4M-9K2TD', product: 'app', validUntil: next };
const license = await api.signLicense(licenseTerms, signer, { now: issued });
const policy = { product: 'app', key: null, device: null, now: issued };
const stored: string[] = [];
const licensing = {
  keyring: trusting,
  text: api.formatEnvelope(license),
  typed: ' 7qx4m 9k2td',
  verdict: await api.verifyLicense(license, trusting, policy),
  store: (name: string) => stored.push(name),
};
const ORIGIN = 'acme.example/keywright/seal/v1/2026-11';
const sealed = api.sealRows([
  { key: '7QX4M-9K2TD', claims: api.formatClaims(issued, { product: 'app', valid_until: null }) },
]);
const rooms: Readonly<Record<string, object>> = {
  license: licensing,
  revocations: {
    ...licensing,
    last: undefined,
    bytes: await api.signRevocations(new Map(), listTerms, signer),
  },
  seal: {
    ...licensing,
    issued,
    signer,
    proof: sealed.proof(0, await api.signSeal({ origin: ORIGIN, ...sealed }, signer)),
  },
  'keyring-update': {
    ...licensing,
    embedded: trusting,
    state: undefined,
    bytes: await api.signKeyringUpdate(trusting, updateTerms, [signer]),
  },
};

const sentByServers: Readonly<Record<string, object>> = signedByServers(new Date());

/**
 * Vendors name their functions alike: an example may use its own vendor's, or those of the file it stands in, and
 * what the vendor's server sent.
 */
async function vendorScope(path = ''): Promise<Record<string, unknown>> {
  const shared = /^vendors\/(?:server|time)\/[\w-]+\.ts$/.exec(path)?.[0];
  if (shared !== undefined) return { ...(await import(`../../src/core/${shared}`)) };
  const [, vendor, nested] = /^vendors\/([\w-]+)(\/)?/.exec(path) ?? [];
  if (vendor === undefined) return {};
  const surface = surfaces.find(([name]) => name === vendor)?.[1];
  return surface !== undefined || nested !== undefined
    ? { ...surface, ...sentByServers[vendor] }
    : { ...(await import(`../../src/core/vendors/${vendor}.ts`)) };
}

async function run(example: Example): Promise<void> {
  // What is not public is named by the examples of its own file alone.
  const own = example.path === undefined ? {} : { ...(await import(`../../src/core/${example.path}`)) };
  const room = rooms[example.path?.split('/')[0] ?? ''];
  await runExample(example, { ...own, ...scope, ...room, ...(await vendorScope(example.path)) });
}

describe('every example in a doc comment of the core', () => {
  const all = sources.flatMap(examplesIn);

  it('was found', () => {
    expect(all.length).toBe(sources.flatMap(({ text }) => text.match(/@example/g) ?? []).length);
    expect(all.length).toBeGreaterThan(8);
  });

  it.each(all.map((example) => [example.title, example] as const))(
    'runs and comes to the values it names: %s',
    async (_, example) => {
      expect(example.lines.length).toBeGreaterThan(0);
      await run(example);
    },
  );

  it.each([
    ['a wrong value', ["canonicalForm('a'); // 'B'"]],
    ['a line never reached', ["if (false) canonicalForm('a'); // 'A'"]],
    ['a throw', ["parseFormat('LINUX-XXXX');"]],
    ['a name that is not exported', ['shake256();']],
  ])('would fail on %s', async (_, lines) => {
    await expect(run({ title: '', lines })).rejects.toThrow();
  });
});

describe('every public function and class', () => {
  const named = [['', { ...api, ...explain, ...verify }] as const, ...surfaces].flatMap(([vendor, surface]) =>
    Object.entries(surface).flatMap(([name, value]) =>
      typeof value === 'function' ? [{ name, vendor }] : [],
    ),
  );

  it.each(named)('$name has a doc comment with an example (vendor: $vendor)', ({ name, vendor }) => {
    const foreign = new RegExp(`^vendors/(?!(?:server|${vendor || ' '})/).*/`);
    const comments = commentsOf(
      name,
      sources.filter(({ path }) => !foreign.test(path)),
    );
    expect(comments, `${name} should be declared once`).toHaveLength(1);
    expect(comments[0], `${name} lacks an example`).toContain('@example');
  });
});
