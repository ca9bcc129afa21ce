import { stat } from 'node:fs/promises';
import { decodeBase64 } from '../../core/encoding/base64.js';
import { KeywrightError } from '../../core/errors.js';
import { shownPath } from './file-error.js';
import { readTextFile, withoutMark } from './text-file.js';

/** A secret of fewer bytes might be guessed. */
export const FEWEST_SECRET_BYTES = 32;

/** What {@link readSecretFile} tells when it refuses. */
export interface SecretFileOptions {
  /** What the file holds, as "a ledger's secret". */
  readonly what: string;
  /** The option that names it. */
  readonly option: string;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The secret in a file, which is for its owner's eyes only.
 *
 * @throws {KeywrightError} `wrong_secret`: not 32 bytes and more as hex or base64; `missing_file`, `damaged_file`;
 * `exposed_file`: others may read it.
 */
export async function readSecretFile(
  path: string,
  { what, option, signal }: SecretFileOptions,
): Promise<Uint8Array> {
  const text = withoutMark(await readTextFile(path, { most: 4096, signal }));
  const secret = parseSecret(text, shownPath(path), option);
  const exposed = (await stat(path)).mode & 0o077;
  if (exposed === 0 || process.platform === 'win32') return secret;
  const mode = (exposed | 0o600).toString(8).padStart(4, '0');
  const message = `${shownPath(path)} holds ${what}, and others may read it: run "chmod 600 ${shownPath(path)}"`;
  throw new KeywrightError('exposed_file', message, { path, mode });
}

/**
 * A secret in hex, base64 or base64url; padding may be missing. What has only hex digits is hex, so that one too few is
 * noticed.
 *
 * @throws {KeywrightError} `wrong_secret`
 */
export function parseSecret(text: string, source: string, option: string): Uint8Array {
  const bare = text.trim();
  const secret = /^[0-9a-f]*$/i.test(bare) ? fromHex(bare) : fromBase64(bare);
  if (secret !== undefined && secret.length >= FEWEST_SECRET_BYTES) return secret;
  const make = 'make one with "openssl rand -hex 32"';
  const message = `${source} does not hold ${FEWEST_SECRET_BYTES} bytes or more as hex or base64: ${make}`;
  throw new KeywrightError('wrong_secret', message, { option });
}

function fromHex(text: string): Uint8Array | undefined {
  return text.length % 2 === 0 ? Buffer.from(text, 'hex') : undefined;
}

function fromBase64(text: string): Uint8Array | undefined {
  // The padding is whole, or left out.
  if (text.endsWith('=') && text.length % 4 !== 0) return undefined;
  const bare = text
    .replace(/={1,2}$/, '')
    .replace(/\+/g, '-')
    .replace(/\//g, '_');
  return decodeBase64(bare, 'url');
}
