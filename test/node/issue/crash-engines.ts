import { mkdirSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { expect } from 'vitest';
import { POSTGRES as ENGINE } from '../../../src/node/ledger/postgres/postgres-store.js';
import { newSchema, postgresServer } from '../ledger/postgres/postgres-server.js';
import { nodeWithoutSqlite, nodeWithSqlite } from '../ledger/sqlite/node-with-sqlite.js';

/** What a ledger runs on. */
export interface CrashEngine {
  readonly name: string;
  /** How to start the Node.js that takes it; undefined where it cannot be had, which was said. */
  readonly node: readonly string[] | undefined;
  /** Where a new ledger may be made: in `folder`, if it is a file. */
  place(folder: string): Promise<string>;
}

const server = await postgresServer();

const inFile = async (folder: string) => {
  mkdirSync(folder, { recursive: true });
  return join(folder, 'issued.db');
};

/** A file, by whatever this Node.js takes. */
export const SQLITE: CrashEngine = { name: 'SQLite', node: [process.execPath], place: inFile };

/** A schema of its own in the server that the environment names. */
export const POSTGRES: CrashEngine = {
  name: 'PostgreSQL',
  node: server === undefined ? undefined : [process.execPath],
  place: () => newSchema(server ?? ''),
};

/** All that there are. */
export function allEngines(): readonly CrashEngine[] {
  return [
    { name: 'SQLite by libsql', node: nodeWithoutSqlite(), place: inFile },
    { name: 'SQLite by node:sqlite', node: nodeWithSqlite(), place: inFile },
    POSTGRES,
  ];
}

/** That nothing lies beside the ledger but a journal without content. */
export function expectNothingBeside(place: string): void {
  if (ENGINE.takes(place)) return;
  const names = readdirSync(dirname(place)).filter((name) => name !== basename(place));
  expect(names.filter((name) => name !== `${basename(place)}-journal`)).toStrictEqual([]);
  for (const name of names) expect(statSync(join(dirname(place), name)).size, name).toBe(0);
}
