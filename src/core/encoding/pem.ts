import { decodeBase64, encodeBase64 } from './base64.js';

/** One block of a PEM text (RFC 7468): the label between its dashes, and its bytes. */
export interface PemBlock {
  readonly label: string;
  readonly bytes: Uint8Array;
}

/**
 * The blocks of a PEM text; text around them is ignored, as RFC 7468 section 5.2 allows. What a detour
 * through an editor or an environment variable does is forgiven: a byte order mark, CRLF, spaces for line
 * ends, and `\n` as two characters.
 */
export function parsePem(text: string): readonly PemBlock[] {
  const blocks: PemBlock[] = [];
  const lines = text.replace(/\\r|\\n/g, '\n');
  for (const [, label = '', body = ''] of lines.matchAll(
    /-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/=\s]+)-----END \1-----/g,
  )) {
    const bytes = decodeBase64(body.replace(/\s/g, ''));
    if (bytes !== undefined) blocks.push({ label, bytes });
  }
  return blocks;
}

/** A PEM text of one block, in lines of 64 characters, ending in a line end. */
export function formatPem(label: string, bytes: Uint8Array): string {
  const lines = encodeBase64(bytes).match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}
