import { randomBytes } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { KeywrightError } from '../../core/errors.js';
import { shownPath } from '../files/file-error.js';
import { readTextFile, withoutMark } from '../files/text-file.js';
import { shownLedger } from './model/ledger-error.js';
import type { LedgerHeader } from './model/store.js';
import { TagMaker } from './tags/tag-maker.js';

/** The environment variable that holds the secret. */
const VARIABLE = 'KEYWRIGHT_LEDGER_SECRET';

const BYTES = 32;

/** Where a ledger's secret comes from, the first that is given. */
export interface SecretSources {
  /** 32 bytes. */
  readonly secret?: Uint8Array | undefined;
  /** A file that holds them as hex or base64, for its owner's eyes only. */
  readonly secretFile?: string | undefined;
  /** Usually `process.env`: looked into for `KEYWRIGHT_LEDGER_SECRET`. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
}

/**
 * The secret that was given; undefined where none was.
 *
 * @throws {KeywrightError} `wrong_secret`: not 32 bytes as hex or base64; `missing_file`, `damaged_file`;
 * `exposed_file`: others may read it.
 */
export async function givenSecret({
  secret,
  secretFile,
  env,
}: SecretSources): Promise<Uint8Array | undefined> {
  if (secret !== undefined) {
    if (secret.length === BYTES) return secret;
    throw wrongSecret(`the ledger's secret has ${secret.length} bytes: give ${BYTES}`);
  }
  if (secretFile !== undefined) return readSecretFile(secretFile);
  const text = env?.[VARIABLE];
  return text === undefined || text === '' ? undefined : parseSecret(text, VARIABLE);
}

/** A secret for a ledger that is about to be made. */
export function newSecret(): Uint8Array {
  return randomBytes(BYTES);
}

/** What tells a ledger's secret from another. */
export function checkOf(secret: Uint8Array): Uint8Array {
  return new TagMaker(secret, 1).tagOf('check', 'keywright ledger v1');
}

/**
 * The secret that a ledger was made with.
 *
 * @throws {KeywrightError} `wrong_secret`: `given` is another, or it is needed and undefined.
 */
export function matchingSecret(
  name: string,
  { secret: inside, check }: LedgerHeader,
  given: Uint8Array | undefined,
): Uint8Array {
  const ledger = shownLedger(name);
  const secret = given ?? inside;
  if (secret === null) {
    const mend = `set ${VARIABLE}, or give --secret-file`;
    throw wrongSecret(`the ledger ${ledger} keeps its secret outside, and none is given: ${mend}`, ledger);
  }
  if (Buffer.from(checkOf(secret)).equals(check)) return secret;
  throw wrongSecret(
    inside === null
      ? `the secret is not the one that the ledger ${ledger} was made with: give that one`
      : `the ledger ${ledger} stores its own secret, and another is given: leave out --secret-file and ${VARIABLE}`,
    ledger,
  );
}

async function readSecretFile(path: string): Promise<Uint8Array> {
  const text = withoutMark(await readTextFile(path, { most: 4096 }));
  const secret = parseSecret(text, shownPath(path));
  const exposed = (await stat(path)).mode & 0o077;
  if (exposed === 0 || process.platform === 'win32') return secret;
  const mode = (exposed | 0o600).toString(8).padStart(4, '0');
  const message = `${shownPath(path)} holds a ledger's secret, and others may read it: run "chmod 600 ${shownPath(path)}"`;
  throw new KeywrightError('exposed_file', message, { path, mode });
}

/** Hex, base64 or base64url; padding may be missing. */
function parseSecret(text: string, source: string): Uint8Array {
  const bare = text.trim();
  if (/^[0-9a-f]{64}$/i.test(bare)) return Buffer.from(bare, 'hex');
  // The last symbol of 43 holds four bits: of a longer or shorter secret it would not end so.
  if (/^[A-Za-z0-9+/_-]{42}[AEIMQUYcgkosw048]=?$/.test(bare)) {
    return Buffer.from(bare.replace(/-/g, '+').replace(/_/g, '/'), 'base64');
  }
  const make = 'make one with "openssl rand -hex 32"';
  throw wrongSecret(`${source} does not hold ${BYTES} bytes as hex or base64: ${make}`);
}

function wrongSecret(message: string, ledger?: string): KeywrightError<'wrong_secret'> {
  return new KeywrightError('wrong_secret', message, ledger === undefined ? {} : { ledger });
}
