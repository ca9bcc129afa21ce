import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { respellJson } from '../../../src/core/encoding/json-spelling.js';
import { formatEnvelope, signResponse } from '../../../src/core/sign/envelope.js';
import { Keyring } from '../../../src/core/sign/keyring.js';
import {
  addPublicKey,
  compromisePublicKey,
  formatKeyring,
  retirePublicKey,
} from '../../../src/core/sign/keyring-changes.js';
import { type PrivateKey, privateKeyFromSeed } from '../../../src/core/sign/private-key.js';
import { publicJwk } from '../../../src/core/sign/public-key.js';
import { ed25519Signer } from '../../../src/core/sign/signer.js';
import { formatPublicKey } from '../../../src/core/sign/spki.js';
import { type Cause, explainResponse } from '../../../src/explain.js';
import { verifyResponse } from '../../../src/verify.js';
import { failureOf } from '../../failure.js';
import { demoEd25519, demoRsa, signers } from '../sign/demo-keys.js';

const keyring = addPublicKey(
  addPublicKey(undefined, demoRsa.publicKey, { role: 'global' }),
  demoEd25519.publicKey,
  {
    role: 'product',
  },
);
const base64 = (text: string | Uint8Array) => Buffer.from(text).toString('base64');
// RSA verifies fifty times faster, and the readings do not depend on the algorithm.
const seal = async (message: string) => base64(await signers.RS256.sign(Buffer.from(message)));

/** Payloads as servers send them: never empty, so that every spelling differs from every other. */
const payloads = fc
  .record({
    code: fc.nat(),
    data: fc.jsonValue({ maxDepth: 3 }),
    path: fc.webPath(),
    name: fc.string({ unit: 'grapheme' }),
  })
  .map((members) => JSON.stringify({ ...members, 'a b': ['é/ü'], timestamp: 1_709_001_673 }));

type Mishandle = (json: string) => Promise<object | string>;

const send = async (json: string, signed = base64(json), sent = base64(json)) => ({
  response: JSON.parse(json),
  response_base64: sent,
  private_key_used: 'global',
  signature: await seal(signed),
});
const toUrl = (text: string) => text.replaceAll('+', '-').replaceAll('/', '_');
const wrap = (text: string) => text.replace(/.{76}/g, '$&\r\n');

const MISHAPS: readonly (readonly [cause: Cause, name: string, mishandle: Mishandle])[] = [
  ['verified', 'nothing happened', (json) => send(json)],
  ['decoded_json_signed', 'the decoded JSON was signed', (json) => send(json, json)],
  ['decoded_json_signed', 'the decoded JSON was signed, with a line end', (json) => send(json, `${json}\n`)],
  ['reserialised', "PHP's spelling was signed", (json) => send(json, respellJson(json, 'php'))],
  [
    'reserialised',
    "the base64 of PHP's spelling was signed",
    (json) => send(json, base64(respellJson(json, 'php'))),
  ],
  [
    'reserialised',
    'a proxy parsed and wrote',
    (json) => {
      const php = respellJson(json, 'php');
      return send(json, base64(php), base64(json));
    },
  ],
  [
    'reserialised',
    'indented JSON was signed',
    (json) => send(json, base64(JSON.stringify(JSON.parse(json), null, 2))),
  ],
  [
    'reserialised',
    'the envelope without its signature was signed',
    async (json) => {
      const { signature: _, ...envelope } = await send(json);
      return { ...envelope, signature: await seal(JSON.stringify(envelope)) };
    },
  ],
  [
    'base64_variant',
    'the text lost its padding',
    async (json) => {
      const text = base64(unevenly(json));
      return { response_base64: text.replace(/=+$/, ''), signature: await seal(text) };
    },
  ],
  [
    'base64_variant',
    'url-safe text was sent',
    async (json) => {
      const text = base64(json.replace('{', '{"z":"????",'));
      return { response_base64: toUrl(text), signature: await seal(text) };
    },
  ],
  [
    'base64_variant',
    'the signature lost its padding',
    async (json) => {
      const sent = await send(json);
      return { ...sent, signature: toUrl(sent.signature).replace(/=+$/, '') };
    },
  ],
  ['white_space', 'the text was wrapped on the way', (json) => send(json, base64(json), wrap(base64(json)))],
  [
    'white_space',
    'a line end was appended on the way',
    (json) => send(json, base64(json), `${base64(json)}\r\n`),
  ],
  ['white_space', 'a line end was signed', (json) => send(json, `${base64(json)}\n`)],
  [
    'white_space',
    'the wrapped text was signed',
    (json) => send(json, `${base64(json).replace(/.{1,76}/g, '$&\r\n')}`),
  ],
  [
    'white_space',
    'the signature was wrapped',
    async (json) => {
      const sent = await send(json);
      return { ...sent, signature: wrap(sent.signature) };
    },
  ],
  [
    'byte_order_mark',
    'a byte order mark was encoded and signed',
    (json) => send(json, base64(`\ufeff${json}`), base64(`\ufeff${json}`)),
  ],
  [
    'byte_order_mark',
    'a byte order mark was added after signing',
    (json) => send(json, base64(json), base64(`\ufeff${json}`)),
  ],
  [
    'byte_order_mark',
    'the file of the envelope begins with one',
    async (json) => `\ufeff${JSON.stringify(await send(json))}`,
  ],
  [
    'signature_hex',
    'the signature was written in hex',
    async (json) => {
      const sent = await send(json);
      return { ...sent, signature: Buffer.from(sent.signature, 'base64').toString('hex') };
    },
  ],
  [
    'signature_truncated',
    'the signature was cut off',
    async (json) => {
      const sent = await send(json);
      return { ...sent, signature: sent.signature.slice(0, 40) };
    },
  ],
  [
    'unsigned',
    'the server has no key',
    async (json) => ({ ...(await send(json)), signature: 'Private key not set' }),
  ],
  [
    'sibling_differs',
    'the readable copy was changed',
    async (json) => {
      const sent = await send(json);
      return { ...sent, response: { ...sent.response, code: -1 } };
    },
  ],
  [
    'text_changed',
    'the text was changed, the readable copy was not',
    (json) => send(json, base64(json), base64(json.replace('"code":', '"code":1'))),
  ],
  [
    'bad_signature',
    'text and copy were changed',
    async (json) => {
      const changed = json.replace('"code":', '"code":1');
      return send(changed, base64(json), base64(changed));
    },
  ],
];

/** JSON whose base64 needs padding. */
function unevenly(json: string): string {
  return Buffer.from(json).length % 3 === 0 ? ` ${json}` : json;
}

describe('any payload, each mishap', () => {
  it.each(MISHAPS)('%s: %s', async (cause, _, mishandle) => {
    await fc.assert(
      fc.asyncProperty(payloads, async (json) => {
        const envelope = await mishandle(json);
        const explanation = await explainResponse(envelope, keyring);
        expect(explanation).toMatchObject({ cause, verdict: { ok: cause === 'verified' } });
        expect(explanation.verdict).toEqual(await verifyResponse(envelope, keyring));
        expect(explanation.text.length).toBeGreaterThan(20);
      }),
      { numRuns: 30 },
    );
  });
});

const payload = { code: 1, list: [{ 'a b': 1, c: 2 }], timestamp: 1_709_001_673 };
const good = await signResponse(payload, signers.Ed25519);

it('names the path where the readable copy differs', async () => {
  const pathOf = async (response: unknown) => (await explainResponse({ ...good, response }, keyring)).path;
  expect(await pathOf({ ...payload, code: 2 })).toBe('$.code');
  expect(await pathOf({ ...payload, list: [{ 'a b': 2, c: 2 }] })).toBe('$.list[0]["a b"]');
  expect(await pathOf({ ...payload, more: 2 })).toBe('$.more');
  expect(await pathOf(null)).toBe('$');
});

it('names the key: another of the keyring, a retired one, a compromised one', async () => {
  const { kid } = demoEd25519;
  const retired = retirePublicKey(keyring, kid, new Date(0));
  expect(await explainResponse(good, keyring, { role: 'global' })).toMatchObject({ cause: 'other_key', kid });
  expect(await explainResponse(good, retired)).toMatchObject({ cause: 'key_retired', kid });
  expect(await explainResponse(good, compromisePublicKey(keyring, kid))).toMatchObject({
    cause: 'key_compromised',
    kid,
  });
});

describe('what was taken for a public key', () => {
  const seed = Buffer.from(demoEd25519.exportSecret());
  const spki = Buffer.from(formatPublicKey(demoEd25519.publicKey).split('\n')[1] ?? '', 'base64');
  const seedAsSpki = base64(Buffer.concat([spki.subarray(0, 12), seed]));
  it.each<[Cause, string, string]>([
    ['seed_given', 'a hex seed', seed.toString('hex')],
    [
      'seed_given',
      'a hex seed with its public half',
      seed.toString('hex') + spki.subarray(12).toString('hex'),
    ],
    ['seed_given', 'a base64 seed as a JSON text', JSON.stringify(seed.toString('base64'))],
    ['seed_given', 'a base64 seed', seed.toString('base64')],
    [
      'seed_given',
      'a seed in a JWK',
      JSON.stringify({ kty: 'OKP', crv: 'Ed25519', x: seed.toString('base64url') }),
    ],
    [
      'seed_given',
      'a seed in an SPKI',
      `-----BEGIN PUBLIC KEY-----\n${seedAsSpki}\n-----END PUBLIC KEY-----`,
    ],
    ['private_key_given', 'a private PEM', demoEd25519.exportPem()],
    ['private_key_given', 'another private PEM', demoRsa.exportPem()],
    ['unreadable_key', 'nonsense', 'nonsense'],
    ['verified', 'a public PEM', formatPublicKey(demoEd25519.publicKey)],
    ['verified', 'a public JWK', JSON.stringify(publicJwk(demoEd25519.publicKey))],
    ['verified', 'a keyring file', formatKeyring(keyring)],
  ])('%s: %s', async (cause, _, keys) => {
    const explanation = await explainResponse(good, keys);
    expect(explanation.cause).toBe(cause);
    expect(explanation.text).not.toContain(seed.toString('hex').slice(8, 24));
  });

  it('unreadable_key: a sound public key that is refused for something else is no seed', async () => {
    const jwk = { ...publicJwk(demoEd25519.publicKey), use: 'enc' };
    const { cause, text } = await explainResponse(good, JSON.stringify(jwk));
    expect(cause).toBe('unreadable_key');
    expect(text).toMatch(/use/);
    expect(text).not.toMatch(/seed/);
  });

  it('seed_given: a seed that happens to be a sound public key, too', async () => {
    const { generateKeyPair } = await import('../../../src/core/sign/key-pair.js');
    const { publicKey } = await generateKeyPair();
    const envelope = await signResponse(payload, ed25519Signer(privateKeyFromSeed(publicKey.bytes)));
    const keys = new Keyring([{ ...publicKey, status: 'active' }]);
    expect(await explainResponse(envelope, keys)).toMatchObject({ cause: 'seed_given' });
  });
});

describe('any payload, any pair', () => {
  const pairs = fc.uint8Array({ minLength: 32, maxLength: 32 }).map(privateKeyFromSeed);
  const check = (judge: (json: string, pair: PrivateKey) => Promise<void>) =>
    fc.assert(fc.asyncProperty(payloads, pairs, judge), { numRuns: 5 });

  it('the private half given as public: as hex seed, as PEM', () =>
    check(async (json, pair) => {
      const envelope = await signResponse(json, ed25519Signer(pair));
      const hex = Buffer.from(pair.exportSecret()).toString('hex');
      const { kid } = pair;
      expect(await explainResponse(envelope, hex)).toMatchObject({ cause: 'seed_given', kid });
      const pem = await explainResponse(envelope, pair.exportPem());
      expect(pem).toMatchObject({ verdict: null, cause: 'private_key_given', kid });
      expect(JSON.stringify(pem)).not.toContain(hex.slice(0, 16));
    }));

  it('another key of the keyring, a retired one, a compromised one', () =>
    check(async (json, pair) => {
      const { kid, publicKey } = pair;
      const envelope = await signResponse(json, ed25519Signer(pair));
      const both = addPublicKey(keyring, publicKey, { role: 'product' });
      expect(await explainResponse(envelope, both, { role: 'global' })).toMatchObject({
        cause: 'other_key',
        kid,
      });
      const retired = retirePublicKey(both, kid, new Date(1_709_001_673_000));
      expect(await explainResponse(envelope, retired)).toMatchObject({ cause: 'key_retired', kid });
      const stolen = compromisePublicKey(both, kid);
      expect(await explainResponse(envelope, stolen)).toMatchObject({ cause: 'key_compromised', kid });
    }));
});

it('passes on the reasons of the policy, and throws for misuse as verifyResponse does', async () => {
  expect(await explainResponse(good, keyring, { nonce: 'x' })).toMatchObject({ cause: 'nonce_mismatch' });
  expect(await explainResponse('{', keyring)).toMatchObject({ cause: 'malformed' });
  expect((await failureOf(() => explainResponse(good, keyring, { maxAge: 1 }))).code).toBe('invalid_option');
});

it('answers for any value', async () => {
  const loop: Record<string, unknown> = { ...good };
  loop.response = loop;
  const trap = new Proxy(
    {},
    {
      ownKeys: () => {
        throw new Error('no');
      },
    },
  );
  for (const envelope of [
    loop,
    trap,
    null,
    [],
    'x',
    formatEnvelope(good).repeat(2),
    { signature: 1 },
    { ...good, response: 1n, signature: 'AAAA' },
  ]) {
    expect((await explainResponse(envelope, keyring)).verdict).toMatchObject({ ok: false });
  }
});
