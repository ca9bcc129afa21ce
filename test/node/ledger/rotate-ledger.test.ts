import { randomBytes } from 'node:crypto';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { keyTexts } from '../../../src/node/ledger/model/key-texts.js';
import { ledgerPlace } from '../../../src/node/ledger/model/ledger-place.js';
import { createLedger, openLedger, rotateLedger } from '../../../src/node/ledger/open-ledger.js';
import { openPostgresStore } from '../../../src/node/ledger/postgres/postgres-store.js';
import { newLedger } from '../../../src/node/ledger/root-key.js';
import { openSqliteStore } from '../../../src/node/ledger/sqlite/sqlite-file.js';
import { codeOf } from '../../failure.js';
import { newFolder } from '../../new-folder.js';
import { batchOf, finish, freshKeys } from './contract.js';
import { newSchema, postgresServer } from './postgres/postgres-server.js';

const now = new Date('2026-01-31T00:00:00Z');
const server = await postgresServer();
const isNative = process.getBuiltinModule?.('node:sqlite') !== undefined;

const PLACES: readonly (readonly [name: string, place: () => Promise<string>, options: object])[] = [
  ['SQLite by libsql', async () => join(newFolder(), 'issued.db'), { sqliteDriver: 'libsql' }],
  ...(isNative ? [['SQLite by node:sqlite', async () => join(newFolder(), 'issued.db'), {}] as const] : []),
  ...(server === undefined ? [] : [['PostgreSQL', () => newSchema(server), {}] as const]),
];

describe.each(PLACES)('rotating the secret: %s', (_, place, options) => {
  const [old, next] = [randomBytes(32), randomBytes(48)];

  it('leaves everything as it was, and the old secret without use', async () => {
    const at = await place();
    await createLedger(at, { secret: old, now, ...options });
    const running = await openLedger(at, { secret: old, ...options });
    const keys = freshKeys(5);
    await finish(running, 'generate', keys, 'before');
    expect(await rotateLedger(at, { secret: old, newSecret: next, now, ...options })).toBe(true);
    await finish(running, 'generate', freshKeys(2), 'meanwhile');
    await running.close();
    expect(await codeOf(openLedger(at, { secret: old, ...options }))).toBe('wrong_secret');
    expect(await codeOf(openLedger(at, options))).toBe('wrong_secret');
    const ledger = await openLedger(at, { secret: next, ...options });
    const holders = await ledger.find('issued', keyTexts(keys));
    expect(holders.map((holder) => holder?.id)).toStrictEqual(Array(5).fill('before'));
    expect(await ledger.preparedOf('meanwhile', '1/1')).toStrictEqual({ files: [], report: '' });
    expect(await ledger.status()).toMatchObject({ secret: 'outside', fewestBits: 0 });
    expect(await ledger.verify()).toStrictEqual([]);
    await ledger.close();
    // The same again, whichever secret is given beside the new one.
    for (const secret of [old, next, undefined])
      expect(await rotateLedger(at, { secret, newSecret: next, now, ...options })).toBe(false);
  });

  it('gives a ledger without a secret its first, and keeps weak formats out', async () => {
    const at = await place();
    await createLedger(at, { now, ...options });
    expect(await rotateLedger(at, { newSecret: next, now, ...options })).toBe(true);
    expect(await codeOf(openLedger(at, options))).toBe('wrong_secret');
    const ledger = await openLedger(at, { secret: next, ...options });
    expect(await ledger.status()).toMatchObject({ secret: 'outside', fewestBits: 80 });
    expect(await codeOf(ledger.claim(batchOf({ entropyBits: 79 })))).toBe('weak_format');
    await ledger.close();
  });

  it('needs the old secret and a new one, and changes nothing else', async () => {
    const at = await place();
    await createLedger(at, { secret: old, now, ...options });
    const rotate = (part: object) => codeOf(rotateLedger(at, { secret: old, now, ...options, ...part }));
    expect(await rotate({ secret: randomBytes(32), newSecret: next })).toBe('wrong_secret');
    expect(await rotate({ secret: undefined, newSecret: next })).toBe('wrong_secret');
    expect(await rotate({ newSecret: randomBytes(31) })).toBe('wrong_secret');
    expect(await rotate({})).toBe('invalid_option');
    expect(await rotate({ newSecretFile: join(newFolder(), 'none') })).toBe('missing_file');
    const exposed = join(newFolder(), 'next.secret');
    writeFileSync(exposed, next.toString('hex'));
    chmodSync(exposed, 0o644);
    expect(await rotate({ newSecretFile: exposed })).toBe('exposed_file');
    // What the environment holds is the old one.
    const env = { KEYWRIGHT_LEDGER_SECRET: next.toString('hex') };
    expect(await rotate({ secret: undefined, env })).toBe('invalid_option');
    await (await openLedger(at, { secret: old, ...options })).close();
  });

  it('is won by one of several at once, and that one has the secret', async () => {
    const at = await place();
    await createLedger(at, { secret: old, now, ...options });
    const secrets = [randomBytes(32), randomBytes(32), randomBytes(32)];
    const outcomes = await Promise.all(
      secrets.map((newSecret) => codeOf(rotateLedger(at, { secret: old, newSecret, now, ...options }))),
    );
    expect(outcomes.toSorted()).toStrictEqual(['resolved', 'wrong_secret', 'wrong_secret']);
    const opened = await Promise.all(
      secrets.map(async (secret) => {
        const opening = openLedger(at, { secret, ...options });
        await opening.then((ledger) => ledger.close()).catch(() => undefined);
        return codeOf(opening);
      }),
    );
    expect(opened).toStrictEqual(outcomes);
  });
});

describe('the root as a store keeps it', () => {
  const roots = () => {
    const secret = randomBytes(32);
    const [{ header }, { header: other }] = [
      newLedger(undefined, { comparison: 1, createdAt: now }),
      newLedger(secret, { comparison: 1, createdAt: now }),
    ];
    return { header, to: other.root };
  };

  it('is replaced once: the same call again, whose reply was lost, has done it', async () => {
    const path = join(newFolder(), 'issued.db');
    const places = server === undefined ? [path] : [path, await newSchema(server)];
    for (const place of places) {
      await createLedger(place, { now });
      const open = place === path ? openSqliteStore : openPostgresStore;
      const store = await open(ledgerPlace(place));
      const { to } = roots();
      const from = store.header.root;
      expect(await store.replaceRoot(from, to, now)).toBe(true);
      expect(await store.replaceRoot(from, to, now)).toBe(true);
      expect(await store.replaceRoot(from, roots().to, now)).toBe(false);
      await store.close();
    }
  });

  it('leaves no trace of the old one in a SQLite file', async () => {
    const path = join(newFolder(), 'issued.db');
    await createLedger(path, { now });
    const store = await openSqliteStore(ledgerPlace(path));
    const { bytes } = store.header.root;
    await store.close();
    const isIn = () => readFileSync(path).includes(Buffer.from(bytes));
    expect(isIn()).toBe(true);
    await rotateLedger(path, { newSecret: randomBytes(32), now });
    expect(isIn()).toBe(false);
  });
});
