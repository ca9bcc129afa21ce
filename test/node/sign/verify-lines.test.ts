import { describe, expect, it } from 'vitest';
// The built package: a thread cannot load TypeScript on every Node that is supported.
import { explainResponse } from '../../../dist/explain.js';
import {
  addPublicKey,
  type Keyring,
  parseKeyring,
  parsePrivateKey,
  type VerifyPolicy,
  verifyResponse,
} from '../../../dist/index.js';
import { signLines, type VerifiedLine, type VerifyLinesOptions, verifyLines } from '../../../dist/node.js';
import { demoEd25519, demoRsa } from '../../core/sign/demo-keys.js';
import { codeOf } from '../../failure.js';

const ed25519 = parsePrivateKey(demoEd25519.exportPem());
const rsa = parsePrivateKey(demoRsa.exportPem());
const keyring: Keyring = addPublicKey(
  addPublicKey(undefined, ed25519.publicKey, { role: 'product' }),
  rsa.publicKey,
  { validFrom: new Date(0), product: 'acme' },
);

async function signed(payloads: readonly string[], key = ed25519): Promise<readonly string[]> {
  let text = '';
  for await (const run of signLines(payloads, key, { workers: 1 })) text += run.text;
  return text.split('\n').slice(0, -1);
}

const good = await signed(Array.from({ length: 700 }, (_, code) => `{"code":${code},"timestamp":1}`));
const [first = ''] = good;
const [byRsa = ''] = await signed(['{"__proto__":{"a":1},"n":1.50,"timestamp":1}'], rsa);
const unsigned = first.replace(/"signature":"[^"]*"/, '"signature":null');
const forged = first.replace(/"response_base64":"..../, '"response_base64":"eyJh');

async function collect(
  lines: Iterable<string> | AsyncIterable<string>,
  options: VerifyLinesOptions,
  policy: VerifyPolicy = {},
) {
  const all: VerifiedLine[] = [];
  for await (const run of verifyLines(lines, keyring, policy, options)) all.push(...run);
  return all;
}

describe.each([1, 2, 5])('with %i threads', (workers) => {
  it('gives the verdicts of verifyResponse, in order, with the numbers of the lines', async () => {
    const lines = [
      '',
      ...good.slice(0, 300),
      '  ',
      forged,
      'no JSON',
      unsigned,
      byRsa,
      '',
      ...good.slice(300),
      '',
    ];
    const answers = await collect(lines, { workers }, { product: 'acme' });
    const wanted = lines.flatMap((envelope, index) =>
      envelope.trim() === '' ? [] : [{ line: index + 1, envelope }],
    );
    expect(answers.map(({ line, envelope }) => ({ line, envelope }))).toEqual(wanted);
    for (const { envelope, verdict, explanation } of answers.filter(({ line }) => line < 5 || line > 300)) {
      expect(verdict).toEqual(await verifyResponse(envelope, keyring, { product: 'acme' }));
      expect(explanation).toBeUndefined();
    }
    const reasons = new Set(answers.map(({ verdict }) => (verdict.ok ? 'ok' : verdict.reason)));
    expect([...reasons].toSorted()).toEqual([
      'bad_signature',
      'malformed',
      'ok',
      'unsigned',
      'wrong_product',
    ]);
  });

  it('keeps payloads, keys and policy on their way through threads as they are', async () => {
    const policy = { product: 'acme', now: new Date(2000), maxAge: 1 };
    const [answer] = await collect([byRsa], { workers }, policy);
    expect(answer?.verdict).toEqual(await verifyResponse(byRsa, keyring, policy));
    const { payload } = answer?.verdict.ok === true ? answer.verdict : { payload: {} };
    expect(Object.keys(payload)).toEqual(['__proto__', 'n', 'timestamp']);
    expect(Object.getPrototypeOf(payload)).toBe(Object.prototype);
    const [late] = await collect([byRsa], { workers }, { ...policy, now: new Date(3000) });
    expect(late?.verdict).toMatchObject({ ok: false, reason: 'stale', kid: rsa.kid });
  });

  it('explains refusals when asked', async () => {
    const [yes, no] = await collect([first, forged], { workers, explain: true });
    expect(yes).toMatchObject({ verdict: { ok: true }, explanation: undefined });
    expect(no?.explanation).toEqual(await explainResponse(forged, keyring));
  });

  it('takes an envelope that holds line feeds for one', async () => {
    const spread = JSON.stringify(JSON.parse(first), null, 2);
    const answers = await collect([spread, '\n', first], { workers });
    expect(answers.map(({ line, verdict }) => [line, verdict.ok])).toEqual([
      [1, true],
      [3, true],
    ]);
  });

  it('may be left early, and has nothing to say about nothing', async () => {
    for await (const run of verifyLines(good, keyring, {}, { workers })) {
      expect(run).toHaveLength(256);
      break;
    }
    expect(await collect(['', ' '], { workers })).toEqual([]);
  });

  it('reads ahead no more than a few jobs a thread, also of long lines', async () => {
    let read = 0;
    async function* endless() {
      for (;;) {
        read++;
        yield 'x'.repeat(600_000);
      }
    }
    for await (const run of verifyLines(endless(), keyring, {}, { workers })) {
      expect(run).toHaveLength(2);
      break;
    }
    expect(read).toBeLessThanOrEqual(workers * 6 + 1);
  });

  it('passes on the failure of what it reads', async () => {
    async function* broken() {
      yield first;
      throw new Error('the disk');
    }
    await expect(collect(broken(), { workers })).rejects.toThrow('the disk');
  });
});

it('refuses misuse before a line is read', async () => {
  const lines: Iterable<string> = {
    [Symbol.iterator]() {
      throw new Error('read');
    },
  };
  const misuses: readonly Promise<unknown>[] = [
    collect(lines, {}, { maxAge: 1 }),
    ...[0, 1.5, 257, Number.NaN].map((workers) => collect(lines, { workers })),
  ];
  for (const misuse of misuses) {
    expect(await codeOf(misuse)).toBe('invalid_option');
  }
});

it('believes no key that the keyring knows as compromised, in whatever thread', async () => {
  const { kid, publicKey } = ed25519;
  const x = Buffer.from(publicKey.bytes).toString('base64url');
  const stolen = parseKeyring({
    keys: [],
    compromised: [{ kty: 'OKP', crv: 'Ed25519', x, kid, status: 'compromised' }],
  });
  for (const workers of [1, 2]) {
    for await (const [answer] of verifyLines([first], stolen, {}, { workers })) {
      expect(answer?.verdict).toMatchObject({ ok: false, reason: 'key_compromised', kid });
    }
  }
});
