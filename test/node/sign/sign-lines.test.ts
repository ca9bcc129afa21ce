import { describe, expect, it } from 'vitest';
import { addPublicKey, type Keyring, parsePrivateKey, verifyResponse } from '../../../dist/index.js';
import { type SignLinesOptions, signLines } from '../../../dist/node.js';
import { demoEd25519, demoRsa } from '../../core/sign/demo-keys.js';
// The built package: a thread cannot load TypeScript on every Node that is supported.
import { codeOf, failureOf } from '../../failure.js';

const ed25519 = parsePrivateKey(demoEd25519.exportPem());
const rsa = parsePrivateKey(demoRsa.exportPem());
const keyring: Keyring = addPublicKey(addPublicKey(undefined, ed25519.publicKey), rsa.publicKey);
const payloads = Array.from({ length: 1500 }, (_, code) => `{"code":${code},"timestamp":1}`);

async function collect(
  lines: Iterable<string> | AsyncIterable<string>,
  options: SignLinesOptions,
  key = ed25519,
) {
  let text = '';
  let count = 0;
  for await (const run of signLines(lines, key, options)) {
    text += run.text;
    count += run.count;
  }
  const envelopes = text.split('\n').slice(0, -1);
  expect(envelopes).toHaveLength(count);
  return envelopes;
}

describe.each([1, 2, 5])('with %i threads', (workers) => {
  it('signs all, in order', async () => {
    const envelopes = await collect(payloads, { workers, role: 'global' });
    expect(envelopes.map((text) => JSON.parse(text).response.code)).toEqual(payloads.map((_, code) => code));
    for (const text of envelopes.filter((_, index) => index % 300 === 0)) {
      expect(await verifyResponse(text, keyring)).toMatchObject({ ok: true, kid: ed25519.kid });
    }
  });

  it('stops at the first line that may not be signed, and names it', async () => {
    const broken = ['', payloads[0] ?? '', '  ', ...payloads.slice(0, 600), '{"no":"timestamp"}', 'x'];
    const signed: string[] = [];
    const failure = (async () => {
      for await (const { text } of signLines(broken, ed25519, { workers })) signed.push(text);
    })();
    expect(await failureOf(failure)).toMatchObject({
      code: 'invalid_payload',
      details: { line: 604 },
      message: expect.stringMatching(/^line 604: /),
    });
    expect(signed.join('').split('\n')).toHaveLength(602);
  });

  it('may be left early', async () => {
    for await (const { count } of signLines(payloads, ed25519, { workers })) {
      expect(count).toBe(1024);
      break;
    }
  });

  it('stamps what has no timestamp, and takes RSA, a style, and a stream', async () => {
    async function* stream() {
      yield '{ "a" : "é" }';
    }
    const options = { workers, now: new Date(5000), style: 'php' } as const;
    const [text = ''] = await collect(stream(), options, rsa);
    expect(text).toContain('{"response":{"a":"\\u00e9","timestamp":5},');
    expect(await verifyResponse(text, keyring)).toMatchObject({ ok: true, kid: rsa.kid });
  });

  it('takes a payload that holds line feeds for one payload', async () => {
    const [first = '', ...others] = await collect(['{\n"timestamp":\n1}\n', '{"timestamp":2}'], { workers });
    expect(first).toContain('{"response":{"timestamp":1},');
    expect(others).toHaveLength(1);
    const raw = collect(['{"a":"\n","timestamp":1}'], { workers });
    expect(await codeOf(raw)).toBe('invalid_payload');
  });

  it('refuses what would be taken for a license', async () => {
    const license = '{"schema":"keywright/license/v1","license":{},"timestamp":1}';
    expect(await failureOf(collect(['{"timestamp":1}', license], { workers }))).toMatchObject({
      code: 'invalid_payload',
      message: expect.stringMatching(/^line 2: .* names the schema of a license: sign it as one$/),
    });
  });

  it('has nothing to say about nothing', async () => {
    expect(await collect([], { workers })).toEqual([]);
  });
});

it('makes the same bytes on one thread as on many', async () => {
  expect(await collect(payloads, { workers: 3 })).toEqual(await collect(payloads, { workers: 1 }));
});

it.each([0, -1, 1.5, 257, Number.NaN])('refuses %d workers', async (workers) => {
  expect(await codeOf(collect(payloads, { workers }))).toBe('invalid_option');
});
