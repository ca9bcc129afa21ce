import { damagedLedger, missingLedger, unreachableLedger } from '../model/ledger-error.js';
import { PostgresFailure } from './postgres-driver.js';

/** invalid_schema_name */
export const NO_SCHEMA = '3F000';
/** Ours: several servers are named, and those that answer take no writes. */
export const NO_WRITES = 'NO_WRITES';
/** Ours: the server committed, and did not hear of its standby that it has it. */
export const UNCONFIRMED = 'UNCONFIRMED';
/** Ours: the standby that a commit waits for does not answer. */
export const NO_STANDBY = 'NO_STANDBY';

/**
 * The same transaction can be tried again: deadlock, serialization failure; the server shuts down, crashed, starts, or
 * ended the session or a wait by a time-out of its own; another server is to take its place.
 */
const AGAIN =
  /^(40P01|40001|57P0[1235]|25P0[34]|55P03|08...|ECONN.*|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOENT|53300|NO_WRITES|UNCONFIRMED)$/;

/** Whether a server takes no writes, or not any more. */
export function isReadOnly(error: unknown): boolean {
  return error instanceof PostgresFailure && error.code === '25006';
}

/** Whether it may go well another time; `writable`: on another server, for one is wanted that takes writes. */
export function mayPass(failure: PostgresFailure, writable: boolean): boolean {
  return AGAIN.test(failure.code) || (writable && isReadOnly(failure));
}

const WORDS: readonly (readonly [RegExp, string])[] = [
  [/^(28...)$/, 'refuses this user or password: check the URL, PGUSER and PGPASSWORD'],
  [/^NO_TLS$/, 'has no TLS, and the URL asks for it: take sslmode out, or set TLS up at the server'],
  [
    /^CLEAR_PASSWORD$/,
    'asks for the password in clear, without TLS: set TLS up and say sslmode=verify-full, or sslmode=disable where the network is safe',
  ],
  [/CERT|TLS/, 'shows a certificate that is not trusted: check sslmode and sslrootcert in the URL'],
  [/^NO_WRITES$/, 'has no server that takes writes: promote a standby, or check the hosts in the URL'],
  [
    /^(UNCONFIRMED|NO_STANDBY)$/,
    'hears nothing of its synchronous standby, so nothing is published: check the standby, then repeat the command',
  ],
  [/^3D000$/, 'names a database that is not there: create it first'],
  [/^3F000$/, 'has no schema to write to: create one, or name another in the search_path'],
  [/^42501$/, 'does not permit this user to do that: grant the rights, or use another user'],
  [/^(25006|57014)$/, 'is read-only or cut the work short: check the server'],
  [/^08P01$/, 'does not speak as PostgreSQL does: check host and port; pgbouncer takes no "options"'],
  [/^53100$/, 'has no disk space left: free some, then repeat the command'],
  [/^53/, 'has too little left of something: look at the server, then repeat the command'],
  [/^(40P01|40001|55P03)$/, 'was contended for too long: try again'],
  [/^(ENOTFOUND|EAI_AGAIN)$/, 'cannot be found: check the name of the host'],
  [/^(57P..|25P..|08...|E[A-Z]+)$/, 'cannot be reached: check that the server runs and takes connections'],
];

/** A PostgreSQL error in plain words. */
export function postgresTrouble(ledger: string, failure: PostgresFailure): Error {
  const { code } = failure;
  if (code === '42P01') return missingLedger(ledger, failure);
  const restore = `(SQLSTATE ${code}): restore it from a backup`;
  if (/^42/.test(code) && code !== '42501') {
    return damagedLedger(ledger, `is no ledger that keywright made ${restore}`, failure);
  }
  if (/^XX/.test(code)) return damagedLedger(ledger, `is damaged ${restore}`, failure);
  const words = WORDS.find(([pattern]) => pattern.test(code))?.[1];
  return unreachableLedger(ledger, words ?? `refuses (${code}): look at the server`, failure);
}
