import { beforeAll, describe, expect, it } from 'vitest';
import {
  addPublicKey,
  compromisePublicKey,
  type LicenseReason,
  openRevocations,
  retirePublicKey,
} from '../../../src/index.js';
import { keyring, keys, list, NAME, NOW, open, opened, rowsOf } from '../revocations/lists.js';
import { goodCase, judge, KEY, type LicenseCase, SECONDS } from './license-case.js';

let lists: Readonly<Record<'bad' | 'rollback' | 'stale' | 'good' | 'revoking', unknown>>;

beforeAll(async () => {
  const good = await opened(await list({}, ''));
  const stale = await list({ issued: '2026-10-01T00:00:00Z', next: '2026-11-01T00:00:00Z' }, '');
  lists = {
    bad: await open('hello'),
    rollback: await open(await list({ number: '4' }), good.latest),
    stale: await openRevocations(stale, keyring, { name: NAME, product: 'app', now: NOW }),
    good,
    revoking: await opened(await list({}, rowsOf(KEY))),
  };
});

const addList = (given: LicenseCase, name: keyof typeof lists) => {
  const { revocations } = given.policy;
  given.policy.revocations = [...(Array.isArray(revocations) ? revocations : []), lists[name]];
};

/** One way to break each rule, in the order of the reasons. */
const BREAKS: readonly (readonly [LicenseReason, (given: LicenseCase) => void])[] = [
  ['malformed', ({ change }) => change.push((envelope) => Object.assign(envelope, { response_base64: '!' }))],
  ['unsigned', ({ change }) => change.push((envelope) => Object.assign(envelope, { signature: null }))],
  [
    'unknown_key',
    (given) => {
      given.keyring = addPublicKey(undefined, keys.license.publicKey, { purposes: ['response', 'list'] });
    },
  ],
  [
    'bad_signature',
    ({ change }) =>
      change.push((envelope) => {
        const { signature } = envelope;
        if (typeof signature === 'string') envelope.signature = `${'A'.repeat(86)}==`;
      }),
  ],
  [
    'key_compromised',
    (given) => {
      given.keyring = compromisePublicKey(given.keyring, keys.license.kid);
    },
  ],
  ['sibling_mismatch', ({ change }) => change.push((envelope) => Object.assign(envelope, { response: {} }))],
  [
    'key_retired',
    (given) => {
      given.keyring = retirePublicKey(given.keyring, keys.license.kid, new Date(1000));
    },
  ],
  [
    'from_future',
    ({ payload, policy }) => {
      payload.timestamp = SECONDS + 11;
      policy.maxFuture = 10;
    },
  ],
  [
    'stale',
    ({ payload, policy }) => {
      payload.timestamp = SECONDS - 11;
      policy.maxAge = 10;
    },
  ],
  [
    'nonce_mismatch',
    ({ policy }) => {
      policy.nonce = 'another';
    },
  ],
  [
    'not_a_license',
    ({ payload }) => {
      payload.schema = 'acme/license';
    },
  ],
  [
    'wrong_product',
    ({ license }) => {
      license.product = 'other';
    },
  ],
  [
    'wrong_key',
    ({ policy }) => {
      policy.key = 'ZZZZ-ZZZZ';
    },
  ],
  [
    'wrong_device',
    ({ license }) => {
      license.devices = ['another'];
    },
  ],
  ['list_bad', (given) => addList(given, 'bad')],
  ['list_rollback', (given) => addList(given, 'rollback')],
  [
    'list_missing',
    ({ policy }) => {
      policy.maxListAge = 1e9;
    },
  ],
  [
    'list_stale',
    (given) => {
      addList(given, 'stale');
      given.policy.maxListAge = 1e9;
    },
  ],
  ['revoked', (given) => addList(given, 'revoking')],
  [
    'not_yet_valid',
    ({ license }) => {
      license.valid_from = '2026-11-29T12:00:00Z';
    },
  ],
  [
    'expired',
    ({ license }) => {
      license.valid_until = '2026-11-27T12:00:00Z';
    },
  ],
  [
    'bad_entitlements',
    ({ policy }) => {
      policy.parse = () => {
        throw new Error('no such plan');
      };
    },
  ],
];

/** What no license can be at once. */
const EXCLUSIVE: readonly (readonly LicenseReason[])[] = [
  ['from_future', 'stale'],
  ['list_missing', 'list_stale'],
  ['list_missing', 'revoked'],
  ['not_yet_valid', 'expired'],
];

/** From here on the signature holds, and what was signed is a license. */
const SIGNED = BREAKS.findIndex(([reason]) => reason === 'sibling_mismatch');

describe('a reason', () => {
  it('is none for a license that is good', async () => {
    expect(await judge(goodCase())).toMatchObject({ ok: true, license: { key: KEY }, kid: keys.license.kid });
  });

  it.each(BREAKS.map(([reason, act], index) => ({ reason, act, index })))(
    '$reason: where that rule alone is broken',
    async ({ reason, act, index }) => {
      const given = goodCase();
      act(given);
      const verdict = await judge(given);
      expect(verdict).toMatchObject({ ok: false, reason });
      if (verdict.ok) return;
      expect(verdict.hint).toMatch(/^[A-Z].*\.$/);
      expect(verdict.hint).not.toContain('[object');
      const hasLicense = index >= SIGNED && reason !== 'not_a_license';
      expect(verdict.license?.key).toBe(hasLicense ? KEY : undefined);
      expect(verdict.kid).toBe(index >= SIGNED - 1 ? keys.license.kid : undefined);
      expect(verdict).not.toHaveProperty('entitlements');
      expect(verdict).not.toHaveProperty('payload');
    },
  );

  const pairs = BREAKS.flatMap(([first, one], index) =>
    BREAKS.slice(index + 1)
      .filter(([later]) => !EXCLUSIVE.some((both) => both.includes(first) && both.includes(later)))
      .map(([later, other]) => ({ first, later, one, other })),
  );

  it.each(BREAKS.slice(0, -1).map(([reason]) => reason))(
    '%s goes before each of those after it',
    async (reason) => {
      for (const { first, later, one, other } of pairs.filter((pair) => pair.first === reason)) {
        const given = goodCase();
        // What breaks a keyring later takes what was broken before: the earlier rule is broken last.
        other(given);
        one(given);
        const verdict = await judge(given);
        expect(verdict.ok ? 'ok' : verdict.reason, `${first} and ${later}`).toBe(first);
      }
    },
  );

  it('of lists is one of three for a stale, a missing and a bad list, and none unless a list is demanded', async () => {
    const withLists = async (names: readonly (keyof typeof lists)[], policy: object = {}) => {
      const verdict = await judge(goodCase({}, { revocations: names.map((name) => lists[name]), ...policy }));
      return verdict.ok ? { stale: verdict.listStale } : verdict.reason;
    };
    expect(await withLists([])).toEqual({ stale: false });
    expect(await withLists(['good'])).toEqual({ stale: false });
    expect(await withLists(['stale'])).toEqual({ stale: true });
    expect(await withLists(['good', 'stale'])).toEqual({ stale: true });
    expect(await withLists(['bad'])).toBe('list_bad');
    expect(await withLists(['good', 'bad'])).toBe('list_bad');
    expect(await withLists(['rollback', 'bad'])).toBe('list_bad');
    const demanded = { maxListAge: 86_400 };
    expect(await withLists(['good'], demanded)).toEqual({ stale: false });
    expect(await withLists(['good'], { maxListAge: 43_199 })).toBe('list_stale');
    expect(await withLists(['good'], { maxListAge: 43_200 })).toEqual({ stale: false });
    expect(await withLists([], demanded)).toBe('list_missing');
    expect(await withLists(['stale'], demanded)).toBe('list_stale');
    expect(await withLists(['good', 'stale'], demanded)).toBe('list_stale');
    expect(await withLists(['bad'], demanded)).toBe('list_bad');
    expect(await withLists(['stale', 'revoking'])).toBe('revoked');
  });
});
