import { describe, expect, it } from 'vitest';
import { caseRule } from '../../../src/core/dedupe/case-rule.js';
import { parseFormat } from '../../../src/core/format/parse-format.js';
import { refusal } from '../../failure.js';

const oneCase = parseFormat('XXXX-XXXX');
const lower = parseFormat('[a-z]{8}');
const bothCases = parseFormat('XXXXXXXX', { alphabet: '[A-Za-z]' });

describe('how lists are compared', () => {
  it.each([
    ['without a format', {}, [], 'ask'],
    ['by a format of one case', {}, [oneCase], 'fold'],
    ['by formats of one case each', {}, [oneCase, lower], 'fold'],
    ['by a format whose keys may differ in case alone', {}, [bothCases], 'exact'],
    ['by formats that say different things', {}, [oneCase, bothCases], 'ask'],
    ['as asked, exactly', { exact: true }, [oneCase], 'exact'],
    ['as asked, without case', { ignoreCase: true }, [bothCases], 'fold'],
  ] as const)('%s', (_, asked, formats, rule) => {
    expect(caseRule({ ...asked, formats })).toBe(rule);
  });

  it('cannot be both', () => {
    const { code } = refusal(() => caseRule({ exact: true, ignoreCase: true, formats: [] }));
    expect(code).toBe('invalid_option');
  });
});
