import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { newFolder } from '../../new-folder.js';

/** A fresh key pair that the openssl command made, and with which it signs. */
export interface OpensslPair {
  readonly publicPem: string;
  /** The raw signature of a message: SHA-256, PKCS#1 v1.5 unless `pss`. */
  sign(message: string, padding?: 'pkcs1' | 'pss'): Buffer;
}

/** Runs `use` with a fresh RSA pair of that many bits. */
export async function withOpensslPair(
  options: readonly string[],
  use: (pair: OpensslPair) => Promise<void>,
): Promise<void> {
  const folder = newFolder();
  const [key, publicKey] = [join(folder, 'key.pem'), join(folder, 'public.pem')];
  const more = options.flatMap((option) => ['-pkeyopt', option]);
  run(['genpkey', '-algorithm', 'RSA', '-out', key, ...more]);
  run(['pkey', '-in', key, '-pubout', '-out', publicKey]);
  await use({
    publicPem: readFileSync(publicKey, 'utf8'),
    sign: (message, padding = 'pkcs1') => {
      const pss = ['-sigopt', 'rsa_padding_mode:pss', '-sigopt', 'rsa_pss_saltlen:digest'];
      return run(['dgst', '-sha256', '-sign', key, ...(padding === 'pss' ? pss : [])], message);
    },
  });
}

/** The HMAC-SHA-256 of a message by the openssl command. */
export function opensslHmac(key: Uint8Array, message: string): Buffer {
  const hex = `hexkey:${Buffer.from(key).toString('hex')}`;
  return run(['dgst', '-sha256', '-mac', 'HMAC', '-macopt', hex, '-binary'], message);
}

function run(args: readonly string[], input = ''): Buffer {
  return execFileSync('openssl', args, { input, stdio: ['pipe', 'pipe', 'pipe'] });
}
