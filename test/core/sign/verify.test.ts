import { sign } from 'node:crypto';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { formatEnvelope, signResponse } from '../../../src/core/sign/envelope.js';
import { generateKeyPair } from '../../../src/core/sign/key-pair.js';
import {
  addPublicKey,
  compromisePublicKey,
  formatKeyring,
  retirePublicKey,
} from '../../../src/core/sign/keyring-changes.js';
import type { Signer } from '../../../src/core/sign/signer.js';
import { ed25519Signer } from '../../../src/core/sign/signer.js';
import { newNonce, parseKeyring, type VerifyPolicy, verifyResponse } from '../../../src/verify.js';
import { failureOf } from '../../failure.js';
import { demoEd25519, demoRsa, signers } from './demo-keys.js';

const T = 1_800_000_000;
const at = (seconds: number) => new Date((T + seconds) * 1000);
const both = addPublicKey(
  addPublicKey(undefined, demoEd25519.publicKey, { role: 'product' }),
  demoRsa.publicKey,
);
const stranger = await generateKeyPair();
const payload = { code: 200, nonce: 'n1', timestamp: T };
const good = await signResponse(payload, signers.Ed25519);
const goodRsa = await signResponse(payload, signers.RS256);

/** Signs bytes that signResponse would refuse. */
async function forge(text: string | Uint8Array, signer: Signer = signers.Ed25519) {
  const response_base64 = Buffer.from(text).toString('base64');
  const signature = Buffer.from(await signer.sign(Buffer.from(response_base64))).toString('base64');
  return { response_base64, signature };
}

const reasonOf = async (envelope: unknown, policy?: VerifyPolicy, keyring = both) => {
  const verdict = await verifyResponse(envelope, keyring, policy);
  expect(verdict).not.toMatchObject({ ok: false, payload: expect.anything() });
  if (!verdict.ok) expect(verdict.hint.length).toBeGreaterThan(10);
  return verdict.ok ? 'ok' : verdict.reason;
};

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('a good response', () => {
  it('gives payload, kid, and the role of the key, whatever the envelope claims', async () => {
    for (const envelope of [
      good,
      formatEnvelope(good),
      { ...good, private_key_used: 'global' },
      { ...good, more: 1 },
    ]) {
      const wanted = { ok: true, payload, kid: demoEd25519.kid, role: 'product' };
      expect(await verifyResponse(envelope, both)).toEqual(wanted);
    }
    expect(await verifyResponse(goodRsa, both)).toEqual({ ok: true, payload, kid: demoRsa.kid, role: null });
  });

  it('needs neither the readable copy nor the role', async () => {
    const { response_base64, signature } = good;
    expect(await reasonOf({ response_base64, signature })).toBe('ok');
    expect(await reasonOf(Object.assign(Object.create(null), good))).toBe('ok');
  });

  it('satisfies a policy to its last second', async () => {
    const product = addPublicKey(undefined, demoEd25519.publicKey, { product: 'acme', role: 'product' });
    const policy = { role: 'product', product: 'acme', nonce: 'n1', maxAge: 60, maxFuture: 5 } as const;
    expect(await reasonOf(good, { ...policy, now: at(60) }, product)).toBe('ok');
    expect(await reasonOf(good, { ...policy, now: at(-5) }, product)).toBe('ok');
    expect(await reasonOf(good, { ...policy, now: at(60.001) }, product)).toBe('stale');
    expect(await reasonOf(good, { ...policy, now: at(-5.001) }, product)).toBe('from_future');
  });
});

describe('malformed', () => {
  it.each([
    ['no object', 5],
    ['null', null],
    ['undefined', undefined],
    ['a list', [good]],
    ['a function', () => good],
    ['no JSON', '{'],
    ['a text of a list', JSON.stringify([good])],
    ['a byte order mark', `\ufeff${JSON.stringify(good)}`],
    ['a member twice', JSON.stringify(good).replace('{', '{"signature":"",')],
    ['a member twice, deep inside', JSON.stringify(good).replace('{"code"', '{"code":1,"code"')],
    ['nothing in it', {}],
    ['inherited members', Object.create(good)],
    [
      'a response_base64 that is no text',
      { ...good, response_base64: { toString: () => good.response_base64 } },
    ],
    ['url-safe base64', { ...good, response_base64: good.response_base64.replace(/.$/, '_') }],
    ['a line end', { ...good, response_base64: `${good.response_base64}\n` }],
    ['a signature that is no text', { ...good, signature: 7 }],
    [
      'a signature in hex',
      { ...good, signature: Buffer.from(good.signature, 'base64').toString('hex').slice(1) },
    ],
    ['white space in the signature', { ...good, signature: ` ${good.signature}` }],
    ['a role that is no text', { ...good, private_key_used: null }],
    ['10 MB of text', ' '.repeat(10_000_000) + JSON.stringify(good)],
    ['10 MB of payload', { ...good, response_base64: 'A'.repeat(10_000_000) }],
    ['10 MB of signature', { ...good, signature: 'A'.repeat(10_000_000) }],
    [
      'a getter that throws',
      Object.defineProperty({ ...good }, 'signature', {
        get: () => {
          throw new Error('no');
        },
      }),
    ],
    [
      'a proxy that throws',
      new Proxy(
        {},
        {
          getOwnPropertyDescriptor: () => {
            throw new Error('no');
          },
        },
      ),
    ],
    ['nesting', `${'{"response":'.repeat(200_000)}1${'}'.repeat(200_000)}`],
  ])('is an envelope of %s', async (_, envelope) => {
    expect(await reasonOf(envelope)).toBe('malformed');
  });

  it.each([
    ['no JSON', 'hello'],
    ['a list', '[]'],
    ['text', '"x"'],
    ['a member twice', '{"timestamp":1,"timestamp":1}'],
    ['half a surrogate pair', '{"a":"\\ud800"}'],
    ['a byte order mark', '\ufeff{}'],
    ['no UTF-8', Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d)],
    ['an overlong slash', Uint8Array.of(0x22, 0xc0, 0xaf, 0x22)],
    ['depth', `{"a":${'['.repeat(64)}${']'.repeat(64)}}`],
    ['nothing', ''],
  ])('is a signed payload of %s', async (_, text) => {
    expect(await reasonOf(await forge(text))).toBe('malformed');
  });

  it('reads each member once', async () => {
    const reads: string[] = [];
    const watched = new Proxy(
      { ...good },
      {
        get: (target, name, receiver) => {
          reads.push(String(name));
          return Reflect.get(target, name, receiver);
        },
      },
    );
    expect(await reasonOf(watched)).toBe('ok');
    expect(reads.sort()).toEqual(['private_key_used', 'response', 'response_base64', 'signature']);
  });
});

describe('each reason', () => {
  it.each([[null], [''], [undefined], ['Private key not set']])(
    'unsigned: signature %j',
    async (signature) => {
      expect(await reasonOf({ ...good, signature })).toBe('unsigned');
      const { signature: _, ...rest } = good;
      expect(await reasonOf(rest)).toBe('unsigned');
    },
  );

  it('unknown_key: no key of that role, or of that length', async () => {
    expect(await reasonOf(good, { role: 'global' })).toBe('unknown_key');
    expect(await reasonOf({ ...good, signature: good.signature.slice(0, -4) })).toBe('unknown_key');
    expect(await reasonOf(goodRsa, {}, addPublicKey(undefined, demoEd25519.publicKey))).toBe('unknown_key');
  });

  it('unknown_key: the only key of that length is for other purposes', async () => {
    for (const purposes of [['license'], ['seal', 'list'], ['keyring']] as const) {
      const keyring = addPublicKey(undefined, demoEd25519.publicKey, { purposes });
      expect(await reasonOf(good, {}, keyring)).toBe('unknown_key');
    }
    for (const purposes of [undefined, ['response'], ['list', 'response']] as const) {
      const keyring = addPublicKey(undefined, demoEd25519.publicKey, { purposes });
      expect(await reasonOf(good, {}, keyring)).toBe('ok');
    }
  });

  it('bad_signature: another key is for responses, and the one that signed is not', async () => {
    const license = addPublicKey(undefined, demoEd25519.publicKey, { purposes: ['license'] });
    expect(await reasonOf(good, {}, addPublicKey(license, stranger.publicKey))).toBe('bad_signature');
  });

  it('tells the key where its signature is good, and none where it is not', async () => {
    const kidOf = async (envelope: unknown, policy = {}) => {
      const verdict = await verifyResponse(envelope, both, policy);
      return verdict.ok ? 'ok' : verdict.kid;
    };
    expect(await kidOf(good, { nonce: 'another' })).toBe(demoEd25519.kid);
    expect(await kidOf({ ...good, response: {} })).toBe(demoEd25519.kid);
    expect(await kidOf(await forge('no JSON'))).toBe(demoEd25519.kid);
    expect(await kidOf({ ...good, response_base64: 'e30=' })).toBeUndefined();
    expect(await kidOf({ ...good, signature: '' })).toBeUndefined();
  });

  it('unsupported: only RSA fits and there is no crypto.subtle; Ed25519 goes on', async () => {
    for (const platform of [{ getRandomValues: () => {} }, undefined]) {
      vi.stubGlobal('crypto', platform);
      expect(await reasonOf(goodRsa)).toBe('unsupported');
      expect(await reasonOf(good)).toBe('ok');
    }
  });

  it('bad_signature: the text, the signature or the key is another', async () => {
    const other = await signResponse({ ...payload, code: 201 }, signers.Ed25519);
    expect(await reasonOf({ ...good, response_base64: other.response_base64 })).toBe('bad_signature');
    expect(await reasonOf({ ...good, signature: other.signature })).toBe('bad_signature');
    expect(await reasonOf(await signResponse(payload, ed25519Signer(stranger)))).toBe('bad_signature');
  });

  it('key_compromised, before anything the payload says', async () => {
    const keyring = compromisePublicKey(both, demoEd25519.kid);
    expect(await reasonOf(good, {}, keyring)).toBe('key_compromised');
    expect(await reasonOf(await forge('nonsense'), {}, keyring)).toBe('key_compromised');
    expect(await reasonOf(goodRsa, {}, keyring)).toBe('ok');
  });

  it('sibling_mismatch: the readable copy says something else', async () => {
    for (const response of [{ ...payload, code: 900 }, null, [], 'x', {}, { ...payload, more: 1 }]) {
      expect(await reasonOf({ ...good, response })).toBe('sibling_mismatch');
    }
    const loop: Record<string, unknown> = { ...payload };
    loop.code = loop;
    expect(await reasonOf({ ...good, response: loop })).toBe('sibling_mismatch');
    const trap = new Proxy(
      { ...payload },
      {
        ownKeys: () => {
          throw new Error('no');
        },
      },
    );
    expect(await reasonOf({ ...good, response: trap })).toBe('sibling_mismatch');
    const reordered = { timestamp: T, nonce: 'n1', code: 200 };
    expect(await reasonOf({ ...good, response: reordered })).toBe('ok');
  });

  it('key_retired: by the signed time only', async () => {
    const limited = (from?: number, until?: number) =>
      addPublicKey(undefined, demoEd25519.publicKey, {
        ...(from !== undefined && { validFrom: at(from) }),
        ...(until !== undefined && { validUntil: at(until) }),
      });
    const untimed = await forge('{"timestamp":"1800000000"}');
    expect(await reasonOf(good, {}, limited(0, 1))).toBe('ok');
    expect(await reasonOf(good, { now: at(9), maxAge: 10 }, limited(0, 1))).toBe('ok');
    expect(await reasonOf(good, {}, limited(1))).toBe('key_retired');
    expect(await reasonOf(good, {}, limited(undefined, 0))).toBe('key_retired');
    expect(await reasonOf(untimed, {}, limited(0))).toBe('key_retired');
    expect(await reasonOf(good, {}, retirePublicKey(both, demoEd25519.kid, at(1)))).toBe('ok');
    expect(await reasonOf(good, {}, retirePublicKey(both, demoEd25519.kid, at(0)))).toBe('key_retired');
    expect(await reasonOf(untimed, {}, retirePublicKey(both, demoEd25519.kid, at(1)))).toBe('key_retired');
    const endless = JSON.parse(formatKeyring(both));
    endless.keys[0].status = 'retired';
    expect(await reasonOf(good, {}, parseKeyring(endless))).toBe('key_retired');
  });

  it('wrong_product: the key is of another, or of none', async () => {
    const acme = addPublicKey(undefined, demoEd25519.publicKey, { product: 'acme' });
    expect(await reasonOf(good, { product: 'other' }, acme)).toBe('wrong_product');
    expect(await reasonOf(good, { product: 'acme' }, both)).toBe('wrong_product');
    expect(await reasonOf(good, {}, acme)).toBe('ok');
  });

  it('from_future: 300 seconds unless told', async () => {
    expect(await reasonOf(good, { now: at(-300) })).toBe('ok');
    expect(await reasonOf(good, { now: at(-301) })).toBe('from_future');
    expect(await reasonOf(good, { now: at(-1), maxFuture: 0 })).toBe('from_future');
  });

  it('stale: too old, or without a time', async () => {
    expect(await reasonOf(good, { now: at(1), maxAge: 0 })).toBe('stale');
    for (const text of [
      '{}',
      '{"timestamp":1.5}',
      '{"timestamp":-1}',
      '{"timestamp":1e300}',
      '{"timestamp":true}',
    ]) {
      expect(await reasonOf(await forge(text), { now: at(0), maxAge: 1e9 })).toBe('stale');
      expect(await reasonOf(await forge(text), { now: at(0) })).toBe('ok');
    }
  });

  it('nonce_mismatch: another, none, or one further down', async () => {
    expect(await reasonOf(good, { nonce: 'n1' })).toBe('ok');
    expect(await reasonOf(good, { nonce: 'n2' })).toBe('nonce_mismatch');
    for (const text of ['{}', '{"nonce":1}', '{"a":{"nonce":"1"}}', '{"__proto__":{"nonce":"1"}}']) {
      expect(await reasonOf(await forge(text), { nonce: '1' })).toBe('nonce_mismatch');
    }
  });

  it('comes in its order: each cure uncovers the next', async () => {
    const keyring = addPublicKey(
      addPublicKey(undefined, demoRsa.publicKey, { product: 'acme', role: 'product', validUntil: at(0) }),
      demoEd25519.publicKey,
      { product: 'acme', role: 'global' },
    );
    const valid = parseKeyring(formatKeyring(keyring).replace(/,\s*"validUntil": "[^"]+"/, ''));
    const policy = { role: 'product', product: 'other', now: at(-1000), maxAge: 1, nonce: 'n2' } as const;
    const wrong = { ...goodRsa, response: {} };
    const { RS256 } = signers;
    const notJson = await forge('x', RS256);
    expect(await reasonOf({ ...wrong, response_base64: '?', signature: '' }, policy, keyring)).toBe(
      'malformed',
    );
    expect(await reasonOf({ ...wrong, signature: '' }, policy, keyring)).toBe('unsigned');
    expect(await reasonOf({ ...wrong, signature: good.signature }, policy, keyring)).toBe('unknown_key');
    vi.stubGlobal('crypto', {});
    expect(await reasonOf({ ...wrong, response_base64: 'AAAA' }, policy, keyring)).toBe('unsupported');
    vi.unstubAllGlobals();
    expect(await reasonOf({ ...wrong, response_base64: 'AAAA' }, policy, keyring)).toBe('bad_signature');
    expect(
      await reasonOf({ ...notJson, response: {} }, policy, compromisePublicKey(keyring, RS256.kid)),
    ).toBe('key_compromised');
    expect(await reasonOf({ ...notJson, response: {} }, policy, keyring)).toBe('malformed');
    expect(await reasonOf(wrong, policy, keyring)).toBe('sibling_mismatch');
    expect(await reasonOf(goodRsa, policy, keyring)).toBe('key_retired');
    expect(await reasonOf(goodRsa, policy, valid)).toBe('wrong_product');
    const ours = { ...policy, product: 'acme' };
    expect(await reasonOf(goodRsa, ours, valid)).toBe('from_future');
    expect(await reasonOf(goodRsa, { ...ours, now: at(2) }, valid)).toBe('stale');
    expect(await reasonOf(goodRsa, { ...ours, now: at(1) }, valid)).toBe('nonce_mismatch');
    expect(await reasonOf(goodRsa, { ...ours, now: at(1), nonce: 'n1' }, valid)).toBe('ok');
  });
});

describe('misuse is an error, whatever the envelope', () => {
  const several = addPublicKey(
    addPublicKey(undefined, demoEd25519.publicKey, { product: 'a' }),
    demoRsa.publicKey,
    {
      product: 'b',
    },
  );
  const now = new Date();
  it.each<[string, object | null]>([
    ['an unknown member', { maxage: 5, now }],
    ['an undefined member', { role: undefined }],
    ['an unknown role', { role: 'admin' }],
    ['an empty nonce', { nonce: '' }],
    ['a nonce that is no text', { nonce: 5 }],
    ['an empty product', { product: '' }],
    ['a negative age', { maxAge: -1, now }],
    ['an age that is NaN', { maxAge: Number.NaN, now }],
    ['an age without end', { maxAge: Number.POSITIVE_INFINITY, now }],
    ['an age that is text', { maxAge: '60', now }],
    ['an age without now', { maxAge: 60 }],
    ['a maxFuture without now', { maxFuture: 60 }],
    ['a negative maxFuture', { maxFuture: -1, now }],
    ['an invalid now', { now: new Date(Number.NaN) }],
    ['a now that is a number', { now: Date.now() }],
    ['null', null],
  ])('policy: %s', async (_, policy) => {
    const misuse = () => Reflect.apply(verifyResponse, undefined, [undefined, both, policy]);
    expect((await failureOf(misuse)).code).toBe('invalid_option');
  });

  it.each([undefined, null, {}, JSON.parse(formatKeyring(both)), { keys: both.keys }])(
    'keyring: %#',
    async (keyring) => {
      const misuse = () => Reflect.apply(verifyResponse, undefined, [good, keyring, {}]);
      expect((await failureOf(misuse)).code).toBe('invalid_option');
    },
  );

  it('no product for a keyring of several', async () => {
    expect((await failureOf(() => verifyResponse(good, several))).code).toBe('invalid_option');
    expect(await reasonOf(good, { product: 'a' }, several)).toBe('ok');
    expect(await reasonOf(good, { product: 'b' }, several)).toBe('wrong_product');
  });
});

it('any single-byte change of the signed text or of the signature is refused', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(good, goodRsa),
      fc.constantFrom('response_base64', 'signature'),
      fc.nat(),
      fc.integer({ min: 1, max: 127 }),
      async (envelope, member, place, flip) => {
        const text = envelope[member];
        const index = place % text.length;
        const changed = String.fromCharCode(text.charCodeAt(index) ^ flip);
        const forged = text.slice(0, index) + changed + text.slice(index + 1);
        expect(await reasonOf({ ...envelope, [member]: forged })).not.toBe('ok');
      },
    ),
    { numRuns: 400 },
  );
});

it('gives nonces that differ, of 128 bits', () => {
  const nonces = Array.from({ length: 100 }, () => newNonce());
  expect(new Set(nonces).size).toBe(100);
  for (const nonce of nonces) expect(nonce).toMatch(/^[\w-]{22}$/);
  vi.stubGlobal('crypto', undefined);
  expect(() => newNonce()).toThrow(/getRandomValues/);
});

it('verifies what openssl, or anyone else, signs by the same rule', async () => {
  const message = Buffer.from(good.response_base64);
  const signature = sign(null, message, demoEd25519.exportPem()).toString('base64');
  expect(await reasonOf({ response_base64: good.response_base64, signature })).toBe('ok');
});
