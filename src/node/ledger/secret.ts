import { KeywrightError } from '../../core/errors.js';
import { FEWEST_SECRET_BYTES, parseSecret, readSecretFile } from '../files/secret-file.js';

/** The environment variable that holds the secret. */
const VARIABLE = 'KEYWRIGHT_LEDGER_SECRET';

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
    if (secret.length >= FEWEST_SECRET_BYTES) return secret;
    throw wrongSecret(`the ledger's secret has ${secret.length} bytes: give ${FEWEST_SECRET_BYTES} or more`);
  }
  if (secretFile !== undefined)
    return readSecretFile(secretFile, { what: "a ledger's secret", option: 'secretFile', signal });
  const text = env?.[VARIABLE];
  return text === undefined || text === '' ? undefined : parseSecret(text, VARIABLE, 'secretFile');
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

/** A `wrong_secret` error: a copy would lay open what the ledger keeps outside. */
export function bareCopy(ledger: string, copy: string): KeywrightError<'wrong_secret'> {
  const mend = 'make that one with a secret';
  return wrongSecret(`${ledger} keeps its secret outside, and ${copy} was made without one: ${mend}`, copy);
}

/** A `wrong_secret` error: the root was wrapped anew by somebody else. */
export function otherRotation(ledger: string): KeywrightError<'wrong_secret'> {
  const mend = 'find out which secret opens it now';
  return wrongSecret(
    `the secret of the ledger ${ledger} was changed by another run at this moment: ${mend}`,
    ledger,
  );
}

function wrongSecret(message: string, ledger?: string): KeywrightError<'wrong_secret'> {
  return new KeywrightError('wrong_secret', message, { ledger, option: 'secretFile' });
}
