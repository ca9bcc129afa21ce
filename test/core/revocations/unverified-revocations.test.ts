import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readUnverified } from '../../../src/core/revocations/unverified-revocations.js';
import { addPublicKey, signRevocations, verifyLicense } from '../../../src/index.js';
import { failureOf } from '../../failure.js';
import { demoEd25519, signers } from '../sign/demo-keys.js';
import { untyped } from './hostile-values.js';

const terms = {
  name: 'acme.example/app',
  product: 'app',
  number: 3,
  issued: new Date('2026-11-28T00:00:00Z'),
  next: new Date('2026-12-28T00:00:00Z'),
};

it('reads what was signed, with its ids and reasons', async () => {
  const id = fc.stringMatching(/^[0-9a-f]{16}$/);
  const reason = fc.oneof(fc.constant(''), fc.stringMatching(/^[a-z0-9_-]{1,32}$/));
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(id, reason)), async (rows) => {
      const ids = new Map(rows);
      const read = readUnverified(await signRevocations(ids, terms, signers.Ed25519));
      if (typeof read === 'string') throw new Error(read);
      expect(read).toMatchObject({ ...terms, comparison: 'canonical', count: ids.size, signatures: 1 });
      expect([...read.ids()]).toEqual([...ids].sort(([one], [other]) => (one < other ? -1 : 1)));
    }),
    { numRuns: 50 },
  );
});

it('names what is wrong', async () => {
  const list = Buffer.from(await signRevocations(new Map(), terms, signers.Ed25519)).toString();
  expect(readUnverified('')).toBe('note');
  expect(readUnverified(undefined)).toBe('size');
  expect(readUnverified(list.replace('number 3', 'number 03'))).toBe('number');
  expect(readUnverified(list.replace('count 0', 'count 1'))).toBe('count');
  expect(readUnverified(list.replace('kind revoked', 'kind allowed'))).toBe('kind');
  expect(readUnverified(list.replace('next 2026', 'next 2025'))).toBe('next');
  expect(readUnverified(`no id\n${list}`)).toBe('body');
});

it('is believed by nobody: verifyLicense takes what openRevocations made alone', async () => {
  const read = readUnverified(await signRevocations(new Map(), terms, signers.Ed25519));
  const keyring = addPublicKey(undefined, demoEd25519.publicKey);
  const policy = { product: 'app', key: null, device: null, now: terms.issued };
  const lists: readonly unknown[] = [read, { ...Object(read), ok: true, isStale: false, has: () => false }];
  for (const list of lists) {
    const verify = () => verifyLicense('{}', keyring, untyped({ ...policy, revocations: [list] }));
    expect((await failureOf(verify)).code).toBe('invalid_option');
  }
});
