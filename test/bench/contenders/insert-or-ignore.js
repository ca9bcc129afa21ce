// What one writes by hand: node insert-or-ignore.js fingerprint|text one|each DATABASE COUNT OUT [KEYS]
// INSERT OR IGNORE, key by key, of an HMAC of each key or of the key itself; in one transaction, or one for each key.
import { createHmac } from 'node:crypto';
import Database from 'libsql';
import { listsOfKeys, writeNew } from './keys.js';

const [what = '', commits = '', path = '', count = '', out = '', keys] = process.argv.slice(2);
const secret = Buffer.alloc(32, 7);
const database = new Database(path);
database.pragma('journal_mode = TRUNCATE');
database.pragma('synchronous = FULL');
database.exec(
  `CREATE TABLE IF NOT EXISTS issued (k ${what === 'text' ? 'TEXT' : 'BLOB'} PRIMARY KEY) WITHOUT ROWID`,
);
const insert = database.prepare('INSERT OR IGNORE INTO issued (k) VALUES (?)');

/** @param {string} key */
function recorded(key) {
  if (what === 'text') return key;
  return createHmac('sha256', secret).update(key).digest().subarray(0, 16);
}

async function* fresh() {
  for await (const list of listsOfKeys(Number(count), keys)) {
    yield list.filter((key) => insert.run([recorded(key)]).changes === 1);
  }
}

if (commits === 'one') database.exec('BEGIN IMMEDIATE');
await writeNew(out, fresh());
if (commits === 'one') database.exec('COMMIT');
database.close();
