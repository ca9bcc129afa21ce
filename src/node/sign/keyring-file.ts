import { isKeywrightError, KeywrightError } from '../../core/errors.js';
import { parseJwks } from '../../core/public-keys/foreign-jwks.js';
import { type Keyring, parseKeyring } from '../../core/sign/keyring.js';
import { formatKeyring } from '../../core/sign/keyring-changes.js';
import { shownPath } from '../files/file-error.js';
import { readTextFile, type TextFileOptions } from '../files/text-file.js';
import { replaceFile } from '../publish/replaced-file.js';

/**
 * Loads a keyring from a file, also the JWKS of another tool: a kid of its own that is not the thumbprint is kept as
 * `kid_given`.
 *
 * @throws {KeywrightError} as `parseKeyring` and `readTextFile`; the message names the file.
 *
 * @example
 * const keyring = await readKeyringFile('keyring.json');
 */
export async function readKeyringFile(path: string, options: TextFileOptions = {}): Promise<Keyring> {
  return readWith(parseJwks, path, options);
}

async function readWith(
  parse: (text: string) => Keyring,
  path: string,
  options: TextFileOptions,
): Promise<Keyring> {
  const text = await readTextFile(path, options);
  if (text.includes('-----BEGIN')) {
    const message = `${shownPath(path)} is a PEM file and no keyring: give it as a public key`;
    throw new KeywrightError('invalid_keyring', message, { option: 'publicKey' });
  }
  try {
    return parse(text);
  } catch (error) {
    if (!isKeywrightError(error, 'invalid_keyring')) throw error;
    throw new KeywrightError('invalid_keyring', `${shownPath(path)}: ${error.message}`, error.details, {
      cause: error,
    });
  }
}

/** How {@link changeKeyringFile} works. */
export interface KeyringChangeOptions {
  /** Makes the keyring when there is no file; without it, that is `missing_file`. */
  readonly create?: (() => Keyring) | undefined;
  /** Files that were read for the change, none of which may be the keyring. */
  readonly inputs?: readonly string[] | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Replaces a keyring file (no JWKS with kids of another tool, which would lose them) by what `change` makes of it, whole or not at all. Its mode stays; a new one is
 * readable by all, as the umask permits, for it holds nothing secret.
 *
 * @throws {KeywrightError} as {@link readKeyringFile}, `change` and `OutputFiles`; then the file is as it was.
 *
 * @example
 * await changeKeyringFile('keyring.json', (keyring) => retirePublicKey(keyring, kid, new Date()));
 */
export async function changeKeyringFile(
  path: string,
  change: (keyring: Keyring) => Keyring,
  options: KeyringChangeOptions = {},
): Promise<Keyring> {
  const { create, inputs, signal } = options;
  let changed: Keyring | undefined;
  const work = async (exists: boolean): Promise<Uint8Array> => {
    changed =
      !exists && create !== undefined ? create() : change(await readWith(parseKeyring, path, { signal }));
    return new TextEncoder().encode(formatKeyring(changed));
  };
  await replaceFile(path, work, { newMode: 0o644, inputs, signal });
  if (changed === undefined) throw new Error('a keyring was written that nobody made');
  return changed;
}
