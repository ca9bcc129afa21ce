import { describe, expect, it } from 'vitest';
import { isKeywrightError, KeywrightError } from '../../src/core/errors.js';

const error = new KeywrightError('invalid_format', 'what went wrong: how to mend it', { position: 3 });

describe('KeywrightError', () => {
  it('is an Error with a name, a code to switch on, and the data of that code', () => {
    expect(error).toBeInstanceOf(Error);
    expect({ ...error }).toStrictEqual({
      name: 'KeywrightError',
      code: 'invalid_format',
      details: { position: 3 },
    });
    expect(error.message).toBe('what went wrong: how to mend it');
    expect(`${error}`).toBe('KeywrightError: what went wrong: how to mend it');
    expect(error.stack).toContain('errors.test.ts');
  });
});

describe('isKeywrightError', () => {
  it('knows it by its class', () => {
    expect(isKeywrightError(error)).toBe(true);
    for (const other of [new Error('x'), { ...error }, 'x', undefined, null])
      expect(isKeywrightError(other)).toBe(false);
  });

  it('knows it by its code where one is given', () => {
    expect(isKeywrightError(error, 'invalid_format')).toBe(true);
    expect(isKeywrightError(error, 'invalid_option')).toBe(false);
  });

  it('gives the details their type', () => {
    const caught: unknown = error;
    expect(isKeywrightError(caught, 'invalid_format') && caught.details.position).toBe(3);
  });
});
