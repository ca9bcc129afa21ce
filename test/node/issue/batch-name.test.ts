import { expect, it } from 'vitest';
import { parseFormat } from '../../../src/index.js';
import { issuer, newBatchId } from '../../../src/node/issue/batch-name.js';

it('makes ids that are UUIDv7, each another, in the order of their time', () => {
  const format = parseFormat('uuidv7');
  const times = [0, 1, 1_767_225_600_000, 2 ** 48 - 1];
  const ids = times.map((time) => newBatchId(new Date(time)));
  expect(ids.map((id) => format.test(id))).toStrictEqual([true, true, true, true]);
  expect(ids.toSorted()).toStrictEqual(ids);
  // RFC 9562, appendix A.6: the time of the example.
  expect(newBatchId(new Date(0x017f22e279b0))).toMatch(
    /^017f22e2-79b0-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  );
  expect(new Set(Array.from({ length: 100 }, () => newBatchId(new Date(0)))).size).toBe(100);
});

it.each([-1, Number.NaN, 2 ** 48])('refuses the time %s', (time) => {
  expect(() => newBatchId(new Date(time))).toThrow(expect.objectContaining({ code: 'invalid_option' }));
});

it('names who runs this process', () => {
  expect(issuer()).toMatch(/^[^@]+@.+$/);
});
