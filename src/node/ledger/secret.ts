import { stat } from 'node:fs/promises';
import { decodeBase64 } from '../../core/encoding/base64.js';
import { KeywrightError } from '../../core/errors.js';
import { shownPath } from '../files/file-error.js';
import { readTextFile, withoutMark } from '../files/text-file.js';

/** The environment variable that holds the secret. */
const VARIABLE = 'KEYWRIGHT_LEDGER_SECRET';

const FEWEST_BYTES = 32;

/** Where a ledger's secret comes from, the first that is given. */
export interface SecretSources {
  /** 32 random bytes or more. */
  readonly secret?: Uint8Array | undefined;
  /** A file that holds them as hex or base64, for its owner's eyes only. */
  readonly secretFile?: string | undefined;
  /** Usually `process.env`: looked into for `KEYWRIGHT_LEDGER_SECRET`. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** Ends the reading. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * The secret that was given; undefined where none was.
 *
 * @throws {KeywrightError} `wrong_secret`: not 32 bytes and more as hex or base64; `missing_file`, `damaged_file`;
 * `exposed_file`: others may read it.
 */
export async function givenSecret({
  secret,
  secretFile,
  env,
  signal,
}: SecretSources): Promise<Uint8Array | undefined> {
  if (secret !== undefined) {
    if (secret.length >= FEWEST_BYTES) return secret;
    throw wrongSecret(`the ledger's secret has ${secret.length} bytes: give ${FEWEST_BYTES} or more`);
  }
  if (secretFile !== undefined) return readSecretFile(secretFile, signal);
  const text = env?.[VARIABLE];
  return text === undefined || text === '' ? undefined : parseSecret(text, VARIABLE);
}

/** A `wrong_secret` error: the root is wrapped, and there is nothing to open it with. */
export function secretNeeded(ledger: string): KeywrightError<'wrong_secret'> {
  const mend = `set ${VARIABLE}, or name the file that holds it`;
  return wrongSecret(`the ledger ${ledger} keeps its secret outside, and none is given: ${mend}`, ledger);
}

/** A `wrong_secret` error: the root does not open. */
export function otherSecret(ledger: string): KeywrightError<'wrong_secret'> {
  const message = `the secret is not the one of the ledger ${ledger}: give that one`;
  return wrongSecret(message, ledger);
}

/** A `wrong_secret` error: there is nothing to be opened. */
export function bareRoot(ledger: string): KeywrightError<'wrong_secret'> {
  const mend = `leave the secret out (also ${VARIABLE}), or check that this is the right ledger`;
  return wrongSecret(`the ledger ${ledger} was made without a secret, and one is given: ${mend}`, ledger);
}

/** A `wrong_secret` error: the root was wrapped anew by somebody else. */
export function otherRotation(ledger: string): KeywrightError<'wrong_secret'> {
  const mend = 'find out which secret opens it now';
  return wrongSecret(
    `the secret of the ledger ${ledger} was changed by another run at this moment: ${mend}`,
    ledger,
  );
}

async function readSecretFile(path: string, signal: AbortSignal | undefined): Promise<Uint8Array> {
  const text = withoutMark(await readTextFile(path, { most: 4096, signal }));
  const secret = parseSecret(text, shownPath(path));
  const exposed = (await stat(path)).mode & 0o077;
  if (exposed === 0 || process.platform === 'win32') return secret;
  const mode = (exposed | 0o600).toString(8).padStart(4, '0');
  const message = `${shownPath(path)} holds a ledger's secret, and others may read it: run "chmod 600 ${shownPath(path)}"`;
  throw new KeywrightError('exposed_file', message, { path, mode });
}

/** Hex, base64 or base64url; padding may be missing. What has only hex digits is hex, so that one too few is noticed. */
function parseSecret(text: string, source: string): Uint8Array {
  const bare = text.trim();
  const secret = /^[0-9a-f]*$/i.test(bare) ? fromHex(bare) : fromBase64(bare);
  if (secret !== undefined && secret.length >= FEWEST_BYTES) return secret;
  const make = 'make one with "openssl rand -hex 32"';
  throw wrongSecret(`${source} does not hold ${FEWEST_BYTES} bytes or more as hex or base64: ${make}`);
}

function fromHex(text: string): Uint8Array | undefined {
  return text.length % 2 === 0 ? Buffer.from(text, 'hex') : undefined;
}

function fromBase64(text: string): Uint8Array | undefined {
  // The padding is whole, or left out.
  if (text.endsWith('=') && text.length % 4 !== 0) return undefined;
  const bare = text
    .replace(/={1,2}$/, '')
    .replace(/\+/g, '-')
    .replace(/\//g, '_');
  return decodeBase64(bare, 'url');
}

function wrongSecret(message: string, ledger?: string): KeywrightError<'wrong_secret'> {
  return new KeywrightError('wrong_secret', message, { ledger, option: 'secretFile' });
}
