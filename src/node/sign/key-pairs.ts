import { createPrivateKey } from 'node:crypto';
import { isKeywrightError, KeywrightError } from '../../core/errors.js';
import { type PrivateKey, parsePrivateKey } from '../../core/sign/private-key.js';
import { adviceForDer } from '../../core/sign/private-key-advice.js';
import { formatPublicKey } from '../../core/sign/spki.js';
import { ByteSource } from '../files/byte-source.js';
import { shownPath } from '../files/file-error.js';
import { isUtf16 } from '../files/text-encoding.js';
import { OutputFiles } from '../publish/output-files.js';
import { isDer } from './key-text.js';

/** The two files of a key pair. */
export interface KeyPairFiles {
  readonly privatePath: string;
  readonly publicPath: string;
}

/**
 * Writes a key pair: `BASE.private.pem` (PKCS#8, mode 0600) and `BASE.public.pem` (SPKI). Neither is ever
 * overwritten, and when one cannot be written, neither is left.
 *
 * @throws {KeywrightError} `file_exists`; `unwritable_file`.
 *
 * @example
 * await createKeyPairFiles('keys/product', await generateKeyPair());
 */
export async function createKeyPairFiles(base: string, pair: PrivateKey): Promise<KeyPairFiles> {
  const files = { privatePath: `${base}.private.pem`, publicPath: `${base}.public.pem` };
  const outputs = new OutputFiles();
  try {
    const publicFile = await outputs.create(files.publicPath, 0o644 & ~process.umask());
    await publicFile.write(new TextEncoder().encode(formatPublicKey(pair.publicKey)));
    const privateFile = await outputs.create(files.privatePath);
    await privateFile.write(new TextEncoder().encode(pair.exportPem()));
    await outputs.publish();
  } catch (error) {
    if (!isKeywrightError(error, 'file_exists')) throw error;
    const message = `${shownPath(error.details.path)} exists already: choose another name`;
    // Private keys are never replaced: no option does it.
    throw new KeywrightError('file_exists', message, { path: error.details.path }, { cause: error });
  } finally {
    await outputs.discard();
  }
  return files;
}

/** What {@link readPrivateKey} may need besides the file's name. */
export interface PrivateKeySources {
  /** For `env:NAME`; usually `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** For `-`: reads standard input to its end. */
  readonly stdin?: (() => Promise<string>) | undefined;
  /** Asked for only when the key is encrypted. */
  readonly passphrase?: (() => Promise<string>) | undefined;
  /** Ends the reading of a file. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Reads a private key from a file, from `-` (standard input) or from `env:NAME`. A file that others may read
 * is refused, demo keys excepted (see {@link isDemoKey}); on Windows modes mean nothing and are not looked at.
 * Encrypted PKCS#8 is opened with the passphrase.
 *
 * @throws {KeywrightError} `missing_file`; `exposed_file`; `locked_key`: encrypted, and the passphrase missing
 * or wrong; `invalid_key`: no private key (see `parsePrivateKey`); `invalid_option`: `-` or `env:` where there
 * is none.
 *
 * @example
 * const { kid } = await readPrivateKey('product.private.pem');
 */
export async function readPrivateKey(source: string, sources: PrivateKeySources = {}): Promise<PrivateKey> {
  const { text, mode } = await readSource(source, sources);
  const key = await unlock(text, sources.passphrase);
  const exposed = mode & 0o077;
  if (exposed !== 0 && process.platform !== 'win32' && !isDemoKey(key.kid)) {
    const octal = mode.toString(8).padStart(4, '0');
    const path = shownPath(source);
    const message = `${path} holds a private key, and others may read it (mode ${octal}): run "chmod 600 ${path}"`;
    throw new KeywrightError('exposed_file', message, { path: source, mode: octal });
  }
  return key;
}

/**
 * Whether a kid is one of the demo pairs in `keys/`, whose private halves are public knowledge.
 *
 * @example
 * isDemoKey(privateKey.kid); // false
 */
export function isDemoKey(kid: string): boolean {
  return DEMO_KIDS.includes(kid);
}

const DEMO_KIDS: readonly string[] = [
  'HsYVPMfJJ5jks6Fju7frWKfaenckY1yK5Xx1KyvZGF4',
  '4z_eiKP81RjNh1fJA_6MrKnGqdiv4DZ4QoERNT29fhM',
];

/** A private key is a few thousand characters long; whatever is longer is something else. */
const LONGEST = 65_536;

async function readSource(
  source: string,
  { env = {}, stdin, signal }: PrivateKeySources,
): Promise<{ readonly text: string; readonly mode: number }> {
  if (source === '-') {
    if (stdin === undefined) throw refuseOption('standard input is not at hand: give a file or env:NAME');
    return { text: await stdin(), mode: 0 };
  }
  if (!source.startsWith('env:')) return readFile(source, signal);
  const name = source.slice('env:'.length);
  const text = env[name];
  if (text === undefined || text === '') {
    throw refuseOption(
      `the environment variable ${shownPath(name)} is not set: put the private key's PEM into it`,
    );
  }
  return { text, mode: 0 };
}

async function readFile(
  path: string,
  signal: AbortSignal | undefined,
): Promise<{ readonly text: string; readonly mode: number }> {
  const parts: Uint8Array[] = [];
  let length = 0;
  let source: ByteSource | undefined;
  try {
    source = await ByteSource.open(path, undefined, signal);
    for await (const part of source.chunks()) {
      parts.push(part);
      length += part.length;
      if (length >= LONGEST) break;
    }
    const bytes = Buffer.concat(parts).subarray(0, LONGEST);
    refuseNoText(bytes);
    return { text: bytes.toString('utf8'), mode: source.mode };
  } catch (error) {
    if (!isKeywrightError(error, 'damaged_file')) throw error;
    throw new KeywrightError('missing_file', error.message, { path }, { cause: error });
  } finally {
    await source?.close();
  }
}

function refuseNoText(bytes: Buffer): void {
  const what = isDer(bytes)
    ? adviceForDer(bytes)
    : isUtf16(bytes)
      ? 'is UTF-16: save it as UTF-8 text'
      : bytes.length === 0
        ? 'is an empty file: name the right one'
        : undefined;
  if (what !== undefined) throw new KeywrightError('invalid_key', `the private key ${what}`, {});
}

async function unlock(text: string, passphrase: PrivateKeySources['passphrase']): Promise<PrivateKey> {
  const pem = text.replace(/^\ufeff/, '').replace(/\\r|\\n/g, '\n');
  if (passphrase === undefined || !pem.includes('BEGIN ENCRYPTED PRIVATE KEY')) return parsePrivateKey(pem);
  return parsePrivateKey(decrypt(pem, await passphrase()));
}

/** node:crypto's own errors are not passed on: what they quote is not ours to promise. */
function decrypt(pem: string, passphrase: string): string {
  try {
    return createPrivateKey({ key: pem, format: 'pem', passphrase })
      .export({ type: 'pkcs8', format: 'pem' })
      .toString();
  } catch {
    const message = 'the private key does not open with this passphrase: give the right one';
    throw new KeywrightError('locked_key', message, {});
  }
}

function refuseOption(message: string): KeywrightError<'invalid_option'> {
  return new KeywrightError('invalid_option', message, { option: 'privateKey' });
}
