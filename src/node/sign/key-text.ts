import { isUtf8 } from 'node:buffer';
import { decodeBase64 } from '../../core/encoding/base64.js';
import { parseDer, TAG } from '../../core/encoding/der.js';
import { decodeUtf8 } from '../../core/encoding/utf8.js';
import { KeywrightError } from '../../core/errors.js';
import { adviceForDer, isPrivateDer } from '../../core/sign/private-key-advice.js';
import { fileText, readFileBytes, type TextFileOptions } from '../files/text-file.js';

/** An Ed25519 key by itself. */
const BARE = 32;

/**
 * The file of a public key as the text that `parsePublicKeys` reads: what is no text, DER or 32 bare bytes, as base64.
 *
 * @throws {KeywrightError} as `readTextFile`.
 */
export async function readKeyText(path: string, options: TextFileOptions = {}): Promise<string> {
  return textOf(await readFileBytes(path, options), path);
}

/**
 * As {@link readKeyText}, of either half of a pair.
 *
 * @throws {KeywrightError} `invalid_key` also for a private key in DER, with what makes PEM of it.
 */
export async function readEitherText(path: string, options: TextFileOptions = {}): Promise<string> {
  const bytes = await readFileBytes(path, options);
  if (isDer(bytes) && isPrivateDer(bytes))
    throw new KeywrightError('invalid_key', `the private key ${adviceForDer(bytes)}`, {});
  return textOf(bytes, path);
}

/** Whether a text is the base64 of a private key, in DER or PEM. */
export function isPrivateBase64(text: string): boolean {
  const inner = decodeBase64(text.replace(/\s/g, ''));
  if (inner === undefined || inner.length === BARE) return false;
  return isDer(inner)
    ? isPrivateDer(inner)
    : /-----BEGIN [A-Z0-9 ]*PRIVATE KEY/.test(decodeUtf8(inner) ?? '');
}

function textOf(bytes: Buffer, path: string): string {
  const isBinary = isDer(bytes) || (bytes.length === BARE && !isUtf8(bytes));
  return isBinary ? bytes.toString('base64') : fileText(bytes, path);
}

/** Whether bytes are one structure in DER, as key files hold it, and nothing else. */
export function isDer(bytes: Uint8Array): boolean {
  if (bytes[0] !== TAG.sequence) return false;
  const [outer, ...after] = parseDer(bytes);
  return outer !== undefined && after.length === 0;
}
