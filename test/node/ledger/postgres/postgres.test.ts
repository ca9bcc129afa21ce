import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Ledger } from '../../../../src/node/ledger/model/ledger.js';
import { ledgerPlace } from '../../../../src/node/ledger/model/ledger-place.js';
import { createLedger, openLedger } from '../../../../src/node/ledger/open-ledger.js';
import { openPostgresStore } from '../../../../src/node/ledger/postgres/postgres-store.js';
import { MIGRATIONS } from '../../../../src/node/ledger/sql/schema.js';
import { type Contender, describeLedger, finish, freshKeys } from '../contract.js';
import { inServer, newSchema, postgresServer } from './postgres-server.js';

const server = await postgresServer();

function contender(url: string, portable: boolean): Contender {
  const opened = new Map<Ledger, readonly [place: string, secret: Uint8Array]>();
  const open = async (place: string, secret: Uint8Array) => {
    const ledger = await openLedger(place, { secret, portable });
    opened.set(ledger, [place, secret]);
    return ledger;
  };
  return {
    open: async ({ exact = false } = {}) => {
      const place = await newSchema(url);
      const secret = randomBytes(32);
      await createLedger(place, { secret, comparison: exact ? 'exact' : 1, now: new Date() });
      return open(place, secret);
    },
    reopen: (ledger) => open(...(opened.get(ledger) ?? ['', new Uint8Array()])),
  };
}

/** What makes a new ledger one of version 2. */
const OLD = `DROP TABLE keywright_doubles; DELETE FROM keywright_migrations WHERE version > 2;
  ALTER TABLE keywright_chunks DROP COLUMN arriving, DROP COLUMN checksum;
  ALTER TABLE keywright_ledger DROP COLUMN moved_to, DROP COLUMN moved_at, DROP COLUMN copying_at, DROP COLUMN restoring_at,
  DROP COLUMN server, DROP COLUMN timeline, DROP COLUMN synchronous;
  ALTER TABLE keywright_batches DROP COLUMN comment, DROP COLUMN claimed_at, DROP COLUMN voided_at, DROP COLUMN void_reason,
  DROP COLUMN voided_by, DROP COLUMN adopted_at, DROP COLUMN void_said_at`;

describe.skipIf(server === undefined)('PostgreSQL', () => {
  it('goes forward to the newest schema at the next opening, whoever comes first', async () => {
    const place = await newSchema(server ?? '');
    await createLedger(place, { secret: randomBytes(32), now: new Date() });
    const statement = 'ALTER TABLE keywright_batches ADD COLUMN note TEXT';
    const newest = (MIGRATIONS.at(-1)?.version ?? 0) + 1;
    const migrations = [...MIGRATIONS, { version: newest, sqlite: [], postgres: [statement] }];
    const stores = await Promise.all(
      [1, 2, 3].map(() => openPostgresStore(ledgerPlace(place), { migrations })),
    );
    for (const store of stores) {
      expect(store.version).toBe(newest);
      await store.close();
    }
    await expect(openPostgresStore(ledgerPlace(place))).rejects.toMatchObject({ code: 'damaged_ledger' });
  });

  it('brings a ledger of version 2 up to date', async () => {
    const place = await newSchema(server ?? '');
    const secret = randomBytes(32);
    await createLedger(place, { secret, now: new Date() });
    await inServer(place, OLD);
    const ledger = await openLedger(place, { secret });
    await finish(ledger, 'generate', freshKeys(3), 'new');
    expect(await ledger.batches()).toMatchObject([{ id: 'new', comment: null }]);
    await ledger.close();
  });

  const url = server ?? '';
  describeLedger('PostgreSQL by COPY', contender(url, false));
  describeLedger('PostgreSQL by arrays', contender(url, true));
});
