import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { keyTexts } from '../../../src/node/ledger/model/key-texts.js';
import { createLedger, openLedger } from '../../../src/node/ledger/open-ledger.js';
import { openSqlite } from '../../../src/node/ledger/sqlite/sqlite-driver.js';
import { codeOf } from '../../failure.js';
import { newFolder } from '../../new-folder.js';
import { batchOf, freshKeys } from './contract.js';
import { inServer, newSchema, postgresServer } from './postgres/postgres-server.js';

const secret = randomBytes(32);
const now = new Date('2026-01-31T00:00:00Z');

/** Opens a ledger and asks it everything; the code of the first thing that fails. */
async function useOf(place: string): Promise<string> {
  return codeOf(
    (async () => {
      const ledger = await openLedger(place, { secret });
      try {
        await ledger.status();
        await ledger.batches();
        const claim = await ledger.claim(batchOf());
        await ledger.reserve(claim, 0, keyTexts(freshKeys(3)));
        await ledger.prepare(claim, { files: [], report: '' });
        await ledger.done(claim, now);
        await ledger.find('issued', keyTexts(freshKeys(1)));
        await ledger.preparedOf('planted', '1/1');
        await ledger.claim(batchOf({ id: 'planted' }));
        if ((await ledger.verify()).length > 0) throw new Error('it is not sound');
      } finally {
        await ledger.close();
      }
    })(),
  );
}

/** A ledger with one batch that is done. */
async function fill(place: string): Promise<void> {
  await createLedger(place, { secret, now });
  const ledger = await openLedger(place, { secret });
  const claim = await ledger.claim(batchOf({ id: 'planted' }));
  await ledger.reserve(claim, 0, keyTexts(freshKeys(5)));
  await ledger.prepare(claim, { files: [], report: '' });
  await ledger.done(claim, now);
  await ledger.close();
}

const ENDLESS = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)';

/** Rows that make no sense, in statements that both engines know. */
const SENSELESS = [
  "UPDATE keywright_batches SET state = 'published'",
  "UPDATE keywright_batches SET state = 'prepared'",
  'UPDATE keywright_batches SET done_at = NULL',
  'UPDATE keywright_batches SET locked = NULL',
  "UPDATE keywright_batches SET kind = 'gift'",
  "UPDATE keywright_batches SET shard = '3/2'",
  "UPDATE keywright_batches SET shard = '1/0'",
  "UPDATE keywright_batches SET id = 'a b'",
  'UPDATE keywright_batches SET at = 9000000000000000',
  'UPDATE keywright_batches SET at = -1',
  'UPDATE keywright_batches SET done_at = 300000000000000',
  'UPDATE keywright_batches SET count = -5',
  'UPDATE keywright_batches SET attempt = 0',
  'UPDATE keywright_batches SET drawn = 7',
  'UPDATE keywright_batches SET claimed_at = NULL',
  'UPDATE keywright_batches SET voided_at = 1',
  "UPDATE keywright_batches SET voided_at = -1, void_reason = 'r', voided_by = 'b'",
  'UPDATE keywright_chunks SET recorded = -1',
  'UPDATE keywright_chunks SET recorded = 9007199254740993',
  "UPDATE keywright_ledger SET comparison = 'none'",
  "UPDATE keywright_ledger SET name = 'x'",
  'UPDATE keywright_ledger SET at = -1',
  'DELETE FROM keywright_ledger',
  'DELETE FROM keywright_root',
  "UPDATE keywright_root SET wrapping = 'bare'",
  "UPDATE keywright_root SET wrapping = 'rot13'",
] as const;

describe('a SQLite file in which somebody planted something', () => {
  async function planted(...statements: readonly string[]): Promise<string> {
    const place = join(newFolder(), 'issued.db');
    await fill(place);
    const driver = await openSqlite(place);
    for (const statement of statements) driver.exec(statement);
    driver.close();
    return useOf(place);
  }

  it('is used as before without anything', async () => expect(await planted()).toBe('resolved'));

  it('is used as before with tables of others', async () =>
    expect(await planted('CREATE TABLE _litestream_seq (id INTEGER PRIMARY KEY, seq INTEGER)')).toBe(
      'resolved',
    ));

  it.each(['migrations', 'ledger', 'root', 'batches', 'chunks', 'keys'])(
    'is damaged when a view that never ends stands in for its %s',
    async (table) => {
      const view = `CREATE VIEW keywright_${table} AS ${ENDLESS} SELECT i AS id, i AS version FROM n`;
      const rename = `ALTER TABLE keywright_${table} RENAME TO elsewhere`;
      expect(await planted('PRAGMA foreign_keys = OFF', rename, view)).toBe('damaged_ledger');
    },
  );

  it.each(['application_id', 'user_version'])(
    'is damaged by a view that is called as pragma_%s',
    async (name) => {
      const view = `CREATE VIEW pragma_${name} AS ${ENDLESS} SELECT i AS ${name} FROM n`;
      expect(await planted(view)).toBe('damaged_ledger');
    },
  );

  it.each([
    'BEFORE INSERT ON keywright_keys BEGIN SELECT RAISE(IGNORE); END',
    'AFTER INSERT ON keywright_keys BEGIN DELETE FROM keywright_keys WHERE k = new.k; END',
    `AFTER UPDATE ON keywright_batches BEGIN INSERT INTO keywright_keys ${ENDLESS} SELECT i, i FROM n; END`,
  ])('is damaged by a trigger: %s', async (trigger) => {
    expect(await planted(`CREATE TRIGGER planted ${trigger}`)).toBe('damaged_ledger');
  });

  it('is damaged by a column that is not ours', async () => {
    expect(await planted('ALTER TABLE keywright_batches ADD COLUMN more TEXT')).toBe('damaged_ledger');
    const table = `CREATE TABLE keywright_chunks (id INTEGER PRIMARY KEY, batch BIGINT NOT NULL, attempt INTEGER NOT NULL,
      number INTEGER NOT NULL, recorded BIGINT AS (7), UNIQUE (batch, attempt, number))`;
    expect(await planted('DROP TABLE keywright_chunks', table)).toBe('damaged_ledger');
  });

  it('is damaged where keys may stand twice', async () => {
    const table = 'CREATE TABLE keywright_keys (k BLOB, chunk INTEGER NOT NULL)';
    const steps = [
      'ALTER TABLE keywright_keys RENAME TO e',
      table,
      'INSERT INTO keywright_keys SELECT * FROM e',
    ];
    expect(await planted(...steps)).toBe('damaged_ledger');
  });

  it('is damaged by an index that leaves keys out', async () => {
    expect(
      await planted('CREATE UNIQUE INDEX planted ON keywright_keys (length(k))', 'SELECT 1').catch(
        () => 'damaged_ledger',
      ),
    ).toBe('damaged_ledger');
    expect(await planted('CREATE INDEX planted ON keywright_batches (id)')).toBe('damaged_ledger');
  });

  it.each(["UPDATE keywright_keys SET chunk = 'x'", ...SENSELESS])('is damaged: %s', async (statement) => {
    expect(await planted('PRAGMA foreign_keys = OFF', statement)).toBe('damaged_ledger');
  });

  it('is damaged, not at fault, where a record belongs to another batch', async () => {
    const place = join(newFolder(), 'issued.db');
    await fill(place);
    const ledger = await openLedger(place, { secret });
    const claim = await ledger.claim(batchOf({ id: 'other' }));
    await ledger.prepare(claim, { files: [], report: 'another' });
    await ledger.close();
    const driver = await openSqlite(place);
    driver.exec(
      "UPDATE keywright_batches SET locked = (SELECT locked FROM keywright_batches WHERE id = 'other')",
    );
    driver.close();
    const again = await openLedger(place, { secret });
    expect(await codeOf(again.claim(batchOf({ id: 'planted' })))).toBe('damaged_ledger');
    expect(await codeOf(again.preparedOf('planted', '1/1'))).toBe('damaged_ledger');
    expect(await again.verify()).toStrictEqual([
      'batch planted (1/1): the record of what it published was changed',
    ]);
    await again.close();
  });
});

const server = await postgresServer();

describe.skipIf(server === undefined)('a PostgreSQL schema in which somebody planted something', () => {
  const url = server ?? '';
  const schemaOf = (place: string) => /search_path%3D(\w+)/.exec(place)?.[1] ?? '';

  /** Fills a ledger, plants what `statements` say of the schema, which is `$`, and uses it. */
  async function planted(...statements: readonly string[]): Promise<string> {
    const place = await newSchema(url);
    await fill(place);
    const schema = schemaOf(place);
    for (const statement of statements) {
      const named = statement.replace(/keywright_(migrations|ledger|root|batches|chunks|keys)\b/g, '$$.$&');
      await inServer(url, named.replaceAll('$', schema).replaceAll(`${schema}.${schema}.`, `${schema}.`));
    }
    return useOf(place);
  }

  it('is used as before without anything', async () => expect(await planted()).toBe('resolved'));

  it.each(['migrations', 'ledger', 'root', 'batches', 'chunks', 'keys'])(
    'is damaged when a view that never ends stands in for its %s',
    async (table) => {
      const rename = `ALTER TABLE keywright_${table} RENAME TO elsewhere`;
      const view = `CREATE VIEW keywright_${table} AS ${ENDLESS} SELECT i AS id, i AS version FROM n`;
      expect(await planted(rename, view)).toBe('damaged_ledger');
    },
  );

  const FUNCTION = (body: string) =>
    `CREATE FUNCTION $.planted() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN ${body}; END'`;

  it.each([
    ['drops what is inserted', 'RETURN NULL', 'BEFORE INSERT ON keywright_keys FOR EACH ROW'],
    ['deletes it again', 'DELETE FROM $.keywright_keys; RETURN NULL', 'AFTER INSERT ON keywright_keys'],
    ['never ends', 'PERFORM pg_sleep(100000); RETURN NEW', 'BEFORE UPDATE ON keywright_batches FOR EACH ROW'],
  ])('is damaged by a trigger that %s', async (_, body, on) => {
    expect(await planted(FUNCTION(body), `CREATE TRIGGER planted ${on} EXECUTE FUNCTION $.planted()`)).toBe(
      'damaged_ledger',
    );
  });

  it.each([
    ['a rule', 'CREATE RULE planted AS ON INSERT TO keywright_keys DO INSTEAD NOTHING'],
    ['a policy', 'ALTER TABLE keywright_batches ENABLE ROW LEVEL SECURITY'],
    ['keys that may stand twice', 'ALTER TABLE keywright_keys DROP CONSTRAINT keywright_keys_pkey'],
    [
      'keys that may stand twice, in two chunks',
      'ALTER TABLE keywright_keys DROP CONSTRAINT keywright_keys_pkey, ADD PRIMARY KEY (k, chunk)',
    ],
    ['a table that a crash empties', 'ALTER TABLE keywright_keys SET UNLOGGED'],
    ['a table that adds its rows', 'CREATE TABLE $.child () INHERITS (keywright_keys)'],
  ])('is damaged by %s', async (_, statement) => expect(await planted(statement)).toBe('damaged_ledger'));

  it.each(SENSELESS)('is damaged: %s', async (statement) => {
    expect(await planted(statement)).toBe('damaged_ledger');
  });

  it('records in its own tables, whatever stands before them in the search_path', async () => {
    const [evil, own] = [await newSchema(url), await newSchema(url)];
    await fill(own);
    const [before, schema] = [schemaOf(evil), schemaOf(own)];
    const place = own.replace(schema, `${before},${schema},pg_catalog`);
    await inServer(url, `CREATE TABLE ${before}.keywright_keys (k UUID, chunk BIGINT)`);
    await inServer(url, `CREATE VIEW ${before}.keywright_batches AS SELECT pg_sleep(100000)::text`);
    // What our statements call, found before the system's own.
    await inServer(
      url,
      `CREATE FUNCTION ${before}.unnest(uuid[]) RETURNS uuid LANGUAGE sql AS 'SELECT NULL::uuid'`,
    );
    expect(await useOf(place)).toBe('resolved');
    expect(await inServer(url, `SELECT FROM ${before}.keywright_keys`)).toHaveLength(0);
    expect(await inServer(url, `SELECT FROM ${schema}.keywright_keys`)).toHaveLength(8);
  });

  it('is refused where two schemas of the search_path hold one', async () => {
    const [first, second] = [await newSchema(url), await newSchema(url)];
    await fill(first);
    await fill(second);
    const place = first.replace(schemaOf(first), `${schemaOf(first)},${schemaOf(second)}`);
    expect(await useOf(place)).toBe('damaged_ledger');
    expect(await codeOf(createLedger(place, { secret, now }))).toBe('file_exists');
  });
});
