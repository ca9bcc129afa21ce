import { chmod, stat } from 'node:fs/promises';
import { isKeywrightError, KeywrightError } from '../../core/errors.js';
import { type Keyring, parseKeyring } from '../../core/sign/keyring.js';
import { formatKeyring } from '../../core/sign/keyring-changes.js';
import { errnoOf, shownPath } from '../files/file-error.js';
import { OutputFiles } from '../files/output-files.js';
import { readTextFile, type TextFileOptions } from '../files/text-file.js';

/**
 * Loads a keyring from a file.
 *
 * @throws {KeywrightError} as `parseKeyring` and `readTextFile`; the message names the file.
 *
 * @example
 * const keyring = await readKeyringFile('keyring.json');
 */
export async function readKeyringFile(path: string, options: TextFileOptions = {}): Promise<Keyring> {
  const text = await readTextFile(path, options);
  if (text.includes('-----BEGIN')) {
    const message = `${shownPath(path)} is a PEM file and no keyring: give it as --public-key`;
    throw new KeywrightError('invalid_keyring', message, {});
  }
  try {
    return parseKeyring(text);
  } catch (error) {
    if (!isKeywrightError(error, 'invalid_keyring')) throw error;
    throw new KeywrightError('invalid_keyring', `${shownPath(path)}: ${error.message}`, error.details);
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
 * Replaces a keyring file by what `change` makes of it, whole or not at all. Its mode stays; a new one is
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
  const { create, inputs = [], signal } = options;
  const mode = await modeOf(path);
  const changed =
    mode === undefined && create !== undefined ? create() : change(await readKeyringFile(path, { signal }));
  const files = new OutputFiles({ force: mode !== undefined, inputs, signal });
  try {
    const file = await files.create(path);
    await file.write(new TextEncoder().encode(formatKeyring(changed)));
    await chmod(file.temporary, mode ?? 0o644 & ~process.umask());
    await files.publish();
  } finally {
    await files.discard();
  }
  return changed;
}

async function modeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).mode & 0o777;
  } catch (error) {
    // Anything but its absence is told when the file is opened.
    return errnoOf(error) === 'ENOENT' ? undefined : 0o600;
  }
}
