import { isUtf8 } from 'node:buffer';
import { parseDer, TAG } from '../../core/encoding/der.js';
import { fileText, readFileBytes, type TextFileOptions } from '../files/text-file.js';

/** An Ed25519 key by itself. */
const BARE = 32;

/**
 * The file of a public key as the text that `parsePublicKeys` reads: what is no text, DER or 32 bare bytes, as base64.
 *
 * @throws {KeywrightError} as `readTextFile`.
 */
export async function readKeyText(path: string, options: TextFileOptions = {}): Promise<string> {
  const bytes = await readFileBytes(path, options);
  const isBinary = isDer(bytes) || (bytes.length === BARE && !isUtf8(bytes));
  return isBinary ? bytes.toString('base64') : fileText(bytes, path);
}

/** Whether bytes are one structure in DER, as key files hold it, and nothing else. */
export function isDer(bytes: Uint8Array): boolean {
  if (bytes[0] !== TAG.sequence) return false;
  const [outer, ...after] = parseDer(bytes);
  return outer !== undefined && after.length === 0;
}
