import { describe, expect, it } from 'vitest';
import { parseFormat } from '../../../src/core/format/parse-format.js';
import { generateKey, generateKeys } from '../../../src/core/generate/generate.js';
import { refusal } from '../../failure.js';
import { hasVectors, NEEDS, readVectors } from '../../vectors/vector-files.js';

interface Rfc9562 {
  readonly valid: readonly { readonly uuid: string; readonly version?: number; readonly unixTsMs?: number }[];
  readonly invalidForV4: readonly string[];
}

const v4 = parseFormat('uuid');
const v7 = parseFormat('uuidv7');

function bits(uuid: string): bigint {
  return BigInt(`0x${uuid.replaceAll('-', '')}`);
}

describe.skipIf(!hasVectors)(`the examples of RFC 9562, appendices A and B${NEEDS}`, () => {
  it('are keys of the format of their own version only', () => {
    const { valid } = readVectors<Rfc9562>('uuid/rfc9562.json', { valid: [], invalidForV4: [] });
    expect(valid.length).toBeGreaterThan(5);
    for (const { uuid, version } of valid) {
      expect([uuid, v4.test(uuid), v7.test(uuid)]).toStrictEqual([uuid, version === 4, version === 7]);
    }
  });

  it('that are malformed or of another version are no keys of uuid', () => {
    const { invalidForV4 } = readVectors<Rfc9562>('uuid/rfc9562.json', { valid: [], invalidForV4: [] });
    expect(invalidForV4.length).toBeGreaterThan(5);
    for (const text of invalidForV4) expect([text, v4.test(text)]).toStrictEqual([text, false]);
  });

  it('of version 7 has the time that unrank writes', () => {
    const example = readVectors<Rfc9562>('uuid/rfc9562.json', { valid: [], invalidForV4: [] }).valid.find(
      ({ version }) => version === 7,
    );
    expect(example).toBeDefined();
    const { uuid = '', unixTsMs = Number.NaN } = example ?? {};
    expect(v7.unrank(v7.rank(uuid), new Date(unixTsMs))).toBe(uuid);
  });
});

describe('uuid, RFC 9562 section 5.4', () => {
  const keys = generateKeys(v4, 4000);

  it('sets version 4 and variant 10', () => {
    for (const key of keys) {
      expect((bits(key) >> 76n) & 0xfn).toBe(4n);
      expect((bits(key) >> 62n) & 0b11n).toBe(0b10n);
    }
  });

  it('leaves all of the other 122 bits to chance', () => {
    const all = keys.reduce((sum, key) => sum | bits(key), 0n);
    const none = keys.reduce((sum, key) => sum & bits(key), (1n << 128n) - 1n);
    expect((all ^ none).toString(2).replaceAll('0', '')).toHaveLength(122);
  });
});

describe('uuidv7, RFC 9562 section 5.7', () => {
  const now = new Date('2024-02-29T12:34:56.789Z');
  const keys = generateKeys(v7, 4000, { now });

  it('begins with 48 bits of Unix milliseconds, then version 7 and variant 10', () => {
    for (const key of keys) {
      expect(bits(key) >> 80n).toBe(BigInt(now.getTime()));
      expect((bits(key) >> 76n) & 0xfn).toBe(7n);
      expect((bits(key) >> 62n) & 0b11n).toBe(0b10n);
    }
  });

  it('leaves all of the other 74 bits to chance, and numbers only those', () => {
    const all = keys.reduce((sum, key) => sum | bits(key), 0n);
    const none = keys.reduce((sum, key) => sum & bits(key), (1n << 128n) - 1n);
    expect((all ^ none).toString(2).replaceAll('0', '')).toHaveLength(74);
    expect(v7.capacity).toBe(2n ** 74n);
    expect(v7.unrank(v7.rank(keys[0] ?? ''), now)).toBe(keys[0]);
  });

  it('is refused without now', () => {
    const { code, details } = refusal(() => generateKey('uuidv7'));
    expect({ code, details }).toStrictEqual({ code: 'invalid_option', details: { option: 'now' } });
  });

  it.each([new Date(Number.NaN), new Date(-1), new Date(2 ** 48)])('is refused at %s', (when) => {
    const { code, details } = refusal(() => generateKey('uuidv7', { now: when }));
    expect({ code, details }).toStrictEqual({ code: 'invalid_option', details: { option: 'now' } });
  });

  it('takes the first and the last date that 48 bits hold', () => {
    expect(v7.unrank(0n, new Date(0))).toBe('00000000-0000-7000-8000-000000000000');
    expect(v7.unrank(0n, new Date(2 ** 48 - 1))).toBe('ffffffff-ffff-7000-8000-000000000000');
  });
});

it('now is nothing to formats without a time', () => {
  expect(generateKey('lukittu', { now: new Date(Number.NaN) })).toMatch(parseFormat('lukittu').regex);
  expect(parseFormat('XX').unrank(0n, new Date(Number.NaN))).toBe('00');
});
