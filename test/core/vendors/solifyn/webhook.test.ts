import { afterEach, describe, expect, it, vi } from 'vitest';
import { verifyWebhook } from '../../../../src/core/vendors/solifyn.js';
import { failureOf } from '../../../failure.js';
import { hasOpenssl, NEEDS_OPENSSL } from '../../../openssl.js';
import { solifynWebhook as good, NOW, secrets, signWebhook } from '../license-servers.js';
import { opensslHmac } from '../openssl-signer.js';

const [oldSecret, newSecret] = secrets;
const ID = good.headers['webhook-id'];
const signature = good.headers['webhook-signature'];

const reasonOf = async (change: Readonly<Record<string, unknown>>) => {
  const verdict = await verifyWebhook({ ...good, ...change });
  if (!verdict.ok) expect(verdict.hint).toMatch(/^[A-Z].{20,}\.$/);
  return verdict.ok ? 'ok' : verdict.reason;
};
const reasonWith = (headers: Readonly<Record<string, unknown>>) =>
  reasonOf({ headers: { ...good.headers, ...headers } });
/** The reason for a webhook that is signed as it says. */
const reasonFor = (id: string, timestamp: number | string, body: string = good.body) =>
  reasonOf({
    body,
    headers: {
      'webhook-id': id,
      'webhook-timestamp': `${timestamp}`,
      'webhook-signature': signWebhook(oldSecret, id, timestamp, body),
    },
  });

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('Standard Webhooks', () => {
  it('verifies the published example', async () => {
    // github.com/standard-webhooks/standard-webhooks at b2fa7b87, in the tests of all its libraries, as
    // libraries/go/webhook_test.go, TestWebhookSign. The specification itself prints no secret.
    const published = {
      secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
      body: '{"test": 2432232314}',
      headers: {
        'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
        'webhook-timestamp': '1614265330',
        'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
      },
    };
    const now = new Date(1_614_265_330_000);
    const wanted = { ok: true, id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', timestamp: 1_614_265_330 };
    expect(await verifyWebhook({ ...published, now })).toEqual(wanted);
    expect(await reasonOf({ ...published, body: '{"test": 2432232315}', now })).toBe('bad_signature');
    expect(await reasonOf({ ...published, now: new Date() })).toBe('stale');
  });

  it("reads the headers of the specification's page: v1 and v1a side by side", async () => {
    // spec/standard-webhooks.md, "Webhook headers". Their secret is not published, so the signature cannot hold.
    const list =
      'v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4= v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg==';
    const headers = { 'webhook-id': ID, 'webhook-timestamp': '1674087231', 'webhook-signature': list };
    expect(await reasonOf({ headers })).toBe('bad_signature');
    expect(await reasonWith({ 'webhook-signature': `${list} ${signature}` })).toBe('ok');
  });

  it('signs id.timestamp.rawBody with HMAC-SHA-256 under the decoded secret', async () => {
    expect(await verifyWebhook(good)).toEqual({ ok: true, id: ID, timestamp: NOW });
    expect(await reasonOf({ body: Buffer.from(good.body) })).toBe('ok');
    expect(await reasonFor('msg_1', NOW, '{"name":"Zoë"}')).toBe('ok');
    expect(await reasonFor('msg_1', NOW, '')).toBe('ok');
    expect(await reasonWith({ 'webhook-id': `${ID}x` })).toBe('bad_signature');
    expect(await reasonWith({ 'webhook-timestamp': `${NOW + 1}` })).toBe('bad_signature');
    expect(await reasonOf({ body: good.body.replace('A184', 'A185') })).toBe('bad_signature');
  });

  it.skipIf(!hasOpenssl)(`verifies what openssl makes${NEEDS_OPENSSL}`, async () => {
    const key = Buffer.from(oldSecret.slice(6), 'base64');
    const made = opensslHmac(key, `${ID}.${NOW}.${good.body}`).toString('base64');
    expect(await reasonWith({ 'webhook-signature': `v1,${made}` })).toBe('ok');
  });
});

describe('the headers', () => {
  it('are webhook-… or svix-…, in any case, never a mixture', async () => {
    const svix = Object.fromEntries(
      Object.entries(good.headers).map(([name, value]) => [name.replace('webhook', 'Svix'), value]),
    );
    expect(await reasonOf({ headers: svix })).toBe('ok');
    expect(await reasonOf({ headers: new Headers(svix) })).toBe('ok');
    expect(await reasonOf({ headers: { ...svix, ...good.headers } })).toBe('ok');
    const { 'webhook-id': _, ...rest } = good.headers;
    expect(await reasonOf({ headers: { ...rest, 'svix-id': ID } })).toBe('malformed');
    const forged = `v1,${Buffer.alloc(32).toString('base64')}`;
    expect(await reasonOf({ headers: { ...svix, ...good.headers, 'webhook-signature': forged } })).toBe(
      'bad_signature',
    );
  });

  it('without a signature are unsigned', async () => {
    for (const headers of [
      {},
      undefined,
      null,
      1,
      new Headers(),
      { 'webhook-id': ID, 'webhook-timestamp': `${NOW}` },
    ]) {
      expect(await reasonOf({ headers })).toBe('unsigned');
    }
    expect(await reasonWith({ 'webhook-signature': '' })).toBe('unsigned');
  });

  it('may hold several signatures; one of version 1 must hold', async () => {
    const other = signWebhook(newSecret, ID, NOW, good.body);
    for (const list of [
      `${other} ${signature}`,
      `${signature} ${other}`,
      `v2,x ${signature}`,
      `v1,x ${signature}`,
    ]) {
      expect(await reasonWith({ 'webhook-signature': list })).toBe('ok');
    }
    expect(await reasonWith({ 'webhook-signature': other })).toBe('bad_signature');
    const bare = signature.slice(3);
    for (const list of [
      bare,
      `v2,${bare}`,
      `v1a,${bare}`,
      `V1,${bare}`,
      `v1=${bare}`,
      `v1,${bare}\n`,
      `v1,${bare.slice(0, -1)}`,
      `v1,${Buffer.from(bare, 'base64').toString('hex')}`,
      'v1,',
      ' ',
      ['v1'],
      null,
      7,
    ]) {
      expect(await reasonWith({ 'webhook-signature': list })).toBe('malformed');
    }
  });

  it('have an id without a dot, so that no part of a body can pass for a timestamp', async () => {
    // Genuine, and its body begins as a timestamp would: shifted by one dot the same bytes are signed.
    const body = `${NOW}.{"type":"license.revoked"}`;
    const genuine = signWebhook(oldSecret, 'msg_1', NOW - 9, body);
    const shifted = {
      body: '{"type":"license.revoked"}',
      headers: {
        'webhook-id': `msg_1.${NOW - 9}`,
        'webhook-timestamp': `${NOW}`,
        'webhook-signature': genuine,
      },
    };
    expect(signWebhook(oldSecret, `msg_1.${NOW - 9}`, NOW, shifted.body)).toBe(genuine);
    expect(await reasonOf(shifted)).toBe('malformed');
    for (const id of ['', 'a b', 'a\n', 'é', 'x'.repeat(257)])
      expect(await reasonFor(id, NOW)).toBe('malformed');
  });

  it('have a timestamp in plain digits', async () => {
    for (const time of [
      `0${NOW}`,
      `+${NOW}`,
      `${NOW}.0`,
      `${NOW} `,
      `${NOW}x`,
      '1e9',
      '',
      '-1',
      'NaN',
      '9'.repeat(16),
    ]) {
      expect(await reasonFor(ID, time), time).toBe('malformed');
    }
    for (const time of [NOW, null, [`${NOW}`]]) {
      expect(await reasonWith({ 'webhook-timestamp': time })).toBe('malformed');
    }
  });
});

describe('five minutes', () => {
  it('of tolerance, in both directions, to the last second', async () => {
    expect(await reasonFor(ID, NOW - 300)).toBe('ok');
    expect(await reasonFor(ID, NOW - 301)).toBe('stale');
    expect(await reasonFor(ID, NOW + 300)).toBe('ok');
    expect(await reasonFor(ID, NOW + 301)).toBe('from_future');
    expect(await reasonFor(ID, 0)).toBe('stale');
    expect(await reasonOf({ now: new Date((NOW + 300) * 1000 + 999) })).toBe('ok');
    expect(await reasonOf({ now: new Date((NOW + 301) * 1000) })).toBe('stale');
  });

  it('count only for what was genuinely signed', async () => {
    const headers = { 'webhook-timestamp': `${NOW - 4000}` };
    expect(await reasonWith(headers)).toBe('bad_signature');
  });
});

describe('the secret', () => {
  it('may be a list during a rotation: the old one stays valid for 24 hours', async () => {
    expect(await reasonOf({ secret: [newSecret, oldSecret] })).toBe('ok');
    expect(await reasonOf({ secret: [newSecret] })).toBe('bad_signature');
    const headers = { ...good.headers, 'webhook-signature': signWebhook(newSecret, ID, NOW, good.body) };
    expect(await reasonOf({ secret: [oldSecret, newSecret], headers })).toBe('ok');
  });

  it('is whsec_ and canonical base64 of 24 bytes at least; else it throws, and shows nothing of it', async () => {
    const bare = oldSecret.slice(6);
    for (const secret of [
      '',
      'whsec_',
      bare,
      `WHSEC_${bare}`,
      `whsec_${bare}=`,
      `whsec_${bare}\n`,
      `whsec_${Buffer.alloc(32, 0xff).toString('base64url')}`,
      `whsec_${Buffer.alloc(23).toString('base64')}`,
      `whpk_${bare}`,
      undefined,
      null,
      Buffer.from(bare, 'base64'),
      [],
      [oldSecret, ''],
      [oldSecret, undefined],
    ]) {
      const error = await failureOf(() => reasonOf({ secret }));
      expect([error.code, error.details]).toEqual(['invalid_option', { option: 'secret' }]);
      expect(error.message).not.toContain(bare.slice(0, 8));
    }
  });
});

it('needs a clock', async () => {
  for (const now of [undefined, NOW, new Date(Number.NaN)]) {
    const error = await failureOf(() => reasonOf({ now }));
    expect([error.code, error.details]).toEqual(['invalid_option', { option: 'now' }]);
  }
});

it('takes no body that is not raw any more', async () => {
  for (const body of [JSON.parse(good.body), undefined, null, '\ud800', new ArrayBuffer(2)]) {
    expect(await reasonOf({ body })).toBe('malformed');
  }
});

it('needs crypto.subtle', async () => {
  vi.stubGlobal('crypto', { getRandomValues() {} });
  expect(await reasonOf({})).toBe('unsupported');
});
