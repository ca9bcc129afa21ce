import type { LedgerEngine } from './model/engine.js';
import { POSTGRES } from './postgres/postgres-store.js';
import { SQLITE } from './sqlite/sqlite-file.js';

/** Where ledgers can be kept: the first engine that takes a ledger's name has it. */
export const ENGINES: readonly LedgerEngine[] = [POSTGRES, SQLITE];
