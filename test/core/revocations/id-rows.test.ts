import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countRows, findRow } from '../../../src/core/revocations/id-rows.js';
import { openRevocations, revokedId, signRevocations } from '../../../src/index.js';
import { idOf, keyring, list, NAME, NOW, opened, signerOf } from './lists.js';

const hex = fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 16, maxLength: 16 });
const word = fc.oneof(
  fc.constant(''),
  fc.string({ unit: fc.constantFrom(...'abcxyz0189-_'), minLength: 1, maxLength: 32 }),
);
const bytesOf = (rows: ReadonlyMap<string, string>) =>
  Buffer.from(
    Array.from(rows, ([id, why]) => (why === '' ? `${id}\n` : `${id} ${why}\n`))
      .toSorted()
      .join(''),
  );

describe('rows', () => {
  it('are found as a Map finds them', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(hex, word), { maxLength: 60 }), fc.array(hex), (pairs, others) => {
        const rows = new Map(pairs);
        const body = bytesOf(rows);
        expect(countRows(body)).toBe(rows.size);
        for (const id of [...rows.keys(), ...others, '0'.repeat(16), 'f'.repeat(16)]) {
          expect(findRow(body, id)).toBe(rows.get(id));
        }
      }),
      { numRuns: 300 },
    );
  });

  it('are none when a byte is another, but for one of a reason or of an id that stays in its place', () => {
    fc.assert(
      fc.property(
        fc.array(hex, { minLength: 2, maxLength: 20 }),
        fc.nat(),
        fc.nat(255),
        (ids, place, byte) => {
          const body = Uint8Array.from(bytesOf(new Map(ids.map((id) => [id, 'leaked']))));
          body[place % body.length] = byte;
          const text = Buffer.from(body).toString('latin1');
          const lines = text.split('\n').slice(0, -1);
          const sound =
            text.endsWith('\n') &&
            lines.every((line) => /^[0-9a-f]{16}( [a-z0-9_-]{1,32})?$/.test(line)) &&
            lines.every(
              (line, index) => index === 0 || (lines[index - 1] ?? '').slice(0, 16) < line.slice(0, 16),
            );
          expect(countRows(body)).toBe(sound ? lines.length : undefined);
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('a list', () => {
  it.each(['canonical', 'exact'] as const)(
    'finds keys as a Set of their spellings does: %s',
    async (comparison) => {
      const key = fc.string({ unit: fc.constantFrom(...'ABab01- é\u00c9'), minLength: 1, maxLength: 8 });
      await fc.assert(
        fc.asyncProperty(
          fc.array(key, { maxLength: 30 }),
          fc.array(key, { maxLength: 30 }),
          async (some, others) => {
            const isKey = (text: string) => text.normalize('NFKC').replace(/[-\s]/g, '') !== '';
            const twin = (text: string) =>
              comparison === 'exact'
                ? text
                : text
                    .normalize('NFKC')
                    .replace(/[-\s]/g, '')
                    .replace(/[a-z]/g, (letter) => letter.toUpperCase());
            const revoked = new Set(some.filter(isKey).map(twin));
            const ids = new Map(
              some.flatMap((text) => (isKey(text) ? [[revokedId(text, comparison) ?? '', '']] : [])),
            );
            const terms = {
              name: NAME,
              product: 'app',
              number: 1,
              issued: NOW,
              next: new Date('2027-01-01'),
              comparison,
            };
            const bytes = await signRevocations(ids, terms, signerOf('list'));
            const answer = await openRevocations(bytes, keyring, { name: NAME, product: 'app', now: NOW });
            if (!answer.ok) throw new Error(answer.fault);
            expect(answer).toMatchObject({ comparison, count: revoked.size });
            for (const text of [...some, ...others]) {
              expect(answer.has(text)).toBe(isKey(text) && revoked.has(twin(text)));
            }
          },
        ),
        { numRuns: 40 },
      );
    },
  );

  it('that is exact takes a key for itself alone', async () => {
    const id = revokedId('Abc-1', 'exact') ?? '';
    const revoked = await opened(await list({ comparison: 'exact' }, `${id}\n`));
    expect(['Abc-1', 'ABC-1', 'Abc1', ' Abc-1'].map((key) => revoked.has(key))).toEqual([
      true,
      false,
      false,
      false,
    ]);
    expect(idOf('Abc-1')).not.toBe(id);
  });
});
