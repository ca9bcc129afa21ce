import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Duplicate, dedupe } from '../../../src/core/dedupe/dedupe.js';
import { canonicalForm } from '../../../src/core/format/canonical.js';
import type { RandomSource } from '../../../src/core/random/random-source.js';
import { seededRandom } from '../../../src/core/random/seeded-random.js';
import { refusal } from '../../failure.js';

/** A hash that takes its secret from here is the exclusive or of all bytes: keys are full of collisions. */
const weak: RandomSource = { fill: (bytes) => void bytes.fill(0) };

const key = fc.oneof(
  { arbitrary: fc.string({ unit: fc.constantFrom(...'ABab0-. '), maxLength: 5 }), weight: 4 },
  fc.constantFrom(
    'ＡＢ',
    'Äb',
    '---',
    '',
    '\u200b',
    'A'.repeat(70),
    'a'.repeat(70),
    'aB'.repeat(40),
    'b'.repeat(64),
  ),
);

interface Outcome {
  readonly kept: readonly string[];
  readonly duplicates: readonly Duplicate[];
}

/** The same with a Map. */
function reference(keys: readonly string[], against: readonly string[], exact: boolean): Outcome {
  const compared = (text: string) => (exact ? text : canonicalForm(text) || text);
  const first = new Map<
    string,
    { readonly known: boolean; readonly firstIndex: number; readonly text: string }
  >();
  const kept: string[] = [];
  const duplicates: Duplicate[] = [];
  for (const [at, text] of [...against, ...keys].entries()) {
    const known = at < against.length;
    const index = known ? at : at - against.length;
    const seen = first.get(compared(text));
    if (seen === undefined) first.set(compared(text), { known, firstIndex: index, text });
    if (known) continue;
    if (seen === undefined) kept.push(text);
    else
      duplicates.push({
        key: text,
        index,
        known: seen.known,
        firstIndex: seen.firstIndex,
        differs: seen.text !== text,
      });
  }
  return { kept, duplicates };
}

function outcome(
  keys: readonly string[],
  against: readonly string[],
  exact: boolean,
  random?: RandomSource,
): Outcome {
  const duplicates: Duplicate[] = [];
  const onDuplicate = (duplicate: Duplicate) => void duplicates.push(duplicate);
  const kept = [...dedupe(keys, { against, exact, onDuplicate, ...(random && { random }) })];
  return { kept, duplicates };
}

describe('dedupe', () => {
  it.each([
    ['a good hash', undefined],
    ['a weak one', weak],
  ])('does what a Map does, with %s (property)', (_, random) => {
    fc.assert(
      fc.property(
        fc.array(key, { maxLength: 40 }),
        fc.array(key, { maxLength: 10 }),
        fc.boolean(),
        (keys, against, exact) => {
          expect(outcome(keys, against, exact, random)).toStrictEqual(reference(keys, against, exact));
        },
      ),
    );
  });

  it('counts, and takes any iterable', () => {
    const run = dedupe(new Set(['AB', 'a-b', 'C']), { random: seededRandom('x') });
    let next = run.next();
    while (next.done !== true) next = run.next();
    expect(next.value).toStrictEqual({ read: 3, kept: 2, duplicates: 1 });
  });

  it('keeps its block of keys when there are more than one holds', () => {
    const keys = Array.from({ length: 140_000 }, (_, index) => `K${index}`);
    const { kept, duplicates } = outcome([...keys, 'k-70000', 'K139999'], [], false);
    expect(kept).toStrictEqual(keys);
    expect(duplicates).toMatchObject([
      { index: 140_000, firstIndex: 70_000, differs: true },
      { index: 140_001, firstIndex: 139_999, differs: false },
    ]);
  });

  it('refuses half a surrogate pair, which no encoding tells from another', () => {
    const { code, message } = refusal(() => [...dedupe(['AB', 'A\ud800'])]);
    expect(code).toBe('not_a_key');
    expect(message).not.toContain('A\ud800');
  });
});
