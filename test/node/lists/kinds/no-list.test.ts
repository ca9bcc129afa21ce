import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { saidOf } from '../../../failure.js';
import { readBytes } from '../key-list.js';

const PEM = '-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIA\n-----END PRIVATE KEY-----\n';

describe('what is no list', () => {
  it.each([
    ['PEM', PEM, /is PEM/],
    ['PEM behind a byte order mark and blanks', `\ufeff\n  ${PEM}`, /is PEM/],
    ['PEM, compressed', gzipSync(PEM), /is PEM/],
    ['PEM below keys', `${'AAAA-0001\n'.repeat(3000)}${PEM}`, /line 3001, is PEM/],
    ['PEM in a cell', `key,n\nAAAA-0001,1\nBBBB-0002,2\n-----BEGIN PRIVATE KEY-----,3\n`, /is PEM/],
    ['PEM in JSON', JSON.stringify(['AAAA-0001', PEM]), /is PEM/],
    ['a key of PuTTY', 'PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\n', /is PEM/],
    ['an old workbook', Buffer.from('d0cf11e0a1b11ae10000', 'hex'), /old Excel workbook/],
    [
      'an OpenDocument spreadsheet',
      `PK\x03\x04${'\x00'.repeat(26)}mimetypeapplication/vnd.oasis.opendocument.spreadsheet`,
      /\.ods/,
    ],
    ['a database', `SQLite format 3\0${'\x00'.repeat(100)}`, /SQLite/],
    ['a PDF', '%PDF-1.7\n', /PDF/],
    ['a web page', '<!DOCTYPE html><html></html>', /HTML/],
    ['UTF-16', Buffer.from('AAAA\nBBBB', 'utf16le'), /UTF-16/],
  ])('is refused: %s', async (_, content, message) => {
    const failure = await saidOf(readBytes(content));
    expect(failure).toMatch(message);
    expect(failure).toMatch(/^damaged_file: /);
    expect(failure).not.toContain('MC4CAQ');
  });
});
