import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeEach, describe, expect, it } from 'vitest';
import { parseFormat } from '../../../src/core/format/parse-format.js';
import type { ImportRequest } from '../../../src/core/vendors/server/vendor.js';
import { type PrepareRequestsOptions, prepareRequests } from '../../../src/node/prepare/prepare-requests.js';
import { TARGETS } from '../../../src/node/prepare/targets.js';
import { failureOf } from '../../failure.js';
import { newFolder } from '../../new-folder.js';
import { toldProblems } from '../fields/told-problems.js';

let folder = '';
beforeEach(() => {
  folder = newFolder();
});

const now = new Date('2026-03-01T12:00:00Z');
const PRODUCT = '21111111-2222-4333-8444-555555555555';
const GKM = {
  target: 'getkeymanager',
  baseUrl: 'https://keys.example/',
  set: [
    ['product_id', '1'],
    ['activation_limit', '0'],
    ['validity', '0'],
    ['status', 'available'],
  ],
} as const;
const CRYPTLEX = { target: 'cryptlex', set: [['productId', PRODUCT]] } as const;

const put = (name: string, content: string | Uint8Array) => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};
const prepare = (paths: readonly string[], options: Partial<PrepareRequestsOptions> & { target: string }) =>
  prepareRequests(paths, { out: join(folder, 'out.jsonl'), now, ...options });
const lines = (name = 'out.jsonl'): readonly ImportRequest[] =>
  readFileSync(join(folder, name), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
const left = () => readdirSync(folder).sort();
const key = (n: number) => `AAAAAA-BBBBBB-${String(n).padStart(6, '0')}`;
const csv = (count: number, cell: (n: number) => string) =>
  `name,key,mail\n${Array.from({ length: count }, (_, n) => `x,${key(n)},${cell(n)}\n`).join('')}`;

describe('prepareRequests', () => {
  it('writes a line a request, and a manifest without keys', async () => {
    const list = put('keys.txt', `${key(1)}\n${key(2)}\n`);
    const report = await prepare([list], CRYPTLEX);
    expect(report).toMatchObject({
      target: 'cryptlex',
      software: 'Cryptlex',
      rows: 2,
      keys: 2,
      requests: 2,
      calls: 2,
      invalid: 0,
      pace: { requests: 50, seconds: 5, documented: true },
      seconds: 1,
    });
    expect(lines().map(({ keys }) => keys)).toEqual([[key(1)], [key(2)]]);
    const bytes = readFileSync(join(folder, 'out.jsonl'));
    const text = readFileSync(join(folder, 'out.jsonl.manifest.json'), 'utf8');
    expect(text).not.toContain('AAAAAA');
    const sha256 = (content: Uint8Array) => createHash('sha256').update(content).digest('hex');
    expect(JSON.parse(text)).toMatchObject({
      schema: 'keywright/prepare/v1',
      createdAt: '2026-03-01T12:00:00.000Z',
      inputs: [{ path: list, sha256: sha256(readFileSync(list)), keys: 2 }],
      files: [{ path: 'out.jsonl', bytes: bytes.length, sha256: sha256(bytes), count: 2 }],
      seconds: 1,
    });
    expect(left()).toEqual(['keys.txt', 'out.jsonl', 'out.jsonl.manifest.json']);
  });

  it('reads texts by the types of their fields', async () => {
    const list = put('keys.txt', `${key(1)}\n`);
    await prepare([list], {
      target: 'cryptlex',
      set: [
        ['productId', PRODUCT],
        ['allowedActivations', '-1'],
        ['suspended', 'false'],
        ['userId', 'null'],
        ['notes', 'null'],
        ['subscriptionInterval', ''],
        ['tags', '["a","1"]'],
        ['metadata', '[{"key":"order","value":"7"}]'],
      ],
    });
    expect(lines()[0]?.body).toEqual({
      productId: PRODUCT,
      allowedActivations: -1,
      suspended: false,
      userId: null,
      notes: 'null',
      subscriptionInterval: '',
      tags: ['a', '1'],
      metadata: [{ key: 'order', value: '7' }],
      key: key(1),
    });
  });

  it.each([
    ['an unknown field', ['colour', 'red'], /there is no field colour: there are productId, /],
    ['the key', ['key', key(1)], /comes from the lists: name its column/],
    ['what looks like a secret', ['accessToken', 'SECRET'], /placeholder/],
    [
      'no integer',
      ['allowedActivations', 'SECRET'],
      /allowedActivations must be a number in plain digits or null/,
    ],
    ['digits that a number would lose', ['allowedActivations', '9007199254740993'], /must be a number/],
    ['thousands that stand apart', ['allowedActivations', '1.000'], /must be a number in plain digits/],
    ['no JSON', ['metadata', 'SECRET'], /metadata must be a JSON list or object or null/],
    ['broken JSON', ['tags', '["SECRET"'], /tags must be/],
    ['a member twice', ['metadata', '[{"key":"a","key":"b","value":"SECRET"}]'], /metadata must be/],
  ] as const)('refuses %s', async (_, [name, value], message) => {
    const list = put('keys.txt', `${key(1)}\n`);
    const set = [['productId', PRODUCT] as const, [name, value] as const];
    const error = await failureOf(prepare([list], { target: 'cryptlex', set }));
    expect(error.code).toBe('invalid_option');
    expect(error.message).toMatch(message);
    expect(error.message).not.toContain('SECRET');
    expect(left()).toEqual(['keys.txt']);
  });

  it('refuses fields that no request can be made of before it reads a list', async () => {
    const error = await failureOf(
      prepare([join(folder, 'none.txt')], { target: 'cryptlex', set: [['type', 'SECRET']] }),
    );
    expect(error).toMatchObject({ code: 'invalid_option' });
    const other = await failureOf(
      prepare([join(folder, 'none.txt')], { target: 'cryptlex', set: [['notes', 'x']] }),
    );
    expect(other.message).toBe('the fields will not do: productId is required');
  });

  it.each([
    ['CSV', 'a.csv', `note,Key,Owner Mail\nx,${key(1)},a@b.c\n"y, z",${key(2)},\n`],
    ['TSV, packed', 'a.tsv.gz', gzipSync(`Key\tOwner Mail\n${key(1)}\ta@b.c\n${key(2)}\t\n`)],
    ['JSON', 'a.json', JSON.stringify([{ key: key(1), owner_mail: 'a@b.c' }, { key: key(2) }])],
    ['JSONL', 'a.jsonl', `{"owner-mail":"a@b.c","key":"${key(1)}"}\n{"key":"${key(2)}"}\n`],
  ])('maps the columns of %s; an empty cell leaves the field to --set', async (_, name, content) => {
    await prepare([put(name, content)], {
      ...GKM,
      set: [...GKM.set, ['owner_email', 'all@b.c']],
      map: [['owner mail', 'owner_email']],
    });
    expect(lines().map(({ body, keys }) => [/owner_email=([^&]*)/.exec(String(body))?.[1], keys])).toEqual([
      ['a%40b.c', [key(1)]],
      ['all%40b.c', [key(2)]],
    ]);
  });

  it('keeps the types that JSON rows have', async () => {
    const rows = [
      { key: key(1), days: 3, extra: { a: [1] } },
      { key: key(2), days: '4', extra: null },
    ];
    const list = put('a.json', JSON.stringify(rows));
    await prepare([list], { ...GKM, map: [['days', 'validity']] });
    expect(lines().map(({ body }) => /validity=(\d+)/.exec(String(body))?.[1])).toEqual(['3', '4']);
  });

  it('puts keys with the same fields into one request, at most chunk of them', async () => {
    const list = put(
      'a.csv',
      csv(10, (n) => (n % 3 === 0 ? 'a@b.c' : 'd@e.f')),
    );
    const report = await prepare([list], { ...GKM, chunk: 3, map: [['mail', 'owner_email']] });
    expect(report).toMatchObject({ keys: 10, requests: 4, calls: 4, seconds: 4 });
    expect(lines().map(({ keys }) => keys.map((k) => Number(k.slice(-6))))).toEqual([
      [1, 2, 4],
      [0, 3, 6],
      [5, 7, 8],
      [9],
    ]);
    const everyKey = lines().flatMap(({ keys }) => keys);
    expect(new Set(everyKey).size).toBe(10);
  });

  describe('rows that are no good', () => {
    const list = () =>
      put(
        'a.csv',
        `key,n\n${key(1)},1\nsh0rt,2\n${key(2)},x\n${key(1).toLowerCase()},3\n---,4\n${key(3)},5\n${key(4)}А,6\n`,
      );
    const options = { ...CRYPTLEX, map: [['n', 'allowedActivations']], anyFormat: true } as const;

    it('are told all at once, and nothing is written', async () => {
      const report = await prepare([list()], options);
      expect(report).toMatchObject({ rows: 7, invalid: 5, files: [], manifest: null });
      expect(
        toldProblems(report.problems).map(({ line, field, message }) => [
          line,
          field,
          message.replace(/:.*/, ''),
        ]),
      ).toEqual([
        [3, 'key', 'has 5 characters'],
        [4, 'allowedActivations', 'must be a number in plain digits or null'],
        [5, '', 'repeats the key of a row before it'],
        [6, '', 'is no license key'],
        [8, '', 'is no license key'],
      ]);
      expect(JSON.stringify(report.problems)).not.toContain('AAAAAA');
      expect(left()).toEqual(['a.csv']);
    });

    it('are left out on request', async () => {
      const report = await prepare([list()], { ...options, invalid: 'drop' });
      expect(report).toMatchObject({ rows: 7, invalid: 5, keys: 2, requests: 2 });
      expect(lines().map(({ keys }) => keys[0])).toEqual([key(1), key(3)]);
    });

    it('leave nothing to write when they are all', async () => {
      const report = await prepare([put('b.txt', 'short\nother\n')], { ...CRYPTLEX, invalid: 'drop' });
      expect(report).toMatchObject({ rows: 2, invalid: 2, files: [], manifest: null });
      expect(left()).toEqual(['b.txt']);
    });

    it('are counted all, and the first three of each reason told, in their order', async () => {
      const bad = Array.from({ length: 3000 }, (_, n) => `bad${n}\u00e9${n}${'x'.repeat(300)}`);
      const report = await prepare([put('b.txt', `${bad.join('\n')}\n`)], {
        ...GKM,
        anyFormat: true,
        chunk: 7,
      });
      expect(report.invalid).toBe(3000);
      expect(report.problems).toMatchObject([
        { rows: 3000, examples: [{ line: 1 }, { line: 2 }, { line: 3 }] },
      ]);
    });

    it('are those of another format, when one is given', async () => {
      const paths = [put('d.txt', `${key(1)}\nABCD-EFGH\n`)];
      const format = parseFormat('X{6}(-X{6}){2}');
      const report = await prepare(paths, { ...CRYPTLEX, format, invalid: 'drop' });
      expect(
        toldProblems(report.problems).map(({ line, message }) => [line, message.replace(/:.*/, '')]),
      ).toEqual([[2, 'is not of the format']]);
    });

    it('are nobody to tell where keys of several shapes may be wanted: that is refused', async () => {
      const [list, more] = [put('e.txt', `${key(1)}\n`), put('f.txt', `${key(2)}\nABCD-EFGH-1234-5678\n`)];
      const failure = prepare([list, more], { ...CRYPTLEX, invalid: 'drop' });
      await expect(failure).rejects.toMatchObject({
        code: 'unclear_list',
        details: { asks: 'format', option: 'anyFormat' },
        message: expect.stringMatching(/f\.txt:2 and .*e\.txt:1 are of different shapes/),
      });
      expect(left()).toEqual(['e.txt', 'f.txt']);
    });

    it('leave their key to a row below', async () => {
      const rows = put('c.csv', `key,n\n${key(1)},x\n${key(1)},1\n`);
      const report = await prepare([rows], { ...options, invalid: 'drop' });
      expect(report).toMatchObject({
        invalid: 1,
        keys: 1,
        problems: [{ field: 'allowedActivations', examples: [{ line: 2 }] }],
      });
    });

    it('of one request take no good ones with them', async () => {
      const long = 'x1'.repeat(128);
      const report = await prepare([put('b.txt', `${key(1)}\n${long}\n${key(2)}\n`)], {
        ...GKM,
        anyFormat: true,
        invalid: 'drop',
      });
      expect(report).toMatchObject({ invalid: 1, keys: 2, requests: 1 });
      expect(lines()[0]?.keys).toEqual([key(1), key(2)]);
    });

    it('of fields that will not do are told with the field', async () => {
      const rows = put('c.csv', `key,mail\n${key(1)},nobody\n${key(2)},a@b.c\n`);
      const report = await prepare([rows], { ...GKM, map: [['mail', 'owner_email']] });
      expect(toldProblems(report.problems)).toEqual([
        { path: rows, line: 2, field: 'owner_email', message: 'must be an e-mail address' },
      ]);
    });
  });

  it('finds a key twice in two lists', async () => {
    const [a, b] = [put('a.txt', `${key(1)}\n`), put('b.csv', `key,n\n${key(1)},x\n${key(2)},y\n`)];
    const report = await prepare([a, b], CRYPTLEX);
    expect(toldProblems(report.problems)).toMatchObject([{ path: b, line: 2 }]);
  });

  it.each([
    ['two columns of one name', ['a.csv', 'key,key\nAAAA-0001,BBBB-0002\n'], {}, 'unclear_list'],
    ['a list without keys', ['empty.txt', ''], {}, 'no_keys'],
    ['a private key', ['a.txt', 'A\n-----BEGIN PRIVATE KEY-----\n'], {}, 'damaged_file'],
    ['a manifest alone', ['m.json', '{"schema":"keywright/prepare/v1","files":[]}'], {}, 'no_keys'],
    ['a column that is not there', ['a.csv', 'key,x\nA,1\n'], { map: [['y', 'notes']] }, 'unknown_column'],
    ['a member that no row has', ['a.json', '[{"key":"A"}]'], { map: [['y', 'notes']] }, 'unknown_column'],
    ['columns of text', ['a.txt', 'A\n'], { map: [['y', 'notes']] }, 'unknown_column'],
    ['a field that is not there', ['a.csv', 'key,x\nA,1\n'], { map: [['x', 'nots']] }, 'invalid_option'],
    [
      'two columns for a field',
      ['a.csv', 'key,x\nA,1\n'],
      {
        map: [
          ['x', 'notes'],
          ['key', 'notes'],
        ],
      },
      'invalid_option',
    ],
    ['a chunk of two', ['a.txt', 'A\n'], { chunk: 2 }, 'invalid_option'],
    ['another target', ['a.txt', 'A\n'], { target: 'acme' }, 'invalid_option'],
    [
      'a field twice',
      ['a.txt', 'A\n'],
      {
        set: [
          ['notes', 'a'],
          ['notes', 'b'],
        ],
      },
      'invalid_option',
    ],
    ['an output that is an input', ['out.jsonl', '"A"\n'], { force: true }, 'same_file'],
  ] as const)('refuses %s and leaves nothing', async (_, [name, content], options, code) => {
    const error = await failureOf(prepare([put(name, content)], { ...CRYPTLEX, ...options }));
    expect(error.code).toBe(code);
    expect(left()).toEqual([name]);
  });

  it('refuses an output that exists, unless it is forced', async () => {
    const list = put('a.txt', `${key(1)}\n`);
    put('out.jsonl.manifest.json', 'mine');
    expect((await failureOf(prepare([list], CRYPTLEX))).code).toBe('file_exists');
    expect(left()).toEqual(['a.txt', 'out.jsonl.manifest.json']);
    await prepare([list], { ...CRYPTLEX, force: true });
    expect(lines()).toHaveLength(1);
  });

  it.each([
    ['no URL', 'keys.example'],
    ['another scheme', 'ftp://keys.example'],
    ['a password', 'https://me:SECRET@keys.example'],
    ['a query', 'https://keys.example?key=SECRET'],
    ['a fragment', 'https://keys.example#'],
    ['a placeholder', 'https://keys.example/{data.id}'],
  ])('refuses a base URL that is or has %s', async (_, baseUrl) => {
    const error = await failureOf(prepare([put('a.txt', 'A\n')], { ...GKM, baseUrl }));
    expect(error.code).toBe('invalid_option');
    expect(error.message).not.toContain('SECRET');
  });

  it('warns of a server that is spoken to in the open', async () => {
    const list = put('a.txt', 'A\n');
    const report = await prepare([list], { ...GKM, baseUrl: 'http://keys.example/x/' });
    expect(report.baseUrl).toBe('http://keys.example/x');
    expect(report.warnings.map(({ message }) => message).join()).toContain('https');
    const local = await prepare([list], { ...GKM, baseUrl: 'http://localhost:8080', force: true });
    expect(local.warnings).toEqual([]);
  });

  it('counts both requests of Lukittu, and its quotas', async () => {
    const list = put(
      'a.txt',
      Array.from({ length: 120 }, (_, n) => `AAAAA-BBBBB-CCCCC-DDDDD-${10_000 + n}\n`).join(''),
    );
    const set = [
      ['teamId', PRODUCT],
      ['expirationType', 'NEVER'],
      ['sendEmailDelivery', 'true'],
    ] as const;
    const report = await prepare([list], { target: 'lukittu', set });
    expect(report).toMatchObject({ keys: 120, requests: 120, calls: 240, seconds: 2 * 86_400 });
    expect(report.quotas.map(({ licenses, used }) => [licenses, used])).toEqual([
      [100, 120],
      [50, 120],
    ]);
    expect(report.warnings.some(({ requests }) => requests === 120)).toBe(true);
    const silent = await prepare([list], { target: 'lukittu', set: set.slice(0, 2), force: true });
    expect(silent.seconds).toBe(48);
    expect(silent.quotas[1]?.used).toBe(0);
  });

  it('stops when it is told to, and leaves nothing', async () => {
    const abort = new AbortController();
    const list = put('a.txt', Array.from({ length: 50_000 }, (_, n) => `${key(n)}\n`).join(''));
    const options = { ...CRYPTLEX, signal: abort.signal, onProgress: () => abort.abort(new Error('stop')) };
    await expect(prepare([list], options)).rejects.toThrow('stop');
    expect(left()).toEqual(['a.txt']);
  });
});

describe('files for importers', () => {
  const file = (name: string) => readFileSync(join(folder, name), 'utf8');
  const out = (name: string) => join(folder, name);

  it('one key a line for License Manager for WooCommerce, keys as they are', async () => {
    const list = put('a.json', '["=1+1-AAAA","a1\\"b2,c3"]');
    const report = await prepare([list], { target: 'lmfwc', anyFormat: true, out: out('out.txt') });
    expect(file('out.txt')).toBe('=1+1-AAAA\na1"b2,c3\n');
    expect(report).toMatchObject({ requests: 0, calls: 0, pace: null, seconds: null, keys: 2 });
  });

  it('a thousand rows a file for WC Key Manager', async () => {
    const list = put('a.txt', Array.from({ length: 2001 }, (_, n) => `${key(n)}\n`).join(''));
    const set = [['product_id', '79'] as const];
    const report = await prepare([list], { target: 'wc-key-manager', set, out: out('wc.csv') });
    expect(report.files.map(({ path, count }) => [path, count])).toEqual([
      [out('wc-0001.csv'), 1000],
      [out('wc-0002.csv'), 1000],
      [out('wc-0003.csv'), 1],
    ]);
    expect(file('wc-0003.csv')).toBe(
      `key,product_id,validity_for,expires_at,activation_limit\n${key(2000)},79,,,\n`,
    );
    expect(left()).toContain('wc.csv.manifest.json');
  });

  it('the columns that are used for Cryptlex, none of them empty that its server would refuse', async () => {
    const list = put('a.csv', `key,limit,name\n${key(1)},5,=cmd()\n${key(2)},,Ann\n`);
    const map = [
      ['limit', 'allowedActivations'],
      ['name', 'firstName'],
    ] as const;
    const set = [['subscriptionInterval', 'P1Y'] as const];
    const failed = await prepare([list], { target: 'cryptlex-csv', set, map, out: out('c.csv') });
    expect(toldProblems(failed.problems)).toMatchObject([{ line: 3, field: 'allowedActivations' }]);
    expect(left()).toEqual(['a.csv']);
    await prepare([list], { target: 'cryptlex-csv', set, map, out: out('c.csv'), invalid: 'drop' });
    expect(file('c.csv')).toBe(
      `key,allowedActivations,subscriptionInterval,firstName\n${key(1)},5,P1Y,'=cmd()\n`,
    );
    const old = await prepare([put('b.txt', `${key(1)}\n`)], {
      target: 'cryptlex-csv',
      set: [['validity', '86400']],
      out: out('old.csv'),
    });
    expect(old.warnings.map(({ message }) => message).join()).toContain('subscriptionInterval');
  });

  it('LicenseSpring wants a product and ASCII', async () => {
    const list = put('a.csv', `key,who\n${key(1)},Ann\n${key(2)},Zoë\n`);
    const options = {
      target: 'licensespring',
      out: out('l.csv'),
      map: [['who', 'customer__first_name']],
    } as const;
    const set = [['product__short_code', 'app'] as const];
    const report = await prepare([list], { ...options, set });
    expect(toldProblems(report.problems)).toMatchObject([{ line: 3, field: 'customer__first_name' }]);
    await prepare([list], { ...options, set, invalid: 'drop' });
    expect(file('l.csv')).toBe(
      `license__license_key,product__short_code,customer__first_name\n${key(1)},app,Ann\n`,
    );
    const without = await failureOf(prepare([list], { target: 'licensespring', out: out('m.csv') }));
    expect(without.message).toBe('the fields will not do: product__short_code is required');
  });

  it.each([
    ['a base URL', { target: 'lmfwc', baseUrl: 'https://a.example' }],
    ['a field that text has no room for', { target: 'lmfwc', set: [['product_id', '1']] }],
    [
      'more rows than are read of a file',
      { target: 'wc-key-manager', set: [['product_id', '1']], chunk: 1001 },
    ],
    ['no number', { target: 'wc-key-manager', set: [['product_id', 'one']] }],
    ['two lines in a cell', { target: 'cryptlex-csv', set: [['firstName', 'a\nb']] }],
  ] as const)('refuse %s', async (_, options) => {
    const error = await failureOf(prepare([put('a.txt', 'A\n')], options));
    expect(error.code).toBe('invalid_option');
    expect(left()).toEqual(['a.txt']);
  });

  it('are documented, each', () => {
    const files = Object.values(TARGETS).filter((target) => target.kind === 'file');
    expect(files).toHaveLength(4);
    for (const { document } of files) expect(document).toMatch(/^https:\/\//);
  });
});
