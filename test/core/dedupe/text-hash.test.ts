import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TextHash } from '../../../src/core/dedupe/text-hash.js';
import { canonicalForm } from '../../../src/core/format/canonical.js';
import { systemRandom } from '../../../src/core/random/random-source.js';
import { seededRandom } from '../../../src/core/random/seeded-random.js';

const hash = new TextHash(systemRandom());

function hashOf(text: string, by = hash): string {
  const bytes = new TextEncoder().encode(`#${text}#`);
  const out = new Uint32Array(4);
  by.hash(bytes, 1, bytes.length - 1, out, 1);
  return out.join(' ');
}

describe('the hash of a text', () => {
  it('is the same for equal texts and, but for 2^-64, another for others (property)', () => {
    const text = fc.string({ unit: fc.constantFrom('A', 'B'), maxLength: 300 });
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(hashOf(a) === hashOf(b)).toBe(a === b);
      }),
      { numRuns: 500 },
    );
  });

  it('tells apart what polynomials cannot: words of Thue and Morse, and their opposites', () => {
    // Over such words, sums of powers of any odd number collide in as many bits as they like, from 256 letters on.
    for (let secret = 0; secret < 100; secret++) {
      const by = new TextHash(seededRandom(String(secret)));
      let [word, opposite] = ['A', 'B'];
      for (let doubled = 0; doubled < 11; doubled++) {
        [word, opposite] = [word + opposite, opposite + word];
        const [one, other] = [hashOf(word, by).split(' '), hashOf(opposite, by).split(' ')];
        // Neither half by itself, for a half of 32 bits is met by chance once in 4 billion.
        expect([one[1] === other[1], one[2] === other[2]]).toEqual([false, false]);
      }
    }
  });

  it('differs from run to run, for its secret is drawn', () => {
    expect(hashOf('ABCD', new TextHash(systemRandom()))).not.toBe(hashOf('ABCD'));
    expect(hashOf('ABCD', new TextHash(seededRandom('a')))).toBe(
      hashOf('ABCD', new TextHash(seededRandom('a'))),
    );
  });

  it('fills all of the table: no slot gets more than its share of keys that follow one another', () => {
    const slots = new Uint32Array(1000);
    const out = new Uint32Array(2);
    for (let serial = 0; serial < 100_000; serial++) {
      const bytes = new TextEncoder().encode(`KEY-${serial}`);
      hash.hash(bytes, 0, bytes.length, out, 0);
      const slot = Math.floor(((out[0] ?? 0) / 2 ** 32) * 1000);
      slots[slot] = (slots[slot] ?? 0) + 1;
    }
    expect(Math.max(...slots)).toBeLessThan(200);
    expect(Math.min(...slots)).toBeGreaterThan(30);
  });

  it('of a canonical form is that of the form, whichever way it is found (property)', () => {
    const text = fc.string({ unit: fc.constantFrom(...'AZaz09-_.:;@[ \t!é'), maxLength: 80 });
    fc.assert(
      fc.property(text, (typed) => {
        const form = canonicalForm(typed);
        const bytes = new TextEncoder().encode(`${typed}\n`);
        const [out, wanted] = [new Uint32Array(2), hashOf(form).split(' ').slice(1, 3).join(' ')];
        const found = hash.hashCanonical(bytes, 0, bytes.length - 1, out, 0);
        expect(found).toBe(form !== '' && !typed.includes('é'));
        if (found) expect(out.join(' ')).toBe(wanted);
        const stop = hash.hashLine(bytes, 0, out, 0);
        expect(stop).toBe(/^[0-9A-Za-z._-]*/.exec(typed)?.[0].length);
        expect(hash.symbols).toBe(typed.slice(0, stop).replace(/[._-]/g, '').length);
        if (stop === bytes.length - 1) expect(out.join(' ')).toBe(wanted);
      }),
      { numRuns: 1000 },
    );
  });
});
