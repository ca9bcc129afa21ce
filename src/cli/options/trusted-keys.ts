import type { KeyPurpose } from '../../core/sign/artefacts.js';
import { Keyring, type KeyringKey } from '../../core/sign/keyring.js';
import type { Context } from '../command/command.js';
import { UsageError } from '../command/exit-code.js';
import { type Arguments, list, text } from '../command/options.js';

/**
 * The keys to believe, of `--keyring` or `--public-key`: exactly one of them is given. A public key that says nothing of its
 * purpose is one for `purpose`.
 */
export async function trustedKeys(args: Arguments, context: Context, purpose: KeyPurpose): Promise<Keyring> {
  const [file, paths] = [text(args, 'keyring'), list(args, 'public-key')];
  if ((file === undefined) === (paths.length === 0)) {
    throw new UsageError('there are no keys to believe: give --public-key PEM, or else --keyring FILE');
  }
  const reading = { stdin: context.io.stdin, signal: context.signal };
  if (file !== undefined) {
    const { readKeyringFile } = await import('../../node/sign/keyring-file.js');
    return readKeyringFile(file, reading);
  }
  const { readPublicKeyFile } = await import('../../node/sign/public-key-file.js');
  const keys: KeyringKey[] = [];
  for (const path of paths) keys.push(...(await readPublicKeyFile(path, reading)));
  return new Keyring(keys.map((key) => ({ ...key, purposes: key.purposes ?? [purpose] })));
}
