import { afterEach, expect, it, vi } from 'vitest';
import { withoutHidden } from '../../../src/node/send/server/server-words.js';

afterEach(() => vi.restoreAllMocks());

const KEY = 'ABCDK-EFGH5';
const hide = (text: string) => withoutHidden(text, { secrets: ['secret'], keys: [KEY] });

it('words that do not have the key are left as they are, without a pattern of it, which takes longer than a request', () => {
  const made = vi.spyOn(globalThis, 'RegExp');
  expect(hide('5f1c2d3e-0000-4000-8000-000000000000')).toBe('5f1c2d3e-0000-4000-8000-000000000000');
  expect(hide('secret ABCDK-EFGH6')).toBe('*** ABCDK-EFGH6');
  expect(made).not.toHaveBeenCalled();
});

it.each(['ABCDKEFGH5', 'abcdk efgh5', 'A.B.C.D.K\u2014E:F/G_H 5', 'abcd\u212Aefgh5', 'ABCDK\u00A0EFGH5'])(
  'a key that is spelled as %s is hidden',
  (spelled) => {
    expect(hide(`there is ${spelled} already`)).toBe('there is ABCDK… already');
  },
);
