import { rmSync } from 'node:fs';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeBase64 } from '../../core/encoding/base64.js';
import { KeywrightError } from '../../core/errors.js';
import type { KeyringKey } from '../../core/sign/keyring.js';
import { type PublicKey, signatureLength } from '../../core/sign/public-key.js';
import type { Signer } from '../../core/sign/signer.js';
import { isSignedBy } from '../../core/sign/verify.js';
import { unwritable } from '../files/write-error.js';
import { onExit } from '../publish/exit-duty.js';
import { commandWords } from './command-words.js';
import { runProgram } from './program-run.js';

/** How {@link externalSigner} runs its program. */
export interface ExternalSignerOptions {
  /** Milliseconds for one signature: 60,000 unless told, for a person may have to touch a device. */
  readonly timeout?: number | undefined;
  /** The environment of the program: that of this process unless told. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** Ends a run, whose signature then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

const TIMEOUT = 60_000;
/** More than the base64 of the longest RSA signature. */
const MOST = 65_536;
const PLACE = '{}';

/**
 * Signs by a program: for private keys in a device or a service, which no process may read. It is run once a message,
 * without a shell; blanks part the words of `command`, and quotes keep them together. The message comes on its standard
 * input, and, where a word holds `{}`, as a file of that name, which nobody else may read and which is removed
 * afterwards. It writes the signature to standard output: its raw bytes, or their base64 with or without a line end.
 *
 * Each signature is verified against `publicKey` before it is given away.
 *
 * @throws {KeywrightError} `invalid_option` for a command without words, or with a quote that does not end. `sign` rejects
 * with `failed_signer` for a program that fails, takes too long or writes something else than a signature; `invalid_key`
 * for a signature of another key; `unwritable_file` where no file can be made for the message.
 *
 * @example
 * const signer = externalSigner('openssl pkeyutl -sign -rawin -inkey product.private.pem -in {}', privateKey.publicKey);
 * const envelope = await signResponse(payload, signer);
 */
export function externalSigner(
  command: string,
  publicKey: PublicKey,
  { timeout = TIMEOUT, env, signal }: ExternalSignerOptions = {},
): Signer {
  const words = commandWords(command);
  const { kid, alg } = publicKey;
  const key: KeyringKey = { ...publicKey, status: 'active' };
  const run = (given: readonly string[], input: Uint8Array) =>
    runProgram(given, { input, timeout, most: MOST, env, signal });
  return {
    kid,
    alg,
    publicKey,
    sign: async (message) => {
      const output = words.some((word) => word.includes(PLACE))
        ? await withMessageFile(message, (path) =>
            run(
              words.map((word) => word.replaceAll(PLACE, () => path)),
              message,
            ),
          )
        : await run(words, message);
      return checked(output, message, key);
    },
  };
}

async function checked(output: Uint8Array, message: Uint8Array, key: KeyringKey): Promise<Uint8Array> {
  const length = signatureLength(key);
  const signature = signatureIn(output, length);
  if (signature === undefined) {
    const wrong = `the signer wrote no signature of ${length} bytes, raw or as base64: have it write that alone`;
    throw new KeywrightError('failed_signer', wrong, {});
  }
  if (await isSignedBy(key, signature, message)) return signature;
  const other =
    'the signature of the signer does not verify with the public key: name the one of its private key';
  throw new KeywrightError('invalid_key', other, { option: 'publicKey' });
}

/** The signature of `length` bytes that a program wrote: raw, or as base64, in lines as many write it; undefined for anything else. */
export function signatureIn(output: Uint8Array, length: number): Uint8Array | undefined {
  if (output.length === length) return output;
  const decoded = decodeBase64(Buffer.from(output).toString('latin1').replaceAll(/\r?\n/g, ''));
  return decoded?.length === length ? decoded : undefined;
}

/** The message as a file in a folder of its own, both for our eyes only, while `work` runs. */
async function withMessageFile<T>(message: Uint8Array, work: (path: string) => Promise<T>): Promise<T> {
  let folder = join(tmpdir(), 'keywright-message-');
  try {
    folder = await mkdtemp(folder);
  } catch (error) {
    throw unwritable(folder, error);
  }
  const dismiss = onExit(() => rmSync(folder, { recursive: true, force: true }));
  try {
    const path = join(folder, 'message');
    await writeMessage(path, message);
    return await work(path);
  } finally {
    dismiss();
    await rm(folder, { recursive: true, force: true });
  }
}

async function writeMessage(path: string, message: Uint8Array): Promise<void> {
  try {
    const handle = await open(path, 'wx', 0o600);
    await handle.writeFile(message).finally(() => handle.close());
  } catch (error) {
    throw unwritable(path, error);
  }
}
