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
    const expected = made.get(name);
    const fits = expected === undefined ? /^CREATE TABLE /i.test(sql) : sql === expected;
    if (!fits) throw new SenselessRow(`${name} is no plain table of ours`);
  }
}

/** The text of each table as SQLite keeps it; none of one that a later step altered, where the text is SQLite's. */
function tablesMade(migrations: readonly Migration[]): ReadonlyMap<string, string | undefined> {
  const made = new Map<string, string | undefined>();
  for (const statement of migrations.flatMap(({ sqlite }) => sqlite)) {
    const [, verb, name = ''] = /^(CREATE|ALTER) TABLE (keywright_\w+)/.exec(statement) ?? [];
    if (verb !== undefined) made.set(name, verb === 'CREATE' ? statement : undefined);
  }
  return made;
}
