import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatPem, parsePem } from '../../../src/core/encoding/pem.js';

const bytes = Uint8Array.from({ length: 100 }, (_, index) => index);
const pem = formatPem('PUBLIC KEY', bytes);

describe('parsePem', () => {
  it('reads what formatPem writes, whatever stands around it', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 200 }), fc.string(), (content, noise) => {
        const text = `${noise.replaceAll('-', '')}\n${formatPem('A KEY 2', content)}${noise.replaceAll('-', '')}`;
        expect(parsePem(text)).toEqual([{ label: 'A KEY 2', bytes: content, isEncrypted: false }]);
      }),
    );
  });

  it.each([
    ['CRLF', pem.replaceAll('\n', '\r\n')],
    ['spaces', pem.replaceAll('\n', ' ')],
    ['\\n as two characters', pem.replaceAll('\n', '\\n')],
    ['another block before it that has no end', `-----BEGIN X-----\nAAAA\n${pem}`.replace('X', 'X')],
  ])('forgives %s', (_, text) => {
    expect(parsePem(text).at(-1)).toEqual({ label: 'PUBLIC KEY', bytes, isEncrypted: false });
  });

  it('reads none that is cut off, has another end, or holds no base64', () => {
    for (const text of [
      pem.slice(0, -10),
      pem.replace('END PUBLIC', 'END PRIVATE'),
      pem.replace('AAEC', 'A-EC'),
      pem.replace('AAEC', 'A!EC'),
      pem.replace('BEGIN ', 'BEGIN'),
      '-----BEGIN A-----',
      '-----BEGIN ',
    ]) {
      expect(parsePem(text)).toEqual([]);
    }
  });

  it('sees that a block is encrypted in the old way', () => {
    const text =
      '-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00FF\n\nAAAA\n-----END RSA PRIVATE KEY-----\n';
    expect(parsePem(text)).toEqual([
      { label: 'RSA PRIVATE KEY', bytes: new Uint8Array(), isEncrypted: true },
    ]);
  });
});
