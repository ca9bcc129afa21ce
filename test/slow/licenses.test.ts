import { expect, it } from 'vitest';
import { openRevocations, revokedId, signLicense, signRevocations, verifyLicense } from '../../src/index.js';
import { judgeMutants, SUBJECTS } from '../core/license/mutation-run.js';
import { keyring, NAME, NOW, signerOf } from '../core/revocations/lists.js';

it.each(SUBJECTS)(
  '100,000 mutants of a %s: none is taken for what nobody signed, none throws',
  async (subject) => {
    const seed = Number(process.env.KEYWRIGHT_SEED ?? Date.now() % 2 ** 31);
    const { judged, reasons } = await judgeMutants(subject, 100_000, seed);
    process.stdout.write(`${subject}, seed ${seed}: ${JSON.stringify(Object.fromEntries(reasons))}\n`);
    expect(judged).toBe(100_000);
  },
);

it('10,000 licenses, 100 of them revoked: those alone are refused, the others until they expire', async () => {
  const keys = Array.from({ length: 10_000 }, (_, index) => `KEY0-${String(index).padStart(5, '0')}`);
  const isRevoked = (index: number) => index % 100 === 7;
  const [issued, validUntil] = [NOW, new Date('2027-01-01T00:00:00Z')];
  const ids = keys.filter((_, index) => isRevoked(index)).map((key) => revokedId(key, 'canonical') ?? '');
  const terms = { name: NAME, product: 'app', number: 1, issued, next: validUntil };
  const list = await signRevocations(new Map(ids.map((id) => [id, ''])), terms, signerOf('list'));
  const revoked = await openRevocations(list, keyring, { name: NAME, product: 'app', now: NOW });
  expect(revoked).toMatchObject({ ok: true, count: 100 });
  const verdicts = { ok: 0, revoked: 0 };
  for (const [index, key] of keys.entries()) {
    const license = await signLicense({ key, product: 'app', validUntil }, signerOf('license'), { now: NOW });
    const policy = { product: 'app', key: key.toLowerCase(), device: null, revocations: [revoked] };
    const verdict = await verifyLicense(license, keyring, { ...policy, now: NOW });
    expect(verdict.ok ? 'ok' : verdict.reason).toBe(isRevoked(index) ? 'revoked' : 'ok');
    verdicts[isRevoked(index) ? 'revoked' : 'ok']++;
    if (index % 100 > 9) continue;
    const later = await verifyLicense(license, keyring, { ...policy, now: validUntil });
    expect(later).toMatchObject({ ok: false, reason: isRevoked(index) ? 'revoked' : 'expired' });
  }
  expect(verdicts).toEqual({ ok: 9900, revoked: 100 });
});
