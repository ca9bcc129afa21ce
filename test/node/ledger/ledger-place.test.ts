import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ledgerPlace, shownLedger } from '../../../src/node/ledger/model/ledger-place.js';
import { openLedger } from '../../../src/node/ledger/open-ledger.js';
import { newFolder } from '../../new-folder.js';

/** Names that hold a password, in every spelling that somebody may have typed. */
const SECRETIVE = [
  'postgres://u:hunter2@h/d',
  'postgresql://u:hunter2@h:1/d?sslmode=require',
  'postgres://u:12/hunter2@h/d',
  'postgres://u:hunter2#x@h/d',
  'postgres://h/d?user=u&password=hunter2',
  'postgres:///d?PASSWORD=hunter2',
  'postgres:u:hunter2@h/d',
  'postgre://u:hunter2@h/d',
  'mysql://u:hunter2@h/d',
  'mysql://h/d?auth=hunter2',
  'u:hunter2@h/d',
  'host=h user=u password=hunter2',
  'hunter2',
  './hunter2',
] as const;

describe('how a ledger is called in messages', () => {
  it.each(SECRETIVE)('tells no password: %s', async (name) => {
    expect(shownLedger(name)).not.toContain('hunter2');
    const env = { LEDGER: name };
    for (const given of [name, 'env:LEDGER']) {
      const error: unknown = await openLedger(given, { env, longestWait: 0 }).catch(
        (error: unknown) => error,
      );
      expect(error).toBeInstanceOf(Error);
      expect(`${error} ${JSON.stringify(error)}`).not.toContain('hunter2');
    }
  });

  it('is the name of a variable, whatever that holds', () => {
    const place = ledgerPlace('env:LEDGER_URL', { LEDGER_URL: 'postgres://u:hunter2@h/d' });
    expect(place).toMatchObject({ at: 'postgres://u:hunter2@h/d', shown: 'env:LEDGER_URL' });
    expect(shownLedger('env:postgres://u:hunter2@h/d')).not.toContain('hunter2');
  });

  it('is the path where something stands, and the server where nothing is secret', () => {
    const folder = newFolder();
    const path = join(folder, 'issued.db');
    const place = ledgerPlace(path);
    expect(place.shown).toBe('the path that was given');
    writeFileSync(path, '');
    expect(place.shown).toBe(path);
    mkdirSync(join(folder, 'u:hunter2@h'));
    expect(shownLedger(join(folder, 'u:hunter2@h'))).not.toContain('hunter2');
    expect(shownLedger('postgres:///keys?host=/var/run')).toBe('postgres:///keys');
    expect(shownLedger('postgres://db.example:5433/keys')).toBe('postgres://db.example:5433/keys');
  });

  it.each(['', 'env:', 'env:NOT_SET'])('needs a name: %j', (name) => {
    expect(() => ledgerPlace(name, {})).toThrow(expect.objectContaining({ code: 'invalid_option' }));
  });
});
