import { decodeBase64 } from '../encoding/base64.js';
import { sameBytes } from '../encoding/der.js';
import { decodeUtf8 } from '../encoding/utf8.js';
import { makePublicKey, type PublicKey, refusePublicKey, wrongExponent } from '../sign/public-key.js';

/** A line of a .pub file: type, base64, and a comment that may hold anything. */
const LINE = /^((?:ssh|ecdsa|sk)-[\w@.-]+)\s+([A-Za-z0-9+/=]+)(?:\s.*)?$/;

/** The keys of OpenSSH's .pub lines (RFC 4253 section 6.6, RFC 8709); `undefined` when the text begins otherwise. */
export function parseSshLines(text: string): readonly PublicKey[] | undefined {
  if (text.startsWith('---- BEGIN SSH2 PUBLIC KEY')) {
    throw refusePublicKey(
      'is in the form of RFC 4716: run "ssh-keygen -i -f OLD.pub > NEW.pub" and give NEW.pub',
    );
  }
  if (!LINE.test(text.split(/\r?\n/, 1)[0] ?? '')) return undefined;
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  return lines.filter((line) => line !== '' && !line.startsWith('#')).map(parseLine);
}

function parseLine(line: string): PublicKey {
  const [, type = '', base64 = ''] = LINE.exec(line) ?? [];
  const [name, first, second, ...others] = parseStrings(decodeBase64(base64) ?? new Uint8Array());
  if (first === undefined || name === undefined || decodeUtf8(name) !== type || others.length > 0) {
    throw refusePublicKey('is a damaged OpenSSH line: copy it again, as one line');
  }
  if (type === 'ssh-ed25519' && second === undefined) return makePublicKey('Ed25519', first);
  if (type !== 'ssh-rsa' || second === undefined) {
    throw refusePublicKey(`is an OpenSSH key of another algorithm: use ssh-ed25519 or ssh-rsa`);
  }
  if (!sameBytes(first, Uint8Array.of(1, 0, 1))) throw wrongExponent();
  // An mpint begins with a zero where its first bit would be a sign (RFC 4251 section 5).
  return makePublicKey('RS256', second[0] === 0 ? second.subarray(1) : second);
}

/** The strings of an SSH blob, each behind its length in four bytes; none when they do not come out even. */
export function parseStrings(bytes: Uint8Array): readonly Uint8Array[] {
  const strings: Uint8Array[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 0; at < bytes.length; ) {
    const end = at + 4 <= bytes.length ? at + 4 + view.getUint32(at) : Number.NaN;
    if (!(end <= bytes.length)) return [];
    strings.push(bytes.subarray(at + 4, end));
    at = end;
  }
  return strings;
}
