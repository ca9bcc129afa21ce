import { createHash, createHmac, randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { canonicalForm } from '../../../src/core/format/canonical.js';
import { parseFormat } from '../../../src/core/format/parse-format.js';
import { generateBatch } from '../../../src/node/batch/generate-batch.js';
import { importKeys } from '../../../src/node/issue/import-keys.js';
import { KeyedLedger } from '../../../src/node/ledger/keyed-ledger.js';
import { openRecord } from '../../../src/node/ledger/locked-record.js';
import { keyTexts } from '../../../src/node/ledger/model/key-texts.js';
import type { Ledger } from '../../../src/node/ledger/model/ledger.js';
import { ledgerPlace } from '../../../src/node/ledger/model/ledger-place.js';
import { createLedger, openLedger } from '../../../src/node/ledger/open-ledger.js';
import { openPostgresStore } from '../../../src/node/ledger/postgres/postgres-store.js';
import { type DerivedKeys, ledgerKeys } from '../../../src/node/ledger/root-key.js';
import { SqlStore } from '../../../src/node/ledger/sql/sql-store.js';
import { openSqlite, type SqliteDriver } from '../../../src/node/ledger/sqlite/sqlite-driver.js';
import { SqliteEngine } from '../../../src/node/ledger/sqlite/sqlite-engine.js';
import { openSqliteStore } from '../../../src/node/ledger/sqlite/sqlite-file.js';
import { TagMaker } from '../../../src/node/ledger/tags/tag-maker.js';
import { codeOf } from '../../failure.js';
import { newFolder } from '../../new-folder.js';
import { batchOf } from './contract.js';
import { inSchema, inServer, postgresServer } from './postgres/postgres-server.js';

const secret = randomBytes(32);
const now = new Date('2026-01-31T00:00:00Z');
const format = parseFormat('X{5}-X{5}-X{5}');

/** What went through a ledger, and must not be found in it. */
interface Issued {
  readonly keys: readonly string[];
  /** Names and hashes of the files that were read and written, and what else was said of the batches. */
  readonly told: readonly string[];
}

/** Batches of each kind: what is drawn, imported and created, and of which nobody else may know the files. */
async function issueAll(ledger: Ledger, folder: string): Promise<Issued> {
  const [out, list] = [join(folder, 'winter-keys.txt'), join(folder, 'older-keys.txt')];
  await generateBatch(format, 2000, { ledger, out, style: 'text', now, batchId: 'drawn', split: 1500 });
  const written = readdirSync(folder).map((name) => join(folder, name));
  const keys = written
    .filter((path) => path.endsWith('.txt'))
    .flatMap((path) => readFileSync(path, 'utf8').trimEnd().split('\n'));
  const older = keys.slice(0, 1000).map((key) => key.split('').toReversed().join('').toLowerCase());
  writeFileSync(list, older.join('\n'));
  await importKeys(ledger, [list], { batch: 'imported', by: 'test', now });
  // A batch of one key, whose hashes would confirm it at once.
  const [one = ''] = older.slice(-1);
  const parameters = JSON.stringify([one, sha256(one)]);
  const claim = await ledger.claim(batchOf({ id: 'created', kind: 'bulk-create', mask: null, parameters }));
  await ledger.reserve(claim, 0, keyTexts([one]));
  const file = { temporary: join(folder, '.one.tmp'), path: join(folder, 'one.txt'), bytes: 12 };
  const report = JSON.stringify({ answer: one, hash: sha256(one) });
  await ledger.prepare(claim, { files: [{ ...file, sha256: sha256(`${one}\n`) }], report });
  await ledger.done(claim, now);
  const hashes = [...written, list].map((path) => sha256(readFileSync(path)));
  const names = [folder, 'winter-keys', 'older-keys', 'manifest.json', '.tmp', 'one.txt'];
  return {
    keys: [...keys, ...older],
    told: [...names, ...hashes, sha256(one), sha256(`${one}\n`), parameters],
  };
}

function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

const PART = 8;

/** Every part of eight symbols of every key, as it was written and as it is compared. */
function partsOf(keys: readonly string[]): ReadonlySet<string> {
  const parts = new Set<string>();
  for (const key of keys) {
    for (const form of [key.toUpperCase(), canonicalForm(key)]) {
      for (let at = 0; at + PART <= form.length; at++) parts.add(form.slice(at, at + PART));
    }
  }
  return parts;
}

/** What of `words`, all of one length, stands in a text. */
function wordsIn(text: string, words: ReadonlySet<string>): readonly string[] {
  const [{ length } = ''] = words;
  const found: string[] = [];
  for (let at = 0; at + length <= text.length; at++) {
    const word = text.slice(at, at + length);
    if (words.has(word)) found.push(word);
  }
  return found;
}

/** Half of what somebody computes who knows a key, the scheme, and not the secret. */
function guessesOf(key: string): readonly Buffer[] {
  return [key, canonicalForm(key), `${key}\n`].flatMap((form) =>
    [form, `issued\0${form}`, `created\0${form}`]
      .flatMap((text) => [
        createHash('sha256').update(text).digest(),
        createHash('md5').update(text).digest(),
        ...['', 'keywright', Buffer.alloc(32)].map((guess) =>
          createHmac('sha256', guess).update(text).digest(),
        ),
      ])
      .map((digest) => digest.subarray(0, 8)),
  );
}

/** That a leak tells nothing, and would if the secret were known. */
function expectUseless(
  leak: Buffer,
  { keys, told }: Issued,
  derived: DerivedKeys,
  asStored: (tag: Buffer) => string,
): void {
  const text = leak.toString('latin1');
  expect(wordsIn(text.toUpperCase(), partsOf(keys))).toStrictEqual([]);
  for (const word of told) {
    expect(text).not.toContain(word);
    if (/^[0-9a-f]{64}$/.test(word)) expect(leak.includes(Buffer.from(word, 'hex'))).toBe(false);
  }
  const guesses = [...keys.slice(0, 50), ...keys.slice(-50)].flatMap(guessesOf);
  for (const encoding of ['latin1', 'hex'] as const) {
    expect(wordsIn(text, new Set(guesses.map((guess) => guess.toString(encoding))))).toStrictEqual([]);
  }
  for (const key of [secret, derived.tags, derived.records]) {
    expect(leak.includes(Buffer.from(key))).toBe(false);
    expect(text).not.toContain(Buffer.from(key).toString('hex'));
  }
  for (const [set, key = ''] of [
    ['issued', keys[0]],
    ['created', keys.at(-1)],
  ] as const) {
    const tag = new TagMaker(derived.tags, 1).tagsOf(set, keyTexts([key])).bytes;
    expect(text).toContain(asStored(Buffer.from(tag)));
  }
}

it('a leak that held something would be noticed', () => {
  const parts = partsOf(['7QX4M-9K2TD']);
  for (const text of ['..7QX4M9K2..', 'X4M-9K2T', '\0\0QX4M9K2T\0'])
    expect(wordsIn(text, parts)).not.toStrictEqual([]);
  for (const text of ['7QX4M9K', '7QX4M 9K2TD']) expect(wordsIn(text, parts)).toStrictEqual([]);
});

const drivers: readonly SqliteDriver['name'][] = [
  'libsql',
  ...(process.getBuiltinModule?.('node:sqlite') === undefined ? [] : (['node:sqlite'] as const)),
];

describe.each(drivers)('a ledger in a file that leaked, its secret being elsewhere: %s', (name) => {
  it('tells nothing at any moment, its journal in mid-transaction included', async () => {
    const [folder, place] = [newFolder(), newFolder()];
    const path = join(place, 'issued.db');
    await createLedger(path, { secret, now, sqliteDriver: name });
    const everything = () => readdirSync(place).map((file) => readFileSync(join(place, file)));
    const sizeOf = (ending: string) => statSync(`${path}${ending}`, { throwIfNoEntry: false })?.size ?? 0;
    const leaks: Buffer[] = [];
    let [journal, committed, spilled] = [0, sizeOf(''), 0];
    const store = await openSqliteStore(ledgerPlace(path), { driver: name });
    const driver = await openSqlite(path, name);
    const watched: SqliteDriver = {
      name,
      exec: (sql) => {
        if (sql === 'COMMIT') {
          // All that a thief can have at this moment, of which nothing is committed yet.
          leaks.push(...everything());
          journal = Math.max(journal, sizeOf('-journal'));
          spilled = Math.max(spilled, sizeOf('') - committed);
        }
        driver.exec(sql);
        committed = sizeOf('');
      },
      run: (sql, values) => driver.run(sql, values),
      all: (sql, values) => driver.all(sql, values),
      close: () => driver.close(),
    };
    const keys = ledgerKeys(path, store.header, secret);
    const engine = new SqliteEngine(watched, path);
    await engine.configure();
    // So few pages in memory that the others go to the file before they are committed, and the journal with them.
    driver.all('PRAGMA cache_size = 2', []);
    const ledger = new KeyedLedger(new SqlStore(engine, store.header, store.version), keys);
    await store.close();
    const issued = await issueAll(ledger, folder);
    await ledger.close();
    leaks.push(...everything());
    expect(leaks.length).toBeGreaterThan(10);
    expect(journal).toBeGreaterThan(20_000);
    expect(spilled).toBeGreaterThan(10_000);
    const distinct = new Map(leaks.map((leak) => [sha256(leak), leak]));
    expectUseless(Buffer.concat([...distinct.values()]), issued, keys, (tag) => tag.toString('latin1'));
  });

  it('opens with no other secret, and neither does what it locked', async () => {
    const [folder, place] = [newFolder(), newFolder()];
    const path = join(place, 'issued.db');
    await createLedger(path, { secret, now, sqliteDriver: name });
    const ledger = await openLedger(path, { secret, sqliteDriver: name });
    await issueAll(ledger, folder);
    await ledger.close();
    const other = randomBytes(32);
    expect(await codeOf(openLedger(path, { secret: other, sqliteDriver: name }))).toBe('wrong_secret');
    expect(await codeOf(openLedger(path, { sqliteDriver: name }))).toBe('wrong_secret');
    const store = await openSqliteStore(ledgerPlace(path), { driver: name });
    const keys = ledgerKeys(path, store.header, secret);
    const { id: ledgerId } = store.header;
    await store.close();
    const driver = await openSqlite(path, name);
    const rows = driver.all('SELECT id, locked FROM keywright_batches', []);
    driver.close();
    expect(rows).toHaveLength(3);
    for (const { id, locked } of rows) {
      if (!(locked instanceof Uint8Array)) throw new Error('nothing is locked');
      const record = { ledger: ledgerId, id: String(id), shard: '1/1', attempt: 1 };
      expect(openRecord(keys.records, record, locked)).toHaveProperty('files');
      for (const key of [keys.tags, other]) expect(openRecord(key, record, locked)).toBeUndefined();
      // Bound to all of its name.
      for (const part of [{ ledger: 'other' }, { id: 'other' }, { shard: '1/2' }, { attempt: 2 }])
        expect(openRecord(keys.records, { ...record, ...part }, locked)).toBeUndefined();
    }
  });
});

const server = await postgresServer();

describe.skipIf(server === undefined)(
  'a ledger in PostgreSQL that leaked, its secret being elsewhere',
  () => {
    const schema = `keywright_test_leak_${process.pid}`;
    afterAll(() => inServer(server ?? '', `DROP SCHEMA ${schema} CASCADE`));

    it('tells nothing in any of its tables', async () => {
      await inServer(server ?? '', `CREATE SCHEMA ${schema}`);
      const place = inSchema(server ?? '', schema);
      await createLedger(place, { secret, now });
      const ledger = await openLedger(place, { secret });
      const folder = join(newFolder(), 'files');
      mkdirSync(folder);
      const issued = await issueAll(ledger, folder);
      await ledger.close();
      const store = await openPostgresStore(ledgerPlace(place));
      const derived = ledgerKeys(place, store.header, secret);
      await store.close();
      const tables = ['migrations', 'ledger', 'root', 'batches', 'chunks', 'keys'];
      const rows = await Promise.all(
        tables.map((table) => inServer(server ?? '', `SELECT t::text FROM ${schema}.keywright_${table} t`)),
      );
      const text = rows.flat().map((row) => String(row['t']));
      expect(text.length).toBeGreaterThan(3000);
      // As it is stored, and as the bytes that are written in hex.
      const bytes = [...text.join('\n').matchAll(/\\x([0-9a-f]+)/g)].map(([, hex = '']) =>
        Buffer.from(hex, 'hex'),
      );
      const leak = Buffer.concat([Buffer.from(text.join('\n').replaceAll('-', '')), ...bytes]);
      expectUseless(leak, issued, derived, (tag) => tag.toString('hex'));
    });
  },
);
