import { existsSync } from 'node:fs';
import { KeywrightError } from '../../../core/errors.js';
import { shownPath, shownText } from '../../files/file-error.js';

/** Where a ledger is, and how messages call it. */
export interface LedgerPlace {
  /** The path of a file, or a URL. It may hold a password, so no message does. */
  readonly at: string;
  /** Looked up each time: a path is shown when something stands there. */
  readonly shown: string;
}

/**
 * The place of the ledger `name`: the path of a file, `postgres://…`, or `env:NAME` for what that variable of `env` holds,
 * of which messages tell the name alone.
 *
 * @throws {KeywrightError} `invalid_option`: no name, or no such variable.
 */
export function ledgerPlace(
  name: string,
  env: Readonly<Record<string, string | undefined>> = {},
): LedgerPlace {
  if (!name.startsWith('env:')) return placed(name, name);
  const variable = name.slice('env:'.length);
  if (variable === '') throw refusedName('env: names no environment variable: write env:NAME');
  const held = env[variable] ?? '';
  if (held !== '') return placed(held, name);
  throw refusedName(
    `the environment variable ${shownVariable(variable)} is not set: put the ledger's path or URL into it`,
  );
}

/**
 * A ledger's name as it may stand in a message. What may hold a password is not shown: whatever has an `@` or a
 * `password=` in it, the parameters of a URL, and what is no path that exists.
 */
export function shownLedger(name: string): string {
  if (name.startsWith('env:')) return `env:${shownVariable(name.slice('env:'.length))}`;
  const [, scheme] = /^([a-z][a-z0-9+.-]{0,15}:\/\/)/i.exec(name) ?? [];
  if (scheme !== undefined)
    return shownText(SECRETIVE.test(name) ? `${scheme}…` : name.replace(/[?#].*$/s, ''));
  return SECRETIVE.test(name) || !existsSync(name) ? UNSAID : shownPath(name);
}

const SECRETIVE = /@|password=/i;
const UNSAID = 'the path that was given';

function shownVariable(name: string): string {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ? name : '(unsaid, for it is no plain name)';
}

function placed(at: string, name: string): LedgerPlace {
  if (at === '') throw refusedName('the name of the ledger is empty: give a path or a postgres:// URL');
  if (at === '-')
    throw refusedName('a ledger cannot be standard input or output: give a path or a postgres:// URL');
  return {
    at,
    get shown() {
      return shownLedger(name);
    },
  };
}

function refusedName(message: string): KeywrightError<'invalid_option'> {
  return new KeywrightError('invalid_option', message, { option: 'ledger' });
}
