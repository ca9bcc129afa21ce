import fc from 'fast-check';

/** A list and what a reader who knows how it was made takes from it. */
export interface RandomList {
  readonly name: string;
  readonly content: string;
  /** Its keys in order, as a spreadsheet shows them; none where it has to be refused. */
  readonly keys: readonly string[];
}

const SYMBOLS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const HEX = '0123456789abcdef';
const groups = (sizes: readonly number[], symbols = SYMBOLS) =>
  fc
    .tuple(
      ...sizes.map((size) =>
        fc.string({ unit: fc.constantFrom(...symbols), minLength: size, maxLength: size }),
      ),
    )
    .map((parts) => parts.join('-'));

/** What keys look like. */
const KEYS: readonly fc.Arbitrary<string>[] = [
  groups([4, 4]),
  groups([5, 5, 5, 5, 5]),
  groups([4, 4, 4]),
  groups([16]),
  groups([8, 4, 4, 4, 12], HEX),
  groups([6, 6, 6], SYMBOLS.toLowerCase()),
  groups([12], '0123456789'),
];

/** What else stands in lists: of a column the cells by the number of the row. */
const OTHERS: Readonly<Record<string, fc.Arbitrary<(row: number) => fc.Arbitrary<string>>>> = {
  product: fc.constant(() => fc.constantFrom('Office Suite 2024', 'Photo Editor', 'Game: Two, the "sequel"')),
  number: fc.integer({ min: 1, max: 9000 }).map((from) => (row) => fc.constant(String(from + row))),
  order: fc.integer({ min: 1, max: 9000 }).map((from) => (row) => fc.constant(`ORD-${from + row}`)),
  email: fc.constant((row) => fc.constant(`user${row}@example.com`)),
  date: fc.constant((row) => fc.constant(`2024-0${1 + (row % 9)}-1${row % 10}`)),
  price: fc.constant(() => fc.constantFrom('9.99', '12,50', '100')),
  note: fc.constant(() => fc.constantFrom('', 'x', 'two\nlines', 'a; b | c', '"quoted" first', '=SUM(1)')),
  id: fc.constant(() => groups([8, 4, 4, 4, 12], HEX)),
  name: fc.constant(() => fc.constantFrom('Eve', 'Ada', 'Muster; Eva', 'Jo Ann Example')),
};

const KEY_HEADINGS = [
  'key',
  'License Key',
  'Product Key',
  'Voucher Code',
  'Seriennummer',
  'Clé de licence',
  'código',
  'PIN',
];
const ODD_HEADINGS = ['Wert 1', 'Spalte', 'x', 'Steam', 'value'];
const NONE = ['', 'NULL', '\\N', 'N/A', '-', 'none'];

const quotedAlways = (cell: string) => `"${cell.replaceAll('"', '""')}"`;
const quoted = (cell: string, delimiter: string) =>
  /["\r\n]/.test(cell) || cell.includes(delimiter) ? quotedAlways(cell) : cell;

interface Cells {
  readonly cells: readonly string[];
  readonly key: string | undefined;
}

/** A list with columns. */
const table: fc.Arbitrary<RandomList> = fc
  .record({
    key: fc.constantFrom(...KEYS),
    others: fc.subarray(Object.keys(OTHERS), { maxLength: 4 }),
    keyAt: fc.nat(4),
    rows: fc.integer({ min: 1, max: 25 }),
    heading: fc.constantFrom('known', 'known', 'known', 'odd', 'none'),
    keyName: fc.nat(),
    delimiter: fc.constantFrom(',', ';', '\t', '|'),
    sep: fc.constantFrom('', '', '', 'sep=D', '"sep=D"'),
    end: fc.constantFrom('\n', '\r\n'),
    bom: fc.boolean(),
    quotes: fc.constantFrom('all', 'needed', 'needed'),
    wrap: fc.constantFrom('', '', 'formula', 'apostrophe'),
    named: fc.constantFrom('list.csv', 'list.txt', 'list'),
    tail: fc.constantFrom('', '', 'delimiter', 'short', 'again'),
    none: fc.constantFrom(...NONE),
    noneEvery: fc.constantFrom(0, 0, 3),
    repeatEvery: fc.constantFrom(0, 0, 5),
  })
  .chain((made) =>
    fc
      .tuple(
        fc.array(made.key, { minLength: made.rows, maxLength: made.rows }),
        ...made.others.map((kind) =>
          (OTHERS[kind] ?? fc.constant(() => fc.constant(''))).chain((cell) =>
            fc.tuple(...Array.from({ length: made.rows }, (_, row) => cell(row))),
          ),
        ),
      )
      .map(([keys, ...columns]) => spelledTable(made, keys, columns)),
  );

function spelledTable(
  made: {
    readonly others: readonly string[];
    readonly keyAt: number;
    readonly heading: string;
    readonly keyName: number;
    readonly delimiter: string;
    readonly sep: string;
    readonly end: string;
    readonly bom: boolean;
    readonly quotes: string;
    readonly wrap: string;
    readonly named: string;
    readonly tail: string;
    readonly none: string;
    readonly noneEvery: number;
    readonly repeatEvery: number;
  },
  keys: readonly string[],
  columns: readonly (readonly string[])[],
): RandomList {
  const { others, delimiter, end, quotes, wrap, tail } = made;
  const at = Math.min(made.keyAt, others.length);
  const withKey = (cells: readonly string[], key: string) => [...cells.slice(0, at), key, ...cells.slice(at)];
  const rows: Cells[] = keys.map((drawn, row) => {
    const repeats = made.repeatEvery > 0 && row > 0 && row % made.repeatEvery === 0;
    const key = repeats ? (keys[0] ?? drawn) : drawn;
    const isNone = made.noneEvery > 0 && row % made.noneEvery === 1;
    const cell = isNone ? made.none : wrapped(key, wrap);
    return {
      cells: withKey(
        columns.map((column) => column[row] ?? ''),
        cell,
      ),
      key: isNone ? undefined : key,
    };
  });
  const names = made.heading === 'odd' ? ODD_HEADINGS : KEY_HEADINGS;
  const header = withKey(others, names[made.keyName % names.length] ?? 'key');
  const spell = (cells: readonly string[]) =>
    cells.map((cell) => (quotes === 'all' ? quotedAlways(cell) : quoted(cell, delimiter))).join(delimiter);
  const lines = rows.map(({ cells }) => spell(cells));
  const heading = made.heading === 'none' ? [] : [spell(header) + (tail === 'delimiter' ? delimiter : '')];
  const lastIsKey = at === others.length;
  if (tail === 'short' && !lastIsKey) lines.push(spell(withKey([], 'QQQQ-9999-TAIL').slice(0, at + 1)));
  const again = tail === 'again' && heading.length > 0 ? [heading[0] ?? '', ...lines] : [];
  const sep = made.sep === '' ? [] : [made.sep.replace('D', delimiter)];
  const content = (made.bom ? '\ufeff' : '') + [...sep, ...heading, ...lines, ...again].join(end) + end;
  const found = rows.flatMap(({ key }) => key ?? []);
  const short = tail === 'short' && !lastIsKey && at === 0 ? ['QQQQ-9999-TAIL'] : [];
  const name = delimiter === '\t' && made.named === 'list.csv' ? 'list.tsv' : made.named;
  const whole = again.length > 0 ? [...found, ...found] : [...found, ...short];
  return { name, content: tail === 'short' && at > 0 && !lastIsKey ? content : content, keys: whole };
}

function wrapped(key: string, wrap: string): string {
  if (wrap === 'formula') return `="${key}"`;
  return wrap === 'apostrophe' ? `'${key}` : key;
}

/** Keys alone, now and then below a heading, with blank lines and lines without key. */
const text: fc.Arbitrary<RandomList> = fc
  .record({
    key: fc.constantFrom(...KEYS),
    rows: fc.integer({ min: 1, max: 25 }),
    heading: fc.constantFrom('', '', ...KEY_HEADINGS, ...ODD_HEADINGS),
    end: fc.constantFrom('\n', '\r\n', '\r', '\n\n'),
    bom: fc.boolean(),
    none: fc.constantFrom(undefined, ...NONE),
    named: fc.constantFrom('keys.txt', 'keys', 'keys.csv'),
  })
  .chain((made) =>
    fc.array(made.key, { minLength: made.rows, maxLength: made.rows }).map((keys): RandomList => {
      const none = made.none === undefined ? [] : [made.none];
      const lines = [
        ...(made.heading === '' ? [] : [made.heading]),
        ...keys.slice(0, 3),
        ...none,
        ...keys.slice(3),
      ];
      const content = (made.bom ? '\ufeff' : '') + lines.join(made.end) + made.end;
      return { name: made.named, content, keys };
    }),
  );

/** How lines are spelled that hold more than a key, by the number of the line. */
const SPELLINGS: Readonly<Record<string, (key: string, row: number) => string>> = {
  point: (key, row) => `${row + 1}. ${key}`,
  bracket: (key, row) => `${row + 1}) ${key}`,
  pointAlone: (key, row) => `${row + 1}.${key}`,
  letter: (key, row) => `${String.fromCharCode(97 + row)}) ${key}`,
  blank: (key, row) => `${row + 1} ${key}`,
  dash: (key) => `- ${key}`,
  bullet: (key) => `• ${key}`,
  box: (key) => `- [x] ${key}`,
  label: (key) => `Key: ${key}`,
  assigned: (key) => `LICENSE=${key}`,
  word: (key) => `Lizenzschlüssel ${key}`,
  user: (key, row) => `user${row}:${key}`,
  mail: (key, row) => `user${row}@example.com:${key}`,
  sold: (key) => `${key} (sold)`,
  hash: (key) => `${key} # sold`,
  glued: (key) => `${key}--sold`,
  status: (key, row) => `${key} ${row % 3 === 0 ? 'SOLD' : 'FREE'}`,
  name: (key, row) => `${key} ${['Eve Example', 'Ada', 'Jo'][row % 3] ?? ''}`,
  price: (key, row) => `${key}  ${row}.50 EUR`,
  link: (key) => `https://shop.example/?key=${key}`,
  formula: (key) => `=T("${key}")`,
};
const FOOTERS = ['', '', 'Total: 5 keys', '(12 rows)', '-- end --', 'Ende', 'License Key', 'SOLD'];
const GLUED = ['', '', '-sold', '--SOLD', ' # used', '...used', ' (sold)', ',', '-SOLD'];

/** Text whose lines hold more than a key each: no reader takes keys from it. */
const spelledText: fc.Arbitrary<RandomList> = fc
  .record({
    key: fc.constantFrom(...KEYS),
    rows: fc.integer({ min: 3, max: 25 }),
    spelling: fc.constantFrom(...Object.keys(SPELLINGS), 'several'),
    heading: fc.constantFrom('', '', ...KEY_HEADINGS),
    named: fc.constantFrom('keys.txt', 'keys', 'keys.csv'),
  })
  .chain((made) =>
    fc.array(made.key, { minLength: 2 * made.rows, maxLength: 2 * made.rows }).map((keys): RandomList => {
      const first = keys.slice(0, made.rows);
      const spell =
        SPELLINGS[made.spelling] ?? ((key: string, row: number) => `${key} ${keys[made.rows + row] ?? key}`);
      const lines = [...(made.heading === '' ? [] : [made.heading]), ...first.map(spell)];
      return { name: made.named, content: `${lines.join('\n')}\n`, keys: [] };
    }),
  );

/** Keys alone, and one or two lines that are none: a footer, and a key with a note, which is no list of keys. */
const footedText: fc.Arbitrary<RandomList> = fc
  .record({
    key: fc.constantFrom(...KEYS.slice(0, 5)),
    rows: fc.integer({ min: 3, max: 40 }),
    footer: fc.constantFrom(...FOOTERS),
    glued: fc.constantFrom(...GLUED),
    gluedAt: fc.nat(),
    end: fc.constantFrom('\n', '\r\n'),
  })
  .chain((made) =>
    fc.array(made.key, { minLength: made.rows, maxLength: made.rows }).map((keys): RandomList => {
      const at = made.gluedAt % made.rows;
      const lines = keys.map((key, row) => (row === at ? key + made.glued : key));
      const content = [...lines, ...(made.footer === '' ? [] : [made.footer])].join(made.end) + made.end;
      return { name: 'keys.txt', content, keys: made.glued === '' ? keys : [] };
    }),
  );

/** Objects with the key, alone in a document, in a list in one, or one a line. */
const json: fc.Arbitrary<RandomList> = fc
  .record({
    key: fc.constantFrom(...KEYS),
    rows: fc.integer({ min: 1, max: 10 }),
    name: fc.constantFrom(...KEY_HEADINGS, ...ODD_HEADINGS),
    shape: fc.constantFrom('list', 'lines', 'wrapped'),
    tags: fc.boolean(),
    none: fc.constantFrom(undefined, null, 'NULL', ''),
  })
  .chain((made) =>
    fc.array(made.key, { minLength: made.rows, maxLength: made.rows }).map((keys): RandomList => {
      const rowOf = (key: string | null, id: number) => ({
        id,
        [made.name]: key,
        status: 'active',
        ...(made.tags && { tags: ['vip', 'old'] }),
      });
      const none = made.none === undefined ? [] : [rowOf(made.none, 0)];
      const rows = [...keys.map((key, at) => rowOf(key, at + 1)), ...none];
      const content =
        made.shape === 'lines'
          ? rows.map((row) => JSON.stringify(row)).join('\n')
          : JSON.stringify(made.shape === 'list' ? rows : { total: rows.length, data: rows });
      return { name: made.shape === 'lines' ? 'keys.jsonl' : 'keys.json', content, keys };
    }),
  );

/** A list of any kind, as such lists are found. */
export const randomList: fc.Arbitrary<RandomList> = fc.oneof(
  { arbitrary: table, weight: 6 },
  { arbitrary: text, weight: 3 },
  { arbitrary: spelledText, weight: 2 },
  { arbitrary: footedText, weight: 2 },
  { arbitrary: json, weight: 2 },
);
