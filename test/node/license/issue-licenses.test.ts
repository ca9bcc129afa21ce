import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { importSPKI, jwtVerify } from 'jose';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  addPublicKey,
  formatPublicKey,
  generateKeyPair,
  openRevocations,
  type PrivateKey,
  revokedId,
  signRevocations,
  verifyLicense,
} from '../../../dist/index.js';
import { type IssueLicensesOptions, issueLicenses, nativeSigner } from '../../../dist/node.js';
import { newFolder } from '../../new-folder.js';

const NOW = new Date('2026-11-28T12:00:00Z');
let folder: string;
let pair: PrivateKey;

beforeEach(async () => {
  folder = newFolder();
  pair = await generateKeyPair();
});

const at = (name: string) => join(folder, name);
const base = (): Omit<IssueLicensesOptions, 'place'> => ({
  product: 'app',
  validity: { length: 'P1Y' },
  signer: pair,
  now: NOW,
});
const linesOf = (name: string) => readFileSync(at(name), 'utf8').trimEnd().split('\n');

it('10,000 keys become licenses that verify; 100 of them are revoked, and those alone are refused', async () => {
  const keys = Array.from(
    { length: 10_000 },
    (_, index) => `KEYS-${index.toString(36).toUpperCase().padStart(4, '0')}`,
  );
  writeFileSync(at('keys.txt'), `${keys.join('\n')}\n`);
  const report = await issueLicenses([at('keys.txt')], { ...base(), place: { out: at('l.jsonl') } });
  expect(report).toMatchObject({
    licenses: 10_000,
    invalid: 0,
    product: 'app',
    manifest: at('l.jsonl.manifest.json'),
  });

  const lists = await generateKeyPair();
  const first = addPublicKey(undefined, pair.publicKey, { purposes: ['license'] });
  const keyring = addPublicKey(first, lists.publicKey, { purposes: ['list'] });
  const revoked = new Set(keys.filter((_, index) => index % 100 === 7));
  const ids = new Map([...revoked].map((key) => [revokedId(key, 'canonical') ?? '', '']));
  const terms = {
    name: 'a.example/app',
    product: 'app',
    number: 1,
    issued: NOW,
    next: new Date('2027-01-01T00:00:00Z'),
  };
  const list = await signRevocations(ids, terms, nativeSigner(lists));
  const opened = await openRevocations(list, keyring, { name: terms.name, product: 'app', now: NOW });
  const lines = linesOf('l.jsonl');
  expect(lines).toHaveLength(10_000);
  // Every 9th is enough to verify in JavaScript; all hundred revoked ones are among the rest that is looked at.
  const looked = keys.flatMap((key, index) => (index % 9 === 0 || revoked.has(key) ? [index] : []));
  for (const index of looked) {
    const key = keys[index] ?? '';
    const policy = { product: 'app', key: key.toLowerCase(), device: null, now: NOW, revocations: [opened] };
    const verdict = await verifyLicense(lines[index], keyring, policy);
    expect(verdict.ok ? 'ok' : verdict.reason).toBe(revoked.has(key) ? 'revoked' : 'ok');
  }
});

describe('signs the same on all cores as with one signer after the other', () => {
  const same = async (options: Partial<IssueLicensesOptions>) => {
    const all = { ...base(), ...options };
    const report = await issueLicenses([at('keys.csv')], { ...all, place: { out: at('a.jsonl') } });
    await issueLicenses([at('keys.csv')], {
      ...all,
      signer: nativeSigner(pair),
      place: { out: at('b.jsonl') },
    });
    // Texts of megabytes are shown by none.
    expect(readFileSync(at('a.jsonl')).equals(readFileSync(at('b.jsonl')))).toBe(true);
    return report;
  };

  it.each(['envelope', 'jwt'] as const)('as %s, whatever stands in the keys', async (as) => {
    const odd = ['K"A-0001', 'K\\A-0002', 'K/A-0003'];
    const keys = [...odd, ...Array.from({ length: 3000 }, (_, index) => `KAA-${index + 1e4}`)];
    const rows = keys.map((key, index) => `"${key.replaceAll('"', '""')}",ü-${index % 7}`);
    writeFileSync(at('keys.csv'), `license key,customer\n${rows.join('\n')}\n`);
    const plain = await same({
      as,
      anyFormat: true,
      ...(as === 'envelope' && { style: 'php' }),
      force: true,
    });
    expect(plain.licenses).toBe(3003);
    const mapped = await same({ as, anyFormat: true, map: [['customer', 'customer']], force: true });
    expect(mapped.licenses).toBe(3003);
  });

  it('with members so long that few go to a thread at once', async () => {
    const rows = Array.from(
      { length: 40 },
      (_, index) => `KAA-${index + 1e4},${'ä€𝄞'.repeat(9000 * (index % 3))}`,
    );
    writeFileSync(at('keys.csv'), `license key,note\n${rows.join('\n')}\n`);
    expect(await same({ map: [['note', 'note']] })).toMatchObject({ licenses: 40 });
  });
});

it('keeps what a list that grows wrong later has written from being seen', async () => {
  writeFileSync(
    at('keys.txt'),
    `${Array.from({ length: 2100 }, (_, index) => `K${index + 1e6}`).join('\n')}\nK1000007\n`,
  );
  const report = await issueLicenses([at('keys.txt')], { ...base(), place: { outDir: at('all') } });
  expect(report).toMatchObject({ licenses: 0, invalid: 1, manifest: null, files: [] });
  expect(readdirSync(folder)).toEqual(['keys.txt']);
}, 60_000);

it('puts the manifest beside a folder, also one whose name ends in a slash', async () => {
  writeFileSync(at('keys.txt'), 'AAAA-BBBB\n');
  const report = await issueLicenses([at('keys.txt')], { ...base(), place: { outDir: `${at('all')}//` } });
  expect(report.manifest).toBe(at('all.manifest.json'));
  expect(readdirSync(folder).sort()).toEqual(['all', 'all.manifest.json', 'keys.txt']);
});

it('takes a folder back when its manifest cannot be published', async () => {
  writeFileSync(at('keys.txt'), 'AAAA-BBBB\n');
  writeFileSync(at('all.manifest.json'), 'mine');
  const job = issueLicenses([at('keys.txt')], { ...base(), place: { outDir: at('all') } });
  await expect(job).rejects.toMatchObject({ code: 'file_exists' });
  expect(existsSync(at('all'))).toBe(false);
});

it.each([
  ['no product', { product: '' }, 'product'],
  ['no validity', { validity: undefined }, 'validUntil'],
  ['a length that is none', { validity: { length: 'a year' } }, 'validFor'],
  ['a now that is none', { now: new Date(Number.NaN) }, 'now'],
] as const)('refuses %s, and writes nothing', async (_, change, option) => {
  writeFileSync(at('keys.txt'), 'AAAA-BBBB\n');
  const job = issueLicenses([at('keys.txt')], { ...base(), ...change, place: { out: at('l.jsonl') } });
  await expect(job).rejects.toMatchObject({ code: 'invalid_option', details: { option } });
  expect(readdirSync(folder)).toEqual(['keys.txt']);
});

describe('as JWT', () => {
  const issue = async () => {
    writeFileSync(at('keys.txt'), 'AAAA-BBBB\n');
    const set = [['entitlements.seats', '5'] as const, ['devices', '["mac-1"]'] as const];
    await issueLicenses([at('keys.txt')], { ...base(), set, as: 'jwt', place: { out: at('l.txt') } });
    return linesOf('l.txt')[0] ?? '';
  };

  it('jose verifies it: subject, audience, dates, entitlements', async () => {
    const jwt = await issue();
    const key = await importSPKI(formatPublicKey(pair.publicKey), 'EdDSA');
    const { payload, protectedHeader } = await jwtVerify(jwt, key, {
      audience: 'app',
      typ: 'license+jwt',
      currentDate: NOW,
    });
    expect(protectedHeader).toEqual({ alg: 'EdDSA', typ: 'license+jwt', kid: pair.kid });
    expect(payload).toEqual({
      sub: 'AAAA-BBBB',
      aud: 'app',
      iat: NOW.getTime() / 1000,
      exp: Date.parse('2027-11-28T12:00:00Z') / 1000,
      devices: ['mac-1'],
      entitlements: { seats: 5 },
    });
    await expect(jwtVerify(jwt, key, { audience: 'other', currentDate: NOW })).rejects.toThrow(/aud/);
    await expect(jwtVerify(jwt, key, { currentDate: new Date('2028-01-01') })).rejects.toThrow(/exp/);
  });

  // Debian's packages belong to its own Python, which need not be the first on the path.
  const python = ['python3', '/usr/bin/python3'].find(
    (command) => spawnSync(command, ['-c', 'import jwt, cryptography']).status === 0,
  );
  it.skipIf(python === undefined)(
    'PyJWT verifies it (skipped where Python has no PyJWT with cryptography)',
    async () => {
      const jwt = await issue();
      const script =
        'import jwt,sys; print(jwt.decode(sys.argv[1], sys.argv[2], algorithms=["EdDSA"], audience="app", options={"verify_exp":False,"verify_iat":False})["sub"])';
      const run = spawnSync(python ?? '', ['-c', script, jwt, formatPublicKey(pair.publicKey)], {
        encoding: 'utf8',
      });
      expect(run.stdout).toBe('AAAA-BBBB\n');
    },
  );

  it('no verifier of ours takes it', async () => {
    const keyring = addPublicKey(undefined, pair.publicKey);
    const policy = { product: 'app', key: null, device: 'mac-1', now: NOW };
    expect(await verifyLicense(await issue(), keyring, policy)).toMatchObject({
      ok: false,
      reason: 'malformed',
    });
  });
});
