import { isKeywrightError, KeywrightError } from '../../core/errors.js';
import { parsePublicKeys } from '../../core/public-keys/public-key-text.js';
import type { KeyringKey } from '../../core/sign/keyring.js';
import { shownPath } from '../files/file-error.js';
import type { TextFileOptions } from '../files/text-file.js';
import { readKeyText } from './key-text.js';

/**
 * The public keys of a file in whatever form people have them, or of standard input for `-`: at least one.
 *
 * @throws {KeywrightError} as `readKeyText`; `invalid_key` with the file's name, as `parsePublicKeys`.
 */
export async function readPublicKeyFile(
  path: string,
  options: TextFileOptions = {},
): Promise<readonly KeyringKey[]> {
  const given = await readKeyText(path, options);
  try {
    return parsePublicKeys(given).keys;
  } catch (error) {
    if (!isKeywrightError(error, 'invalid_key') && !isKeywrightError(error, 'invalid_keyring')) throw error;
    throw new KeywrightError('invalid_key', `${shownPath(path)}: ${error.message}`, {}, { cause: error });
  }
}
