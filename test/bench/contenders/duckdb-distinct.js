// DuckDB with two threads: SELECT DISTINCT from a file to a file. The order of the lines is not kept.
import { DuckDBInstance } from '@duckdb/node-api';

const [path = '', out = ''] = process.argv.slice(2);
/** @param {string} text */
const quoted = (text) => `'${text.replaceAll("'", "''")}'`;

const database = await DuckDBInstance.create(':memory:', {
  threads: '2',
  preserve_insertion_order: 'false',
  temp_directory: process.env['TMPDIR'] ?? '',
});
const connection = await database.connect();
const lines = `read_csv(${quoted(path)}, header = false, auto_detect = false, delim = '', quote = '', columns = {'line': 'VARCHAR'})`;
await connection.run(
  `COPY (SELECT DISTINCT line FROM ${lines}) TO ${quoted(out)} (FORMAT csv, HEADER false, QUOTE '')`,
);
connection.closeSync();
