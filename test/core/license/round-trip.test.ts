import { beforeAll, expect, it } from 'vitest';
import {
  addPublicKey,
  ed25519Signer,
  generateKeyPair,
  type Keyring,
  openRevocations,
  type PrivateKey,
  revokedId,
  signLicense,
  signRevocations,
  verifyLicense,
} from '../../../src/index.js';

const NOW = new Date('2026-11-28T12:00:00Z');
const NAME = 'acme.example/app';
let seller: PrivateKey;
let lists: PrivateKey;
let keyring: Keyring;

beforeAll(async () => {
  [seller, lists] = [await generateKeyPair(), await generateKeyPair()];
  const first = addPublicKey(undefined, seller.publicKey, { purposes: ['license'] });
  keyring = addPublicKey(first, lists.publicKey, { purposes: ['list'] });
});

const sign = (key: string, validUntil: Date | null) =>
  signLicense({ key, product: 'app', validUntil }, ed25519Signer(seller), { now: NOW });

it('refuses those keys alone that are revoked, in whatever spelling', async () => {
  const keys = Array.from({ length: 50 }, (_, index) => `KEY0-${String(index).padStart(4, '0')}`);
  const revoked = keys.filter((_, index) => index % 5 === 0);
  const ids = new Map(revoked.map((key) => [revokedId(key, 'canonical') ?? '', 'refunded']));
  const terms = {
    name: NAME,
    product: 'app',
    number: 1,
    issued: NOW,
    next: new Date('2027-01-01T00:00:00Z'),
  };
  const list = await signRevocations(ids, terms, ed25519Signer(lists));
  const opened = await openRevocations(list, keyring, { name: NAME, product: 'app', now: NOW });
  expect(opened).toMatchObject({ ok: true, count: 10 });
  for (const key of keys) {
    const typed = key.toLowerCase().replace('-', ' ');
    const policy = { product: 'app', key: typed, device: null, now: NOW, revocations: [opened] };
    const verdict = await verifyLicense(await sign(key, null), keyring, policy);
    expect(verdict).toMatchObject(revoked.includes(key) ? { ok: false, reason: 'revoked' } : { ok: true });
  }
});

it('says since when a license is expired', async () => {
  const license = await sign('ABCD-EFGH', new Date('2026-12-01T00:00:00Z'));
  const policy = { product: 'app', key: 'abcd-efgh', device: null };
  expect(await verifyLicense(license, keyring, { ...policy, now: NOW })).toMatchObject({ ok: true });
  expect(
    await verifyLicense(license, keyring, { ...policy, now: new Date('2026-12-01T00:00:00Z') }),
  ).toMatchObject({
    ok: false,
    reason: 'expired',
    license: { key: 'ABCD-EFGH', validUntil: new Date('2026-12-01T00:00:00Z') },
  });
});

it('trusts no list that compares keys otherwise than the license', async () => {
  const ids = new Map([[revokedId('abcd efgh', 'exact') ?? '', '']]);
  const terms = {
    name: NAME,
    product: 'app',
    number: 1,
    issued: NOW,
    next: new Date('2027-01-01T00:00:00Z'),
  };
  const list = await signRevocations(ids, { ...terms, comparison: 'exact' }, ed25519Signer(lists));
  const revocations = [await openRevocations(list, keyring, { name: NAME, product: 'app', now: NOW })];
  const policy = { product: 'app', key: 'ABCD-EFGH', device: null, now: NOW, revocations };
  const license = await sign('ABCD-EFGH', null);
  expect(await verifyLicense(license, keyring, policy)).toMatchObject({ ok: false, reason: 'list_bad' });
});
