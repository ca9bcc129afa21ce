// What one writes by hand: node single-rows.js one|each URL COUNT OUT [KEYS]
// A row at a time into PostgreSQL, of an HMAC of each key; in one transaction, or one for each key.
import { createHmac } from 'node:crypto';
import pg from 'pg';
import { listsOfKeys, writeNew } from './keys.js';

const [commits = '', url = '', count = '', out = '', keys] = process.argv.slice(2);
const secret = Buffer.alloc(32, 7);
const client = new pg.Client({ connectionString: url });
await client.connect();
await client.query('CREATE TABLE IF NOT EXISTS issued (k UUID PRIMARY KEY)');
const insert = { name: 'insert', text: 'INSERT INTO issued (k) VALUES ($1) ON CONFLICT DO NOTHING' };

async function* fresh() {
  for await (const list of listsOfKeys(Number(count), keys)) {
    const taken = [];
    for (const key of list) {
      const code = createHmac('sha256', secret).update(key).digest('hex').slice(0, 32);
      const { rowCount } = await client.query({ ...insert, values: [code] });
      if (rowCount === 1) taken.push(key);
    }
    yield taken;
  }
}

if (commits === 'one') await client.query('BEGIN');
await writeNew(out, fresh());
if (commits === 'one') await client.query('COMMIT');
await client.end();
