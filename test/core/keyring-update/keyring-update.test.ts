import { describe, expect, it } from 'vitest';
import {
  addPublicKey,
  applyKeyringUpdate,
  compromisePublicKey,
  ed25519Signer,
  endorseKeyringUpdate,
  formatKeyring,
  type Keyring,
  type KeyringUpdate,
  type PrivateKey,
  privateKeyFromSeed,
  removePublicKey,
  retirePublicKey,
  signKeyringUpdate,
} from '../../../src/index.js';
import { failureOf, refusal } from '../../failure.js';
import { forgeBody } from '../note/body-forge.js';
import { hostileValues, untyped } from '../revocations/hostile-values.js';

const NAME = 'acme.example/keyring';
const ISSUED = new Date('2026-11-28T00:00:00Z');
const keyOf = (seed: number) => privateKeyFromSeed(new Uint8Array(32).fill(seed));
const [seller, nextSeller, first, second, stranger] = [keyOf(11), keyOf(12), keyOf(13), keyOf(14), keyOf(15)];

const ringOf = (...keys: readonly (readonly [PrivateKey, 'license' | 'keyring'])[]): Keyring => {
  const [[key, purpose] = [seller, 'license'] as const, ...others] = keys;
  return others.reduce(
    (ring, [other, of]) => addPublicKey(ring, other.publicKey, { purposes: [of] }),
    addPublicKey(undefined, key.publicKey, { purposes: [purpose] }),
  );
};

/** What the app embeds: a key for licenses, and two that may sign updates. */
const embedded = ringOf([seller, 'license'], [first, 'keyring'], [second, 'keyring']);
const rotated = addPublicKey(embedded, nextSeller.publicKey, { purposes: ['license'] });

const update = (number = 5, signers = [first], keyring = rotated, issued = ISSUED, name = NAME) =>
  signKeyringUpdate(keyring, { name, number, issued }, signers.map(ed25519Signer));

function applied(text: unknown, state?: unknown, trusted = embedded): KeyringUpdate {
  const answer = applyKeyringUpdate(trusted, text, state);
  if (!answer.ok) throw new Error(`${answer.reason}: ${answer.fault}`);
  return answer;
}
const statusOf = (keyring: Keyring, { kid }: PrivateKey) =>
  keyring.keys.find((key) => key.kid === kid)?.status;

describe('an update', () => {
  it('brings its keyring, as text and as bytes, and the same again at every start', async () => {
    const text = await update();
    const { state, ...taken } = applied(text);
    expect(taken).toMatchObject({ name: NAME, number: 5, kid: first.kid, signedAt: ISSUED });
    expect(formatKeyring(taken.keyring)).toBe(formatKeyring(rotated));
    const kept: unknown = JSON.parse(JSON.stringify(state));
    expect(applied(Buffer.from(text), kept).state).toEqual(state);
    expect(applied(await update(6), kept).number).toBe(6);
  });

  it('has the bytes that the specification says', async () => {
    const lines = { name: NAME, number: '5', issued: '2026-11-28T00:00:00Z' };
    const schema = 'keywright/keyring/v1';
    const signers = [ed25519Signer(first), ed25519Signer(stranger)];
    const forged = await forgeBody({ schema, body: formatKeyring(rotated), lines, signers });
    expect(await update(5, [first, stranger])).toBe(forged.toString());
  });

  it('serves several generations of apps, each of which trusts one of its signers', async () => {
    const text = await update(5, [stranger, first, second]);
    for (const key of [first, second]) {
      expect(applied(text, undefined, ringOf([seller, 'license'], [key, 'keyring'])).kid).toBe(key.kid);
    }
    expect(applied(text).kid).toBe(first.kid);
  });

  it.each<[string, Keyring, string]>([
    ['a stranger', ringOf([seller, 'license']), 'unknown_key'],
    ['a key for licenses', ringOf([first, 'license'], [second, 'keyring']), 'unknown_key'],
    ['a compromised key alone', compromisePublicKey(embedded, first.kid), 'key_compromised'],
    ['a key alone that was retired then', retirePublicKey(embedded, first.kid, ISSUED), 'key_retired'],
  ])('of %s is refused', async (_, trusted, reason) => {
    const text = await update();
    expect(applyKeyringUpdate(trusted, text)).toEqual({ ok: false, reason, fault: 'note' });
  });

  it.each<[string, Keyring]>([
    ['compromised', compromisePublicKey(embedded, first.kid)],
    ['retired', retirePublicKey(embedded, first.kid, ISSUED)],
  ])('of a %s key and of a good one counts as of the good one', async (_, trusted) => {
    const { kid, state } = applied(await update(5, [first, second]), undefined, trusted);
    expect([kid, state.seen.map((seen) => seen.kid)]).toEqual([second.kid, [second.kid]]);
  });

  it('with a line of a known key that does not hold is refused, whoever else signed', async () => {
    const [good, other] = [await update(5, [first, second]), await update(6, [second])];
    const [line = ''] = /— .*\n$/.exec(other) ?? [];
    expect(applyKeyringUpdate(embedded, good + line)).toMatchObject({ reason: 'bad_signature' });
    expect(applied(good + (/— .*\n$/.exec(await update(6, [stranger]))?.[0] ?? '')).number).toBe(5);
  });

  it('whose number is lower than one of the same key, or the same of another keyring, is refused', async () => {
    const { state } = applied(await update());
    const rollback = { ok: false, reason: 'rollback', fault: 'number' };
    expect(applyKeyringUpdate(embedded, await update(4), state)).toEqual(rollback);
    expect(applyKeyringUpdate(embedded, await update(5, [first], embedded), state)).toEqual(rollback);
    expect(applyKeyringUpdate(embedded, await update(4, [first, second]), state)).toEqual(rollback);
    expect(applied(await update(4, [second]), state).number).toBe(4);
  });

  it('that was signed before one of another key is refused, also with a signature less than it had', async () => {
    const late = new Date(ISSUED.getTime() + 1000);
    const retired = retirePublicKey(rotated, seller.kid, ISSUED);
    const { state } = applied(await update(5, [first], retired, late));
    const rollback = { ok: false, reason: 'rollback', fault: 'issued' };
    expect(applyKeyringUpdate(embedded, await update(3, [second]), state)).toEqual(rollback);
    const both = await update(3, [first, second]);
    const lines = both.split('\n');
    const stripped = lines.filter((line) => line !== lines.find((each) => each.startsWith('—'))).join('\n');
    expect(applied(stripped).kid).toBe(second.kid);
    expect(applyKeyringUpdate(embedded, stripped, state)).toEqual(rollback);
    // The number of its own key counts, and neither a thief's date nor one of a key that the app does not believe.
    expect(applied(await update(6), state).number).toBe(6);
    const repair = compromisePublicKey(rotated, first.kid);
    expect(applied(await update(3, [second], repair), state).number).toBe(3);
    expect(applied(await update(3, [second]), state, removePublicKey(embedded, first.kid)).number).toBe(3);
  });

  it('of a key that is replaced is taken in each order of arrival, and none goes back', async () => {
    const [by, old, young] = [
      embedded,
      removePublicKey(embedded, second.kid),
      removePublicKey(embedded, first.kid),
    ];
    const issued = (step: number) => new Date(ISSUED.getTime() + step * 1000);
    const updates = [
      await update(1, [first], old, issued(1)),
      await update(2, [first, second], by, issued(2)),
      await update(3, [second], young, issued(3)),
    ];
    const orders = updates.flatMap((_, a) => updates.flatMap((_, b) => updates.map((_, c) => [a, b, c])));
    for (const trusted of [old, by, young]) {
      for (const order of orders) {
        let [state, newest]: [unknown, number] = [undefined, -1];
        for (const step of order) {
          const answer = applyKeyringUpdate(trusted, updates[step], state);
          const isKnown = trusted === by || step === 1 || step === (trusted === old ? 0 : 2);
          expect({ order, step, ok: answer.ok }).toEqual({ order, step, ok: isKnown && step >= newest });
          if (answer.ok) [state, newest] = [answer.state, step];
        }
      }
    }
  });

  it('that is older is refused as well when the state is given as the text it was kept as', async () => {
    const kept = JSON.stringify(applied(await update()).state);
    expect(applyKeyringUpdate(embedded, await update(4), kept)).toMatchObject({ reason: 'rollback' });
    expect(applied(await update(6), kept).number).toBe(6);
  });

  it('of another name than the one before is refused', async () => {
    const { state } = applied(await update());
    const other = await update(6, [first], rotated, ISSUED, 'acme.example/other');
    expect(applyKeyringUpdate(embedded, other, state)).toEqual({
      ok: false,
      reason: 'malformed',
      fault: 'name',
    });
  });

  it.each(['', '{}', '{"keys":[]}', 'hello\n', '{"keys":[{"kty":"OKP"}]}\n', '\ud800'])(
    'whose body is %j is refused',
    async (body) => {
      const lines = { name: NAME, number: '5', issued: '2026-11-28T00:00:00Z' };
      const line = body.endsWith('\n') || body === '' ? body : `${body}\n`;
      const forged = await forgeBody({
        schema: 'keywright/keyring/v1',
        body: line,
        lines,
        signers: [ed25519Signer(first)],
      });
      expect(applyKeyringUpdate(embedded, forged)).toEqual({ ok: false, reason: 'malformed', fault: 'body' });
    },
  );

  it('that is in truth a list is refused', async () => {
    const lines = { name: NAME, number: '5', issued: '2026-11-28T00:00:00Z' };
    const body = formatKeyring(rotated);
    const forged = await forgeBody({
      schema: 'keywright/list/v1',
      body,
      lines,
      signers: [ed25519Signer(first)],
    });
    expect(applyKeyringUpdate(embedded, forged)).toMatchObject({ reason: 'malformed', fault: 'schema' });
  });

  it('whatever else it is, is malformed', () => {
    for (const value of hostileValues()) {
      expect(applyKeyringUpdate(embedded, value)).toMatchObject({ ok: false, reason: 'malformed' });
    }
    expect(applyKeyringUpdate(embedded, '0'.repeat(70_000_000))).toMatchObject({ fault: 'size' });
  });
});

describe('the state', () => {
  it('of whatever kind gets an answer', async () => {
    const text = await update();
    const { state } = applied(await update(6));
    const [seen] = state.seen;
    for (const kept of [
      ...hostileValues(),
      { name: NAME, seen: hostileValues(), compromised: hostileValues() },
      { name: NAME, seen: Object.assign([], { length: 4_294_967_295 }) },
      { name: NAME, seen: [{ ...seen, number: '6' }] },
      { ...state, name: 3 },
    ]) {
      expect(applied(text, kept).number).toBe(5);
    }
    // What can be read beside it still counts.
    for (const compromised of [...hostileValues(), Object.assign([], { length: 4_294_967_295 })]) {
      const kept = { name: NAME, seen: [null, seen], compromised };
      const answer = applyKeyringUpdate(embedded, text, kept);
      expect(answer.ok ? 'taken' : answer.reason).toBe('rollback');
    }
  });

  it('remembers compromised keys, which no later update brings back', async () => {
    const { state } = applied(await update(5, [first], compromisePublicKey(rotated, seller.kid)));
    const again = applied(await update(6, [first], rotated), state);
    expect(statusOf(again.keyring, seller)).toBe('compromised');
    expect(statusOf(again.keyring, nextSeller)).toBe('active');
    const without = applied(await update(7, [second], ringOf([nextSeller, 'license'])), again.state);
    expect(statusOf(without.keyring, seller)).toBe('compromised');
    const back = applied(await update(8, [second], rotated), without.state);
    expect(statusOf(back.keyring, seller)).toBe('compromised');
  });

  it('never loses what the embedded keyring calls compromised', async () => {
    const trusted = compromisePublicKey(rotated, seller.kid);
    for (const keyring of [rotated, ringOf([nextSeller, 'license'])]) {
      const taken = applied(await update(5, [first], keyring), undefined, trusted);
      expect(statusOf(taken.keyring, seller)).toBe('compromised');
    }
  });

  it('keeps a key from signing further updates that an update called compromised', async () => {
    const repair = await update(5, [second], compromisePublicKey(rotated, first.kid));
    const { state } = applied(repair);
    const thief = addPublicKey(rotated, stranger.publicKey, { purposes: ['license'] });
    expect(applyKeyringUpdate(embedded, await update(900, [first], thief), state)).toEqual({
      ok: false,
      reason: 'key_compromised',
      fault: 'note',
    });
    expect(applied(await update(6, [second]), state).number).toBe(6);
  });

  it('is forgotten, as far as only a key signed it that a new release does not believe', async () => {
    const poison = compromisePublicKey(compromisePublicKey(rotated, seller.kid), second.kid);
    const stolen = applied(await update(9_000_000, [first], poison));
    expect(applyKeyringUpdate(embedded, await update(6, [second]), stolen.state)).toMatchObject({
      reason: 'key_compromised',
    });
    for (const release of [
      compromisePublicKey(embedded, first.kid),
      removePublicKey(embedded, first.kid),
      ringOf([seller, 'license'], [first, 'license'], [second, 'keyring']),
    ]) {
      const repaired = applied(await update(6, [second]), stolen.state, release);
      expect(statusOf(repaired.keyring, seller)).toBe('active');
      expect(repaired.state.seen.map(({ kid }) => kid)).toEqual([second.kid]);
      expect(repaired.state.compromised.some(({ by }) => by === first.kid)).toBe(false);
    }
  });

  it('keeps what a believed key said as well, when the other is believed no more', async () => {
    const compromised = compromisePublicKey(rotated, seller.kid);
    const both = applied(await update(5, [first, second], compromised));
    const again = applied(await update(6, [first, second], compromised), both.state);
    expect(again.state.compromised).toHaveLength(2);
    const release = compromisePublicKey(embedded, first.kid);
    const later = applied(await update(7, [second], rotated), again.state, release);
    expect(statusOf(later.keyring, seller)).toBe('compromised');
  });
});

describe('misuse', () => {
  it('is a keyring that nobody loaded', () => {
    for (const trusted of [{ keys: [] }, null, formatKeyring(embedded)]) {
      expect(refusal(() => applyKeyringUpdate(untyped(trusted), '')).code).toBe('invalid_option');
    }
  });

  it.each<[string, object, string]>([
    ['a number that is none', { number: 0 }, 'number'],
    ['an invalid time', { issued: new Date(Number.NaN) }, 'issued'],
    ['a time in the year 10000', { issued: new Date(253_402_300_800_000) }, 'issued'],
    ['a name with a blank', { name: 'a b' }, 'name'],
  ])('is signing with %s', async (_, wrong, option) => {
    const terms = { name: NAME, number: 5, issued: ISSUED, ...wrong };
    const error = await failureOf(() => signKeyringUpdate(rotated, terms, [ed25519Signer(first)]));
    expect([error.code, error.details]).toEqual(['invalid_option', { option }]);
  });

  it('is signing without a signer', async () => {
    const terms = { name: NAME, number: 5, issued: ISSUED };
    const error = await failureOf(() => signKeyringUpdate(rotated, terms, []));
    expect([error.code, error.details]).toEqual(['invalid_option', { option: 'signers' }]);
  });
});

describe('endorseKeyringUpdate', () => {
  const terms = { name: NAME, number: 5 };
  const endorse = (text: string, given = {}, by = second, keyring = rotated) =>
    endorseKeyringUpdate(text, keyring, { ...terms, ...given }, ed25519Signer(by));

  it('makes the update that both had signed together', async () => {
    const both = await update(5, [first, second]);
    expect(await endorse(await update())).toBe(both);
    expect(await endorse(await update(), { issued: ISSUED })).toBe(both);
    expect(await endorse(both)).toBe(both);
    expect(await endorse(both, {}, first)).toBe(both);
  });

  it('signs nothing that says something else', async () => {
    const text = await update();
    for (const given of [{ number: 6 }, { name: `${NAME}s` }, { issued: new Date(0) }])
      expect(await endorse(text, given)).toBeUndefined();
    expect(await endorse(text, {}, second, embedded)).toBeUndefined();
    for (const changed of [
      text.replace('"license"', '"keyring"'),
      `\n${text}`,
      `${text}\n`,
      text.slice(0, -1),
      '',
    ])
      expect(await endorse(changed)).toBeUndefined();
  });
});
