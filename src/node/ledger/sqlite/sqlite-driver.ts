import { KeywrightError } from '../../../core/errors.js';
import { installCommand } from '../../files/install-command.js';
import { withoutWarning } from '../model/driver-warning.js';
import { SenselessRow } from '../sql/row-columns.js';
import type { SqlRow, SqlValue } from '../sql/sql-value.js';

/** A SQLite database: the little that two packages have in common. Every call is synchronous. */
export interface SqliteDriver {
  readonly name: 'node:sqlite' | 'libsql';
  /** Runs statements without parameters. @throws {SqliteFailure} */
  exec(sql: string): void;
  /** Runs one statement; returns how many rows it changed. @throws {SqliteFailure} */
  run(sql: string, values: readonly SqlValue[]): number;
  /** The rows of one statement. @throws {SqliteFailure} */
  all(sql: string, values: readonly SqlValue[]): readonly SqlRow[];
  close(): void;
}

/** SQLite refused. `code` is its primary result code (https://www.sqlite.org/rescode.html). */
export class SqliteFailure extends Error {
  readonly code: number;

  constructor(code: number) {
    super(`SQLite result code ${code}`);
    this.name = 'SqliteFailure';
    this.code = code;
  }
}

const CANNOT_OPEN = 14;

/**
 * Opens the SQLite file at `path`, creating it when it is not there: with `node:sqlite` where Node has it (22.13 and
 * later), else with the package `libsql`. `prefer` names one of the two.
 *
 * @throws {KeywrightError} `missing_driver`. @throws {SqliteFailure}
 */
export async function openSqlite(path: string, prefer?: SqliteDriver['name']): Promise<SqliteDriver> {
  const native = prefer === 'libsql' ? undefined : loadNative();
  if (native !== undefined) return new NativeDriver(attempt(() => new native.DatabaseSync(path)));
  if (prefer === 'node:sqlite') throw missing('node:sqlite, which comes with Node.js 22.13 and later');
  const Libsql = await loadLibsql();
  return new LibsqlDriver(attempt(() => new Libsql(path)));
}

type Native = typeof import('node:sqlite');
type NativeDatabase = InstanceType<Native['DatabaseSync']>;

/** `node:sqlite`, without the warning that it is experimental. */
function loadNative(): Native | undefined {
  return withoutWarning(/SQLite is an experimental feature/, () => process.getBuiltinModule?.('node:sqlite'));
}

async function loadLibsql(): Promise<typeof import('libsql')> {
  try {
    return (await import('libsql')).default;
  } catch (error) {
    throw missing('libsql', error);
  }
}

function missing(name: string, cause?: unknown): KeywrightError<'missing_driver'> {
  const mend =
    name === 'libsql' ? `run "${installCommand(name)}", or use Node.js 22.13 or later` : 'update Node.js';
  const message = `a ledger in a file needs ${name === 'libsql' ? 'the package libsql on this Node.js' : name}: ${mend}`;
  return new KeywrightError('missing_driver', message, { package: name }, { cause });
}

/** Statements, each prepared once. */
class Statements<Statement> {
  readonly #prepare: (sql: string) => Statement;
  readonly #prepared = new Map<string, Statement>();

  constructor(prepare: (sql: string) => Statement) {
    this.#prepare = prepare;
  }

  of(sql: string): Statement {
    const statement = this.#prepared.get(sql) ?? this.#prepare(sql);
    this.#prepared.set(sql, statement);
    return statement;
  }

  clear(): void {
    this.#prepared.clear();
  }
}

class NativeDriver implements SqliteDriver {
  readonly name = 'node:sqlite';
  readonly #database: NativeDatabase;
  readonly #statements: Statements<ReturnType<NativeDatabase['prepare']>>;

  constructor(database: NativeDatabase) {
    this.#database = database;
    this.#statements = new Statements((sql) => database.prepare(sql));
  }

  exec(sql: string): void {
    attempt(() => this.#database.exec(sql));
  }

  run(sql: string, values: readonly SqlValue[]): number {
    return attempt(() => Number(this.#statements.of(sql).run(...values.map(bound)).changes));
  }

  all(sql: string, values: readonly SqlValue[]): readonly SqlRow[] {
    return attempt(() => this.#statements.of(sql).all(...values.map(bound)));
  }

  close(): void {
    this.#statements.clear();
    this.#database.close();
  }
}

type LibsqlDatabase = import('libsql').Database;

class LibsqlDriver implements SqliteDriver {
  readonly name = 'libsql';
  readonly #database: LibsqlDatabase;
  readonly #statements: Statements<ReturnType<LibsqlDatabase['prepare']>>;

  constructor(database: LibsqlDatabase) {
    this.#database = database;
    this.#statements = new Statements((sql) => database.prepare(sql));
  }

  exec(sql: string): void {
    attempt(() => this.#database.exec(sql));
  }

  run(sql: string, values: readonly SqlValue[]): number {
    return attempt(() => this.#statements.of(sql).run(values.map(bound)).changes);
  }

  all(sql: string, values: readonly SqlValue[]): readonly SqlRow[] {
    return attempt(() => this.#statements.of(sql).all(values.map(bound)).map(withBytes));
  }

  close(): void {
    this.#statements.clear();
    this.#database.close();
  }
}

/** Both bind a number as a real, and libsql takes no bytes but a Buffer's. */
function bound(value: SqlValue): string | bigint | Buffer | null {
  if (typeof value === 'number') return BigInt(value);
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  return value;
}

function withBytes(row: unknown): SqlRow {
  return Object.fromEntries(
    Object.entries(row ?? {}).map(([name, value]) => [
      name,
      value instanceof ArrayBuffer ? new Uint8Array(value) : value,
    ]),
  );
}

function attempt<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    // So node:sqlite says that a stored number is beyond what a JavaScript number holds.
    if (error instanceof RangeError) throw new SenselessRow('a row holds a number that is too large');
    const code = resultCode(error);
    // Their messages may quote values, and values are not ours to promise.
    throw code === undefined ? error : new SqliteFailure(code & 0xff);
  }
}

function resultCode(error: unknown): number | undefined {
  if (!(error instanceof Error)) return undefined;
  if ('errcode' in error && typeof error.errcode === 'number') return error.errcode;
  if ('rawCode' in error && typeof error.rawCode === 'number') return error.rawCode;
  return error.message.startsWith('ConnectionFailed') ? CANNOT_OPEN : undefined;
}
