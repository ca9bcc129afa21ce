import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ALPHABETS } from '../../../src/core/format/alphabet.js';
import type { KeyFormat } from '../../../src/core/format/key-format.js';
import { DEFAULT_FORMAT, parseFormat } from '../../../src/core/format/parse-format.js';
import { refusal } from '../../failure.js';
import { literals, masks } from './masks.js';

function spelled(format: KeyFormat): readonly string[] {
  return format.positions.map((position) => {
    if (position.kind === 'slot') return position.symbols;
    return position.kind === 'literal' ? position.character : 'time';
  });
}

describe('the default format', () => {
  it('is five groups of five symbols of base36, 129 bits', () => {
    const format = parseFormat(DEFAULT_FORMAT);
    expect(format.regex.source).toMatch(/^\^\[0-9A-Z\]\{5\}(-\[0-9A-Z\]\{5\}){4}\$$/);
    expect(format.capacity).toBe(36n ** 25n);
    expect(format.entropyBits).toBeCloseTo(129.248, 3);
    expect(format.alphabet).toBe('base36');
  });
});

describe('any mask', () => {
  it('means, position by position, what it says (property)', () => {
    fc.assert(
      fc.property(masks, ({ mask, positions }) => {
        expect(spelled(parseFormat(mask))).toStrictEqual(positions);
      }),
    );
  });

  it('survives the round trip: format.mask parses to the same format (property)', () => {
    fc.assert(
      fc.property(masks, literals, literals, ({ mask }, prefix, suffix) => {
        const format = parseFormat(mask, { prefix, suffix });
        const again = parseFormat(format.mask);
        expect(again.regex.source).toBe(format.regex.source);
        expect(again.capacity).toBe(format.capacity);
        expect(again.mask).toBe(format.mask);
      }),
    );
  });

  it('becomes, as a regex between slashes, the same format again (property)', () => {
    fc.assert(
      fc.property(masks, ({ mask }) => {
        const format = parseFormat(mask);
        const again = parseFormat(`/${format.regex.source}/`);
        expect(again.regex.source).toBe(format.regex.source);
        expect(again.capacity).toBe(format.capacity);
        expect(parseFormat(again.mask).regex.source).toBe(format.regex.source);
      }),
    );
  });
});

describe('a mask that begins with a slash', () => {
  it.each([
    ['by its prefix', parseFormat('XXXX', { prefix: '/' })],
    ['by prefix and suffix', parseFormat('XXXX', { prefix: '/', suffix: '/' })],
    ['by a regex', parseFormat('/^\\/[A-F]{4}$/')],
    ['four times', parseFormat('XXXX', { prefix: '////' })],
  ])('%s is written so that it does not read as a regex', (_, format) => {
    expect(format.mask).toMatch(/^\\\//);
    expect(parseFormat(format.mask).regex.source).toBe(format.regex.source);
  });
});

describe('prefix and suffix', () => {
  it('are never interpreted (property)', () => {
    fc.assert(
      fc.property(literals, literals, (prefix, suffix) => {
        const format = parseFormat('XX', { prefix, suffix });
        expect(spelled(format)).toStrictEqual([...prefix, ALPHABETS.base36, ALPHABETS.base36, ...suffix]);
        expect(format.test(`${prefix}00${suffix}`)).toBe(true);
      }),
    );
  });

  it.each(['LINUX-', 'X{5}', '[A-F]', '\\X', '9', '(A)', '/^', '#', '$'])(
    '%s is taken as it stands',
    (text) => {
      const format = parseFormat('99', { prefix: text, suffix: text });
      expect(format.capacity).toBe(100n);
      expect(format.unrank(42n)).toBe(`${text}42${text}`);
    },
  );

  it('also stand around a preset and a regex', () => {
    expect(parseFormat('solifyn', { prefix: 'K-' }).unrank(0n)).toBe('K-0000-0000-0000');
    expect(parseFormat('/^[A-F]{2}$/', { suffix: '.v1' }).unrank(0n)).toBe('AA.v1');
    expect(parseFormat('uuidv7', { prefix: 'K-' }).unrank(0n)).toMatch(/^K-00000000-0000-7000-8000-0{12}$/);
  });

  it.each(['prefix', 'suffix'])('%s beyond printable ASCII is refused by its name', (option) => {
    for (const text of ['Ä-', 'a\tb', 'a\nb', '\u200b', '😀']) {
      const { code, details, message } = refusal(() => parseFormat('XXXX', { [option]: text }));
      expect({ code, details }).toStrictEqual({ code: 'invalid_option', details: { option } });
      expect(message).toContain(option);
    }
  });
});

describe('the ends of a key', () => {
  it.each(['=', '+', '-', '@'])('never begin with %s, whoever puts it there', (character) => {
    for (const run of [
      () => parseFormat(`\\${character}XXXX`),
      () => parseFormat(`[A${character === '-' ? '+' : `\\${character}`}]XXX`),
      () => parseFormat('XXXX', { prefix: character }),
      () => parseFormat(`/\\${character}[A-F]{4}/`),
    ]) {
      const { code, details, message } = refusal(run);
      expect({ code, details }).toStrictEqual({ code: 'invalid_format', details: { position: 1 } });
      expect(message).toContain('spreadsheet');
    }
  });

  it('may hold them further on', () => {
    expect(parseFormat('X\\=\\+-\\@').unrank(0n)).toBe('0=+-@');
  });

  it.each([
    ['leading, in the mask', () => parseFormat(' XXXX')],
    ['trailing, in the mask', () => parseFormat('XXXX ')],
    ['escaped', () => parseFormat('XXXX\\ ')],
    ['in the prefix', () => parseFormat('XXXX', { prefix: ' ' })],
    ['in the suffix', () => parseFormat('XXXX', { suffix: ' ' })],
    ['in a regex', () => parseFormat('/ [A-F]{4}/')],
  ])('hold no space: %s', (_, run) => {
    const { code, message } = refusal(run);
    expect(code).toBe('invalid_format');
    expect(message).toContain('space');
  });

  it('leave spaces between groups alone', () => {
    expect(parseFormat('99 99').unrank(0n)).toBe('00 00');
  });
});

describe('the length of a key', () => {
  it.each([
    ['X{256}', {}],
    ['(X{16}){16}', {}],
    ['X{250}', { prefix: 'ABC', suffix: 'DEF' }],
    ['/[A-F]{256}/', {}],
  ])('%s %o is 256 characters and allowed', (spec, options) => {
    expect(parseFormat(spec, options).length).toBe(256);
  });

  it.each([
    ['X{257}', {}],
    ['X{255}XX', {}],
    ['(X{16}){16}-', {}],
    ['((X{100}){100}){100}', {}],
    ['X{250}', { prefix: 'ABCD', suffix: 'DEF' }],
    ['/[A-F]{257}/', {}],
  ])('%s %o is more and refused', (spec, options) => {
    const { code, message } = refusal(() => parseFormat(spec, options));
    expect(code).toBe('invalid_format');
    expect(message).toContain('at most 256 characters');
  });

  it('does not let groups nest until the stack ends', () => {
    const deep = (depth: number) => '('.repeat(depth) + 'X'.repeat(2) + ')'.repeat(depth);
    expect(parseFormat(deep(64)).capacity).toBe(36n ** 2n);
    const { code, details, message } = refusal(() => parseFormat(deep(100_000)));
    expect({ code, details }).toStrictEqual({ code: 'invalid_format', details: { position: 65 } });
    expect(message).toContain('64 deep');
  });
});

describe('names', () => {
  it('name the presets when a lower-case word is none of them', () => {
    const { code, message } = refusal(() => parseFormat('license'));
    expect(code).toBe('invalid_format');
    for (const name of [
      'lukittu',
      'cryptlex',
      'solifyn',
      'getkeymanager',
      'serial',
      'ABCD-EFGH',
      'uuid',
      'uuidv7',
    ]) {
      expect(message).toContain(name);
    }
  });

  it.each([
    ['lukitu', 'lukittu'],
    ['Cryptlx', 'cryptlex'],
    ['solyfin', 'solifyn'],
    ['uuid4', 'uuid'],
    ['uuid-v7', 'uuidv7'],
    ['ABCD-EFGJ', 'ABCD-EFGH'],
    ['serials', 'serial'],
  ])('%s is near %s, which the refusal offers', (spec, suggestion) => {
    const { code, details, message } = refusal(() => parseFormat(spec));
    expect({ code, details }).toStrictEqual({ code: 'invalid_format', details: { suggestion } });
    expect(message).toContain(`did you mean ${suggestion}?`);
  });

  it.each([
    ['[uid]', 3n],
    ['[serial]', 6n],
    ['[ABCD-EFGH]', 8n],
    ['\\s\\eX', 36n],
    ['XXXX-XXXX', 36n ** 8n],
    ['AAAA-AAHA', 26n ** 7n * 16n],
  ])('%s is a mask, however near a name it looks', (spec, capacity) => {
    expect(parseFormat(spec).capacity).toBe(capacity);
  });

  it('refuse the empty text', () => {
    expect(refusal(() => parseFormat('')).code).toBe('invalid_format');
  });
});

describe('the alphabet', () => {
  it('fills X and #, and nothing else', () => {
    const format = parseFormat('X#9AH[XY]', { alphabet: 'windows24' });
    const { windows24, digits, letters, hex } = ALPHABETS;
    expect(spelled(format)).toStrictEqual([windows24, windows24, digits, letters, hex, 'XY']);
  });

  it('may be spelled out, or replace the one of a preset', () => {
    expect(parseFormat('XX', { alphabet: '[CAB]' }).unrank(0n)).toBe('CC');
    expect(parseFormat('lukittu', { alphabet: 'nolookalike' }).capacity).toBe(31n ** 25n);
    expect(parseFormat('serial', { alphabet: 'nolookalike' }).alphabet).toBe('nolookalike');
  });

  it.each(['9999', '[XY]{4}', '[\\]X]9', '\\X99', '/^[A-F]{4}$/', 'cryptlex', 'solifyn', 'uuid', 'uuidv7'])(
    'is refused where %s does not use it',
    (spec) => {
      const { code, details } = refusal(() => parseFormat(spec, { alphabet: 'hex' }));
      expect({ code, details }).toStrictEqual({ code: 'invalid_option', details: { option: 'alphabet' } });
    },
  );

  it('of a preset stays within the symbols that its vendor accepts', () => {
    const { code, details } = refusal(() => parseFormat('lukittu', { alphabet: '[a-z]' }));
    expect({ code, details }).toStrictEqual({ code: 'invalid_option', details: { option: 'alphabet' } });
  });
});

describe('a format without any slot', () => {
  it.each(['----', '\\A\\B', '/^ABC$/', '/^$/', '/abc/', '[A][B]'])('is refused: %s', (spec) => {
    expect(refusal(() => parseFormat(spec))).toMatchObject({
      code: 'invalid_format',
      message: expect.stringMatching(/at least one slot|never begins/),
    });
  });
});

describe('a license key given by mistake', () => {
  it('is never repeated in the refusal (property)', () => {
    const formats = ['lukittu', 'cryptlex', 'solifyn', 'serial', 'uuid', 'X{16}', 'XXXXX.XXXXX.XXXXX'];
    const keys = fc
      .constantFrom(...formats.map((spec) => parseFormat(spec)))
      .chain((format) =>
        fc.bigInt({ min: 0n, max: format.capacity - 1n }).map((rank) => format.unrank(rank)),
      );
    const spelling = fc.constantFrom(
      (key: string) => key,
      (key: string) => key.toLowerCase(),
      (key: string) => `/${key}`,
      (key: string) => `{${key}}`,
      (key: string) => `${key})`,
    );
    fc.assert(
      fc.property(keys, spelling, (key, respell) => {
        const spec = respell(key);
        let message = '';
        try {
          parseFormat(spec);
        } catch (error) {
          message = error instanceof Error ? error.message : String(error);
        }
        expect(message.toUpperCase()).not.toContain(key.toUpperCase());
      }),
    );
  });

  it('is never repeated as an alphabet either', () => {
    const { message } = refusal(() => parseFormat('XXXX', { alphabet: '7QX4M-9K2TD' }));
    expect(message).not.toContain('7QX4M');
  });
});
