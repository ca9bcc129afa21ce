import { describe, expect, it } from 'vitest';
import { decodeBase64, encodeBase64 } from '../../src/core/encoding/base64.js';
import { bytesOf, hasVectors, NEEDS, readVectors } from './vector-files.js';

interface Strict {
  readonly valid: readonly { readonly text: string; readonly hex: string }[];
  readonly validUrlUnpadded: readonly { readonly text: string; readonly hex: string }[];
  readonly strictMustReject: Readonly<Record<string, readonly string[]>>;
  readonly wrongAlphabetForUrl: readonly string[];
}

const EMPTY: Strict = { valid: [], validUrlUnpadded: [], strictMustReject: {}, wrongAlphabetForUrl: [] };

describe.skipIf(!hasVectors)(`base64/strict.json: RFC 4648, test262, eprint 2022/361${NEEDS}`, () => {
  const file = readVectors('base64/strict.json', EMPTY);

  it('accepts 17, and spells them the same way back', () => {
    for (const { text, hex } of file.valid) {
      expect(decodeBase64(text), text).toEqual(bytesOf(hex));
      expect(encodeBase64(bytesOf(hex))).toBe(text);
    }
    for (const { text, hex } of file.validUrlUnpadded) {
      expect(decodeBase64(text, 'url'), text).toEqual(bytesOf(hex));
      expect(encodeBase64(bytesOf(hex), 'url')).toBe(text);
    }
    expect(file.valid.length + file.validUrlUnpadded.length).toBe(17);
  });

  it('refuses 69, and the standard alphabet where url is meant', () => {
    const refused = Object.values(file.strictMustReject).flat();
    expect(refused.filter((text) => decodeBase64(text) !== undefined)).toEqual([]);
    expect(refused).toHaveLength(69);
    for (const text of file.wrongAlphabetForUrl) expect(decodeBase64(text, 'url')).toBeUndefined();
  });
});
