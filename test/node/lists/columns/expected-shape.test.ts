import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseFormat } from '../../../../src/core/format/parse-format.js';
import { ExpectedShape } from '../../../../src/node/lists/columns/expected-shape.js';
import { refusal } from '../../../failure.js';

describe('the keys of lists that are the work itself', () => {
  it.each([
    ['ABCD-EFGH', '1234-5678'],
    ['ABCD-EFGH', 'abcd efgh'],
    ['ABCD-EFGH', 'ABCDEFGH'],
    ['ABCDEFGH', 'ABCD–EFGH'],
    ['ÄBCD-EFGH', 'ABCD_EFGH'],
  ])('share a shape: %s and %s', (first, second) => {
    const expected = new ExpectedShape({});
    expect([expected.problem(first, 'a.txt', 1), expected.problem(second, 'a.txt', 2)]).toEqual([
      undefined,
      undefined,
    ]);
  });

  it.each([
    ['ABCD-EFGH', 'ABCD-EFG'],
    ['ABCD-EFGH', 'AB-CDEF-GH'],
    ['ABCD-EFGH', 'AB-CDEFGH'],
    ['Voucher Code', 'ABCD-EFGH'],
    ['ABCD-EFGH', '12345'],
  ])('are of different shapes, without a word of them in the message: %s and %s', (first, second) => {
    const expected = new ExpectedShape({});
    expected.problem(first, 'a.txt', 1);
    const { code, message } = refusal(() => expected.problem(second, 'b.txt', 7));
    expect(code).toBe('unclear_list');
    expect(message).toContain('b.txt:7 and a.txt:1');
    expect(message).not.toContain(second);
    const any = new ExpectedShape({ anyFormat: true });
    expect([any.problem(first, 'a.txt', 1), any.problem(second, 'a.txt', 2)]).toEqual([undefined, undefined]);
  });

  it('have groups of letters and digits, of whatever script', () => {
    const groupsOf = (key: string) => key.match(/[\p{L}\p{N}]+/gu) ?? [];
    const text = fc.string({
      unit: fc.oneof(fc.constantFrom(...'AZaz09'), fc.constantFrom(...'@[`{/:- \t\x7fé–')),
      maxLength: 6,
    });
    fc.assert(
      fc.property(text, text, (first, second) => {
        const [one, other] = [groupsOf(first), groupsOf(second)];
        const grouped = one.length > 1 && other.length > 1;
        const isAlike =
          one.join('').length === other.join('').length &&
          (!grouped || one.map(({ length }) => length).join() === other.map(({ length }) => length).join());
        const expected = new ExpectedShape({});
        expected.problem(first, 'a.txt', 1);
        if (isAlike) expect(expected.problem(second, 'a.txt', 2)).toBeUndefined();
        else expect(refusal(() => expected.problem(second, 'a.txt', 2)).code).toBe('unclear_list');
      }),
    );
  });

  it.each(['ABCD-EFGH\u00a0', '\u200bABCD-EFGH', 'ABCD\u00ad-EFGH', 'ABCD\u3000EFGH', '\ufeffABCD-EFGH'])(
    'hold nothing that cannot be seen, whatever their format: %j',
    (key) => {
      for (const options of [{}, { anyFormat: true }, { format: parseFormat('XXXX-XXXX') }]) {
        expect(new ExpectedShape(options).problem(key, 'a.txt', 1)).toMatch(
          /^holds a character that cannot be seen/,
        );
        expect(new ExpectedShape(options).problem('ABCD EFGH', 'a.txt', 1)).toBeUndefined();
      }
    },
  );

  it('are of the formats that are given', () => {
    const [serial, digits] = [parseFormat('XXXX-XXXX'), parseFormat('9{5}')];
    const one = new ExpectedShape({ format: serial });
    expect(one.problem('abcd efgh', '', 1)).toBeUndefined();
    expect(one.problem('12345', '', 2)).toBe('is not of the format: character 6: the key ends too soon');
    const two = new ExpectedShape({ format: [serial, digits] });
    expect(two.problem('12345', '', 1)).toBeUndefined();
    expect(two.problem('123456', '', 2)).toBe('is of none of the formats');
  });
});
