import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KeyHash } from '../../../src/core/dedupe/key-hash.js';
import { canonicalForm } from '../../../src/core/format/canonical.js';
import { systemRandom } from '../../../src/core/random/random-source.js';
import { seededRandom } from '../../../src/core/random/seeded-random.js';

const hash = new KeyHash(systemRandom());

function hashOf(text: string, by = hash): string {
  const bytes = new TextEncoder().encode(`#${text}#`);
  const out = new Uint32Array(4);
  by.hash(bytes, 1, bytes.length - 1, out, 1);
  return `${out[1]} ${out[2]}`;
}

describe('the hash of a key', () => {
  it('is the same for equal texts and, but for 2^-64, another for others (property)', () => {
    const text = fc.string({ unit: fc.constantFrom('A', 'B'), maxLength: 300 });
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(hashOf(a) === hashOf(b)).toBe(a === b);
      }),
      { numRuns: 500 },
    );
  });

  it('tells all beginnings of a long text apart', () => {
    for (const long of ['A'.repeat(400), 'AB'.repeat(200), '0'.repeat(400)]) {
      const hashes = Array.from({ length: 401 }, (_, length) => hashOf(long.slice(0, length)));
      expect(new Set(hashes).size).toBe(401);
    }
  });

  it('tells stretches of 64 bytes apart that swap places, or come twice', () => {
    const [a, b] = ['A'.repeat(64), 'B'.repeat(64)];
    const texts = [
      a,
      b,
      a + b,
      b + a,
      a + a,
      b + b,
      a + a + a,
      b + a + a,
      a + b + a,
      a + a + b,
      a + b + a + b,
    ];
    expect(new Set(texts.map((text) => hashOf(text))).size).toBe(texts.length);
  });

  it('differs from run to run, for its tables are secret', () => {
    expect(hashOf('ABCD-EFGH', new KeyHash(systemRandom()))).not.toBe(hashOf('ABCD-EFGH'));
    expect(hashOf('ABCD-EFGH', new KeyHash(seededRandom('a')))).toBe(
      hashOf('ABCD-EFGH', new KeyHash(seededRandom('a'))),
    );
  });

  it('of chosen bytes is that of the text they make (property)', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 80 }),
        fc.array(fc.nat(79), { maxLength: 64 }),
        (bytes, chosen) => {
          const offsets = Uint8Array.from(chosen.filter((offset) => offset < bytes.length));
          const [gathered, direct] = [new Uint32Array(2), new Uint32Array(2)];
          hash.hashAt(bytes, 0, offsets, gathered, 0);
          hash.hash(
            Uint8Array.from(offsets, (offset) => bytes[offset] ?? 0),
            0,
            offsets.length,
            direct,
            0,
          );
          expect(gathered).toStrictEqual(direct);
        },
      ),
    );
  });

  it('of a canonical form is that of the form, of upper case or not (property)', () => {
    const upper = fc.string({ unit: fc.constantFrom(...'AZ09-'), maxLength: 66 });
    const any = fc.string({ unit: fc.constantFrom(...'AZaz09-:;@[ \t!é'), maxLength: 66 });
    fc.assert(
      fc.property(fc.oneof(upper, any), (typed) => {
        const form = canonicalForm(typed);
        const bytes = new TextEncoder().encode(typed);
        const out = new Uint32Array(2);
        const found = hash.hashCanonical(bytes, 0, bytes.length, out, 0);
        expect(found).toBe(form !== '' && !typed.includes('é') && bytes.length <= 64);
        if (found) expect(out.join(' ')).toBe(hashOf(form));
      }),
      { numRuns: 1000 },
    );
  });

  it('of a line is that of its canonical form, as long as there are words for all of it (property)', () => {
    const text = fc.string({ unit: fc.constantFrom(...'AZaz09-_.:@ é'), maxLength: 80 });
    const long = fc.string({ unit: fc.constantFrom(...'AZaz09-'), minLength: 60, maxLength: 90 });
    fc.assert(
      fc.property(fc.oneof(text, long), (typed) => {
        const bytes = new TextEncoder().encode(`${typed}\n`);
        const out = new Uint32Array(2);
        const line = /^[0-9A-Za-z._-]*/.exec(typed)?.[0] ?? '';
        const form = canonicalForm(line);
        const stop = hash.hashLine(bytes, 0, out, 0);
        expect(stop).toBe(form.length > 64 ? 0 : line.length);
        if (form.length > 64) return;
        expect(hash.symbols).toBe(form.length);
        expect(out.join(' ')).toBe(hashOf(form));
      }),
      { numRuns: 1000 },
    );
  });
});
