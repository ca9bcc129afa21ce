import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parsePublicKeys } from '../../src/core/public-keys/public-key-text.js';
import { verifyResponse } from '../../src/verify.js';
import { hasVectors, NEEDS, readVectors } from './vector-files.js';

interface Published {
  readonly page: string;
  readonly endpoint: string;
  readonly verifies: boolean;
  readonly as_published_verifies: boolean;
  readonly intact_response_base64?: string;
  readonly envelope: { readonly response: object; readonly [name: string]: unknown };
}

const keyring = parsePublicKeys(readFileSync('samples/getkeymanager/demo-public.pem', 'utf8'));

it('the published bulk-create response verifies, as text and as an object', async () => {
  const text = readFileSync('samples/getkeymanager/response.json', 'utf8');
  const wanted = { ok: true, payload: { code: 900, created: 3, duplicate: 1, timestamp: 1709001673 } };
  expect(await verifyResponse(text, keyring)).toMatchObject(wanted);
  expect(await verifyResponse(JSON.parse(text), keyring)).toMatchObject(wanted);
});

describe.skipIf(!hasVectors)(`docs.getkeymanager.com, nine published envelopes${NEEDS}`, () => {
  const { envelopes } = readVectors<{ readonly envelopes: readonly Published[] }>(
    'getkeymanager/envelopes.json',
    { envelopes: [] },
  );

  it('seven verify as published', async () => {
    const intact = envelopes.filter((published) => published.as_published_verifies);
    for (const { envelope, page } of intact) {
      const verdict = await verifyResponse(envelope, keyring);
      expect(verdict, page).toMatchObject({ ok: true, payload: envelope.response });
    }
    expect(intact).toHaveLength(7);
    expect(envelopes).toHaveLength(9);
  });

  it('access-downloadables was edited after signing; its intact text verifies without the readable copy', async () => {
    const { envelope, intact_response_base64: response_base64 } =
      envelopes.find(({ endpoint }) => endpoint.endsWith('access-downloadables')) ?? {};
    const { response: _, ...rest } = envelope ?? {};
    expect(await verifyResponse(envelope, keyring)).toMatchObject({ ok: false, reason: 'bad_signature' });
    const restored = await verifyResponse({ ...envelope, response_base64 }, keyring);
    expect(restored).toMatchObject({ ok: false, reason: 'sibling_mismatch' });
    expect(await verifyResponse({ ...rest, response_base64 }, keyring)).toMatchObject({ ok: true });
  });

  it('the last is signed by another key', async () => {
    const last = envelopes.at(-1);
    expect(last?.verifies).toBe(false);
    expect(await verifyResponse(last?.envelope, keyring)).toMatchObject({ reason: 'bad_signature' });
  });
});
