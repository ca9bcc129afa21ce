import { decodeBase64 } from '../encoding/base64.js';
import { parseDer, sameBytes, TAG } from '../encoding/der.js';
import type { PemBlock } from '../encoding/pem.js';
import { decodeUtf8 } from '../encoding/utf8.js';

// What is wrong with a private key in another form, to stand after "the private key": each command is one that works
// as it stands, for a key in OLD.pem; a test runs them all.

const NEW_PAIR = 'make a pair of its own, "keywright keypair create product"';
const FROM_PKCS1 = 'run "openssl pkcs8 -topk8 -nocrypt -in OLD.pem -out NEW.pem" and give NEW.pem';

/** For EC keys, which no verifier of ours takes. */
export const EC_ADVICE = `is an EC key, of another algorithm: use Ed25519 or RSA, and ${NEW_PAIR}`;

/** id-ecPublicKey, 1.2.840.10045.2.1 (RFC 5480), at the start of an AlgorithmIdentifier. */
const EC_ID = Uint8Array.of(6, 7, 42, 134, 72, 206, 61, 2, 1);

/** Whether the content of an AlgorithmIdentifier names an EC key, of whatever curve. */
export function namesEc(identifier: Uint8Array): boolean {
  return sameBytes(identifier.subarray(0, EC_ID.length), EC_ID);
}

/** For a PEM block that is no PKCS#8, in this text. */
export function adviceForBlock(block: PemBlock, text: string): string {
  const advice = adviceForLines(block);
  if (!advice.includes(' run "') || isOnLines(block.label, text)) return advice;
  if (text.includes('\\n'))
    return "has its line ends written as \\n: run \"(umask 077; tr -d '\\042' < OLD.pem | xargs -0 printf '%b\\n' > NEW.pem)\" and give NEW.pem";
  return 'has lost its line ends, or has blanks before its lines: copy it again, with the lines that it had';
}

/** Whether its first and its last line stand alone, as others read them, who forgive less than we do. */
function isOnLines(label: string, text: string): boolean {
  const lines = text.split(/\r?\n/);
  return [`-----BEGIN ${label}-----`, `-----END ${label}-----`].every((line) => lines.includes(line));
}

function adviceForLines({ label, bytes, isEncrypted }: PemBlock): string {
  if (label.endsWith('PUBLIC KEY')) return 'is a public key: give the .private.pem that belongs to it';
  if (label.includes('CERTIFICATE')) {
    return 'is a certificate, which holds a public key only: give the private key that belongs to it';
  }
  if (label === 'OPENSSH PRIVATE KEY') return adviceForSsh(bytes);
  if (label === 'EC PRIVATE KEY' || label === 'EC PARAMETERS') return EC_ADVICE;
  if (label !== 'RSA PRIVATE KEY') return `is a ${label}: ${NEW_PAIR}`;
  return isEncrypted
    ? 'is encrypted in a form of old: run "openssl pkcs8 -topk8 -in OLD.pem -out NEW.pem" and give NEW.pem'
    : `is RSA in a form of old (PKCS#1): ${FROM_PKCS1}`;
}

/** ssh-keygen writes RSA keys as PKCS#8 and others only in its own form. The public half is never encrypted. */
function adviceForSsh(bytes: Uint8Array): string {
  const holds = (name: string) => latin(bytes).slice(0, 300).includes(name);
  if (!holds('ssh-rsa')) return `is an OpenSSH key, which openssl cannot convert: ${NEW_PAIR}`;
  // ssh-keygen takes no file that others may read.
  return 'is an OpenSSH key: run "(umask 077; cat OLD.pem > NEW.pem) && ssh-keygen -p -m PKCS8 -N \'\' -f NEW.pem" and give NEW.pem';
}

/** The version of a PKCS#12 file (RFC 7292); those of private keys are 0 and 1. */
const PKCS12 = 3;

/** Whether a structure in DER is a private key, or holds one. Only private keys begin with the number of their version; one number more is a public RSA key. */
export function isPrivateDer(bytes: Uint8Array): boolean {
  const [first, second, third] = membersOf(bytes);
  if (first?.tag === TAG.integer) return second?.tag !== TAG.integer || third !== undefined;
  return isLocked(bytes);
}

/** For a structure in DER. */
export function adviceForDer(bytes: Uint8Array): string {
  const [version, second] = membersOf(bytes);
  if (!isPrivateDer(bytes))
    return 'is a public key or certificate in DER: give the .private.pem that belongs to it';
  if (isLocked(bytes))
    return 'is encrypted DER: run "openssl pkcs8 -topk8 -inform DER -in OLD.pem -out NEW.pem" and give NEW.pem';
  if (version?.content[0] === PKCS12)
    return 'is PKCS#12: run "(umask 077; openssl pkcs12 -in OLD.pem -nocerts -nodes -out NEW.pem)" and give NEW.pem';
  // By itself an EC key is its number in octets; in PKCS#8 its algorithm says so.
  if (second?.tag === TAG.octets || (second !== undefined && namesEc(second.content))) return EC_ADVICE;
  return 'is DER: run "openssl pkey -inform DER -in OLD.pem -out NEW.pem" and give NEW.pem';
}

/** An EncryptedPrivateKeyInfo (RFC 5208): an algorithm, and octets. */
function isLocked(bytes: Uint8Array): boolean {
  const [first, second] = membersOf(bytes);
  return first?.tag === TAG.sequence && second?.tag === TAG.octets;
}

function membersOf(bytes: Uint8Array): ReturnType<typeof parseDer> {
  const [outer] = parseDer(bytes);
  return parseDer(outer?.content ?? bytes);
}

/** For a structure in DER that came as base64: what openssl has to ask about takes a step more. */
function adviceForBase64(bytes: Uint8Array): string {
  const advice = adviceForDer(bytes);
  if (advice.startsWith('is DER'))
    return 'is the base64 of DER: run "(umask 077; base64 -d OLD.pem | openssl pkey -inform DER -out NEW.pem)" and give NEW.pem';
  if (advice.includes('openssl'))
    return 'is the base64 of DER: run "(umask 077; base64 -d OLD.pem > NEW.pem)" and give NEW.pem';
  return advice;
}

/** For a text that is neither PEM nor a JWK. */
export function adviceForText(text: string): string {
  const inner = decodeBase64(text.replace(/\s/g, ''));
  if (inner !== undefined && decodeUtf8(inner.subarray(0, 10)) === '-----BEGIN') {
    return 'is the base64 of a PEM: run "(umask 077; base64 -d OLD.pem > NEW.pem)" and give NEW.pem';
  }
  if (text.includes('-----BEGIN '))
    return 'is a damaged PEM block: copy it again, from -----BEGIN to -----END and whole';
  if (inner?.[0] === TAG.sequence && parseDer(inner).length === 1) {
    return adviceForBase64(inner);
  }
  return /^[0-9a-f\s:]+$/i.test(text)
    ? 'is raw hexadecimal: give it as PEM (PKCS#8), as "keywright keypair create" writes it'
    : 'is neither PEM nor a JWK: give it as PEM (PKCS#8), as "keywright keypair create" writes it';
}

function latin(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes.subarray(0, 300));
}
