import { expect, it } from 'vitest';
import {
  addPublicKey,
  generateKeyPair,
  openRevocations,
  revokedId,
  signLicense,
  signResponse,
  signRevocations,
  verifyLicense,
} from '../../../dist/index.js';
import { nativeSigner, verifyLicenseLines } from '../../../dist/node.js';
import { codeOf } from '../../failure.js';

const NOW = new Date('2026-11-28T12:00:00Z');
const [pair, lists, stolen] = [await generateKeyPair(), await generateKeyPair(), await generateKeyPair()];
let keyring = addPublicKey(undefined, pair.publicKey, { purposes: ['license'] });
keyring = addPublicKey(keyring, lists.publicKey, { purposes: ['list'] });
const policy = { product: 'app', key: null, device: null, now: NOW };

const file = async (key: string, validUntil: Date | null, signer = nativeSigner(pair)) =>
  JSON.stringify(await signLicense({ key, product: 'app', validUntil }, signer, { now: NOW }));

const lines = [
  await file('AAAA-BBBB', null),
  '',
  await file('AAAA-CCCC', NOW),
  await file('AAAA-DDDD', null, nativeSigner(stolen)),
  await file('AAAA-EEEE', null, nativeSigner(lists)),
  'no license',
  JSON.stringify(await signResponse({ plan: 'team', timestamp: 1 }, nativeSigner(pair))),
  await file('REVO-KED1', null),
];

it.each([1, 2])('gives the verdicts of verifyLicense, in order, on %d threads', async (workers) => {
  const ids = new Map([[revokedId('REVO-KED1', 'canonical') ?? '', '']]);
  const terms = {
    name: 'a/b',
    product: 'app',
    number: 1,
    issued: NOW,
    next: new Date('2027-01-01T00:00:00Z'),
  };
  const list = await signRevocations(ids, terms, nativeSigner(lists));
  const revocations = [await openRevocations(list, keyring, { name: 'a/b', product: 'app', now: NOW })];
  const asked = { ...policy, revocations };
  const found: [number, unknown][] = [];
  for await (const run of verifyLicenseLines(lines, keyring, asked, { workers })) {
    for (const { line, verdict } of run) found.push([line, verdict]);
  }
  const expected: [number, unknown][] = [];
  for (const [index, text] of lines.entries()) {
    if (text !== '') expected.push([index + 1, await verifyLicense(text, keyring, asked)]);
  }
  expect(found).toEqual(expected);
  expect(found.map(([, verdict]) => verdict)).toMatchObject([
    { ok: true },
    { reason: 'expired' },
    { reason: 'bad_signature' },
    { reason: 'bad_signature' },
    { reason: 'malformed' },
    { reason: 'not_a_license' },
    { reason: 'revoked' },
  ]);
});

it('refuses misuse before anything is read', async () => {
  const never = async function* () {
    yield await Promise.reject(new Error('it was read'));
  };
  const reading = verifyLicenseLines(never(), keyring, { ...policy, product: '' })[Symbol.asyncIterator]();
  expect(await codeOf(() => reading.next())).toBe('invalid_option');
});
