import { describe, expect, it } from 'vitest';
import { BODY_BYTES } from '../../../src/core/note/signed-body.js';
import {
  compromisePublicKey,
  openRevocations,
  removePublicKey,
  retirePublicKey,
  verifyLicense,
} from '../../../src/index.js';
import { failureOf } from '../../failure.js';
import { hostileValues, untyped } from './hostile-values.js';
import { idOf, keyring, keys, list, NAME, NOW, open, opened, rowsOf, signerOf } from './lists.js';

const bad = (fault: string, cause?: string) => ({ ok: false, reason: 'list_bad', fault, cause });
const [a = '', b = ''] = [idOf('AAAA-AAAA'), idOf('BBBB-BBBB')].toSorted();

describe('a good list', () => {
  it('tells what it says of itself', async () => {
    expect(await opened(await list())).toMatchObject({
      name: NAME,
      product: 'app',
      comparison: 'canonical',
      number: 5,
      count: 2,
      signedAt: new Date('2026-11-28T00:00:00Z'),
      next: new Date('2026-12-28T00:00:00Z'),
      isStale: false,
      kid: keys.list.kid,
    });
  });

  it('may come as text, as a Buffer, as a view of part of a buffer, and of another realm', async () => {
    const bytes = await list();
    const wide = new Uint8Array(bytes.length + 7);
    wide.set(bytes, 3);
    const { runInNewContext } = await import('node:vm');
    const foreign: unknown = runInNewContext('Uint8Array.from(list)', { list: [...bytes] });
    expect(foreign).not.toBeInstanceOf(Uint8Array);
    for (const source of [
      new TextDecoder().decode(bytes),
      Buffer.from(bytes),
      wide.subarray(3, 3 + bytes.length),
      foreign,
    ]) {
      expect((await opened(source)).has('aaaa aaaa')).toBe(true);
    }
  });

  it('does not follow the bytes it came in', async () => {
    const bytes = Uint8Array.from(await list());
    const revoked = await opened(bytes);
    bytes.fill(0);
    expect(revoked.has('AAAA-AAAA')).toBe(true);
    expect(revoked.has('CCCC-CCCC')).toBe(false);
  });

  it('may be empty', async () => {
    const revoked = await opened(await list({}, ''));
    expect(revoked).toMatchObject({ count: 0 });
    expect(revoked.has('AAAA-AAAA')).toBe(false);
    expect(revoked.reasonOf('AAAA-AAAA')).toBeUndefined();
  });

  it('says why, in one word, or nothing', async () => {
    const revoked = await opened(await list({}, `${a} unpaid\n${b}\n`));
    const whyOf = (id: string) => revoked.reasonOf(id === idOf('AAAA-AAAA') ? 'AAAA-AAAA' : 'BBBB-BBBB');
    expect([whyOf(a), whyOf(b)]).toEqual(['unpaid', '']);
  });

  it('knows no text that is no key', async () => {
    const revoked = await opened(await list());
    for (const text of ['', ' - ', 'x'.repeat(5000)]) expect(revoked.has(text)).toBe(false);
  });

  it('is overdue from its next date on, and says so', async () => {
    for (const [now, isStale] of [
      ['2026-12-27T23:59:59Z', false],
      ['2026-12-28T00:00:00Z', true],
    ] as const) {
      const policy = { name: NAME, product: 'app', now: new Date(now) };
      expect(await openRevocations(await list(), keyring, policy)).toMatchObject({ ok: true, isStale });
    }
  });
});

describe('a list is bad', () => {
  it.each<[string, string, string]>([
    ['unsorted', `${b}\n${a}\n`, 'body'],
    ['doubled', `${a}\n${a}\n`, 'body'],
    ['doubled with another reason', `${a} leaked\n${a} unpaid\n`, 'body'],
    ['of CRLF', `${a}\r\n${b}\r\n`, 'body'],
    ['of upper case', `${a.toUpperCase().replace(/^[0-9]+$/, 'ABCDEF0123456789')}\n`, 'body'],
    ['shorter than an id', `${a.slice(1)}\n`, 'body'],
    ['longer than an id', `${a}0\n`, 'body'],
    ['with two blanks', `${a}  unpaid\n`, 'body'],
    ['with a blank and no reason', `${a} \n`, 'body'],
    ['with two reasons', `${a} not paid\n`, 'body'],
    ['with a reason in capitals', `${a} Unpaid\n`, 'body'],
    ['with a reason of 33', `${a} ${'x'.repeat(33)}\n`, 'body'],
    ['with a NUL', `${a}\0\n`, 'body'],
    ['empty', '\n', 'body'],
  ])('whose rows are %s', async (_, body, fault) => {
    expect(await open(await list({}, body))).toMatchObject(bad(fault));
  });

  it('whose last row has no line feed: there is no empty line then', async () => {
    expect(await open(await list({}, a))).toMatchObject(bad('note', 'malformed'));
  });

  it('takes a reason of 32', async () => {
    expect(await open(await list({}, `${a} ${'x'.repeat(32)}\n`))).toMatchObject({ ok: true, count: 1 });
  });

  it.each<[string, Record<string, string | undefined>, string]>([
    ['a width that lies', { width: '7' }, 'width'],
    ['a width that is spelled otherwise', { width: '08' }, 'width'],
    ['a count that is too low', { count: '1' }, 'count'],
    ['a count that is too high', { count: '3' }, 'count'],
    ['a count that is spelled otherwise', { count: '2.0' }, 'count'],
    ['an unknown kind', { kind: 'allowed' }, 'kind'],
    ['another product', { product: 'other' }, 'product'],
    ['an unknown comparison', { comparison: 'lax' }, 'comparison'],
    ['a next date before it was issued', { next: '2026-11-27T00:00:00Z' }, 'next'],
    ['a next date as it was issued', { next: '2026-11-28T00:00:00Z' }, 'next'],
    ['a next date without zone', { next: '2026-12-28T00:00:00' }, 'next'],
  ])('that tells of %s', async (_, lines, fault) => {
    expect(await open(await list(lines))).toMatchObject(bad(fault));
  });

  it.each<[string, Record<string, string | undefined>, string]>([
    ['no product', { product: undefined }, 'lines'],
    ['no comparison', { comparison: undefined }, 'lines'],
    ['a line more', { more: 'x' }, 'lines'],
    ['number 0', { number: '0' }, 'number'],
    ['number -1', { number: '-1' }, 'number'],
    ['number 1e3', { number: '1e3' }, 'number'],
    ['number 05', { number: '05' }, 'number'],
    ['number 2⁵³', { number: '9007199254740992' }, 'number'],
    ['an issue in the year 10000', { issued: '+010000-01-01T00:00:00Z' }, 'issued'],
    ['an issue on a day alone', { issued: '2026-11-28' }, 'issued'],
    ['a hash of another body', { sha256: 'A'.repeat(43).concat('=') }, 'sha256'],
    ['a hash in hex', { sha256: '00'.repeat(32) }, 'sha256'],
  ])('whose note has %s', async (_, lines, fault) => {
    expect(await open(await list(lines))).toMatchObject(bad(fault, 'malformed'));
  });

  it('whose lines stand in another order', async () => {
    const text = new TextDecoder().decode(await list());
    const { forgeBody } = await import('../note/body-forge.js');
    const lines = [
      ...text.matchAll(/^(name|kind|product|comparison|number|issued|next|width|count|sha256) (.*)$/gm),
    ];
    const all = Object.fromEntries(lines.map(([, name = '', value = '']) => [name, value]));
    const { kind, ...others } = all;
    const forged = {
      schema: 'keywright/list/v1',
      body: rowsOf('AAAA-AAAA', 'BBBB-BBBB'),
      signers: [signerOf('list')],
    };
    expect(await open(await forgeBody({ ...forged, lines: all }))).toMatchObject({ ok: true });
    expect(await open(await forgeBody({ ...forged, lines: { ...others, kind } }))).toMatchObject(
      bad('lines', 'malformed'),
    );
  });

  it('whose body was changed after it was signed', async () => {
    const text = new TextDecoder().decode(await list());
    const rows = rowsOf('AAAA-AAAA', 'BBBB-BBBB');
    for (const body of [
      '',
      rowsOf('AAAA-AAAA'),
      rowsOf('AAAA-AAAA', 'CCCC-CCCC'),
      `\n${rows}`,
      `${rows}\n`,
    ]) {
      expect(await open(text.replace(rows, body))).toMatchObject(bad('sha256', 'malformed'));
    }
  });

  it.each(['keywright/keyring/v1', 'keywright/list/v2', 'keywright/seal/v1', ''])(
    'of the schema %j',
    async (schema) => {
      const bytes = await list({}, undefined, undefined, schema);
      expect(await open(bytes)).toMatchObject(bad('schema', 'malformed'));
    },
  );

  it('of another name, though the key is ours', async () => {
    expect(await open(await list({ name: 'acme.example/other' }))).toMatchObject(bad('name'));
  });

  it.each([
    ['a stranger', 'stranger'],
    ['a key for licenses', 'license'],
    ['a key for keyrings', 'keyring'],
  ] as const)('that %s signed', async (_, key) => {
    const bytes = await list({}, undefined, [signerOf(key)]);
    expect(await open(bytes)).toMatchObject(bad('note', 'unknown_key'));
  });

  it('that a compromised key alone signed, or a retired one after its time', async () => {
    const compromised = compromisePublicKey(keyring, keys.list.kid);
    expect(await open(await list(), undefined, compromised)).toMatchObject(bad('note', 'key_compromised'));
    const retired = retirePublicKey(keyring, keys.list.kid, new Date('2026-11-28T00:00:00Z'));
    expect(await open(await list(), undefined, retired)).toMatchObject(bad('note', 'key_retired'));
    const later = retirePublicKey(keyring, keys.list.kid, new Date('2026-11-28T00:00:01Z'));
    expect(await open(await list(), undefined, later)).toMatchObject({ ok: true });
    const both = await list({}, undefined, [signerOf('list'), signerOf('nextList')]);
    for (const ring of [compromised, retired]) {
      expect(await open(both, undefined, ring)).toMatchObject({ ok: true, kid: keys.nextList.kid });
    }
  });

  it('with 10⁷ rows: nothing of it is read', async () => {
    const bytes = new Uint8Array(17 * 10_000_000).fill(0x30);
    expect(await open(bytes)).toMatchObject(bad('size', 'malformed'));
    expect(await open('0'.repeat(BODY_BYTES + 1))).toMatchObject(bad('size', 'malformed'));
  });

  it('whatever else it is', async () => {
    for (const value of hostileValues()) {
      const answer = await open(value);
      expect(answer).toMatchObject({ ok: false, reason: 'list_bad' });
    }
  });
});

describe('an older list', () => {
  const rollback = { ok: false, reason: 'list_rollback', fault: 'number' };

  it('is one with a lower number, or the same number of another body', async () => {
    const { latest } = await opened(await list());
    expect(await open(await list({ number: '4' }), latest)).toMatchObject(rollback);
    expect(await open(await list({}, rowsOf('CCCC-CCCC')), latest)).toMatchObject(rollback);
    expect(await open(await list(), latest)).toMatchObject({ ok: true });
    expect(await open(await list({ number: '6' }, ''), latest)).toMatchObject({ ok: true });
  });

  it('is told as well by what was kept as it was kept, as a text', async () => {
    const kept = JSON.stringify((await opened(await list())).latest);
    expect(await open(await list({ number: '4' }), kept)).toMatchObject(rollback);
    expect(await open(await list({ number: '6' }, ''), kept)).toMatchObject({ ok: true });
  });

  it('is one that was issued earlier, whatever key signed and whatever its number', async () => {
    const { latest } = await opened(await list());
    const earlier = { issued: '2026-11-27T23:59:59Z' };
    const old = await list({ ...earlier, number: '900' }, undefined, [signerOf('nextList')]);
    expect(await open(old, latest)).toMatchObject(rollback);
    expect(await open(await list({ ...earlier, number: '6' }), latest)).toMatchObject(rollback);
    expect(await open(old, latest, compromisePublicKey(keyring, keys.list.kid))).toMatchObject({ ok: true });
    expect(await open(old, latest, removePublicKey(keyring, keys.list.kid))).toMatchObject({ ok: true });
  });

  it('is not one with a lower number of another key', async () => {
    const { latest } = await opened(await list({ number: '9007199254740991' }));
    const next = await list({ number: '1' }, undefined, [signerOf('nextList')]);
    expect(await open(next, latest)).toMatchObject({ ok: true, number: 1 });
  });

  it('is known of every key that signed, across what others signed between', async () => {
    const both = await opened(await list({}, undefined, [signerOf('list'), signerOf('nextList')]));
    const between = await opened(await list({ number: '6' }, undefined, [signerOf('nextList')]), both.latest);
    expect(between.latest.seen.map(({ kid, number }) => [kid, number])).toEqual([
      [keys.list.kid, 5],
      [keys.nextList.kid, 6],
    ]);
    expect(await open(await list({ number: '4' }), between.latest)).toMatchObject(rollback);
    expect(await open(await list({ number: '5' }), between.latest)).toMatchObject({ ok: true });
  });

  it('is known from JSON text read again, and however often lines were doubled', async () => {
    const text = new TextDecoder().decode(await list());
    const [line = ''] = /— .*\n/.exec(text) ?? [];
    const { latest } = await opened(text + line.repeat(50));
    expect(latest.seen).toHaveLength(1);
    const kept: unknown = JSON.parse(JSON.stringify(latest));
    expect(await open(await list({ number: '4' }), kept)).toMatchObject(rollback);
  });

  it('is not known where what was kept is of another name, or cannot be read', async () => {
    const { latest } = await opened(await list());
    const older = await list({ number: '4' });
    const [seen] = latest.seen;
    for (const last of [
      ...hostileValues(),
      { ...latest, name: 'acme.example/other' },
      { name: NAME, seen: [{ ...seen, number: '5' }] },
      { name: NAME, seen: [{ ...seen, number: Number.POSITIVE_INFINITY }] },
      { name: NAME, seen: [{ ...seen, issued: 'tomorrow' }] },
      { name: NAME, seen: [{ ...seen, kid: Symbol('kid') }] },
      { name: NAME, seen: hostileValues() },
      { name: NAME, seen: Object.assign([], { length: 4_294_967_295 }) },
    ]) {
      expect(await open(older, last)).toMatchObject({ ok: true });
    }
    // What can be read beside it still counts.
    const damaged = { name: NAME, seen: [null, { kid: 1 }, seen] };
    expect(await open(older, damaged)).toMatchObject(rollback);
  });
});

describe('misuse', () => {
  const policy = { name: NAME, product: 'app', now: NOW };

  it.each<[string, object]>([
    ['no name', { product: 'app', now: NOW }],
    ['no product', { name: NAME, now: NOW }],
    ['no time', { name: NAME, product: 'app' }],
    ['a name with a blank', { ...policy, name: 'a b' }],
    ['an empty product', { ...policy, product: '' }],
    ['an invalid time', { ...policy, now: new Date(Number.NaN) }],
    ['an unknown member', { ...policy, maxListAge: 1 }],
  ])('%s: throws before the list is looked at', async (_, wrong) => {
    let looked = false;
    const spy = new Proxy(new Uint8Array(), {
      get: () => {
        looked = true;
      },
    });
    const { code } = await failureOf(() => openRevocations(spy, keyring, untyped(wrong)));
    expect(code).toBe('invalid_option');
    expect(looked).toBe(false);
  });

  it('a keyring that nobody loaded throws', async () => {
    const { code } = await failureOf(() => openRevocations('', JSON.parse('{"keys":[]}'), policy));
    expect(code).toBe('invalid_option');
  });

  it('an answer that only looks like one of ours is not taken', async () => {
    const real = await opened(await list());
    const licensing = { product: 'app', key: null, device: null, now: NOW };
    for (const fake of [{ ...real }, { ok: false, reason: 'list_bad' }, Object.create(real), null, 'x']) {
      const { code, details } = await failureOf(() =>
        verifyLicense('', keyring, { ...licensing, revocations: [untyped(fake)] }),
      );
      expect([code, details]).toEqual(['invalid_option', { option: 'revocations' }]);
    }
    expect(() => Object.assign(real, { count: 0 })).toThrow(TypeError);
  });
});
