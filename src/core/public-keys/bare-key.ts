import { decodeBase64 } from '../encoding/base64.js';
import { parseDer, TAG } from '../encoding/der.js';
import { parseJson } from '../encoding/json-text.js';
import { decodeUtf8 } from '../encoding/utf8.js';
import { isEd25519PublicKey } from '../sign/ed25519.js';
import { isPrivateDer } from '../sign/private-key-advice.js';
import { makePublicKey, type PublicKey, refusePrivateKey, refusePublicKey } from '../sign/public-key.js';
import { publicKeyFromPkcs1, publicKeyFromSpki } from '../sign/spki.js';
import { publicKeyFromCertificate } from './certificate.js';

/** A text without what is around it, also one that is quoted as in JSON or in a shell. */
export function bareText(text: string): string {
  const bare = text.replace(/^\ufeff/, '').trim();
  if (!bare.startsWith('"')) return (/^'([^']+)'$/.exec(bare)?.[1] ?? bare).trim();
  const reading = parseJson(bare);
  return 'value' in reading && typeof reading.value === 'string' ? reading.value.trim() : bare;
}

/**
 * The 32 bytes that a text spells and nothing else, in hex (also with colons or spaces, or behind 0x), base64 or url-safe base64;
 * `undefined` for any other text. They can be a public key, and the seed of one as well.
 */
export function decodeBareKey(text: string): Uint8Array | undefined {
  const bare = bareText(text);
  const bytes = decodeHex(bare) ?? decodeAnyBase64(bare);
  return bytes?.length === 32 ? bytes : undefined;
}

/** The public key that 32 bytes are. */
export function parseBareKey(text: string): readonly PublicKey[] | undefined {
  const bytes = decodeBareKey(text);
  if (bytes === undefined) return undefined;
  if (isEd25519PublicKey(bytes)) return [makePublicKey('Ed25519', bytes)];
  throw refusePublicKey(
    'is 32 bytes that are none: they may be its seed, the private half, or were copied wrongly: give the .public.pem',
  );
}

/** A key that lost its PEM armor, or has base64 around it; `parse` reads what is inside. */
export function parseEncodedKey(
  text: string,
  parse: (text: string) => readonly PublicKey[],
): readonly PublicKey[] | undefined {
  const bytes = decodeAnyBase64(text);
  if (bytes === undefined) return undefined;
  const [outer, ...after] = parseDer(bytes);
  if (outer?.tag === TAG.sequence && after.length === 0) return [parseKeyDer(bytes, outer.content)];
  const inner = decodeUtf8(bytes)?.trim();
  return inner?.startsWith('-----BEGIN ') ? parse(inner) : undefined;
}

/** The DER of an SPKI, a PKCS#1 key or a certificate, told apart by what stands first in it. */
function parseKeyDer(der: Uint8Array, content: Uint8Array): PublicKey {
  if (isPrivateDer(der)) throw refusePrivateKey();
  const [first, , third] = parseDer(content);
  if (first?.tag === TAG.integer) return publicKeyFromPkcs1(der);
  return third === undefined ? publicKeyFromSpki(der) : publicKeyFromCertificate(der);
}

/** More than 32 bytes in hex take, with a blank or a colon behind each digit. */
const LONGEST_HEX = 256;

function decodeHex(text: string): Uint8Array | undefined {
  if (text.length > LONGEST_HEX) return undefined;
  const digits = text.replace(/[\s:]/g, '').replace(/^0x/i, '');
  if (!/^(?:[0-9a-f]{2})+$/i.test(digits)) return undefined;
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

/** Base64 in either alphabet, with or without its padding, on one line or several. */
function decodeAnyBase64(text: string): Uint8Array | undefined {
  const [, symbols = ''] = /^([A-Za-z0-9+/_-]*)={0,2}$/.exec(text.replace(/\s/g, '')) ?? [];
  return symbols === '' ? undefined : decodeBase64(symbols.replaceAll('+', '-').replaceAll('/', '_'), 'url');
}
