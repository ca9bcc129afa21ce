import * as fs from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { shownJson, shownText } from '../../src/node/files/file-error.js';
import { newFolder } from '../new-folder.js';
import { runArguments } from './run-here.js';

/** ESC, BEL, NEL, CSI, right-to-left override, an isolate, LINE SEPARATOR, a tag: what a terminal obeys or does not show. */
const NASTY = 'a\u001b[2J\u0007\u0085\u009b31m\u202e\u2066\u2028\u{e0041}\n';
/** Where a word may hold no control characters. */
const HIDDEN = '\u0085\u202e\u2028';
const OBEYED = /[^\P{Cc}\n]|[\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;

let folder = '';
const home = process.cwd();
const list = `${NASTY}.txt`;
beforeAll(async () => {
  folder = newFolder();
  fs.mkdirSync(join(folder, NASTY));
  process.chdir(join(folder, NASTY));
  fs.writeFileSync(list, 'AAAA-1111\nAAAA-1111\n');
  fs.writeFileSync('odd.txt', `${NASTY.trim()}-1111\nBBBB-2222\n`);
  fs.writeFileSync(`${NASTY}.csv`, `key,${HIDDEN}\nAAAA-1111,${HIDDEN}\n`);
  fs.writeFileSync('payload.json', JSON.stringify({ a: HIDDEN, timestamp: 1 }));
  fs.writeFileSync('garbage.pem', NASTY);
  await runArguments(['keypair', 'create', NASTY]);
  await runArguments([
    'keyring',
    'add',
    `${NASTY}.json`,
    '--public-key',
    `${NASTY}.public.pem`,
    '--product',
    HIDDEN,
  ]);
  await runArguments(['ledger', 'init', `${NASTY}.db`]);
  await runArguments(['sign', 'payload.json', '--private-key', `${NASTY}.private.pem`, '-o', 'signed.json']);
});
afterAll(() => process.chdir(home));

const path = (ending: string) => `${NASTY}${ending}`;
const LINES: readonly (() => readonly string[])[] = [
  () => ['generate', '-n', '2', '-o', path('.new.txt'), '--against', list],
  () => ['generate', '-n', '2', '-o', path('.new.txt'), '--against', list],
  () => ['generate', '-n', '2', '-o', path('.ledger.txt'), '--ledger', path('.db'), '--batch-id', NASTY],
  () => ['generate', '-n', '2', '-o', path('.ledger.txt'), '--ledger', path('.db')],
  () => ['generate', '-n', '2', '-f', `X${NASTY}`],
  () => ['generate', '-n', '2', '--prefix', NASTY],
  () => ['generate', '-n', '2', '-o', join(NASTY, 'x')],
  () => ['generate', '-n', '2', '-o', `x.a${'\u202e'}`],
  () => ['generate', '-n', '2', '-o', path('.xml')],
  () => ['generate', '-n', '2', '-o', path('.two.txt'), '--against', list, path('.new.txt.manifest.json')],
  () => ['format', NASTY],
  () => ['check', NASTY, 'ABCD-EFGH', '-f', 'XXXX-XXXX'],
  () => ['check', NASTY, '-f', 'XXXX-XXXX', '--ledger', path('.db')],
  () => ['audit', list],
  () => ['audit', 'odd.txt', '-f', 'XXXX-XXXX'],
  () => ['audit', 'odd.txt', '--report', path('.report')],
  () => ['audit', path('.csv'), '--column', NASTY],
  () => ['dedupe', list, 'odd.txt', '-o', path('.deduped.txt')],
  () => ['dedupe', list, '-o', path('.deduped2.txt'), '--against', path('.new.txt.manifest.json')],
  () => ['dedupe', join(NASTY, 'none')],
  () => ['prepare', list, '--for', 'wc-key-manager', '--set', 'product_id=79', '-o', path('.prepared')],
  () => ['prepare', list, '--for', NASTY, '-o', path('.p2')],
  () => ['prepare', list, '--for', 'wc-key-manager', '--set', `${NASTY}=79`, '-o', path('.p3')],
  () => ['prepare', list, '--for', 'wc-key-manager', '--set', `product_id=${NASTY}`, '-o', path('.p4')],
  () => ['prepare', 'odd.txt', '--for', 'cryptlex', '--set', `productId=${NASTY}`, '-o', path('.p5')],
  () => [
    ...[
      'bulk-create',
      list,
      '--private-key',
      path('.private.pem'),
      '--report',
      path('.bulk'),
      '-o',
      path('.envelope'),
    ],
    ...['product_id=1', 'activation_limit=0', 'validity=0', 'status=available'].flatMap((set) => [
      '--set',
      set,
    ]),
  ],
  () => [
    ...['bulk-create', list, '--private-key', path('.private.pem'), '-o', path('.env2')],
    ...[`product_id=${NASTY}`, `status=${NASTY}`, `${NASTY}=1`].flatMap((set) => ['--set', set]),
  ],
  () => ['sign', 'garbage.pem', '--private-key', path('.private.pem'), '-o', path('.signed')],
  () => ['sign', 'payload.json', '--private-key', 'garbage.pem'],
  () => ['sign', 'payload.json', '--private-key', `env:${NASTY}`],
  () => ['sign', 'payload.json', '--private-key', path('.private.pem')],
  () => ['sign', 'payload.json', '--jsonl', '--private-key', path('.private.pem')],
  () => [
    ...['bulk-create', list, '--private-key', path('.private.pem'), '--set', `owner_name=${HIDDEN}`],
    ...['product_id=1', 'activation_limit=0', 'validity=0', 'status=available'].flatMap((set) => [
      '--set',
      set,
    ]),
  ],
  () => [
    ...['license', list, '--product', HIDDEN, '--perpetual', '--private-key', path('.private.pem')],
    ...['--set', `entitlements.${HIDDEN}=${HIDDEN}`, '-o', path('.licenses')],
  ],
  () => [
    ...['verify', path('.licenses'), '--license', '--jsonl', '--product', HIDDEN],
    ...['--public-key', path('.public.pem')],
  ],
  () => [
    ...['revocations', 'create', path('.list'), list, '--name', 'a.example/a', '--product', '\u202e'],
    ...['--private-key', path('.private.pem')],
  ],
  () => ['revocations', 'create', path('.2'), '--name', NASTY, '--product', NASTY, '--private-key', NASTY],
  () => ['revocations', 'remove', path('.list'), 'odd.txt', list, '--private-key', path('.private.pem')],
  () => ['revocations', 'show', path('.list')],
  () => ['revocations', 'show', 'garbage.pem'],
  () => [
    ...['revocations', 'verify', path('.list'), '--name', 'a.example/a', '--product', '\u202e'],
    ...['--public-key', path('.public.pem'), '--license-key', 'AAAA-1111'],
  ],
  () => [
    ...['keyring', 'sign', path('.json'), '-o', path('.update'), '--name', 'a.example/a', '--number', '1'],
    ...['--private-key', path('.private.pem')],
  ],
  () => ['keyring', 'apply', path('.json'), path('.update'), '--state', path('.state')],
  // Taken, and printed.
  () => ['keyring', 'add', path('.trusted'), '--public-key', path('.public.pem'), '--purpose', 'keyring'],
  () => ['keyring', 'apply', path('.trusted'), path('.update')],
  () => ['keyring', 'apply', path('.json'), 'garbage.pem', '--state', path('.state')],
  () => [
    ...['sign', 'payload.json', '--public-key', path('.public.pem')],
    ...[
      '--signer',
      `"${process.execPath}" -e "process.stderr.write(process.argv[1]);process.exit(1)" "${NASTY}"`,
    ],
  ],
  () => ['sign', 'payload.json', '--public-key', path('.public.pem'), '--signer', `"${NASTY}"`],
  () => ['audit', path('.csv'), '--sheet', NASTY],
  () => [
    'prepare',
    path('.csv'),
    '--for',
    'wc-key-manager',
    '--map',
    `${NASTY}=product_id`,
    '-o',
    path('.p6'),
  ],
  () => ['verify', 'signed.json', '--public-key', path('.public.pem')],
  () => ['verify', 'signed.json', '--keyring', path('.json'), '--product', NASTY],
  () => ['verify', 'signed.json', '--keyring', path('.json'), '--product', HIDDEN],
  () => ['verify', 'garbage.pem', '--public-key', path('.public.pem')],
  () => ['verify', 'signed.json', '--public-key', 'garbage.pem'],
  () => ['keypair', 'create', path('.pair')],
  () => ['keypair', 'create', path('.pair')],
  () => ['keypair', 'show', 'garbage.pem'],
  () => ['keyring', 'show', path('.json')],
  () => ['keyring', 'show', 'garbage.pem'],
  () => ['keyring', 'retire', path('.json'), NASTY],
  () => ['keyring', 'compromise', path('.json'), NASTY],
  () => ['keyring', 'add', path('.json'), '--public-key', path('.public.pem')],
  () => ['ledger', 'status', path('.db')],
  () => ['ledger', 'batches', path('.db')],
  () => ['ledger', 'init', path('.db')],
  () => ['ledger', 'init', path('.db2')],
  () => ['ledger', 'import', path('.db'), list],
  () => ['ledger', 'verify', path('.db')],
  () => ['ledger', 'verify', path('.db'), path('.new.txt.manifest.json')],
  () => ['ledger', 'status', `env:${NASTY}`],
  () => ['ledger', 'status', `postgres://${NASTY}`],
  () => [NASTY],
  () => ['generate', `--${NASTY}`],
  () => ['help', NASTY],
];

describe('what a terminal would obey', () => {
  it.each(LINES.flatMap((line, index) => [[index, [], line] as const, [index, ['--json'], line] as const]))(
    'is shown, and never sent: line %i %j',
    async (_, json, line) => {
      const argv = line();
      const known = await runArguments([...argv, ...json]);
      const shown = { argv, ...known };
      expect(OBEYED.test(known.stdout) ? shown : '').toBe('');
      expect(OBEYED.test(known.stderr) ? shown : '').toBe('');
      expect(known.status === 70 ? shown : '').toBe('');
    },
  );

  it('is what programs read again in JSON', async () => {
    const { stdout } = await runArguments(['audit', list, '--json']);
    const report: unknown = JSON.parse(stdout);
    expect(report).toMatchObject({ files: [{ path: list }], findings: [{ path: list }] });
    expect(basename(list)).toBe(list);
  });
});

describe('shownText and shownJson', () => {
  const all = Array.from({ length: 0x3000 }, (_, code) => String.fromCharCode(code)).join('');

  it('leave nothing that a terminal obeys, whatever it is', () => {
    for (const text of [all, '\ud800', '\udfff', '\u{e0001}', '\ufeff', '\ufff9']) {
      expect(OBEYED.test(shownText(text))).toBe(false);
      const json = shownJson(JSON.stringify(text));
      expect(OBEYED.test(json)).toBe(false);
      expect(JSON.parse(json)).toBe(text);
    }
  });

  it('change nothing the second time, and no plain text', () => {
    for (const text of ['plain', 'ä 漢字 é \u0301 👍🏽', 'a\\u{1b}b']) expect(shownText(text)).toBe(text);
    expect(shownText(shownText(all))).toBe(shownText(all));
  });
});
