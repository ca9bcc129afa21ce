import { describe, expect, it } from 'vitest';
import {
  addEvidence,
  applyKeyringUpdate,
  compromisePublicKey,
  earliestNow,
  effectiveNow,
  removePublicKey,
  signKeyringUpdate,
} from '../../../src/index.js';
import { hostileValues } from '../revocations/hostile-values.js';
import { keyring, keys, list, NOW, open, signerOf } from '../revocations/lists.js';
import { goodCase, judge, SECONDS } from './license-case.js';

const DAY = 86_400;
const signedBy = (key: keyof typeof keys, seconds: number) =>
  ({ ok: true, kid: keys[key].kid, signedAt: new Date(seconds * 1000) }) as const;
const secondsOf = (evidence: unknown, ring = keyring) => earliestNow(evidence, ring).getTime() / 1000;
const at = (seconds: number) => new Date(seconds * 1000);

describe('the earliest time that it can be', () => {
  it('is the latest of when the app was built, of what was signed, and of what the clock showed', () => {
    const [license, lists] = [keys.license.kid, keys.list.kid];
    expect(secondsOf({})).toBe(0);
    expect(secondsOf({ built: 500 })).toBe(500);
    expect(secondsOf({ built: 500, signed: { [license]: 700, [lists]: 600 } })).toBe(700);
    expect(secondsOf({ built: 500, signed: { [license]: 700, [lists]: 800 }, seen: 900 })).toBe(900);
    expect(secondsOf({ built: 500, seen: 400 })).toBe(500);
  });

  it('counts what the clock showed up to 400 days past all that was signed', () => {
    const proven = 500 + 400 * DAY;
    expect(secondsOf({ built: 500, seen: proven })).toBe(proven);
    expect(secondsOf({ built: 500, seen: proven + 1 })).toBe(500);
    expect(secondsOf({ seen: SECONDS })).toBe(0);
  });

  it('drops what a compromised key signed, and that alone', () => {
    const evidence = { built: 500, signed: { [keys.license.kid]: 9e9, [keys.list.kid]: 600 } };
    expect(secondsOf(evidence)).toBe(9e9);
    expect(secondsOf(evidence, compromisePublicKey(keyring, keys.license.kid))).toBe(600);
    expect(secondsOf(evidence, compromisePublicKey(keyring, keys.list.kid))).toBe(9e9);
    expect(secondsOf(evidence, removePublicKey(keyring, keys.list.kid))).toBe(9e9);
  });

  it('drops with it what the clock showed since, beyond 400 days', () => {
    const evidence = {
      built: SECONDS,
      signed: { [keys.license.kid]: SECONDS + 800 * DAY },
      seen: SECONDS + 900 * DAY,
    };
    expect(secondsOf(evidence)).toBe(SECONDS + 900 * DAY);
    expect(secondsOf(evidence, compromisePublicKey(keyring, keys.license.kid))).toBe(SECONDS);
  });

  it.each([
    -1,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    253_402_300_800,
    '900',
    null,
    {},
    [900],
    new Date(900_000),
    900n,
  ])('passes over the time %s', (time) => {
    expect(secondsOf({ built: time, signed: { [keys.list.kid]: time }, seen: time })).toBe(0);
    expect(
      secondsOf({ built: 5, signed: { [keys.list.kid]: time, [keys.license.kid]: 7 }, seen: time }),
    ).toBe(7);
  });

  it('is the same of evidence that is still the text it was kept as', () => {
    const kept = JSON.stringify({ built: 5, signed: { [keys.license.kid]: 7 }, seen: 9 });
    expect(secondsOf(kept)).toBe(9);
    expect(addEvidence(kept, { ok: false }, at(8), keyring)).toEqual(JSON.parse(kept));
    for (const text of ['', '{"built":5', '{"built":5,"built":7}', '"{\\"built\\":5}"'])
      expect(secondsOf(text)).toBe(0);
  });

  it('is the epoch for whatever cannot be read', () => {
    for (const evidence of [
      ...hostileValues(),
      ...hostileValues().map((signed) => ({ signed })),
      { signed: 'x'.repeat(50_000_000) },
    ]) {
      expect(secondsOf(evidence)).toBe(0);
      expect(addEvidence(evidence, { ok: false }, at(9), keyring)).toMatchObject({ built: 0, seen: 9 });
    }
  });
});

describe('evidence', () => {
  it('keeps the latest time of each key, and of the clock, and survives JSON', () => {
    let evidence: unknown = { built: 500 };
    for (const [key, signed, clock] of [
      ['license', 600, 610],
      ['list', 650, 660],
      ['license', 550, 655],
    ] as const) {
      evidence = JSON.parse(JSON.stringify(addEvidence(evidence, signedBy(key, signed), at(clock), keyring)));
    }
    expect(evidence).toEqual({
      built: 500,
      signed: { [keys.license.kid]: 600, [keys.list.kid]: 650 },
      seen: 660,
    });
  });

  it('learns the clock alone from what was refused', () => {
    expect(addEvidence({ built: 500 }, { ok: false }, at(700), keyring)).toEqual({
      built: 500,
      signed: {},
      seen: 700,
    });
    expect(addEvidence({ built: 500, seen: 800 }, { ok: false }, at(700), keyring).seen).toBe(800);
    expect(addEvidence({ built: 500, seen: 800 }, { ok: false }, new Date(Number.NaN), keyring).seen).toBe(
      800,
    );
  });

  it('forgets a clock that ran ahead, as soon as something newer was signed', () => {
    const ahead = addEvidence({ built: SECONDS }, { ok: false }, at(SECONDS + 300 * DAY), keyring);
    expect(secondsOf(ahead)).toBe(SECONDS + 300 * DAY);
    const old = addEvidence(ahead, signedBy('list', SECONDS), at(SECONDS + DAY), keyring);
    expect(secondsOf(old)).toBe(SECONDS + 300 * DAY);
    const mended = addEvidence(ahead, signedBy('list', SECONDS + DAY), at(SECONDS + DAY + 60), keyring);
    expect(secondsOf(mended)).toBe(SECONDS + DAY + 60);
  });

  it('is not spoiled by a signature of no time that can be', () => {
    for (const seconds of [Number.NaN, 1e12, -5]) {
      const evidence = addEvidence({ built: 500 }, signedBy('list', seconds), at(600), keyring);
      expect(evidence).toEqual({ built: 500, signed: { [keys.list.kid]: 0 }, seen: 600 });
    }
  });

  it('comes of licenses, of lists, and of updates of a keyring', async () => {
    const later = new Date(NOW.getTime() + 5000);
    const text = await signKeyringUpdate(
      keyring,
      { name: 'acme.example/keyring', number: 1, issued: later },
      [signerOf('keyring')],
    );
    let evidence: unknown = {};
    for (const verified of [
      await judge(goodCase()),
      await open(await list()),
      applyKeyringUpdate(keyring, text),
    ]) {
      expect(verified.ok).toBe(true);
      evidence = addEvidence(evidence, verified, NOW, keyring);
    }
    expect(evidence).toMatchObject({
      signed: {
        [keys.license.kid]: SECONDS,
        [keys.list.kid]: SECONDS - DAY / 2,
        [keys.keyring.kid]: SECONDS + 5,
      },
    });
  });
});

describe('a license under evidence', () => {
  const license = { valid_until: '2026-12-28T12:00:00Z' };
  const after = new Date('2026-12-29T00:00:00Z');

  it('stays expired when the clock is set back a year', async () => {
    const good = await judge(goodCase(license));
    let evidence = addEvidence({ built: SECONDS - 30 * DAY }, good, NOW, keyring);
    const refused = await judge(goodCase(license, { now: after, evidence }));
    expect(refused).toMatchObject({ ok: false, reason: 'expired' });
    evidence = addEvidence(evidence, refused, after, keyring);
    const setBack = new Date(after.getTime() - 365 * DAY * 1000);
    for (let turn = 0; turn < 3; turn++) {
      const again = await judge(
        goodCase(license, { now: setBack, evidence: JSON.parse(JSON.stringify(evidence)) }),
      );
      expect(again).toMatchObject({ ok: false, reason: 'expired' });
      evidence = addEvidence(evidence, again, setBack, keyring);
    }
    expect(await judge(goodCase(license, { now: setBack }))).toMatchObject({ ok: true });
  });

  it('is judged anew when the key is known to be stolen that signed a time to come', async () => {
    const stolen = addEvidence({ built: SECONDS }, signedBy('nextList', SECONDS + 3000 * DAY), NOW, keyring);
    expect(await judge(goodCase(license, { evidence: stolen }))).toMatchObject({ reason: 'expired' });
    const repaired = {
      ...goodCase(license, { evidence: stolen }),
      keyring: compromisePublicKey(keyring, keys.nextList.kid),
    };
    expect(await judge(repaired)).toMatchObject({ ok: true, clockBehind: false });
  });

  it('tells of a clock more than a day behind, and goes on', async () => {
    const evidence = { built: SECONDS };
    for (const [behind, clockBehind] of [
      [0, false],
      [DAY, false],
      [DAY + 1, true],
      [3000 * DAY, true],
    ] as const) {
      const verdict = await judge(goodCase(license, { now: at(SECONDS - behind), evidence }));
      expect(verdict).toMatchObject({ ok: true, clockBehind });
    }
  });

  it('calls a list stale, and one too old, by that time', async () => {
    const revocations = [await open(await list({}, ''))];
    const evidence = { built: SECONDS + 40 * DAY };
    const license = { valid_until: null };
    expect(await judge(goodCase(license, { evidence, revocations }))).toMatchObject({
      ok: true,
      listStale: true,
    });
    expect(await judge(goodCase(license, { evidence, revocations, maxListAge: 30 * DAY }))).toMatchObject({
      reason: 'list_stale',
    });
    const signedLater = goodCase(license, { revocations });
    signedLater.payload.timestamp = SECONDS + 40 * DAY;
    expect(await judge(signedLater)).toMatchObject({ ok: true, listStale: true });
  });

  it('of whatever kind gets a verdict', async () => {
    for (const evidence of hostileValues().filter((value) => value !== undefined)) {
      expect(await judge(goodCase(license, { evidence }))).toMatchObject({ ok: true, clockBehind: false });
    }
  });
});

describe('the effective time', () => {
  it('is the later of two', () => {
    expect(effectiveNow(at(5), at(6))).toEqual(at(6));
    expect(effectiveNow(at(6), at(5))).toEqual(at(6));
    expect(effectiveNow(at(6), new Date(0))).toEqual(at(6));
  });
});
