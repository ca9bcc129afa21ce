import { describe, expect, it } from 'vitest';
import { type RevocationsTerms, revokedId, rsaSigner, signRevocations } from '../../../src/index.js';
import { failureOf } from '../../failure.js';
import { demoRsa } from '../sign/demo-keys.js';
import { idOf, list, NAME, opened, rowsOf, signerOf } from './lists.js';

const terms: RevocationsTerms = {
  name: NAME,
  product: 'app',
  number: 5,
  issued: new Date('2026-11-28T00:00:00Z'),
  next: new Date('2026-12-28T00:00:00Z'),
};
const ids = new Map(['BBBB-BBBB', 'AAAA-AAAA'].map((key) => [idOf(key), '']));

describe('a signed list', () => {
  it('has the bytes that the specification says', async () => {
    expect(Buffer.from(await signRevocations(ids, terms, signerOf('list')))).toEqual(await list());
  });

  it('is written without fractions of seconds', async () => {
    const odd = {
      ...terms,
      issued: new Date('2026-11-28T00:00:00.999Z'),
      next: new Date('2026-12-28T00:00:00.5Z'),
    };
    expect(Buffer.from(await signRevocations(ids, odd, signerOf('list')))).toEqual(await list());
  });

  it('may be empty, and may give reasons', async () => {
    expect(await opened(await signRevocations(new Map(), terms, signerOf('list')))).toMatchObject({
      count: 0,
    });
    const why = await signRevocations(
      new Map([[idOf('AAAA-AAAA'), 'charge-back_2']]),
      terms,
      signerOf('list'),
    );
    expect((await opened(why)).reasonOf('AAAA-AAAA')).toBe('charge-back_2');
  });

  it.each<[string, Partial<RevocationsTerms>, string]>([
    ['a name with a blank', { name: 'acme app' }, 'name'],
    ['an empty product', { product: '' }, 'product'],
    ['a product of two lines', { product: 'app\nnumber 9' }, 'product'],
    ['a product of half a surrogate pair', { product: 'a\ud800' }, 'product'],
    ['a product of 256', { product: 'a'.repeat(256) }, 'product'],
    ['number 0', { number: 0 }, 'number'],
    ['number 1.5', { number: 1.5 }, 'number'],
    ['number 2⁵³', { number: 2 ** 53 }, 'number'],
    ['an invalid issue', { issued: new Date(Number.NaN) }, 'issued'],
    ['an issue before the year 0', { issued: new Date(-1e14) }, 'issued'],
    ['a next date before the issue', { next: new Date(0) }, 'next'],
    ['a next date in the same second', { next: new Date('2026-11-28T00:00:00.999Z') }, 'next'],
    ['a next date in the year 10000', { next: new Date(253_402_300_800_000) }, 'next'],
  ])('is refused with %s', async (_, wrong, option) => {
    const error = await failureOf(() => signRevocations(ids, { ...terms, ...wrong }, signerOf('list')));
    expect([error.code, error.details]).toEqual(['invalid_option', { option }]);
  });

  it.each([
    ['an empty id', '', '', 'id'],
    ['a whole key', 'AAAA-AAAA', '', 'id'],
    ['an id in capitals', 'ABCDEF0123456789', '', 'id'],
    ['an id of two rows', `${'0'.repeat(16)}\n`, '', 'id'],
    ['a reason of two words', idOf('AAAA-AAAA'), 'not paid', 'reason'],
    ['a reason of two rows', idOf('AAAA-AAAA'), 'x\n', 'reason'],
    ['a reason of 33', idOf('AAAA-AAAA'), 'x'.repeat(33), 'reason'],
  ])('is refused with %s', async (_, id, why, option) => {
    const error = await failureOf(() => signRevocations(new Map([[id, why]]), terms, signerOf('list')));
    expect([error.code, error.details]).toEqual(['invalid_option', { option }]);
    expect(error.message).not.toContain('AAAA');
  });

  it('is not signed by RSA', async () => {
    expect((await failureOf(() => signRevocations(ids, terms, rsaSigner(demoRsa)))).code).toBe('invalid_key');
  });
});

describe('the id of a key', () => {
  it('is that of the specification', () => {
    expect(revokedId('AAAA-AAAA', 'canonical')).toBe(revokedId(' aaaa aaaa', 'canonical'));
    expect(rowsOf('AAAA-AAAA')).toBe(`${idOf('AAAA-AAAA')}\n`);
    expect(idOf('AAAA-AAAA')).toMatch(/^[0-9a-f]{16}$/);
  });

  it('is none of a text that is no key', () => {
    for (const text of ['', ' ', '--', 'x'.repeat(4097)]) {
      expect([revokedId(text, 'canonical'), revokedId(text, 'exact')]).toEqual([undefined, undefined]);
    }
  });
});
