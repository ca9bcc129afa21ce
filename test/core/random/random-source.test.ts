import { afterEach, describe, expect, it, vi } from 'vitest';
import { generateKey } from '../../../src/core/generate/generate.js';
import { systemRandom } from '../../../src/core/random/random-source.js';
import { refusal } from '../refusal.js';

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('systemRandom', () => {
  it.each([0, 1, 65_535, 65_536, 65_537, 200_000])(
    'fills %i bytes, asking for at most 65,536 at a time',
    (length) => {
      const asked: number[] = [];
      vi.stubGlobal('crypto', {
        getRandomValues(bytes: Uint8Array) {
          asked.push(bytes.length);
          return bytes.fill(7);
        },
      });
      const bytes = new Uint8Array(length);
      systemRandom().fill(bytes);
      expect(bytes.every((byte) => byte === 7)).toBe(true);
      expect(Math.max(0, ...asked)).toBeLessThanOrEqual(65_536);
      expect(asked.reduce((sum, size) => sum + size, 0)).toBe(length);
    },
  );

  it.each([
    ['crypto', undefined],
    ['crypto.getRandomValues', {}],
  ])('is refused where there is no %s, and no key is drawn from anything weaker', (_, crypto) => {
    vi.stubGlobal('crypto', crypto);
    for (const run of [systemRandom, () => generateKey('lukittu')]) {
      const { code, details } = refusal(run);
      expect({ code, details }).toStrictEqual({
        code: 'unsupported',
        details: { feature: 'crypto.getRandomValues' },
      });
    }
  });

  it('lets an error of the platform through', () => {
    vi.stubGlobal('crypto', {
      getRandomValues() {
        throw new Error('no entropy');
      },
    });
    expect(() => generateKey('lukittu')).toThrow('no entropy');
  });
});
