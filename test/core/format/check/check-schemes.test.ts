import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ALPHABETS } from '../../../../src/core/format/alphabet.js';
import type { CheckAlgorithm } from '../../../../src/core/format/check/check-algorithm.js';
import {
  CHECK_SCHEMES,
  type CheckSchemeName,
  checkAlgorithm,
} from '../../../../src/core/format/check/check-schemes.js';
import { parseFormat } from '../../../../src/core/format/parse-format.js';
import { seededRandom } from '../../../../src/core/random/seeded-random.js';
import { refusal } from '../../../failure.js';
import { hasVectors, NEEDS, readVectors } from '../../../vectors/vector-files.js';

interface OracleCase {
  readonly alg: string;
  readonly alphabet: string;
  readonly payload: string;
  readonly check: string;
}

interface Published {
  readonly luhn10: readonly (readonly [string, string])[];
  readonly damm: readonly (readonly [string, string])[];
  readonly iso7064_mod11_10: readonly (readonly [string, string])[];
  readonly iso7064_mod37_36: readonly (readonly [string, string])[];
}

function checkOf(payload: string, symbols: string, scheme: CheckSchemeName = 'auto'): string {
  const digits = [...payload].map((symbol) => symbols.indexOf(symbol));
  return symbols.charAt(checkAlgorithm(scheme, symbols, symbols).check(digits, digits.length));
}

/** The algorithm that \`auto\` takes for so many symbols. */
function automatic(size: number, alphabetName = ''): CheckAlgorithm {
  return checkAlgorithm('auto', ALPHABETS.base36.slice(0, size), alphabetName);
}

function seededBytes(seed: string, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  seededRandom(seed).fill(bytes);
  return bytes;
}

/** ISO/IEC 7064 hybrid system MOD size+1,size, as the standard words it: whatever the size. */
function textbookHybrid(digits: readonly number[], size: number): number {
  let p = size;
  for (const digit of digits) {
    const sum = (p + digit) % size || size;
    p = (2 * sum) % (size + 1);
  }
  return (size + 1 - p) % size;
}

describe.skipIf(!hasVectors)(`published check characters${NEEDS}`, () => {
  it.each([
    ['iso7064_mod11_10', ALPHABETS.digits, 'auto'],
    ['iso7064_mod37_36', ALPHABETS.base36, 'auto'],
    ['iso7064_mod37_36', ALPHABETS.base36, 'iso7064-mod37-36'],
    ['luhn10', ALPHABETS.digits, 'luhn'],
    ['luhn10', ALPHABETS.digits, 'luhn-mod-n'],
    ['damm', ALPHABETS.digits, 'damm'],
  ] as const)('%s over %s, as %s: every example', (name, symbols, scheme) => {
    const cases = readVectors<Partial<Published>>('checkdigits/published.json', {})[name] ?? [];
    expect(cases.length).toBeGreaterThan(0);
    for (const [payload, check] of cases)
      expect([payload, checkOf(payload, symbols, scheme)]).toStrictEqual([payload, check]);
  });

  it('iso7064_hybrid: every output of an independent implementation, over each even alphabet', () => {
    const cases = readVectors<OracleCase[]>('checkdigits/oracle-python-stdnum.json', []).filter(
      ({ alg, alphabet }) => alg === 'iso7064_hybrid' && alphabet.length % 2 === 0,
    );
    const seen = new Set(cases.map(({ alphabet }) => alphabet.length));
    expect(cases.length).toBeGreaterThan(100);
    expect(seen.size).toBeGreaterThan(2);
    for (const { alphabet, payload, check } of cases) {
      const digits = [...payload].map((symbol) => alphabet.indexOf(symbol));
      const size = alphabet.length;
      expect([alphabet, payload, alphabet.charAt(textbookHybrid(digits, size))]).toStrictEqual([
        alphabet,
        payload,
        check,
      ]);
      if (size !== 32)
        expect([alphabet, payload, checkOf(payload, alphabet)]).toStrictEqual([alphabet, payload, check]);
    }
  });
});

describe.skipIf(!hasVectors)(`outputs of an independent implementation${NEEDS}`, () => {
  it.each([
    ['luhnN', 'luhn-mod-n'],
    ['damm', 'damm'],
  ] as const)('%s: every one whose alphabet %s takes', (alg, scheme) => {
    const cases = readVectors<OracleCase[]>('checkdigits/oracle-python-stdnum.json', [])
      .filter((one) => one.alg === alg)
      .map(({ alphabet = ALPHABETS.digits, ...one }) => ({ alphabet, ...one }))
      .filter(({ alphabet }) => alphabet.length % 2 === 0);
    expect(cases.length).toBeGreaterThan(10);
    for (const { alphabet, payload, check } of cases) {
      expect([alphabet, payload, checkOf(payload, alphabet, scheme)]).toEqual([alphabet, payload, check]);
    }
  });
});

describe('schemes', () => {
  const { base36, crockford32, digits, hex, windows24 } = ALPHABETS;
  it.each([
    ['luhn', digits, 'Luhn'],
    ['luhn', hex, undefined],
    ['luhn', '9876543210', undefined],
    ['luhn-mod-n', digits, 'Luhn mod 10'],
    ['luhn-mod-n', base36, 'Luhn mod 36'],
    ['luhn-mod-n', windows24.slice(1), undefined],
    ['iso7064-mod37-36', base36, 'ISO 7064 MOD 37,36'],
    ['iso7064-mod37-36', crockford32, undefined],
    ['damm', digits, 'Damm'],
    ['damm', crockford32, 'Damm over GF(32)'],
    ['damm', base36, undefined],
  ] as const)('%s over %s', (scheme, symbols, name) => {
    if (name !== undefined) expect(checkAlgorithm(scheme, symbols, '').name).toBe(name);
    else {
      const { code, message } = refusal(() => checkAlgorithm(scheme, symbols, ''));
      expect(code).toBe('no_check_character');
      expect(message).toMatch(new RegExp(`^the check character ${scheme} (needs|over)`));
    }
  });

  it('are known by their names, which are told for another one', () => {
    expect(CHECK_SCHEMES).toEqual(['auto', 'luhn', 'luhn-mod-n', 'iso7064-mod37-36', 'damm']);
  });

  it.each([
    ['luhn', digits],
    ['luhn-mod-n', base36],
    ['luhn-mod-n', windows24],
    ['iso7064-mod37-36', base36],
    ['damm', digits],
    ['damm', crockford32],
  ] as const)('%s over %s catches every single error (exhaustive, at each parity)', (scheme, symbols) => {
    const { check } = checkAlgorithm(scheme, symbols, '');
    const all = [...symbols].map((_, digit) => digit);
    for (const other of all) {
      expect(new Set(all.map((digit) => check([digit, other], 2))).size).toBe(symbols.length);
      expect(new Set(all.map((digit) => check([other, digit], 2))).size).toBe(symbols.length);
    }
  });
});

describe('the algorithm', () => {
  it('is ISO 7064 for even sizes, Damm for 32', () => {
    expect(automatic(10).name).toBe('ISO 7064 MOD 11,10');
    expect(automatic(36).name).toBe('ISO 7064 MOD 37,36');
    expect(automatic(32).name).toBe('Damm over GF(32)');
  });

  it.each([3, 5, 11, 25, 27, 31, 33, 35])('is refused for the odd size %i', (size) => {
    const { code, details } = refusal(() => automatic(size, 'that one'));
    expect({ code, details }).toStrictEqual({
      code: 'no_check_character',
      details: { alphabet: 'that one' },
    });
  });

  it.each([2, 4, 10, 16, 24, 26, 36])('of size %i equals the textbook (property)', (size) => {
    const digits = fc.array(fc.integer({ min: 0, max: size - 1 }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(digits, (all) => {
        expect(automatic(size).check(all, all.length)).toBe(textbookHybrid(all, size));
      }),
    );
  });

  it.each([2, 4, 10, 16, 24, 26, 36])(
    'of size %i catches every single error in the payload (exhaustive, 2 places)',
    (size) => {
      const { check } = automatic(size);
      for (let a = 0; a < size; a++) {
        const checks = Array.from({ length: size }, (_, b) => check([a, b], 2));
        expect(new Set(checks).size).toBe(size);
        const others = Array.from({ length: size }, (_, b) => check([b, a], 2));
        expect(new Set(others).size).toBe(size);
      }
    },
  );

  it('would miss nearly half of the single errors in 24 of 31 symbols, which is why odd sizes are refused', () => {
    const [size, length] = [31, 24];
    const random = seededBytes('odd', 40_000 * (length + 2));
    let missed = 0;
    for (let start = 0; start < random.length; start += length + 2) {
      const digits = Array.from(random.subarray(start, start + length), (byte) => byte % size);
      const where = (random[start + length] ?? 0) % length;
      const by = 1 + ((random[start + length + 1] ?? 0) % (size - 1));
      const typed = digits.with(where, ((digits[where] ?? 0) + by) % size);
      if (textbookHybrid(typed, size) === textbookHybrid(digits, size)) missed++;
    }
    expect(missed / 40_000).toBeGreaterThan(0.4);
  });
});

describe('Damm over GF(32)', () => {
  const { check } = automatic(32);
  const size = 32;
  /** The operation of the quasigroup, read off the algorithm itself: the state is the check so far. */
  const table = Array.from({ length: size }, (_, state) =>
    Array.from({ length: size }, (_, digit) => check([firstOf(state), digit], 2)),
  );

  function firstOf(state: number): number {
    return (
      Array.from({ length: size }, (_, digit) => digit).find((digit) => check([digit], 1) === state) ?? -1
    );
  }

  it('reaches every state by one digit, so that the table below is the whole operation', () => {
    expect(new Set(Array.from({ length: size }, (_, digit) => check([digit], 1))).size).toBe(size);
  });

  it('doubles in the field modulo x^5 + x^2 + 1', () => {
    for (let state = 0; state < size; state++) {
      for (let digit = 0; digit < size; digit++) {
        const sum = state ^ digit;
        const doubled = sum < 16 ? 2 * sum : (2 * sum - 32) ^ 0b00101;
        expect(table[state]?.[digit]).toBe(doubled);
      }
    }
  });

  it('has a diagonal of zeros: appending the check makes the whole string 0', () => {
    for (let state = 0; state < size; state++) expect(table[state]?.[state]).toBe(0);
  });

  it('catches every single substitution: rows and columns hold each symbol once (exhaustive)', () => {
    for (let index = 0; index < size; index++) {
      expect(new Set(table[index]).size).toBe(size);
      expect(new Set(table.map((row) => row[index])).size).toBe(size);
    }
  });

  it('catches every swap of neighbours: (c·x)·y = (c·y)·x only for x = y (exhaustive)', () => {
    const missed: number[][] = [];
    const next = (state: number, digit: number) => table[state]?.[digit] ?? -1;
    for (let c = 0; c < size; c++) {
      for (let x = 0; x < size; x++) {
        for (let y = 0; y < x; y++) if (next(next(c, x), y) === next(next(c, y), x)) missed.push([c, x, y]);
      }
    }
    expect(missed).toStrictEqual([]);
  });

  it('catches every swap of the last symbol with the check character (exhaustive)', () => {
    for (let c = 0; c < size; c++) {
      for (let x = 0; x < size; x++) {
        const whole = table[c]?.[x] ?? -1;
        if (whole === x) continue;
        expect(table[table[c]?.[whole] ?? -1]?.[x]).not.toBe(0);
      }
    }
  });
});

describe('a format with a check character', () => {
  const formats = ['crockford32', 'base36', 'hex', 'digits', 'letters', 'windows24'].map((alphabet) =>
    parseFormat('XXXX-XXXX', { alphabet, checkCharacter: 'auto' }),
  );

  it.each(formats.map((format) => [format.alphabet, format] as const))(
    'over %s keeps mask, length and regex, and divides the capacity by the alphabet',
    (alphabet, format) => {
      const plain = parseFormat('XXXX-XXXX', { alphabet: alphabet ?? '' });
      expect(format.mask).toBe(plain.mask);
      expect(format.length).toBe(plain.length);
      expect(format.regex.source).toBe(plain.regex.source);
      expect(format.alphabet).toBe(plain.alphabet);
      expect(format.capacity * BigInt(format.check?.slot.symbols.length ?? 0)).toBe(plain.capacity);
    },
  );

  it('tells every single mistyped symbol (property)', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...formats),
        fc.bigInt({ min: 0n, max: 2n ** 64n }),
        fc.nat(),
        fc.nat(),
        (format, n, where, what) => {
          const key = format.unrank(n % format.capacity);
          const offsets = [...key].flatMap((character, offset) => (character === '-' ? [] : [offset]));
          const offset = offsets[where % offsets.length] ?? 0;
          const symbols = format.check?.slot.symbols ?? '';
          const typed = symbols.charAt(what % symbols.length);
          const wrong = key.slice(0, offset) + typed + key.slice(offset + 1);
          expect(format.test(key)).toBe(true);
          expect(format.test(wrong)).toBe(wrong === key);
          expect(format.normalize(wrong) === undefined).toBe(wrong !== key);
        },
      ),
      { numRuns: 500 },
    );
  });

  it.each([
    ['XXXX-9999', {}],
    ['uuid', {}],
    ['uuidv7', {}],
    ['X', {}],
    ['XXXX', { alphabet: 'nolookalike' }],
    ['XXXX', { alphabet: '[ABC]' }],
    ['[AB][BA]', {}],
  ])('is refused for %s %o', (spec, options) => {
    const { code } = refusal(() => parseFormat(spec, { ...options, checkCharacter: 'auto' }));
    expect(code).toBe('no_check_character');
  });

  it('may have literals and a suffix behind the check character', () => {
    const format = parseFormat('9999', { checkCharacter: 'auto', prefix: 'K', suffix: '-EU' });
    const key = format.unrank(79n);
    expect(key).toBe(`K079${checkOf('079', ALPHABETS.digits)}-EU`);
    expect(format.rank(key)).toBe(79n);
  });
});
