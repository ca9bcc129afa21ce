import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { saidOf } from '../../failure.js';
import { readBytes } from './key-list.js';

const SMALL = [
  'hdkwlaqz',
  'pmzrtewo',
  'bxucnvys',
  'qlawkdhe',
  'tyonmcru',
  'fgzzlpwa',
  'ekdmbroi',
  'wusnqtlx',
  'jahfycpv',
];

describe('the column with the keys', () => {
  it.each([
    [
      'by name and cells, where a product bears a name of keys',
      'License,Product Key,Seats\nOffice Suite 2024,AAAAA-BBBBB-00001,1\nOffice Suite 2024,AAAAA-BBBBB-00002,1\nPhoto Editor,EEEEE-FFFFF-00001,1\n',
      ['AAAAA-BBBBB-00001', 'AAAAA-BBBBB-00002', 'EEEEE-FFFFF-00001'],
    ],
    ['of bars', 'name|key\nEve|AAAA-BBB1\nAda|AAAA-BBB2\n', ['AAAA-BBB1', 'AAAA-BBB2']],
    [
      'behind sep=',
      'sep=;\r\nBestellung;Lizenz Schlüssel\r\n1001;AAAA-CCC1\r\n1002;AAAA-CCC2\r\n',
      ['AAAA-CCC1', 'AAAA-CCC2'],
    ],
    ['behind a quoted sep=', '"sep=;"\nkey;note\nAAAA-BBB1;x\n', ['AAAA-BBB1']],
    [
      'by cells alone, without heading',
      'Game One\tIAAA1-BBBB2\nGame: Two\tDDDD4-EEEE5\n',
      ['IAAA1-BBBB2', 'DDDD4-EEEE5'],
    ],
    ['below Voucher Code', 'Voucher Code\nAAAA-BBB1\nAAAA-BBB2\n', ['AAAA-BBB1', 'AAAA-BBB2']],
    ['of short rows', 'order,key,note\n1,AAAA-BBB1,x\n2,AAAA-BBB2\n', ['AAAA-BBB1', 'AAAA-BBB2']],
    [
      'of a heading that ends with a delimiter',
      'order,key,note,\n1,AAAA-BBB1,x\n2,AAAA-BBB2,y\n',
      ['AAAA-BBB1', 'AAAA-BBB2'],
    ],
    [
      'of cells as spreadsheets guard them',
      'code,value\n="00123456",10\n\'00123457,10\n',
      ['00123456', '00123457'],
    ],
    [
      'of two lists behind each other',
      'key,n\nAAAA-BBB1,5\nkey,n\nAAAA-BBB2,5\n',
      ['AAAA-BBB1', 'AAAA-BBB2'],
    ],
    [
      'beside what stands for a key',
      'licenseKeyId,key\n7QX4-M9K2,ABCD-EFG1\nTD3F-81PA,ABCD-EFG2\n',
      ['ABCD-EFG1', 'ABCD-EFG2'],
    ],
    ['of text that is quoted', '"key"\n"AAAA-BBB1"\n', ['AAAA-BBB1']],
    [
      'of small letters behind a word',
      'id,license_key\n1,SUMMER_fo\n2,SUMMER_27\n3,SUMMER_da\n',
      ['SUMMER_fo', 'SUMMER_27', 'SUMMER_da'],
    ],
    [
      'of small letters, all of one length',
      `id,code\n${SMALL.map((key, at) => `${at},${key}`).join('\n')}\n`,
      SMALL,
    ],
    [
      'where most of its cells say that there is none yet',
      'order,license_key,buyer\n1,AAAA-BBB1,Eve\n2,pending,Ada\n3,pending,Jo\n4,pending,Kim\n5,CCCC-DDD2,Lu\n6,pending,Max\n',
      ['AAAA-BBB1', 'CCCC-DDD2'],
    ],
    [
      'below states as they stand in a first row without heading',
      'mufdtgco,2.4,active\no3bkq01g,2.4,sold\nkmhsxu31,1.5,expired\n',
      ['mufdtgco', 'o3bkq01g', 'kmhsxu31'],
    ],
    [
      'behind a No that is an answer, without heading',
      'No,mufdtgco,2.4\nYes,o3bkq01g,2.4\nNo,kmhsxu31,1.5\n',
      ['mufdtgco', 'o3bkq01g', 'kmhsxu31'],
    ],
    ['below the name of an answer', 'Used,K\nyes,AAAA-BBB1\nno,CCCC-DDD2\n', ['AAAA-BBB1', 'CCCC-DDD2']],
    [
      'beside names of what computers and banks have',
      'Geräte-ID,PIN,IBAN\n78B7-30D4,850576657198,DE37 2289\n1C4F-99A0,421303580282,DE28 3814\nA0E1-0B7D,204806552854,DE55 1900\n',
      ['850576657198', '421303580282', '204806552854'],
    ],
    [
      'beside hashes, and codes of something else',
      'License Key,Key Hash,Customer Code\nAAAA-BBB1,9f86d081,CU-7QX4\nCCCC-DDD2,60303ae2,CU-M9K2\nEEEE-FFF3,fd61a03a,CU-81PA\n',
      ['AAAA-BBB1', 'CCCC-DDD2', 'EEEE-FFF3'],
    ],
  ])('is found %s', async (_, content, keys) => {
    for (const size of [1, 7, 1000]) expect((await readBytes(content, {}, size)).keys).toEqual(keys);
    expect((await readBytes(gzipSync(content))).keys).toEqual(keys);
  });

  it('is told, and rows without key are', async () => {
    const content = 'email,code\na@b.example,AAAA-BBB1\nc@d.example,\ne@f.example,NULL\n';
    const { keys, reading } = await readBytes(content);
    expect(keys).toEqual(['AAAA-BBB1']);
    expect(reading).toMatchObject({ column: 'code', heading: true, withoutKey: { '': 1, NULL: 1 } });
  });

  it('is told to have been filled up, and so is a heading that ends in delimiters', async () => {
    for (const [content, emptyNames, padded] of [
      ['order,key,note,\n1,AAAA-BBB1,x\n2,AAAA-BBB2,y\n', 1, 0],
      ['order;key;note;;;\n1;AAAA-BBB1;x\n2;AAAA-BBB2\n', 3, 1],
      ['key,\nAAAA-BBB1\nAAAA-BBB2\n', 1, 0],
      ['order,key\n1,AAAA-BBB1\n2,AAAA-BBB2\n', 0, 0],
      ['"order","key",\n"1","AAAA-BBB1"\n"2\n3","AAAA-BBB2"\n', 1, 0],
    ] as const) {
      const { keys, reading } = await readBytes(content);
      expect(keys).toEqual(['AAAA-BBB1', 'AAAA-BBB2']);
      expect(reading).toMatchObject({ emptyNames, padded });
    }
  });

  it('is asked for where there are several, with no more than the beginning of a key', async () => {
    const content = 'License,Serial\nAAAA1-BBBB2,CCCC3-DDDD4\nEEEE5-FFFF6,GGGG7-HHHH8\n';
    const failure = await saidOf(readBytes(content));
    expect(failure).toMatch(
      /^unclear_list: .*several columns may hold the key \(1 License as AAAA1…, 2 Serial as CCCC3…\)/,
    );
    expect((await readBytes(content, { column: '2' })).keys).toEqual(['CCCC3-DDDD4', 'GGGG7-HHHH8']);
  });

  it.each([
    ['two columns of one name', 'key,Key\nAAAA-BBB1,CCCC-DDD1\n', {}],
    ['a name over mail addresses', 'key,x\na@b.example,1\nc@d.example,2\n', {}],
    ['a name over numbers in order', 'serial,x\n1,a\n2,b\n3,c\n', {}],
    ['a name of what stands for a key', 'license_key_id,note\n7QX4-M9K2,a\nTD3F-81PA,b\nZZ4K-Q0B7,c\n', {}],
    ['a second key of each row', 'Title,Key,DLC Key\nOne,AAAA-BBB1,CCCC-DDD1\nTwo,AAAA-BBB2,CCCC-DDD2\n', {}],
    ['an older key of each row', 'Key 2,Key\nAAAA-BBB1,CCCC-DDD1\nAAAA-BBB2,CCCC-DDD2\n', {}],
    ['a product below a name of keys', 'Access,License\n973140453699,GTA V\n', {}],
    ['a first line such as unused', 'unused\nqwx4rt\nhandle\nzz81pa\n', {}],
    ['lines that are numbered by another mark', '1~AAAA-BBB1\n2~CCCC-DDD2\n3~EEEE-FFF3\n', {}],
    ['numbers as a program writes them', '10457812.0\n20981133.0\n31172904.0\n', {}],
    ['a word beside each of two keys', 'Q7X4M9K2 KO\nT3DF81PA OK\n', {}],
    ['one word beside all keys', 'Q7X4M9K2 KO\nT3DF81PA KO\nZZ4KQ0B7 KO\nPP4KQ0B9 KO\n', {}],
    [
      'ids of rows beside a key and none',
      'mufdtgco,0f8fad5b-d9cb-469f-a165-70867728950e\n,7c9e6679-7425-40de-944b-e07fc1f90ae7\n',
      {},
    ],
    ['addresses of devices beside a key and none', 'Q7X4,00:1B:44:11:3A:B7\n,00:1B:44:11:3A:B8\n', {}],
    ['digits without a name', '10_GIFTCARD,339994888,1234\n10_GIFTCARD,339994889,2354\n', {}],
    ['a first line of another shape', 'Unnamed list\nAAAA-BBB1\nAAAA-BBB2\n', {}],
    ['lines that are parted unalike', 'a,b\nAAAA-BBB1,c,d\nAAAA-BBB2\n', {}],
  ])('is doubtful: %s', async (_, content, options) => {
    expect(await saidOf(readBytes(content, options))).toMatch(/^unclear_list: /);
  });

  it.each(['1.23457E+15', '1,23457e+15', '1E+15', '12E+14', '4.5E15', '123.4E+12'])(
    'is refused with its row where it holds a number that lost digits: %s',
    async (number) => {
      const rows = ['952457970984312', '789850799815143', number, '582799162501663'];
      const first = [number, ...rows.slice(0, 2)].join('\n');
      if (!number.includes(','))
        expect(await saidOf(readBytes(first))).toMatch(/^damaged_file: .*line 1, .*lost digits/);
      const cell = (key: string) => (key.includes(',') ? `"${key}"` : key);
      for (const [content, place] of [
        [rows.join('\n'), 'line 3'],
        [`code\n${rows.map(cell).join('\n')}\n`, 'line 4'],
        [`code,note\n${rows.map((key) => `${cell(key)},x`).join('\n')}\n`, 'line 4'],
        [`code,note\n${rows.map((key) => `${cell(key)},"x\n y"`).join('\n')}\n`, 'line 6'],
        [JSON.stringify(rows), 'element 3'],
      ] as const) {
        expect(await saidOf(readBytes(content))).toMatch(
          new RegExp(`^damaged_file: .*${place}, has a number for its key that lost digits`),
        );
      }
    },
  );

  it('is decided by who knows it', async () => {
    const content = '10_GIFTCARD,339994888\n10_GIFTCARD,339994889\n';
    expect((await readBytes(content, { column: '2', headerRow: false })).keys).toEqual([
      '339994888',
      '339994889',
    ]);
    const list = 'Unnamed list\nAAAA-BBB1\nAAAA-BBB2\n';
    expect((await readBytes(list, { headerRow: true })).keys).toEqual(['AAAA-BBB1', 'AAAA-BBB2']);
    expect((await readBytes(list, { headerRow: false })).keys).toHaveLength(3);
  });
});

describe('a text list', () => {
  const HEX = [
    'A4C068977D19',
    '5E8B6ECD1A2F',
    '151321E2354B',
    '524C946A5AC7',
    '06D0B4FA430F',
    'B8B519F88DDF',
    '145204248481',
    '859C821C4F03',
  ];
  const MARKED = ['WBC_UXN8_48', 'CBC_DUW7_55', 'GBC_NEG2_25', 'NBC_FA2N_13', 'TBC_HU4Z_86', 'KBC_HNC4_68'];
  const PLAIN = ['zhoa9u', 'omh8dl', 'x5njn1', 'de6rjy', '7sgvy3', 'mo1scb', 'i35wcd', 'ubz9zi'];

  it('never loses a key for a word behind it', async () => {
    for (const word of ['KO', 'Reste', 'LIBRE AB'])
      for (const keys of [HEX, PLAIN]) {
        const lines = keys.map((key, at) => (at === 5 ? `${key} ${word}` : key));
        expect(await saidOf(readBytes(lines.join('\n')))).toMatch(
          /^damaged_file: .*line 6, holds more than a key/,
        );
      }
  });

  it('takes no greeting at its end for a key, where marks stand between the groups of the keys', async () => {
    const { keys, reading } = await readBytes([...MARKED, '', 'Viele Grüße'].join('\n'));
    expect(keys).toEqual(MARKED);
    expect(reading.withoutKey).toEqual({ 'other text': 1 });
  });

  it.each([
    ['the name of a sheet', ['Feuil1', ...PLAIN]],
    ['an event and its year', ['NOEL2024', ...HEX.map((key) => key.slice(0, 8))]],
    ['a word in capitals above keys in small letters', ['BUNDLE', ...PLAIN]],
    ['the name of a sheet between the keys', [...HEX, 'Tabelle1', 'FFFF00001111']],
    [
      'a title between keys of two kinds',
      [...HEX, '524C946A0000', 'Giftcards', ...PLAIN.map((key) => `${key}-${key}`)],
    ],
    ['a title in capitals between a few keys', ['XK22-NK2N', 'ALPHA-BETA', 'RM65-2ZUB']],
    ['a title at the end of a few keys', ['XK22-NK2N', 'RM65-2ZUB', 'Q7X4-M9K2', 'SUMMER-SALE']],
    ['a title with as many letters as a key', ['XK22NK2N', 'GOLD-PACK', 'RM652ZUB', 'Q7X4M9K2']],
    ['a title in the groups of the keys', ['Q7X4-M9K2', 'T3DF-81PA', 'LAST ONES', 'ZZ4K-Q0B7']],
    ['a month among keys of letters', ['WXPNMCDB', 'JANUARY', 'QETHKYIT', 'TIHUKYDC']],
    [
      'titles above and between keys of two kinds',
      ['EU-WEST', 'XK22-NK2N', 'RM65-2ZUB', 'NEW-YEAR', '722747841491', '402259109367'],
    ],
    ['a key of letters that would be left out as a word', ['XK22NK2NPD', 'QWPXIKOP', 'RM652ZUBWG']],
    ['such a key above another one', ['TZYKRCD', '9JBCQQUEX6']],
    ['such a key above keys of several lengths', ['CSVZEEMG', 'TC35UUFMF4S', 'HK52G9733PD', 'Q3K5JZTCX']],
  ])('asks about %s', async (_, lines) => {
    expect(await saidOf(readBytes(lines.join('\n')))).toMatch(/^unclear_list: /);
  });
});

describe('a text list of keys alone', () => {
  it.each([
    ['of two shapes', ['XK22-NK2N', 'RM65-2ZUB', '722747841491', '402259109367']],
    ['of one shape and a key of another', ['XK22-NK2N', 'RM65-2ZUB', 'Q7X4-M9K2', 'WB19X-15H4Z']],
    ['with one in small letters and blanks', ['XK22-NK2N', 'RM65-2ZUB', 'Q7X4-M9K2', 'aaaa bbbb']],
    [
      'that are words and numbers, some of them such as lists are called by',
      [
        'SAVE10',
        'FREE20',
        'SUMMER11',
        'SAVE30',
        'SUMMER42',
        'FREE57',
        'SAVE81',
        'SAVE93',
        'FREE64',
        'SAVE77',
        'FREE35',
      ],
    ],
    ['one of which lost its marks', ['XK22-NK2N', 'RM65-2ZUB', 'QWPXKIOB', 'Q7X4-M9K2', 'ZZ4K-Q0B7']],
    ['that are words', ['apple', 'grape', 'mango', 'banana']],
  ])('is read: %s', async (_, lines) => {
    expect((await readBytes(lines.join('\n'))).keys).toEqual(lines);
  });

  it('takes a line of letters for a key that its format does not fit, which says where', async () => {
    const lines = ['XK22-NK2N', 'ABCD-EFG', 'RM65-2ZUB'];
    const fits = (key: string) => /^[A-Z0-9]{4}-[A-Z0-9]{4}$/.test(key);
    expect((await readBytes(lines.join('\n'), { fits })).keys).toEqual(lines);
  });
});

describe('JSON', () => {
  it('is never read from the list in one row', async () => {
    const row = '{"key":"ABCD-EFGH","tags":["vip"]}';
    expect(await readBytes(row)).toMatchObject({ keys: ['ABCD-EFGH'] });
    expect((await readBytes(JSON.stringify(JSON.parse(row), null, 2))).keys).toEqual(['ABCD-EFGH']);
    expect(await saidOf(readBytes('{"tags":["AAAA-BBBB","CCCC-DDDD"]}'))).toMatch(
      /^unclear_list: .*its list tags/,
    );
    expect(await saidOf(readBytes('{"id":"7","licence no":"ABCD-EFGH","tags":["vip","old"]}'))).toMatch(
      /^unclear_list: .*whether its list tags holds keys cannot be told/,
    );
  });

  it('is never read from a list beside a key that stands deeper, whatever is in the list', async () => {
    for (const list of ['"devices":["AAAA-BBB1","CCCC-DDD1"]', '"included":[{"key":"AAAA-BBB1"}]']) {
      const row = `{"attributes":{"key":"ABCD-EFGH"},${list}}`;
      expect(await saidOf(readBytes(row))).toMatch(/^unclear_list: .*holds keys cannot be told/);
      expect((await readBytes(row, { column: 'attributes.key' })).keys).toEqual(['ABCD-EFGH']);
    }
  });

  it('is read from the one list in it, however deep', async () => {
    const items = [{ key: 'AAAA-BBB1' }, { key: 'AAAA-BBB2' }];
    for (const value of [
      { data: { items } },
      { data: { items, total: 2, next: null } },
      { status: 'ok', response: { result: { licenses: items } } },
      { _links: { self: { href: 'x' } }, _embedded: { licenses: items } },
      { data: { items: items.map(({ key }) => key) } },
    ]) {
      for (const space of [undefined, 2]) {
        const { keys } = await readBytes(JSON.stringify(value, null, space));
        expect(keys).toEqual(['AAAA-BBB1', 'AAAA-BBB2']);
      }
    }
  });

  it('with several lists is asked about, and a row with a list in it is none', async () => {
    const items = [{ key: 'AAAA-BBB1' }];
    for (const [value, said] of [
      [{ data: { items, old: items } }, /several lists in it may hold the keys \(data\.items, data\.old\)/],
      [{ data: items, included: items }, /several lists in it may hold the keys \(data, included\)/],
      [{ order: { id: 5, tags: ['vip', 'old'] } }, /its list order\.tags holds keys cannot be told/],
      [{ license: { key: 'AAAA-BBB1', tags: ['CCCC-DDD1', 'EEEE-FFF1'] } }, /license\.key/],
      [{ data: { attributes: { key: 'AAAA-BBB1' }, items } }, /cannot be told|attributes/],
    ] as const) {
      const failure = await saidOf(readBytes(JSON.stringify(value)));
      expect(failure).toMatch(/^unclear_list: /);
      expect(failure).toMatch(said);
    }
  });

  it('of two members of one name is refused', async () => {
    for (const content of [
      '{"key":"AAAA-BBB1","key":"CCCC-DDD1"}\n{"key":"x"}\n',
      '[{"key":"AAAA-BBB1","n":1,"\\u006bey":"CCCC-DDD1"}]',
    ]) {
      expect(await saidOf(readBytes(content))).toMatch(/^damaged_file: .*names its key twice/);
    }
  });

  it('gives what stands deeper by a path', async () => {
    const data = [1, 2].map((id) => ({ id, attributes: { key: `AAAA-BBB${id}`, status: 'active' } }));
    const content = JSON.stringify({ meta: { page: {} }, data });
    expect(await saidOf(readBytes(content))).toMatch(/^unclear_list: .*attributes\.key/);
    expect(await readBytes(content, { column: 'attributes.key' })).toMatchObject({
      keys: ['AAAA-BBB1', 'AAAA-BBB2'],
    });
  });

  it('is nested 64 deep at most, on a line of JSONL too', async () => {
    const deep = (depth: number) => `{"key":"AAAA-BBB1","x":${'['.repeat(depth)}${']'.repeat(depth)}}`;
    expect((await readBytes(`[${deep(60)}]`)).keys).toEqual(['AAAA-BBB1']);
    for (const content of [`[${deep(70)}]`, `${deep(70)}\n{"key":"CCCC-DDD1"}`, '['.repeat(100_000)]) {
      expect(await saidOf(readBytes(content))).toMatch(/^damaged_file: .*(nested more than 64 deep|broken)/);
    }
  });
});
