import fc from 'fast-check';

/** A name for what was done, and what came of it. */
export interface Mutant<Value> {
  readonly what: string;
  readonly value: Value;
}

/** Values that no server sends. */
export const strange = fc.oneof(
  fc.anything({ withBigInt: true, withNullPrototype: true, withSparseArray: true, withTypedArray: true }),
  fc.constantFrom(
    '',
    ' ',
    '\0',
    '\ud800',
    '\ufeff',
    '.',
    '..',
    '...',
    '=',
    'v1,',
    '__proto__',
    'A'.repeat(10_000),
    -0,
  ),
);

/**
 * Other texts than each of `genuine`: a bit or a character changed, cut, doubled, swapped, put in, respelled, or
 * mixed of two at a separator.
 */
export function otherTexts(genuine: readonly string[], separator: string): fc.Arbitrary<Mutant<string>> {
  const text = fc.constantFrom(...genuine);
  const put = (from: string, at: number, length: number, into: string) => {
    const start = at % (from.length + 1);
    return from.slice(0, start) + into + from.slice(start + length);
  };
  const named = (what: string, made: fc.Arbitrary<string>) => made.map((value) => ({ what, value }));
  const parts = fc.tuple(text, text, fc.nat(), fc.nat());
  return fc
    .oneof(
      named(
        'a bit changed',
        fc.tuple(text, fc.nat(), fc.nat(7)).map(([from, place, bit]) => {
          const at = place % from.length;
          return put(from, at, 1, String.fromCharCode(from.charCodeAt(at) ^ (1 << bit)));
        }),
      ),
      named(
        'a character changed',
        fc
          .tuple(text, fc.nat(), fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 1 }))
          .map(([from, at, into]) => put(from, at % from.length, 1, into)),
      ),
      named(
        'cut',
        fc
          .tuple(text, fc.nat(), fc.integer({ min: 1, max: 40 }))
          .map(([from, at, n]) => put(from, at, n, '')),
      ),
      named(
        'cut off',
        fc.tuple(text, fc.nat()).map(([from, at]) => from.slice(0, at % from.length)),
      ),
      named(
        'noise put in',
        fc
          .tuple(text, fc.nat(), fc.string({ unit: 'binary', minLength: 1, maxLength: 4 }))
          .map(([from, at, into]) => put(from, at, 0, into)),
      ),
      named(
        'mixed',
        parts.map(([one, other, from, to]) => {
          const [mine, theirs] = [one.split(separator), other.split(separator)];
          mine[from % mine.length] = theirs[to % theirs.length] ?? '';
          return mine.join(separator);
        }),
      ),
      named(
        'a part more or less',
        fc.tuple(text, fc.nat(), fc.boolean()).map(([from, place, more]) => {
          const all = from.split(separator);
          const at = place % all.length;
          return all.toSpliced(at, more ? 0 : 1, ...(more ? [all[at] ?? ''] : [])).join(separator);
        }),
      ),
      named(
        'respelled',
        fc
          .tuple(
            text,
            fc.constantFrom(
              'hex',
              'url',
              'standard',
              'upper',
              'lower',
              'padded',
              'spaced',
              'lines',
              'percent',
            ),
          )
          .map(([from, form]) => respell(from, form)),
      ),
    )
    .filter(({ value }) => !genuine.includes(value));
}

function respell(text: string, form: string): string {
  if (form === 'hex') return Buffer.from(text, 'base64').toString('hex');
  if (form === 'url') return text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
  if (form === 'standard') return text.replaceAll('-', '+').replaceAll('_', '/');
  if (form === 'upper') return text.toUpperCase();
  if (form === 'lower') return text.toLowerCase();
  if (form === 'padded') return `${text}==`;
  if (form === 'spaced') return ` ${text} `;
  return form === 'lines' ? text.replace(/.{20}/g, '$&\r\n') : encodeURIComponent(text);
}
