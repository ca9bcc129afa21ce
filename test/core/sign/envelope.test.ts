import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { formatEnvelope, signResponse, stampPayload } from '../../../src/core/sign/envelope.js';
import { addPublicKey } from '../../../src/core/sign/keyring-changes.js';
import { ed25519Signer, rsaSigner } from '../../../src/core/sign/signer.js';
import { verifyResponse } from '../../../src/verify.js';
import { failureOf, refusal } from '../../failure.js';
import { demoEd25519, demoRsa, signers } from './demo-keys.js';

const keyring = addPublicKey(addPublicKey(undefined, demoEd25519.publicKey), demoRsa.publicKey);
const signer = signers.Ed25519;
const turns = () => new Promise((resolve) => setTimeout(resolve, 5));
const decode = (text: string) => Buffer.from(text, 'base64').toString('utf8');

describe.each(Object.entries(signers))('with %s', (_, signer) => {
  it('makes an envelope that verifies, from text and from a value, in either style', async () => {
    for (const payload of ['{ "a" : "/\\u00e9", "timestamp":5 }', { a: '/é', timestamp: 5 }]) {
      for (const style of ['compact', 'php'] as const) {
        const envelope = await signResponse(payload, signer, { role: 'global', style });
        expect(Object.keys(envelope)).toEqual([
          'response',
          'response_base64',
          'private_key_used',
          'signature',
        ]);
        expect(envelope.private_key_used).toBe('global');
        expect(decode(envelope.response_base64)).toBe(
          style === 'php' ? '{"a":"\\/\\u00e9","timestamp":5}' : '{"a":"/é","timestamp":5}',
        );
        const wanted = { ok: true, payload: { a: '/é', timestamp: 5 }, kid: signer.kid, role: null };
        expect(await verifyResponse(envelope, keyring)).toEqual(wanted);
        expect(await verifyResponse(formatEnvelope(envelope), keyring)).toEqual(wanted);
        expect(await verifyResponse(JSON.stringify(envelope), keyring)).toEqual(wanted);
      }
    }
  });

  it('signs the same bytes twice', async () => {
    const twice = [1, 2].map(() => signResponse('{"timestamp":1}', signer));
    expect(await twice[0]).toEqual(await twice[1]);
  });

  it('hands each of many slow signatures its own message', async () => {
    const slow = { ...signer, sign: async (message: Uint8Array) => turns().then(() => signer.sign(message)) };
    const payloads = Array.from({ length: 60 }, (_, n) => ({ text: 'é/'.repeat(n * n), n, timestamp: n }));
    const envelopes = await Promise.all(payloads.map((payload) => signResponse(payload, slow)));
    for (const [n, envelope] of envelopes.entries()) {
      expect(await verifyResponse(envelope, keyring)).toMatchObject({ ok: true, payload: payloads[n] });
    }
  });
});

it("writes the published response's bytes in the vendor's style", async () => {
  const published = JSON.parse(readFileSync('samples/getkeymanager/response.json', 'utf8'));
  const envelope = await signResponse(JSON.stringify(published.response), signers.RS256, { style: 'php' });
  expect(envelope.response_base64).toBe(published.response_base64);
});

it('signs up to the last second of the year 9999, and no milliseconds', async () => {
  expect(await signResponse({ timestamp: 253_402_300_799 }, signer)).toBeDefined();
  for (const timestamp of [253_402_300_800, 1_767_225_600_000, Number.MAX_SAFE_INTEGER]) {
    const error = await failureOf(() => signResponse({ timestamp }, signer));
    expect(error).toMatchObject({ code: 'invalid_payload' });
    expect(error.message).toMatch(/year 9999.*milliseconds/);
  }
});

it.each([
  '{"a":1e400,"timestamp":1}',
  '{"a":-0,"timestamp":1}',
  '{"a":9007199254740993,"timestamp":1}',
  '{"b":0,"2":1,"1":1.0,"timestamp":1}',
  '{"__proto__":{"a":1},"timestamp":1}',
])('keeps every number and the order of %s, also in the written envelope', async (text) => {
  const envelope = await signResponse(text, signer);
  expect(decode(envelope.response_base64)).toBe(text);
  expect(formatEnvelope(envelope)).toContain(`{"response":${text},`);
  expect(await verifyResponse(formatEnvelope(envelope), keyring)).toMatchObject({ ok: true });
});

const deep = (depth: number) => `{"timestamp":1,"a":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}`;
const long = (length: number) => `{"timestamp":1,"a":"${'x'.repeat(length - 22)}"}`;

it('goes to the limits of depth and length, and no further', async () => {
  for (const text of [deep(64), long(1_048_576)]) {
    expect(await verifyResponse(formatEnvelope(await signResponse(text, signer)), keyring)).toMatchObject({
      ok: true,
    });
  }
  for (const text of [deep(65), long(1_048_577)]) {
    expect((await failureOf(() => signResponse(text, signer))).code).toBe('invalid_payload');
  }
});

it.each([
  ['no JSON', 'hello'],
  ['a list', '[]'],
  ['null', 'null'],
  ['no timestamp', '{}'],
  ['a timestamp that is text', '{"timestamp":"1"}'],
  ['a timestamp with a fraction', '{"timestamp":1.5}'],
  ['a negative timestamp', '{"timestamp":-1}'],
  ['an inherited timestamp', '{"__proto__":{"timestamp":1}}'],
  ['a member twice', '{"timestamp":1,"timestamp":1}'],
  ['half a surrogate pair', '{"timestamp":1,"a":"\\ud800"}'],
  ['a byte order mark', '\ufeff{"timestamp":1}'],
  ['a list as a value', []],
  [
    'a class',
    new (class Answer {
      timestamp = 1;
    })(),
  ],
  ['a value with half a surrogate pair', { timestamp: 1, a: '\ud800' }],
  ['a value with an integer-like member', { timestamp: 1, 7: 1 }],
])('refuses %s', async (_, payload) => {
  expect((await failureOf(() => signResponse(payload, signer))).code).toBe('invalid_payload');
});

it('refuses unknown roles and styles, and a signer of the other algorithm', async () => {
  const untyped = (options: object) => () => signResponse('{"timestamp":1}', signer, options);
  expect((await failureOf(untyped({ role: 'admin' }))).code).toBe('invalid_option');
  expect((await failureOf(untyped({ style: 'pretty' }))).code).toBe('invalid_option');
  expect(refusal(() => ed25519Signer(demoRsa)).code).toBe('invalid_key');
  expect(refusal(() => rsaSigner(demoEd25519)).code).toBe('invalid_key');
});

it('stamps a payload that has no timestamp, as its last member', () => {
  const now = new Date('2024-02-27T02:41:13.900Z');
  expect(stampPayload('{}', now)).toBe('{"timestamp":1709001673}');
  expect(stampPayload(' { "code":1e2 } \n', now)).toBe(' { "code":1e2 ,"timestamp":1709001673}');
  expect(stampPayload('{"timestamp":"mine"}', now)).toBe('{"timestamp":"mine"}');
  expect(refusal(() => stampPayload('[]', now)).code).toBe('invalid_payload');
});
