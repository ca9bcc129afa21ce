import fc from 'fast-check';
import { ALPHABETS, SEPARATORS } from '../../../src/core/format/alphabet.js';

/** A mask and what it must mean: for each position of a key, the symbols that may stand there, in order. */
export interface MaskCase {
  readonly mask: string;
  readonly positions: readonly string[];
}

const printable = Array.from({ length: 94 }, (_, index) => String.fromCharCode(0x21 + index));
const symbols = printable.filter((character) => !SEPARATORS.includes(character));

const slots: MaskCase[] = [
  { mask: 'X', positions: [ALPHABETS.base36] },
  { mask: '#', positions: [ALPHABETS.base36] },
  { mask: '9', positions: [ALPHABETS.digits] },
  { mask: 'A', positions: [ALPHABETS.letters] },
  { mask: 'H', positions: [ALPHABETS.hex] },
];

const separators: MaskCase[] = [...SEPARATORS].map((mask) => ({ mask, positions: [mask] }));

const escaped = fc
  .constantFrom(...printable, ' ')
  .map((character): MaskCase => ({ mask: `\\${character}`, positions: [character] }));

const classed = fc.shuffledSubarray(symbols, { minLength: 1, maxLength: 12 }).map(
  (members): MaskCase => ({
    mask: `[${members.map((symbol) => (/[A-Za-z0-9]/.test(symbol) ? symbol : `\\${symbol}`)).join('')}]`,
    positions: [members.join('')],
  }),
);

function repeated(item: fc.Arbitrary<MaskCase>): fc.Arbitrary<MaskCase> {
  return fc
    .tuple(item, fc.integer({ min: 1, max: 3 }), fc.boolean())
    .map(([{ mask, positions }, times, terse]) => ({
      mask: times === 1 && terse ? mask : `${mask}{${times}}`,
      positions: Array.from({ length: times }, () => positions).flat(),
    }));
}

function joined(items: readonly MaskCase[]): MaskCase {
  return {
    mask: items.map(({ mask }) => mask).join(''),
    positions: items.flatMap(({ positions }) => positions),
  };
}

const atom = fc.oneof(fc.constantFrom(...slots), fc.constantFrom(...separators), escaped, classed);
const group = (item: fc.Arbitrary<MaskCase>) =>
  fc.array(repeated(item), { minLength: 1, maxLength: 3 }).map((items): MaskCase => {
    const { mask, positions } = joined(items);
    return { mask: `(${mask})`, positions };
  });

/** Any valid mask: every notation, repeats, groups in groups; fit at both ends. */
export const masks: fc.Arbitrary<MaskCase> = fc
  .tuple(
    fc.constantFrom<MaskCase>(
      ...slots,
      { mask: '\\/', positions: ['/'] },
      { mask: '[AB]', positions: ['AB'] },
    ),
    fc.array(repeated(fc.oneof({ weight: 4, arbitrary: atom }, group(atom), group(group(atom)))), {
      maxLength: 6,
    }),
    fc.constantFrom(...slots),
  )
  .map(([first, middle, last]) => joined([first, ...middle, last]))
  .filter(({ positions }) => positions.length <= 256);

/** Fixed text as it may stand before or after a key. */
export const literals = fc
  .array(fc.constantFrom(...printable), { maxLength: 8 })
  .map((characters) => characters.join(''))
  .filter((text) => !/^[=+@-]/.test(text));
