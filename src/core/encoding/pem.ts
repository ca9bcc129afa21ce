import { decodeBase64, encodeBase64 } from './base64.js';

/** One block of a PEM text (RFC 7468): the label between its dashes, and its bytes. */
export interface PemBlock {
  readonly label: string;
  /** None in a block that is encrypted in the old way. */
  readonly bytes: Uint8Array;
  /** Whether headers stand in it that say so (RFC 1421), as openssl once wrote. */
  readonly isEncrypted: boolean;
}

const BEGIN = '-----BEGIN ';

/**
 * The blocks of a PEM text; text around them is ignored, as RFC 7468 section 5.2 allows. What a detour
 * through an editor or an environment variable does is forgiven: a byte order mark, CRLF, spaces for line
 * ends, and `\n` as two characters.
 */
export function parsePem(text: string): readonly PemBlock[] {
  const blocks: PemBlock[] = [];
  const lines = text.replace(/\\r|\\n/g, '\n');
  // Each search begins where the last one ended, so that no text takes more than linear time.
  for (let at = lines.indexOf(BEGIN); at >= 0; ) {
    const start = lines.indexOf('-----', at + BEGIN.length);
    const end = start < 0 ? -1 : lines.indexOf('-----', start + 5);
    if (end < 0) break;
    const block = readBlock(lines.slice(at + BEGIN.length, start), lines.slice(start + 5, end));
    if (block !== undefined && lines.startsWith(`-----END ${block.label}-----`, end)) blocks.push(block);
    at = lines.indexOf(BEGIN, end);
  }
  return blocks;
}

function readBlock(label: string, body: string): PemBlock | undefined {
  if (!/^[A-Z0-9 ]+$/.test(label)) return undefined;
  if (/^\s*Proc-Type:\s*4\s*,\s*ENCRYPTED/.test(body))
    return { label, bytes: new Uint8Array(), isEncrypted: true };
  const bytes = decodeBase64(body.replace(/\s/g, ''));
  return bytes && { label, bytes, isEncrypted: false };
}

/** A PEM text of one block, in lines of 64 characters, ending in a line end. */
export function formatPem(label: string, bytes: Uint8Array): string {
  const lines = encodeBase64(bytes).match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}
