import { describe, expect, it } from 'vitest';
import { formatClaims, sealRows } from '../../../src/index.js';
import { refusal } from '../../failure.js';
import { treeHash } from './textbook-tree.js';

const claims = formatClaims(new Date('2026-11-28T00:00:00Z'), { product: 'app', valid_until: null });
/** Claims of so many bytes. */
const claimsOf = (length: number) =>
  claims.replace('"app"', `"app","note":"${'x'.repeat(length - claims.length - 10)}"`);
const row = (key: string, more = {}) => ({ key, claims, ...more });

describe('sealed rows', () => {
  it('are hashed as the specification says: four lines each', () => {
    const salt = new Uint8Array(16).fill(7);
    const { root, size } = sealRows([row('abcd-efgh'), row('Zoë 1', { salt })]);
    const leaves = [
      `keywright/key/v1\nABCDEFGH\n\n${claims}\n`,
      `keywright/key/v1\nZOë1\n${Buffer.from(salt).toString('base64')}\n${claims}\n`,
    ];
    expect(size).toBe(2);
    expect(root).toEqual(treeHash(leaves.map((leaf) => Buffer.from(leaf))));
    const exact = sealRows([row('abcd-efgh')], 'exact');
    expect(exact.root).toEqual(treeHash([Buffer.from(`keywright/key-exact/v1\nabcd-efgh\n\n${claims}\n`)]));
  });

  it.each<[string, string, () => unknown]>([
    ['no rows', 'invalid_option', () => sealRows([])],
    [
      'a key twice, in two spellings',
      'invalid_option',
      () => sealRows([row('AB-1'), row('AC-1'), row('ab1')]),
    ],
    ['what is no key', 'not_a_key', () => sealRows([row(' - ')])],
    ['an exact key of two lines', 'not_a_key', () => sealRows([row('A\nB')], 'exact')],
    ['a short salt', 'invalid_option', () => sealRows([row('A', { salt: new Uint8Array(15) })])],
    ['claims with blanks', 'invalid_option', () => sealRows([{ key: 'A', claims: `${claims} ` }])],
    [
      'claims of more than 64 KiB',
      'invalid_option',
      () => sealRows([{ key: 'A', claims: claimsOf(65_536) }]),
    ],
    ['claims without issued', 'invalid_option', () => sealRows([{ key: 'A', claims: '{"product":"app"}' }])],
    ['claims that are no object', 'invalid_option', () => sealRows([{ key: 'A', claims: '[1]' }])],
    ['the proof of no row', 'invalid_option', () => sealRows([row('A')]).proof(1, '')],
  ])('are refused for %s', (_, code, run) => {
    expect(refusal(run).code).toBe(code);
  });

  it('take keys twice that differ in the case that counts', () => {
    expect(sealRows([row('aB'), row('Ab')], 'exact').size).toBe(2);
  });
});

describe('claims', () => {
  it('say when the batch was issued first, and then what the seller says', () => {
    expect(formatClaims(new Date(1999), { product: 'app', seats: 5 })).toBe(
      '{"issued":1,"product":"app","seats":5}',
    );
  });

  it.each<[string, string, () => unknown]>([
    ['no date', 'invalid_option', () => formatClaims(new Date(Number.NaN))],
    ['a date after the year 9999', 'invalid_option', () => formatClaims(new Date(8e15))],
    ['issued twice', 'invalid_option', () => formatClaims(new Date(0), { issued: 1 })],
    ['a product that is no text', 'invalid_option', () => formatClaims(new Date(0), { product: 1 })],
    ['a day alone', 'invalid_option', () => formatClaims(new Date(0), { valid_until: '2027-01-01' })],
    ['a number of 20 digits', 'invalid_payload', () => formatClaims(new Date(0), { seats: 1e20 })],
  ])('are refused for %s', (_, code, run) => {
    expect(refusal(run).code).toBe(code);
  });
});
