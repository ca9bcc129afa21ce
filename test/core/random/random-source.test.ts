import { afterEach, describe, expect, it, vi } from 'vitest';
import { generateKey } from '../../../src/core/generate/generate.js';
import { newNonce, randomBytes } from '../../../src/core/random/nonce.js';
import { systemRandom } from '../../../src/core/random/random-source.js';
import { refusal } from '../../failure.js';

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

  it.each([
    ['leaves what stood there', () => undefined],
    ['fills with zeros', (bytes: Uint8Array) => bytes.fill(0)],
  ])('ends where the generator %s, and no key or nonce is made', (_, getRandomValues) => {
    vi.stubGlobal('crypto', { getRandomValues });
    for (const run of [
      () => systemRandom().fill(new Uint8Array(70_000).fill(9)),
      () => generateKey('lukittu'),
      () => newNonce(),
      () => randomBytes(32),
    ]) {
      expect(refusal(run).code).toBe('unsupported');
    }
  });

  it('ends when zeros come in a later pool', () => {
    let pools = 0;
    vi.stubGlobal('crypto', { getRandomValues: (bytes: Uint8Array) => bytes.fill(pools++ < 2 ? 5 : 0) });
    expect(refusal(() => systemRandom().fill(new Uint8Array(3 * 65_536))).code).toBe('unsupported');
    expect(pools).toBe(3);
  });

  it('goes on with the function it was made with when that vanishes or is replaced', () => {
    const platform: { getRandomValues?: (bytes: Uint8Array) => Uint8Array } = {
      getRandomValues: (bytes) => bytes.fill(5),
    };
    vi.stubGlobal('crypto', platform);
    const source = systemRandom();
    for (const later of [undefined, (bytes: Uint8Array) => bytes.fill(1)]) {
      Object.assign(platform, { getRandomValues: later });
      const bytes = new Uint8Array(32);
      source.fill(bytes);
      expect(new Set(bytes)).toEqual(new Set([5]));
    }
    Object.assign(platform, { getRandomValues: undefined });
    expect(refusal(newNonce).code).toBe('unsupported');
  });
});
