import * as cryptlex from '../../../src/core/vendors/cryptlex.js';
import * as getkeymanager from '../../../src/core/vendors/getkeymanager.js';
import * as lukittu from '../../../src/core/vendors/lukittu.js';
import * as solifyn from '../../../src/core/vendors/solifyn.js';
import { activation, now, publicKey, secrets } from '../../core/vendors/license-servers.js';

const [secret = ''] = secrets;
const vendors = { cryptlex, getkeymanager, lukittu, solifyn };

/** A body that is JSON when the text is, and else a record whose members are that text. */
function bodyOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    const names = [
      'key',
      'licenseKey',
      'productId',
      'expiresAt',
      'createdAt',
      'validity',
      'metadata',
      'license_keys',
    ];
    return Object.fromEntries(names.map((name) => [name, text]));
  }
}

/** What reads the requests, records, tokens and webhooks of license servers. */
export const VENDOR_READERS: Readonly<Record<string, (text: string) => unknown>> = {
  ...Object.fromEntries(
    Object.entries(vendors).flatMap(([name, vendor]) => [
      [`${name}: key`, (text: string) => vendor.keyProblem(text)],
      [`${name}: record`, (text: string) => vendor.parseRecord(bodyOf(text), { now })],
      [`${name}: create request`, (text: string) => vendor.validateCreateRequest(bodyOf(text), { now })],
    ]),
  ),
  'cryptlex: key pattern': (text) => cryptlex.keyProblem('ABCD', { keyPattern: text }),
  'cryptlex: token': (text) => cryptlex.verifyActivationToken(text, { ...activation, now }),
  'cryptlex: token, its parts': (text) =>
    cryptlex.verifyActivationToken(`${text}.${text}.${text}`, { ...activation, now }),
  'cryptlex: webhook': (text) =>
    cryptlex.verifyWebhook({ body: text, headers: { 'x-cryptlex-signature': text }, secret: 'abc' }),
  'lukittu: challenge': (text) =>
    lukittu.verifyChallenge({ challenge: text, challengeResponse: text, publicKey }),
  'lukittu: public key': (text) =>
    lukittu.verifyChallenge({ challenge: 'a', challengeResponse: 'a', publicKey: text }),
  'lukittu: update request': (text) => lukittu.validateUpdateRequest(bodyOf(text), { now }),
  'solifyn: webhook': (text) =>
    solifyn.verifyWebhook({
      body: text,
      headers: { 'webhook-id': text, 'webhook-timestamp': text, 'webhook-signature': text },
      secret,
      now,
    }),
  'solifyn: webhook, its signatures': (text) =>
    solifyn.verifyWebhook({
      body: '{}',
      headers: {
        'webhook-id': 'a',
        'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
        'webhook-signature': text,
      },
      secret,
      now,
    }),
};
