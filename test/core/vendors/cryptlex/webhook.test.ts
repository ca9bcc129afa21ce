import { afterEach, describe, expect, it, vi } from 'vitest';
import { verifyWebhook } from '../../../../src/core/vendors/cryptlex.js';
import { failureOf } from '../../../failure.js';
import { hasOpenssl, NEEDS_OPENSSL } from '../../../openssl.js';
import { cryptlexWebhook as good, hmac } from '../license-servers.js';
import { opensslHmac } from '../openssl-signer.js';

const signature = good.headers['Webhook-Signature'];

const reasonOf = async (change: Readonly<Record<string, unknown>>) => {
  const verdict = await verifyWebhook({ ...good, ...change });
  if (!verdict.ok) expect(verdict.hint).toMatch(/^[A-Z].{20,}\.$/);
  return verdict.ok ? 'ok' : verdict.reason;
};
const reasonWith = (header: unknown) => reasonOf({ headers: { 'webhook-signature': header } });

afterEach(() => {
  vi.unstubAllGlobals();
});

describe("Cryptlex's Webhook-Signature", () => {
  it('is base64 of the HMAC-SHA-256 of the raw body under the token', async () => {
    expect(await verifyWebhook(good)).toEqual({ ok: true });
    expect(await reasonOf({ body: Buffer.from(good.body) })).toBe('ok');
    expect(await reasonOf({ body: '', headers: { 'webhook-signature': hmac(good.secret, '') } })).toBe('ok');
    const bytes = Uint8Array.of(0xff, 0, 10);
    expect(await reasonOf({ body: bytes, headers: { 'webhook-signature': hmac(good.secret, bytes) } })).toBe(
      'ok',
    );
  });

  it.skipIf(!hasOpenssl)(`is what openssl makes${NEEDS_OPENSSL}`, async () => {
    const made = opensslHmac(Buffer.from(good.secret), good.body);
    expect(await reasonWith(made.toString('base64'))).toBe('ok');
    expect(await reasonWith(opensslHmac(Buffer.from('another'), good.body).toString('base64'))).toBe(
      'bad_signature',
    );
  });

  it('has the form of the published one', async () => {
    // https://docs.cryptlex.com/webhooks, whose token is not published.
    expect(await reasonWith('Bb3jMWkC1DOqEv5fAOsqwkKH7r57w9o8fZ3Jg72lNk0=')).toBe('bad_signature');
  });

  it('is found in any object of headers, whatever their case', async () => {
    for (const name of ['Webhook-Signature', 'webhook-signature', 'WEBHOOK-SIGNATURE']) {
      expect(await reasonOf({ headers: { host: 'x', [name]: signature } })).toBe('ok');
      expect(await reasonOf({ headers: new Headers({ [name]: signature }) })).toBe('ok');
    }
    expect(await reasonOf({ headers: Object.assign(Object.create(null), good.headers) })).toBe('ok');
  });

  it('is missing: nothing is believed', async () => {
    for (const headers of [{}, new Headers(), undefined, null, 'x', [], { 'webhook-signature': '' }]) {
      expect(await reasonOf({ headers })).toBe('unsigned');
    }
    // A header that is only inherited was not sent.
    expect(await reasonOf({ headers: Object.create(good.headers) })).toBe('unsigned');
  });

  it('is canonical base64 of 32 bytes, once', async () => {
    const bytes = Buffer.from(signature, 'base64');
    for (const header of [
      signature.slice(0, -1),
      `${signature}=`,
      `${signature}\n`,
      ` ${signature}`,
      bytes.toString('hex'),
      bytes.subarray(1).toString('base64'),
      `${signature}, ${signature}`,
      `sha256=${signature}`,
      [signature],
      bytes,
      null,
      7,
    ]) {
      expect(await reasonWith(header)).toBe('malformed');
    }
    const loose = `${signature.slice(0, -2)}${String.fromCharCode(signature.charCodeAt(42) + 1)}=`;
    expect(Buffer.from(loose, 'base64')).toEqual(bytes);
    expect(await reasonWith(loose)).toBe('malformed');
    const twice = { 'Webhook-Signature': signature, 'webhook-signature': 'x' };
    expect(await reasonOf({ headers: twice })).toBe('malformed');
  });

  it('breaks with a byte of the body, and with the secret', async () => {
    expect(await reasonOf({ body: `${good.body} ` })).toBe('bad_signature');
    expect(await reasonOf({ body: `\ufeff${good.body}` })).toBe('bad_signature');
    expect(await reasonOf({ secret: `${good.secret} ` })).toBe('bad_signature');
  });

  it('is not looked for on a body that is not raw any more', async () => {
    for (const body of [JSON.parse(good.body), undefined, null, 1, [], Object.create(Uint8Array.prototype)]) {
      expect(await reasonOf({ body })).toBe('malformed');
    }
    // Half a surrogate pair is spelled as U+FFFD is, which may be what was signed.
    const headers = { 'webhook-signature': hmac(good.secret, '\ufffd') };
    expect(await reasonOf({ body: '\ufffd', headers })).toBe('ok');
    expect(await reasonOf({ body: '\ud800', headers })).toBe('malformed');
  });

  it('never throws for headers that do', async () => {
    const thrower = () => {
      throw new Error('no');
    };
    const trapped = new Proxy({}, { ownKeys: thrower, get: thrower, has: thrower });
    for (const headers of [
      trapped,
      { get: thrower },
      Object.defineProperty({}, 'a', { get: thrower, enumerable: true }),
    ]) {
      expect(await reasonOf({ headers })).toBe('malformed');
    }
  });

  it('needs a secret: without one it throws, and shows nothing of any', async () => {
    for (const secret of ['', undefined, null, 1, [good.secret]]) {
      const error = await failureOf(() => reasonOf({ secret }));
      expect([error.code, error.details]).toEqual(['invalid_option', { option: 'secret' }]);
      expect(error.message).not.toContain(good.secret);
    }
  });

  it('needs crypto.subtle', async () => {
    vi.stubGlobal('crypto', { getRandomValues() {} });
    expect(await reasonOf({})).toBe('unsupported');
  });
});
