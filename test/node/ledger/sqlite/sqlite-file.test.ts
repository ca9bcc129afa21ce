import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { keyTexts } from '../../../../src/node/ledger/model/key-texts.js';
import { ledgerPlace } from '../../../../src/node/ledger/model/ledger-place.js';
import { createLedger, openLedger } from '../../../../src/node/ledger/open-ledger.js';
import { newLedger } from '../../../../src/node/ledger/root-key.js';
import { MIGRATIONS, type Migration } from '../../../../src/node/ledger/sql/schema.js';
import { openSqlite } from '../../../../src/node/ledger/sqlite/sqlite-driver.js';
import {
  createSqlite,
  networkName,
  openSqliteStore,
} from '../../../../src/node/ledger/sqlite/sqlite-file.js';
import { codeOf, failureOf } from '../../../failure.js';
import { newFolder } from '../../../new-folder.js';
import { batchOf, freshKeys } from '../contract.js';

let folder: string;
let path: string;
beforeEach(() => {
  folder = newFolder();
  path = join(folder, 'issued.db');
});

const secret = randomBytes(32);
const now = new Date('2026-01-31T00:00:00Z');

/** A ledger with keys in it. */
async function filled(count = 200): Promise<readonly string[]> {
  await createLedger(path, { secret, now });
  const ledger = await openLedger(path, { secret });
  const keys = freshKeys(count);
  const claim = await ledger.claim(batchOf({ id: 'filled' }));
  await ledger.reserve(claim, 0, keyTexts(keys));
  await ledger.close();
  return keys;
}

describe('making a ledger in a file', () => {
  it('leaves that file alone, for its owner only', async () => {
    expect(await createLedger(path, { secret, now })).toMatchObject({ secret: 'outside' });
    expect(readdirSync(folder)).toStrictEqual(['issued.db']);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const ledger = await openLedger(path, { secret });
    const claim = await ledger.claim(batchOf());
    await ledger.reserve(claim, 0, keyTexts(freshKeys(3)));
    await ledger.close();
    for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
  });

  it('never touches what is there, ledger or not', async () => {
    writeFileSync(path, 'something');
    expect(await codeOf(createLedger(path, { secret, now }))).toBe('file_exists');
    expect(readFileSync(path, 'utf8')).toBe('something');
    expect(readdirSync(folder)).toStrictEqual(['issued.db']);
  });

  it('lets one of several win, and leaves nothing of the others', async () => {
    const codes = await Promise.all(
      Array.from({ length: 8 }, () => codeOf(createLedger(path, { secret: randomBytes(32), now }))),
    );
    expect(codes.filter((code) => code === 'resolved')).toHaveLength(1);
    expect(codes.filter((code) => code === 'file_exists')).toHaveLength(7);
    expect(readdirSync(folder)).toStrictEqual(['issued.db']);
  });

  it('fails in one line where there is no directory', async () => {
    const lost = join(folder, 'no', 'issued.db');
    expect(await codeOf(createLedger(lost, { secret, now }))).toBe('unwritable_file');
    expect(readdirSync(folder)).toStrictEqual([]);
  });
});

describe('opening what is no sound ledger', () => {
  it('says what is missing and makes nothing', async () => {
    expect((await failureOf(openLedger(path, { secret }))).message).toBe(
      'there is no ledger at the path that was given: create it once',
    );
    expect(readdirSync(folder)).toStrictEqual([]);
  });

  it('refuses a directory, a text, an empty file, another SQLite database', async () => {
    mkdirSync(join(folder, 'directory'));
    writeFileSync(join(folder, 'text'), 'AAAAA-BBBBB\n'.repeat(20));
    writeFileSync(join(folder, 'empty'), '');
    const foreign = await openSqlite(join(folder, 'foreign'), 'libsql');
    foreign.exec('CREATE TABLE t (a)');
    foreign.close();
    const before = readdirSync(folder);
    for (const name of before) {
      expect(await codeOf(openLedger(join(folder, name), { secret })), name).toBe('damaged_ledger');
    }
    expect((await failureOf(openLedger(join(folder, 'text'), { secret }))).cause).toMatchObject({ code: 26 });
    expect(readdirSync(folder)).toStrictEqual(before);
    expect(readFileSync(join(folder, 'text'), 'utf8')).toBe('AAAAA-BBBBB\n'.repeat(20));
  });

  it('goes on with pages of the size that it was made with', async () => {
    await filled();
    const pageSize = async (change = '') => {
      const driver = await openSqlite(path, 'libsql');
      if (change !== '') for (const step of change.split(';')) driver.exec(step);
      const [row] = driver.all('PRAGMA page_size', []);
      driver.close();
      return row;
    };
    expect(await pageSize()).toMatchObject({ page_size: 16384 });
    expect(await pageSize('PRAGMA page_size = 4096; VACUUM')).toMatchObject({ page_size: 4096 });
    const ledger = await openLedger(path, { secret });
    const claim = await ledger.claim(batchOf());
    expect((await ledger.reserve(claim, 0, keyTexts(freshKeys(500)))).taken).toHaveLength(0);
    expect(await ledger.verify()).toStrictEqual([]);
    await ledger.close();
    expect(await pageSize()).toMatchObject({ page_size: 4096 });
  });

  it('refuses a newer one and leaves it alone', async () => {
    await filled();
    const driver = await openSqlite(path, 'libsql');
    driver.exec('PRAGMA user_version = 99');
    driver.close();
    const bytes = readFileSync(path);
    expect((await failureOf(openLedger(path, { secret }))).message).toMatch(
      /is a ledger of version 99, .* up to \d+: update/,
    );
    expect(readFileSync(path).equals(bytes)).toBe(true);
  });

  it('refuses a file that was cut short, and leaves it alone', async () => {
    await filled(5000);
    truncateSync(path, 8192);
    const bytes = readFileSync(path);
    expect(await codeOf(openLedger(path, { secret }))).toBe('damaged_ledger');
    expect(readFileSync(path).equals(bytes)).toBe(true);
  });

  it('finds pages that were overwritten, keys that were removed, and chunks that are not known', async () => {
    await filled(5000);
    const copy = `${path}.copy`;
    copyFileSync(path, copy);
    const bytes = readFileSync(path);
    bytes.fill(0xa5, bytes.length - 4096);
    writeFileSync(path, bytes);
    const broken = await openLedger(path, { secret });
    expect(await broken.verify()).not.toStrictEqual([]);
    await broken.close();

    const driver = await openSqlite(copy, 'libsql');
    driver.exec('DELETE FROM keywright_keys WHERE k IN (SELECT k FROM keywright_keys LIMIT 2)');
    driver.exec("INSERT INTO keywright_keys (k, chunk) VALUES (x'00112233445566778899aabbccddeeff', 99)");
    driver.close();
    const tampered = await openLedger(copy, { secret });
    expect(await tampered.verify()).toStrictEqual([
      'batch filled, chunk 0: 5000 keys were recorded, 4998 are there',
      '1 keys carry chunk 99, which is not there',
    ]);
    await tampered.close();
  });

  it('waits for a writer only so long, and says so', async () => {
    await filled();
    const ledger = await openLedger(path, { secret, longestWait: 300 });
    const other = await openSqlite(path);
    other.exec('BEGIN IMMEDIATE');
    expect((await failureOf(ledger.claim(batchOf()))).message).toMatch(
      /was locked by another process for too long/,
    );
    other.exec('ROLLBACK');
    other.close();
    expect((await ledger.claim(batchOf())).attempt).toBe(1);
    await ledger.close();
  });
});

describe('the secret', () => {
  it('is asked for, and another is found out at once', async () => {
    await filled();
    expect(await codeOf(openLedger(path))).toBe('wrong_secret');
    expect(await codeOf(openLedger(path, { secret: randomBytes(32) }))).toBe('wrong_secret');
    expect(await codeOf(openLedger(path, { secret: randomBytes(31) }))).toBe('wrong_secret');
    const env = { KEYWRIGHT_LEDGER_SECRET: Buffer.from(secret).toString('hex') };
    await (await openLedger(path, { env })).close();
  });

  it('comes as hex or base64, from the environment or a file of its owner', async () => {
    await filled();
    const file = join(folder, 'secret');
    for (const encoding of ['hex', 'base64', 'base64url'] as const) {
      const text = Buffer.from(secret).toString(encoding);
      await (await openLedger(path, { env: { KEYWRIGHT_LEDGER_SECRET: ` ${text}\r\n` } })).close();
      writeFileSync(file, `\ufeff${text}\n`, { mode: 0o600 });
      // A file that is named goes before what the environment happens to hold.
      const env = { KEYWRIGHT_LEDGER_SECRET: '00'.repeat(32) };
      await (await openLedger(path, { secretFile: file, env })).close();
    }
    chmodSync(file, 0o640);
    expect(await codeOf(openLedger(path, { secretFile: file }))).toBe('exposed_file');
    expect(await codeOf(openLedger(path, { secretFile: join(folder, 'none') }))).toBe('missing_file');
  });

  it.each([
    'short',
    'ab'.repeat(31),
    `${'ab'.repeat(32)}c`,
    'a'.repeat(63),
    `${'A'.repeat(42)}B=`,
    'A'.repeat(44),
  ])('is refused when it is not 32 bytes or more: %s', async (text) => {
    await filled();
    const message = (await failureOf(openLedger(path, { env: { KEYWRIGHT_LEDGER_SECRET: text } }))).message;
    expect(message).toMatch(/does not hold 32 bytes or more/);
    expect(message).not.toContain(text);
    const other = join(folder, 'other.db');
    expect(await codeOf(createLedger(other, { env: { KEYWRIGHT_LEDGER_SECRET: text }, now }))).toBe(
      'wrong_secret',
    );
    expect(existsSync(other)).toBe(false);
  });

  it('may be missing, and then formats that can be guessed are refused', async () => {
    expect(await createLedger(path, { now })).toMatchObject({ secret: 'none' });
    const ledger = await openLedger(path);
    expect(await codeOf(ledger.claim(batchOf({ entropyBits: 79.9 })))).toBe('weak_format');
    const claim = await ledger.claim(batchOf({ entropyBits: 80 }));
    expect((await ledger.reserve(claim, 0, keyTexts(freshKeys(2)))).taken).toHaveLength(0);
    for (const kind of ['import', 'bulk-create'] as const) {
      const given = await ledger.claim(batchOf({ kind, entropyBits: null, mask: null }));
      const strong = '7QX4M-9K2TD-0Z8YB-X';
      expect(await codeOf(ledger.reserve(given, 0, keyTexts([strong, '7QX4M-9K2TD-0Z8'])))).toBe(
        'weak_format',
      );
      expect(await codeOf(ledger.reserve(given, 0, keyTexts(['1'.repeat(24)])))).toBe('weak_format');
      expect((await ledger.reserve(given, 0, keyTexts([strong, 'F'.repeat(20)]))).taken).toHaveLength(0);
    }
    await ledger.close();
    expect((await failureOf(openLedger(path, { secret }))).message).toMatch(
      /was made without a secret, and one is given/,
    );
  });
});

describe('the version of the schema', () => {
  const newest = (MIGRATIONS.at(-1)?.version ?? 0) + 1;
  const next: readonly Migration[] = [
    ...MIGRATIONS,
    { version: newest, sqlite: ['ALTER TABLE keywright_batches ADD COLUMN note TEXT'], postgres: [] },
  ];

  it('goes forward at the next opening, whoever comes first, and keeps everything', async () => {
    const keys = await filled();
    const stores = await Promise.all(
      [1, 2, 3].map(() => openSqliteStore(ledgerPlace(path), { migrations: next })),
    );
    for (const store of stores) {
      expect(store.version).toBe(newest);
      expect((await store.batches())[0]).toMatchObject({ id: 'filled', recorded: keys.length });
      await store.close();
    }
    const driver = await openSqlite(path, 'libsql');
    expect(driver.all('SELECT version FROM keywright_migrations ORDER BY version', [])).toStrictEqual(
      next.map(({ version }) => ({ version })),
    );
    driver.close();
    expect(await codeOf(openLedger(path, { secret }))).toBe('damaged_ledger');
  });

  it('of a new ledger is the newest', async () => {
    const { header } = newLedger(secret, { comparison: 1, createdAt: now });
    await createSqlite(ledgerPlace(path), header, { migrations: next });
    const store = await openSqliteStore(ledgerPlace(path), { migrations: next });
    expect(store.version).toBe(newest);
    await store.close();
  });

  it('2 of a ledger becomes the newest, with its batches', async () => {
    const { header } = newLedger(secret, { comparison: 1, createdAt: now });
    await createSqlite(ledgerPlace(path), header, { migrations: MIGRATIONS.slice(0, 1) });
    const old = await openSqlite(path);
    old.run(
      `INSERT INTO keywright_batches (id, shard, kind, state, count, parameters, issued_by, at, attempt, drawn, token)
      VALUES ('old', '1/1', 'generate', 'reserving', 5, ?, 'me@here', 7000, 1, 1, ?)`,
      [new Uint8Array(16), 'a'.repeat(32)],
    );
    old.close();
    const ledger = await openLedger(path, { secret });
    const [batch] = await ledger.batches();
    expect(batch).toMatchObject({ id: 'old', comment: null, claimedAt: new Date(7000), voided: null });
    expect(await ledger.verify()).toStrictEqual([]);
    await ledger.close();
  });

  it('5 of a ledger becomes the newest: what was void since a time is known to be so since then', async () => {
    const { header } = newLedger(secret, { comparison: 1, createdAt: now });
    const before = MIGRATIONS.filter(({ version }) => version <= 5);
    await createSqlite(ledgerPlace(path), header, { migrations: before });
    const old = await openSqlite(path);
    old.run(
      `INSERT INTO keywright_batches (id, shard, kind, state, count, parameters, issued_by, at, claimed_at, done_at, attempt,
      drawn, token, locked, voided_at, void_reason, voided_by)
      VALUES ('old', '1/1', 'generate', 'done', 5, ?, 'me@here', 1, 1, 1, 1, 1, ?, ?, 7000, 'r', 'me')`,
      [new Uint8Array(16), 'a'.repeat(32), new Uint8Array(40)],
    );
    old.close();
    const store = await openSqliteStore(ledgerPlace(path));
    const [batch] = await store.snapshot(async ({ batches }) => batches);
    expect(batch).toMatchObject({ voidSaidAt: new Date(7000), voided: { at: new Date(7000) } });
    // By a clock that is slow it is later all the same.
    await store.setVoid('old', undefined, null, new Date(5), 'b'.repeat(32));
    const [undone] = await store.snapshot(async ({ batches }) => batches);
    expect(undone).toMatchObject({ voidSaidAt: new Date(7001), voided: null });
    await store.close();
  });
});

it('names the file systems of other machines', () => {
  expect(networkName(0x6969)).toBe('NFS');
  expect(networkName(0xff534d42 | 0)).toBe('CIFS');
  expect(networkName(0xef53)).toBeUndefined();
});

describe('a name as env:NAME', () => {
  it('is what that variable holds', async () => {
    await filled();
    await (await openLedger('env:LEDGER', { secret, env: { LEDGER: path } })).close();
    expect(await codeOf(openLedger('env:LEDGER', { secret, env: {} }))).toBe('invalid_option');
    expect(await codeOf(openLedger('', { secret }))).toBe('invalid_option');
  });
});
