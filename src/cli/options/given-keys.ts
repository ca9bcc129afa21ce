import { isKeywrightError, KeywrightError } from '../../core/errors.js';
import { decodeBareKey } from '../../core/public-keys/bare-key.js';
import { parsePublicKeys } from '../../core/public-keys/public-key-text.js';
import type { KeyPurpose } from '../../core/sign/artefacts.js';
import { Keyring, type KeyringKey } from '../../core/sign/keyring.js';
import { shownPath, shownText } from '../../node/files/file-error.js';
import { readKeyText } from '../../node/sign/key-text.js';
import { readKeyringFile } from '../../node/sign/keyring-file.js';
import type { Context } from '../command/command.js';
import { UsageError } from '../command/exit-code.js';
import { type Arguments, type CommandOptions, inputFile, list, text } from '../command/options.js';

/** `--public-key` and `--keyring`, wherever something is verified. */
export const VERIFYING_OPTIONS: CommandOptions = {
  'public-key': inputFile('a key to believe: a PEM, JWK, ssh-ed25519 or certificate file; repeatable'),
  keyring: inputFile('the keys to believe, with their roles, products and validity'),
};

/** What a kind may be called in a message. */
const LONGEST_KIND = 40;

/** The keys to believe, and by their kids the files that hold 32 bare bytes. */
export interface GivenKeys {
  readonly keyring: Keyring;
  readonly bare: Map<string, string>;
}

/** What is said of a public key that cannot be read; undefined where its own error says enough. */
export type KeyAdvice = (given: string) => Promise<string | undefined>;

/**
 * The keys of {@link VERIFYING_OPTIONS}. A public key by itself is believed for `purposes`; what a keyring says of its keys
 * stays as it is.
 */
export async function givenKeys(
  args: Arguments,
  context: Context,
  purposes: readonly KeyPurpose[],
  advice: KeyAdvice = async () => undefined,
): Promise<GivenKeys> {
  const [file, paths] = [text(args, 'keyring'), list(args, 'public-key')];
  if ((file === undefined) === (paths.length === 0)) {
    throw new UsageError('there are no keys to believe: give --public-key PEM, or else --keyring FILE');
  }
  const reading = { stdin: context.io.stdin, signal: context.signal };
  const bare = new Map<string, string>();
  if (file !== undefined) return { keyring: await trustedKeyring(file, context), bare };
  const keys: KeyringKey[] = [];
  for (const path of paths) {
    const given = await readKeyText(path, reading);
    const { keys: read, ignored } = await readKeys(path, given, advice);
    tellIgnored(path, ignored, context);
    if (decodeBareKey(given) !== undefined) for (const { kid } of read) bare.set(kid, path);
    keys.push(...read.map((key) => ({ ...key, purposes: key.purposes ?? purposes })));
  }
  // Not by addPublicKey: what a keyring says of its keys must not be lost when it is given as a public key.
  return { keyring: new Keyring(keys), bare };
}

/** A keyring file, and what is told of keys in it that are of other kinds. @throws {KeywrightError} as `readKeyringFile` */
export async function trustedKeyring(file: string, context: Context): Promise<Keyring> {
  const keyring = await readKeyringFile(file, { stdin: context.io.stdin, signal: context.signal });
  tellIgnored(file, keyring.ignored, context);
  return keyring;
}

/** Tells of keys of other kinds that were left out. */
export function tellIgnored(path: string, ignored: readonly string[], context: Context): void {
  if (ignored.length === 0) return;
  const kinds = [...new Set(ignored)].map((kind) => shownText(kind.slice(0, LONGEST_KIND))).join(', ');
  const keys = ignored.length === 1 ? '1 key of another kind' : `${ignored.length} keys of other kinds`;
  context.say(`${shownPath(path)}: ${keys} left out (${kinds})`);
}

/** 32 bytes could be either half of a pair; what verifies is the public one, which is said once. */
export function sayWhichHalf(kid: string | undefined, bare: Map<string, string>, context: Context): void {
  const path = kid === undefined ? undefined : bare.get(kid);
  if (kid === undefined || path === undefined) return;
  context.say(`note: ${shownPath(path)} holds 32 bare bytes: they are the public key, not its seed`);
  bare.delete(kid);
}

async function readKeys(path: string, given: string, advice: KeyAdvice): Promise<Keyring> {
  try {
    return parsePublicKeys(given);
  } catch (error) {
    if (!isKeywrightError(error)) throw error;
    const text = (await advice(given)) ?? error.message;
    throw new KeywrightError('invalid_key', `${shownPath(path)}: ${text}`, {}, { cause: error });
  }
}
