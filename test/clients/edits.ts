import fc from 'fast-check';

/** A change of a text that stands for bytes, one a character. */
export type Edit = (text: string) => string;

/** What readers are lax about, or take for a sign of their own. */
const PIECES = [
  ...[
    '"',
    '\\',
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '=',
    '+',
    '/',
    '-',
    '_',
    ' ',
    '\n',
    '\r\n',
    '\t',
    '\0',
    '.',
    '0',
    '1',
    'e',
    'Z',
  ],
  ...[
    'null',
    'true',
    'false',
    'NaN',
    'Infinity',
    '""',
    '[]',
    '{}',
    '\\u0000',
    '\\ud800',
    '\\udc00',
    '\\u0041',
    '\\/',
    '\\x41',
  ],
  ...['"a":1,', '"a":1,"a":2,', '"__proto__":{},', '"":0,', '/**/', '\n\n', '====', '\v', '\x7f', '\x1f'],
  ...[
    '\xef\xbb\xbf',
    '\xc2\xa0',
    '\xc0\xaf',
    '\xed\xa0\x80',
    '\xf4\x90\x80\x80',
    '\xff',
    '\xe2\x80\x94 ',
    '\xef\xbc\x91',
    '\xd9\xa1',
  ],
];
const NUMBERS = [
  ...['0', '-0', '-1', '00', '07', '+7', '1.0', '7.5', '1e3', '1E+9', '1e400', '5e-324', '0x7', '7 ', '7_0'],
  ...[
    '9007199254740991',
    '9007199254740992',
    '9007199254740993',
    '253402300799',
    '253402300800',
    '4294967296',
    '18446744073709551616',
  ],
];

/** The number that a nat stands for, below a length. */
const within = (at: number, length: number) => (length === 0 ? 0 : at % length);

function replaced(text: string, at: number, length: number, into: string): string {
  const start = within(at, text.length + 1);
  return text.slice(0, start) + into + text.slice(start + length);
}

/** Two of the parts of a text change places, or one comes twice, or is left out. */
function rearranged(text: string, separator: string, one: number, other: number, how: number): string {
  const parts = text.split(separator);
  const [from, to] = [within(one, parts.length), within(other, parts.length)];
  const [a = '', b = ''] = [parts[from], parts[to]];
  if (how === 0) return parts.with(from, b).with(to, a).join(separator);
  return (how === 1 ? parts.toSpliced(to, 0, a) : parts.toSpliced(from, 1)).join(separator);
}

/** One match of a pattern in a text becomes something else. */
function oneOf(text: string, pattern: RegExp, at: number, into: (match: string) => string): string {
  const matches = [...text.matchAll(pattern)];
  const match = matches[within(at, matches.length)];
  return match === undefined ? text : replaced(text, match.index, match[0].length, into(match[0]));
}

const swapCase = (letter: string) => (/[a-z]/.test(letter) ? letter.toUpperCase() : letter.toLowerCase());
const nextSymbol = (symbol: string) => String.fromCharCode(symbol.charCodeAt(0) + 1);

const at = fc.nat(1_000_000);
const piece = fc.constantFrom(...PIECES);
/** A letter in its other case. */
const otherCase = at.map(
  (place): Edit =>
    (text) =>
      oneOf(text, /[a-z]/gi, place, swapCase),
);

/** One change. */
export const edits: fc.Arbitrary<Edit> = fc.oneof(
  fc.tuple(at, fc.nat(7)).map(
    ([place, bit]): Edit =>
      (text) => {
        const index = within(place, text.length);
        return text === ''
          ? ''
          : replaced(text, index, 1, String.fromCharCode(text.charCodeAt(index) ^ (1 << bit)));
      },
  ),
  fc.tuple(at, fc.nat(255)).map(
    ([place, byte]): Edit =>
      (text) =>
        replaced(text, place, 1, String.fromCharCode(byte)),
  ),
  fc.tuple(at, piece).map(
    ([place, into]): Edit =>
      (text) =>
        replaced(text, place, 0, into),
  ),
  fc.tuple(at, piece).map(
    ([place, into]): Edit =>
      (text) =>
        replaced(text, place, into.length, into),
  ),
  fc.tuple(at, fc.nat(20)).map(
    ([place, length]): Edit =>
      (text) =>
        replaced(text, place, length + 1, ''),
  ),
  fc.tuple(at, at, fc.nat(40)).map(
    ([place, from, length]): Edit =>
      (text) => {
        const start = within(from, text.length + 1);
        return replaced(text, place, 0, text.slice(start, start + length));
      },
  ),
  fc.tuple(fc.constantFrom(',', '\n', '":', '{', '"', ' ', '\n\n'), at, at, fc.nat(2)).map(
    ([separator, one, other, how]): Edit =>
      (text) =>
        rearranged(text, separator, one, other, how),
  ),
  fc.tuple(at, fc.constantFrom(...NUMBERS)).map(
    ([place, number]): Edit =>
      (text) =>
        oneOf(text, /-?\d+(?:\.\d+)?/g, place, () => number),
  ),
  fc.tuple(at, fc.nat(9)).map(
    ([place, digit]): Edit =>
      (text) =>
        oneOf(text, /\d/g, place, () => String(digit)),
  ),
  otherCase,
  at.map(
    (place): Edit =>
      (text) =>
        oneOf(text, /"[^"\\]*"|\btrue\b|\bnull\b|\d+/g, place, () => 'null'),
  ),
  // Base64: padding, unused bits, the other alphabet.
  at.map(
    (place): Edit =>
      (text) =>
        oneOf(text, /=+/g, place, (padding) => padding.slice(1)),
  ),
  at.map(
    (place): Edit =>
      (text) =>
        oneOf(text, /[A-Za-z0-9+/](?==)/g, place, nextSymbol),
  ),
  at.map(
    (place): Edit =>
      (text) =>
        oneOf(text, /[+/]/g, place, (symbol) => (symbol === '+' ? '-' : '_')),
  ),
  // One letter by its escape.
  at.map(
    (place): Edit =>
      (text) =>
        oneOf(text, /[a-z]/g, place, (letter) => `\\u00${letter.charCodeAt(0).toString(16)}`),
  ),
);

/** Some changes, one after another; mostly one. */
export const someEdits: fc.Arbitrary<Edit> = fc
  .oneof(
    { weight: 5, arbitrary: fc.tuple(edits) },
    { weight: 2, arbitrary: fc.tuple(edits, edits) },
    { weight: 1, arbitrary: fc.tuple(edits, edits, edits) },
  )
  .map(
    (all): Edit =>
      (text) =>
        all.reduce((changed: string, edit) => edit(changed), text),
  );

/** A key as somebody else types it, in ASCII. */
export const typing: fc.Arbitrary<Edit> = fc
  .array(
    fc.oneof(
      fc.tuple(at, fc.constantFrom('-', ' ', '_', '.', ':', '/', '\t', '\n', '\r', '\v', '\f')).map(
        ([place, into]): Edit =>
          (text) =>
            replaced(text, place, 0, into),
      ),
      otherCase,
      at.map(
        (place): Edit =>
          (text) =>
            oneOf(text, /[-_ ]/g, place, () => ''),
      ),
      fc.tuple(at, fc.constantFrom('O', '0', 'I', '1', '+', ',', '\0', '\x1f', '\x7f', '~', '|')).map(
        ([place, into]): Edit =>
          (text) =>
            replaced(text, place, 1, into),
      ),
    ),
    { minLength: 1, maxLength: 3 },
  )
  .map(
    (all): Edit =>
      (text) =>
        all.reduce((changed, edit) => edit(changed), text),
  );
