import { SenselessRow, textIn } from '../sql/row-columns.js';
import { type Migration, TABLES } from '../sql/schema.js';
import type { SqliteDriver } from './sqlite-driver.js';

/** SQLite's own table of what there is, which nothing can stand in for. */
const EVERYTHING = 'SELECT type, name, tbl_name, sql FROM sqlite_schema';

/**
 * That the ledger's tables are those that we made, and that no view and no trigger is in the file: one could make what
 * we write or read another thing, or never end. Within a transaction this holds until its end. Tables of others are left
 * alone, as those that a tool for backups keeps. Without `migrations` our tables need not be there yet.
 *
 * @throws {SenselessRow}
 */
export function refusePlanted(driver: SqliteDriver, migrations: readonly Migration[] | undefined): void {
  const ours = new Map<string, string>(TABLES.map((table) => [`keywright_${table}`, 'missing']));
  for (const row of driver.all(EVERYTHING, [])) {
    const [type, name] = [textIn(row, 'type'), textIn(row, 'name')];
    if (type === 'view' || type === 'trigger') throw new SenselessRow(`a ${type} is in it that is not ours`);
    if (type === 'index' && ours.has(textIn(row, 'tbl_name')) && row['sql'] !== null)
      throw new SenselessRow('an index is on its tables that is not ours');
    if (type === 'table' && ours.has(name)) ours.set(name, textIn(row, 'sql', /^/));
  }
  if (migrations === undefined) return;
  const made = tablesMade(migrations);
  for (const [name, sql] of ours) {
    if (sql !== made.get(name)) throw new SenselessRow(`${name} is no plain table of ours`);
  }
}

/** The text of each table as SQLite keeps it. */
function tablesMade(migrations: readonly Migration[]): ReadonlyMap<string, string> {
  const made = new Map<string, string>();
  for (const statement of migrations.flatMap(({ sqlite }) => sqlite)) {
    const [, created] = /^CREATE TABLE (keywright_\w+)/.exec(statement) ?? [];
    if (created !== undefined) made.set(created, statement);
    const [, altered = '', column] = /^ALTER TABLE (keywright_\w+) ADD COLUMN (.+)$/.exec(statement) ?? [];
    if (column !== undefined) made.set(altered, withColumn(made.get(altered) ?? '', column));
  }
  return made;
}

/** SQLite writes a further column behind the last one, before what the table says of several. */
function withColumn(table: string, column: string): string {
  return table.replace(/(?=, UNIQUE \([^()]*\)\)$|\)$)/, `, ${column}`);
}
