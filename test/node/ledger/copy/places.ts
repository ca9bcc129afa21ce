import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { createLedger, openLedger } from '../../../../src/node/ledger/open-ledger.js';
import { newFolder } from '../../../new-folder.js';
import { newSchema, postgresServer } from '../postgres/postgres-server.js';

const server = await postgresServer();
const isNative = process.getBuiltinModule?.('node:sqlite') !== undefined;

/** A kind of ledger that a copy comes from or goes to. */
export interface CopyEngine {
  readonly engine: string;
  place(): Promise<string>;
}

/** The kinds that can be had here. */
export const COPY_ENGINES: readonly CopyEngine[] = [
  { engine: isNative ? 'node:sqlite' : 'libsql', place: async () => join(newFolder(), 'issued.db') },
  ...(server === undefined ? [] : [{ engine: 'PostgreSQL', place: () => newSchema(server) }]),
];

/** All pairs of them. */
export const COPY_PAIRS = COPY_ENGINES.flatMap((from) => COPY_ENGINES.map((to) => ({ from, to })));

/** A ledger, its secret, and how to open it. */
export async function newCopyLedger(
  { place }: CopyEngine,
  part: { readonly bare?: boolean; readonly exact?: boolean } = {},
) {
  const at = await place();
  const secret = part.bare === true ? undefined : randomBytes(32);
  await createLedger(at, { secret, comparison: part.exact === true ? 'exact' : 1, now: new Date(0) });
  return { at, secret, open: () => openLedger(at, { secret }) };
}
