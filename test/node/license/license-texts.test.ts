import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatLicense } from '../../../src/core/license/sign-license.js';
import { signLicense } from '../../../src/index.js';
import { LicenseFields } from '../../../src/node/license/license-fields.js';
import { LicenseTexts, payloadOf, type SharedTerms } from '../../../src/node/license/license-texts.js';
import { refusal } from '../../failure.js';

const NOW = new Date('2026-11-28T12:00:00Z');
const END = '2027-01-01T00:00:00Z';
const place = { path: 'keys.txt', line: 1, ordinal: 0 };

function textsOf(changes: Partial<SharedTerms> = {}): LicenseTexts {
  const fields = new LicenseFields([], [['cell', 'data']]);
  const untilWhen = () => END;
  return new LicenseTexts({
    product: 'app',
    comparison: 'canonical',
    fields,
    untilWhen,
    now: NOW,
    ...changes,
  });
}

describe('texts of licenses', () => {
  it.each(['compact', 'php'] as const)(
    'are what signLicense signs in %s, those too that share one',
    async (style) => {
      const terms = { product: 'a "b"/ü', validUntil: new Date(END) };
      const texts = textsOf({ product: terms.product, style });
      const keys = fc
        .string({ unit: fc.constantFrom(...'aZ9-/"\\ ＡＢ'), maxLength: 20 })
        .map((end) => `K${end}`);
      await fc.assert(
        fc.asyncProperty(keys, async (key) => {
          let signed = '';
          const signer = {
            kid: 'k',
            alg: 'Ed25519',
            sign: async (message: Uint8Array) => {
              signed = Buffer.from(Buffer.from(message).toString(), 'base64').toString();
              return new Uint8Array(64);
            },
          } as const;
          await signLicense({ ...terms, key }, signer, { now: NOW, style });
          const license = texts.of({ key, fields: {}, place });
          expect(license).toMatchObject({ key, isExpired: false });
          expect('before' in license && payloadOf(license)).toBe(signed);
        }),
      );
    },
  );

  it('hold fields of their own, and leave those of other rows alone', () => {
    const texts = textsOf();
    const plain = formatLicense({ key: 'A', product: 'app', validUntil: new Date(END) }, NOW);
    const made = [{}, { data: 1 }, {}].map((fields) => texts.of({ key: 'A', fields, place }));
    expect(made.map((license) => 'before' in license && payloadOf(license))).toEqual([
      plain,
      plain.replace('"comparison"', '"data":1,"comparison"'),
      plain,
    ]);
  });

  it('may be longer than is shared', () => {
    const fields = new LicenseFields([['data', 'x'.repeat(1 << 17)]], []);
    const texts = textsOf({ fields });
    const made = ['A', 'B'].map((key) => texts.of({ key, fields: {}, place }));
    expect(made.map((license) => 'before' in license && payloadOf(license).length)).toEqual([
      131_238, 131_238,
    ]);
  });

  it('say whether the license is expired', () => {
    const texts = textsOf({ untilWhen: () => '2026-11-28T12:00:00Z' });
    const made = ['A', 'B'].map((key) => texts.of({ key, fields: {}, place }));
    expect(made).toMatchObject([{ isExpired: true }, { isExpired: true }]);
  });

  it.each([
    ['an end before the begin', { valid_from: END }, ['valid_until'], 'is missing, or cannot be that'],
    ['devices that are none', { devices: [1] }, ['devices'], 'is missing, or cannot be that'],
    ['lists in lists in lists', { data: JSON.parse('['.repeat(63) + ']'.repeat(63)) }, [], 'nested deeper'],
    ['more than a payload holds', { data: 'é'.repeat(1 << 19) }, [], 'longer than 1 MiB'],
  ])('are none for %s: the row is at fault', (_, fields, path, message) => {
    expect(textsOf().of({ key: 'A', fields, place })).toEqual({
      path,
      message: expect.stringContaining(message),
    });
  });

  it('are none without an end, nor for a key that is none', () => {
    const unusable = { message: 'is missing, or cannot be that: correct it' };
    expect(textsOf({ untilWhen: undefined }).of({ key: 'A', fields: {}, place })).toEqual({
      path: ['valid_until'],
      ...unusable,
    });
    expect(textsOf().of({ key: '--', fields: {}, place })).toEqual({ path: ['key'], ...unusable });
  });

  it('are refused in an unknown style', () => {
    const texts = textsOf(JSON.parse('{"style":"pretty"}'));
    expect(refusal(() => texts.of({ key: 'A', fields: {}, place })).code).toBe('invalid_option');
  });
});
