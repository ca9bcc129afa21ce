import { describe, expect, it } from 'vitest';
import { shownMask } from '../../../src/core/format/format-text.js';
import { parseFormat } from '../../../src/index.js';

describe('a mask for people', () => {
  it.each([
    ['XXXXX', { prefix: 'ALP-' }, 'ALP-XXXXX'],
    ['XXXX', { prefix: 'A\\B-', suffix: '-[9]' }, 'A\\B-XXXX-[9]'],
    ['\\L\\I-9999', {}, 'LI-9999'],
    ['[\\]A-C]{4}-\\X', { prefix: 'P' }, 'P[\\]A-C]{4}-X'],
  ])('of %s with %j is %s', (spec, affixes, shown) => {
    expect(shownMask(parseFormat(spec, affixes).mask)).toBe(shown);
  });
});
