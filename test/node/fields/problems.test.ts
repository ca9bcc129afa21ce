import { describe, expect, it } from 'vitest';
import { type Place, Problems, problemLines, type RowProblem } from '../../../src/node/fields/problems.js';

const place = (ordinal: number): Place => ({ path: 'a.csv', line: ordinal + 2, ordinal });
const issue = (message: string, ...path: readonly (string | number)[]) => ({ path, message });

describe('Problems', () => {
  it('groups them by reason, with the first three rows and a count, whatever order they come in', () => {
    const problems = new Problems();
    for (const ordinal of [7, 3, 9, 1, 5])
      problems.note(place(ordinal), [issue('is odd', 'metadata', 0, 'key')]);
    problems.note(place(0), [issue('has no key')]);
    problems.note(place(2), [issue('is odd', 'metadata', 0, 'key')]);
    expect(problems.rows).toBe(7);
    const at = (...lines: readonly number[]) => lines.map((line) => ({ path: 'a.csv', line }));
    expect(problems.groups).toStrictEqual([
      { field: '', message: 'has no key', rows: 1, examples: at(2) },
      { field: 'metadata[0].key', message: 'is odd', rows: 6, examples: at(3, 4, 5) },
    ]);
    expect(problemLines(problems.groups)).toStrictEqual([
      'a.csv:2: has no key',
      'a.csv:3: metadata[0].key is odd',
      'a.csv:4: metadata[0].key is odd',
      'a.csv:5: metadata[0].key is odd',
      '… and 3 more rows: metadata[0].key is odd',
    ]);
  });

  it('counts a row once that has the same problem twice, and writes each problem once', async () => {
    const written: (readonly RowProblem[])[] = [];
    const problems = new Problems(async (some) => void written.push(some));
    problems.note({ ...place(0), reference: '1001' }, [issue('is odd', 'n'), issue('is odd', 'n')]);
    await problems.flush();
    await problems.flush();
    expect(problems.groups).toMatchObject([{ rows: 1, examples: [{ line: 2 }] }]);
    const problem = { path: 'a.csv', line: 2, field: 'n', message: 'is odd', reference: '1001' };
    expect(written).toStrictEqual([[problem, problem]]);
  });

  it('names the column that was asked for as it is, and inside of it nothing that may be a key', () => {
    const problems = new Problems();
    const names = [['Lineitem quantity'], ['entitlements.seats'], ['metadata', 'AAAA BBBB'], ['a\u001bb']];
    problems.note(
      place(0),
      names.map((path) => issue('is odd', ...path)),
    );
    expect(problems.groups.map(({ field }) => field)).toStrictEqual([
      'Lineitem quantity',
      'entitlements.seats',
      'metadata.(unprintable)',
      'a\\u{1b}b',
    ]);
  });

  it('keeps no more reasons than anybody reads, and counts what is beyond', () => {
    const problems = new Problems();
    for (let ordinal = 0; ordinal < 1000; ordinal++)
      problems.note(place(ordinal), [issue(`is odd ${ordinal}`)]);
    expect(problems.groups).toHaveLength(51);
    expect(problems.groups.at(-1)).toMatchObject({ message: expect.stringContaining('other'), rows: 950 });
  });
});
