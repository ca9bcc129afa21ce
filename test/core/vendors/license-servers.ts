import { createHmac, createPublicKey, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** What the license servers would sign, signed with node:crypto: none of our own code is in it. */

const privatePem = readFileSync('keys/demo-rsa.private.pem', 'utf8');

/** The public half of the key pair with which these servers sign, RSA-2048 as SPKI PEM. */
export const publicKey = String(createPublicKey(privatePem).export({ type: 'spki', format: 'pem' }));

/** 2026-01-15T12:00:00Z, in Unix seconds, and as a date. */
export const NOW = 1_768_478_400;
export const now = new Date(NOW * 1000);

/** The `challengeResponse` of Lukittu's server. */
export function answerChallenge(challenge: string, pem = privatePem): string {
  return sign('RSA-SHA256', Buffer.from(challenge), pem).toString('hex');
}

/** What a Cryptlex activation is for. */
export const activation = {
  publicKey,
  productId: '6ef8a9d5-3b3a-4b6f-9c8b-1f0a7d2c5e41',
  key: 'D08B53-C564F8-463EA5-F16A15-E35D6E-D2559B',
  fingerprint: '9f86d081884c7d659a2feaa0c55ad015',
  now,
} as const;

/** The claims of an activation in force: the names are the documented ones. */
export const CLAIMS = {
  aid: '1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed',
  os: 'linux',
  fp: activation.fingerprint,
  fms: 'exact',
  eat: NOW + 30 * 86_400,
  iat: NOW - 3600,
  pid: activation.productId,
  orv: 0,
  lid: '2c5ea4c0-4067-11e9-8bad-9b1deb4d3b7d',
  key: activation.key,
  name: 'Zoë',
  email: '',
  company: '',
  type: 'node-locked',
  suspended: false,
  fc: 0,
  ls: 'per-machine',
  ld: 0,
  ssgpeat: NOW + 7 * 86_400,
  leat: 0,
  aco: 300,
  ssi: 3600,
  pmd: [],
  lmd: '[{"key":"plan","value":"team"}]',
  umd: [],
  amd: [],
  lma: [],
  ama: [],
} as const;

/** The compact serialisation of RFC 7515 section 7.1; header and payload are JSON values, or texts as they stand. */
export function makeToken(payload: unknown = CLAIMS, header: unknown = { alg: 'RS256', typ: 'JWT' }): string {
  const start = `${part(header)}.${part(payload)}`;
  return `${start}.${sign('RSA-SHA256', Buffer.from(start), privatePem).toString('base64url')}`;
}

/** Base64url of a JSON value, of a text, or of bytes. */
export function part(value: unknown): string {
  const raw = typeof value === 'string' || value instanceof Uint8Array;
  return Buffer.from(raw ? value : JSON.stringify(value)).toString('base64url');
}

/** A Cryptlex webhook. */
export const cryptlexWebhook = (() => {
  const secret = 'a token from the dashboard, é';
  const body =
    '{"event":"license.created","data":{"name":"Zoë"},"triggeredAt":"2026-01-15T12:00:00.6926949Z"}';
  return { secret, body, headers: { 'Webhook-Signature': hmac(secret, body) } } as const;
})();

/** The base64 HMAC-SHA-256 of a text or of bytes. */
export function hmac(key: string | Uint8Array, message: string | Uint8Array): string {
  return createHmac('sha256', key).update(message).digest('base64');
}

/** A Solifyn secret, and one that replaces it. */
export const secrets = [
  `whsec_${Buffer.alloc(24, 7).toString('base64')}`,
  `whsec_${Buffer.alloc(32, 9).toString('base64')}`,
] as const;

/** One entry of the signature header of Standard Webhooks. */
export function signWebhook(secret: string, id: string, timestamp: number | string, body: string): string {
  return `v1,${hmac(Buffer.from(secret.slice('whsec_'.length), 'base64'), `${id}.${timestamp}.${body}`)}`;
}

/** A Solifyn webhook, sent now. */
export const solifynWebhook = (() => {
  const body = '{"type":"license.created","data":{"id":"lic_1","key":"A184-99C2-8CBE"}}';
  const id = 'msg_2KWPBgLlAfxdpx2AI54pPJ85f4W';
  const headers = {
    'webhook-id': id,
    'webhook-timestamp': `${NOW}`,
    'webhook-signature': signWebhook(secrets[0], id, NOW, body),
  };
  return { secret: secrets[0], body, headers, now } as const;
})();

/** Per vendor, what its server sent just then and what a client holds it against, by the names of the documentation. */
export function signedByServers(then: Date) {
  const iat = Math.floor(then.getTime() / 1000);
  const challenge = 'p2Vt0cUuUqZ1bJx4mWk7Qw';
  const id = solifynWebhook.headers['webhook-id'];
  const signature = signWebhook(secrets[0], id, iat, solifynWebhook.body);
  return {
    lukittu: { challenge, challengeResponse: answerChallenge(challenge), publicKey },
    cryptlex: { ...activation, ...cryptlexWebhook, token: makeToken({ ...CLAIMS, iat, eat: 0, ssgpeat: 0 }) },
    solifyn: {
      ...solifynWebhook,
      headers: { 'webhook-id': id, 'webhook-timestamp': `${iat}`, 'webhook-signature': signature },
    },
  };
}
