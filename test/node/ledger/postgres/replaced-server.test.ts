import { randomBytes } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Ledger } from '../../../../src/node/ledger/model/ledger.js';
import { createLedger, openLedger } from '../../../../src/node/ledger/open-ledger.js';
import { codeOf } from '../../../failure.js';
import { batchOf, finish, freshKeys } from '../contract.js';
import { inServer, newSchema, postgresServer } from './postgres-server.js';

const server = await postgresServer();
const secret = randomBytes(32);

describe.skipIf(server === undefined)('the server that a ledger was written to last', () => {
  let place = '';
  let ledger: Ledger;
  const known = async () =>
    (await inServer(place, 'SELECT server, timeline, synchronous FROM keywright_ledger'))[0];
  const reopened = async (change: string) => {
    await ledger.close();
    await inServer(place, `UPDATE keywright_ledger SET ${change}`);
    ledger = await openLedger(place, { secret });
  };
  const issueAs = (id: string, kind: 'generate' | 'import' | 'bulk-create') =>
    codeOf(finish(ledger, kind, freshKeys(3), id));

  beforeEach(async () => {
    place = await newSchema(server ?? '');
    await createLedger(place, { secret, now: new Date() });
    ledger = await openLedger(place, { secret });
    await finish(ledger, 'generate', freshKeys(3), 'first');
    return () => ledger.close();
  });

  it('is taken down with the first batch: system identifier, timeline, whether a standby is waited for', async () => {
    const [expected] = await inServer(place, 'SELECT system_identifier::text AS id FROM pg_control_system()');
    expect(await known()).toStrictEqual({ server: expected?.['id'], timeline: '1', synchronous: 0 });
    await reopened('server = NULL, timeline = NULL, synchronous = NULL');
    expect(await issueAs('second', 'generate')).toBe('resolved');
    expect(await known()).toMatchObject({ timeline: '1', synchronous: 0 });
  });

  it.each(["server = '7'", 'timeline = 9'])(
    'is refused when it is another, or an older one: %s',
    async (change) => {
      await reopened(change);
      for (const kind of ['generate', 'import', 'bulk-create'] as const)
        expect(await issueAs(kind, kind)).toBe('other_server');
      expect(await codeOf(ledger.acceptFailover())).toBe('other_server');
      // What is there can still be read, and copied.
      expect(await ledger.batches()).toMatchObject([{ id: 'first', state: 'done' }]);
      expect(await ledger.verify()).toStrictEqual([]);
    },
  );

  it('was promoted without having been waited for: only what was issued before is recorded, until that is accepted', async () => {
    const claim = await ledger.claim(batchOf({ id: 'begun' }));
    await inServer(place, 'UPDATE keywright_ledger SET timeline = 0');
    expect(await codeOf(ledger.prepare(claim, { files: [], report: '' }))).toBe('unconfirmed_failover');
    expect(await issueAs('second', 'generate')).toBe('unconfirmed_failover');
    expect(await issueAs('third', 'bulk-create')).toBe('unconfirmed_failover');
    expect(await issueAs('mended', 'import')).toBe('resolved');
    expect(await known()).toMatchObject({ timeline: '0' });
    expect(await ledger.acceptFailover()).toBe(true);
    expect(await ledger.acceptFailover()).toBe(false);
    expect(await issueAs('second', 'generate')).toBe('resolved');
    expect(await known()).toMatchObject({ timeline: '1' });
  });

  it('was promoted, and every commit had waited for it: nothing need be said', async () => {
    await reopened('timeline = 0, synchronous = 1');
    expect(await issueAs('second', 'generate')).toBe('resolved');
    expect(await known()).toMatchObject({ timeline: '1', synchronous: 0 });
    expect(await ledger.acceptFailover()).toBe(false);
  });
});
