import { describe, expect, it } from 'vitest';
import { nearestWord } from '../../../src/cli/command/nearest.js';

const WORDS = [
  'generate',
  'format',
  'check',
  'dedupe',
  'audit',
  'prepare',
  'sign',
  'verify',
  'keyring',
  'keypair',
];

describe('the nearest word', () => {
  it.each([
    ['genrate', 'generate'],
    ['generaet', 'generate'],
    ['gen', 'generate'],
    ['cheque', undefined],
    ['chek', 'check'],
    ['sing', 'sign'],
    ['key', undefined],
    ['keyrin', 'keyring'],
    ['export', undefined],
    ['x', undefined],
    ['', undefined],
    ['ABCDE-FGHIJ', undefined],
  ])('to %s is %s', (typed, near) => expect(nearestWord(typed, WORDS)).toBe(near));

  it('to export is not import', () => expect(nearestWord('export', ['import', 'init'])).toBeUndefined());
  it('is none where two are as near', () => expect(nearestWord('--a', ['--b', '--c'])).toBeUndefined());
  it('is none among none', () => expect(nearestWord('generate', [])).toBeUndefined());
});
