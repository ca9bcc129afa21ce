import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import type { ImportRequest } from '../../../src/core/vendors/server/vendor.js';
import { type PrepareRequestsOptions, prepareRequests } from '../../../src/node/prepare/prepare-requests.js';
import { failureOf, saidOf } from '../../failure.js';
import { newFolder } from '../../new-folder.js';
import { toldProblems } from '../fields/told-problems.js';

const now = new Date('2026-03-01T12:00:00Z');
const ID = ['b1d5c0a2-3f4e-4a6b-8c7d-9e0f1a2b3c4d', 'c1d5c0a2-3f4e-4a6b-8c7d-9e0f1a2b3c4d'] as const;
const CRYPTLEX = { target: 'cryptlex' } as const;
const LUKITTU = {
  target: 'lukittu',
  set: [
    ['teamId', ID[0]],
    ['expirationType', 'NEVER'],
  ],
} as const;
const GKM = {
  target: 'getkeymanager',
  baseUrl: 'https://keys.example',
  set: [
    ['activation_limit', '0'],
    ['validity', '0'],
    ['status', 'assigned'],
  ],
} as const;

let folder = '';
beforeEach(() => {
  folder = newFolder();
});

const at = (name: string) => join(folder, name);
const put = (name: string, content: string) => {
  writeFileSync(at(name), content);
  return at(name);
};
const skus = (to: readonly string[]) =>
  put('skus.csv', `sku,product\n${to.map((id, index) => `${['BASIC', 'PRO'][index]},${id}\n`).join('')}`);
const key = (n: number) => `AAAAA-BBBBB-CCCCC-DDDDD-${String(n).padStart(5, '0')}`;
const orders = (...lines: readonly string[]) =>
  put('orders.csv', `order;sku;license_key;email\n${lines.map((line) => `${line}\n`).join('')}`);
const prepare = (options: Partial<PrepareRequestsOptions> & { readonly target: string }) =>
  prepareRequests([at('orders.csv')], { out: at('out.jsonl'), now, ...options });
const requests = (): readonly ImportRequest[] =>
  readFileSync(at('out.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
const left = () => readdirSync(folder).toSorted();

describe('an apostrophe that guards a cell against spreadsheets', () => {
  const told = () => requests().map(({ body, references }) => [body, references]);
  const of = (phone: string) => [{ metadata: [{ key: 'phone', value: phone }] }, [phone]];
  const options = {
    ...CRYPTLEX,
    set: [['productId', ID[0]]],
    map: [['phone', 'metadata.phone']],
    ref: 'phone',
  } as const;

  it('is not sent: the cell is what it was before', async () => {
    const phones = ["'+49 170 1", "'=x", "'-PRO", "'plain", "'+1", '+49 170 1'];
    put('orders.csv', `license_key,phone\n${phones.map((phone, at) => `${key(at)},${phone}\n`).join('')}`);
    await prepare(options);
    expect(told()).toMatchObject(['+49 170 1', '=x', '-PRO', "'plain", "'+1", '+49 170 1'].map(of));
  });

  it('in JSON is a part of the text', async () => {
    put('orders.csv', JSON.stringify([{ license_key: key(1), phone: "'+49 170 1" }]));
    await prepare(options);
    expect(told()).toMatchObject([of("'+49 170 1")]);
  });
});

describe('a column that a table translates', () => {
  it('brings several products into one run', async () => {
    orders(`1;PRO;${key(1)};a@x.de`, `2;BASIC;${key(2)};b@x.de`);
    const report = await prepare({ ...CRYPTLEX, map: [['sku', 'productId', skus(ID)]] });
    expect(report).toMatchObject({ requests: 2, invalid: 0 });
    expect(requests().map(({ body }) => body)).toMatchObject([{ productId: ID[1] }, { productId: ID[0] }]);
  });

  it('has requests grouped by product where a server takes one a request', async () => {
    orders(`1;PRO;${key(1)};`, `2;BASIC;${key(2)};`, `3;PRO;${key(3)};`);
    await prepare({ ...GKM, map: [['sku', 'product_id', skus(['7', '8'])]], ref: 'order' });
    expect(requests().map(({ keys, references }) => [keys, references])).toStrictEqual([
      [
        [key(1), key(3)],
        ['1', '3'],
      ],
      [[key(2)], ['2']],
    ]);
    expect(requests().map(({ body }) => /product_id=\d/.exec(String(body))?.[0])).toStrictEqual([
      'product_id=8',
      'product_id=7',
    ]);
  });

  it('is a list of one where the field is a list of texts', async () => {
    orders(`1;PRO;${key(1)};`);
    await prepare({ ...LUKITTU, map: [['sku', 'productIds', skus(ID)]] });
    expect(requests()[0]?.body).toMatchObject({ productIds: [ID[1]] });
  });

  it('makes a problem of each row with a value that the table does not have, and of what the field does not take', async () => {
    orders(
      `1;PRO;${key(1)};`,
      `2;GOLD;${key(2)};`,
      `3; PRO;${key(3)};`,
      `4;BASIC;${key(4)};`,
      `5;;${key(5)};`,
    );
    const map = [['sku', 'productId', skus(['none', ID[1]])]] as const;
    const report = await prepare({ ...CRYPTLEX, map, invalid: 'drop' });
    expect(
      toldProblems(report.problems).map(({ line, field, message }) => [line, field, message.slice(0, 30)]),
    ).toEqual([
      [3, 'productId', 'has a value that is not in /tm'],
      [5, 'productId', expect.any(String)],
      [6, 'productId', expect.any(String)],
    ]);
    expect(requests().flatMap(({ keys }) => keys)).toStrictEqual([key(1), key(3)]);
  });

  it('is no output, and is told by its line when it will not do', async () => {
    orders(`1;PRO;${key(1)};`);
    const map = [['sku', 'productId', skus(ID)]] as const;
    expect(await saidOf(prepare({ ...CRYPTLEX, map, out: at('skus.csv'), force: true }))).toMatch(
      /^same_file/,
    );
    put('skus.csv', `sku,product\nPRO,${ID[0]}\nPRO,${ID[1]}\n`);
    expect(await saidOf(prepare({ ...CRYPTLEX, map }))).toMatch(/^damaged_file: .*skus\.csv, line 3, /);
    const none = [['sku', 'productId', at('none.csv')]] as const;
    expect(await saidOf(prepare({ ...CRYPTLEX, map: none }))).toMatch(/^missing_file: /);
    expect(left()).toStrictEqual(['orders.csv', 'skus.csv']);
  });
});

describe('metadata', () => {
  const map = [
    ['order', 'metadata.order_id'],
    ['email', 'metadata.email'],
  ] as const;

  it('has the shape of each server, behind what is set', async () => {
    orders(`1;PRO;${key(1)};a@x.de`, `2;PRO;${key(2)};`);
    const shop = ['metadata', '[{"key":"shop","value":"eu"}]'] as const;
    await prepare({ ...CRYPTLEX, set: [['productId', ID[0]], shop], map });
    const item = (name: string, value: string) => ({ key: name, value });
    expect(requests().map(({ body }) => body)).toMatchObject([
      { metadata: [item('shop', 'eu'), item('order_id', '1'), item('email', 'a@x.de')] },
      { metadata: [item('shop', 'eu'), item('order_id', '2')] },
    ]);
    await prepare({ ...LUKITTU, set: [...LUKITTU.set, ['metadata.shop', 'eu']], map, force: true });
    const locked = (name: string, value: string) => ({ key: name, value, locked: false });
    const [first] = requests();
    const items = [locked('shop', 'eu'), locked('order_id', '1'), locked('email', 'a@x.de')];
    expect(first?.then?.body).toMatchObject({ metadata: items });
    expect(first?.body).toMatchObject({ metadata: [...items, { key: 'keywright', locked: true }] });
  });

  it('is refused where a server has none, where a name stands twice, and where it is no list', async () => {
    orders(`1;PRO;${key(1)};a@x.de`);
    const none = [['order', 'metadata.order_id']] as const;
    for (const target of [GKM, { target: 'solifyn' }, { target: 'licensespring' }] as const)
      expect(await saidOf(prepare({ ...target, map: none }))).toMatch(
        /^invalid_option: there is no field metadata\.order_id/,
      );
    const set = [['productId', ID[0]]] as const;
    const twice = [...set, ['metadata', '[{"key":"order_id","value":"0"}]']] as const;
    const report = await prepare({ ...CRYPTLEX, set: twice, map: none });
    expect(report.problems).toMatchObject([
      { field: 'metadata', message: expect.stringContaining('already') },
    ]);
    const unlisted = [...set, ['metadata', '{"order_id":"0"}']] as const;
    expect((await prepare({ ...CRYPTLEX, set: unlisted, map: none })).problems).toMatchObject([
      { field: 'metadata' },
    ]);
    expect(left()).toStrictEqual(['orders.csv']);
  });
});

describe('references', () => {
  it('travel with the request and change nothing that is sent', async () => {
    orders(`1;PRO;${key(1)};a@x.de`, `;PRO;${key(2)};`);
    const set = [['productId', ID[0]]] as const;
    const { warnings } = await prepare({ ...CRYPTLEX, set, ref: 'Order' });
    const message = 'a row has no reference: send cannot say which it is';
    expect(warnings).toStrictEqual([{ message, requests: 1 }]);
    const [first, second] = requests();
    expect([first?.references, second?.references]).toStrictEqual([['1'], undefined]);
    await prepare({ ...CRYPTLEX, set, force: true });
    const { references, ...rest } = first ?? {};
    expect(requests()[0]).toStrictEqual(rest);
    expect(references).toStrictEqual(['1']);
  });

  it('come from members of JSON, too', async () => {
    const list = put('orders.jsonl', `{"id":17,"key":"${key(1)}"}\n{"key":"${key(2)}"}\n`);
    const set = [['productId', ID[0]]] as const;
    const report = await prepareRequests([list], { ...CRYPTLEX, set, ref: 'id', out: at('out.jsonl'), now });
    expect(report.warnings).toMatchObject([{ requests: 1 }]);
    expect(requests()[0]?.references).toStrictEqual(['17']);
  });

  it('need a column, and a server that requests go to, and hold no placeholder', async () => {
    orders(`1;PRO;${key(1)};a@x.de`, `\${CRYPTLEX_TOKEN};PRO;${key(2)};`);
    const set = [['productId', ID[0]]] as const;
    const missing = await failureOf(prepare({ ...CRYPTLEX, set, ref: 'orders' }));
    expect([missing.code, missing.details.option]).toStrictEqual(['unknown_column', 'ref']);
    const list = put('twice.csv', `no,No,license_key\n1,2,${key(1)}\n`);
    const twice = await failureOf(
      prepareRequests([list], { ...CRYPTLEX, set, ref: 'NO', out: at('out.jsonl'), now }),
    );
    expect([twice.code, twice.details.option]).toStrictEqual(['unclear_list', 'ref']);
    rmSync(list);
    expect(await saidOf(prepare({ target: 'lmfwc', ref: 'order', out: at('k.txt') }))).toMatch(
      /^invalid_option/,
    );
    expect((await prepare({ ...CRYPTLEX, set, ref: 'order' })).problems).toMatchObject([
      { field: 'reference', examples: [{ line: 3 }] },
    ]);
    expect(left()).toStrictEqual(['orders.csv']);
  });
});

describe('a report of all problems', () => {
  const map = [['email', 'allowedActivations']] as const;
  const set = [['productId', ID[0]]] as const;
  const HEADING = 'file,line,reference,field,problem\n';
  const report = () => readFileSync(at('bad.csv'), 'utf8');

  it('has each of them, empty keys as well, also where nothing else is written', async () => {
    orders(
      `1;PRO;${key(1)};1`,
      ...Array.from({ length: 2000 }, (_, n) => `${n + 2};PRO;${n % 2 === 0 ? '' : key(n)};many`),
    );
    const told = await prepare({ ...CRYPTLEX, set, map, ref: 'order', report: at('bad.csv') });
    expect(told).toMatchObject({ invalid: 2000, report: at('bad.csv'), files: [], manifest: null });
    expect(told.problems.map(({ rows, examples }) => [rows, examples.length])).toStrictEqual([
      [1000, 3],
      [1000, 3],
    ]);
    const lines = report().trimEnd().split('\n');
    expect(lines).toHaveLength(2001);
    expect(lines.slice(0, 3)).toStrictEqual([
      HEADING.trimEnd(),
      `${at('orders.csv')},3,2,,has no key: fill it in or remove it`,
      `${at('orders.csv')},4,3,allowedActivations,must be a number in plain digits or null`,
    ]);
    expect(left()).toStrictEqual(['bad.csv', 'orders.csv']);
  });

  it('stands beside what was written of the others, and is empty where all are good', async () => {
    orders(`1;PRO;${key(1)};1`, '2;PRO;;1');
    const options = { ...CRYPTLEX, set, map, report: at('bad.csv'), force: true } as const;
    const dropped = await prepare({ ...options, invalid: 'drop' });
    expect(dropped).toMatchObject({ invalid: 1, keys: 1, files: [{ path: at('out.jsonl'), count: 1 }] });
    expect(report()).toBe(`${HEADING}${at('orders.csv')},3,,,has no key: fill it in or remove it\n`);
    orders(`1;PRO;${key(1)};1`);
    await prepare(options);
    expect(report()).toBe(HEADING);
    expect(left()).toStrictEqual(['bad.csv', 'orders.csv', 'out.jsonl', 'out.jsonl.manifest.json']);
  });

  it('is no list and no other output, and is not left when the command fails', async () => {
    orders(`1;PRO;${key(1)};many`);
    const options = { ...CRYPTLEX, set, map, force: true } as const;
    for (const name of ['orders.csv', 'out.jsonl', 'out.jsonl.manifest.json'])
      expect(await saidOf(prepare({ ...options, report: at(name) }))).toMatch(/^same_file/);
    put('bad.csv', 'mine');
    expect(await saidOf(prepare({ ...options, force: false, report: at('bad.csv') }))).toMatch(
      /^file_exists/,
    );
    expect(report()).toBe('mine');
    orders(`1;PRO;${key(1)};many`, '2;"unclosed');
    expect(await saidOf(prepare({ ...options, report: at('new.csv') }))).toMatch(/^damaged_file/);
    expect(left()).toStrictEqual(['bad.csv', 'orders.csv']);
  });
});

describe('what is said before it starts', () => {
  const noticesOf = async (options: Partial<PrepareRequestsOptions> & { readonly target: string }) => {
    const notices: string[] = [];
    await prepare({ ...options, onNotice: (notice) => void notices.push(notice) });
    return notices;
  };

  it('is that owners of their own make a request of each key', async () => {
    orders(`1;PRO;${key(1)};a@x.de`, `2;PRO;${key(2)};b@x.de`);
    const set = [...GKM.set, ['product_id', '1']] as const;
    const notices = await noticesOf({ ...GKM, set, map: [['email', 'owner_email']] });
    expect(notices).toStrictEqual([
      expect.stringMatching(/GetKeyManager has one owner_email .* one key a request/),
    ]);
    expect(requests()).toHaveLength(2);
  });

  it('is nothing where keys share their requests, or have one each anyway', async () => {
    orders(`1;PRO;${key(1)};a@x.de`);
    const map = [['sku', 'product_id', skus(['1', '2'])]] as const;
    expect(await noticesOf({ ...GKM, map })).toStrictEqual([]);
    const set = [['productId', ID[0]]] as const;
    expect(await noticesOf({ ...CRYPTLEX, set, map: [['email', 'notes']], force: true })).toStrictEqual([]);
  });
});
