// Written out, for some engines have no text codecs, and some have a TextDecoder that refuses `fatal`.

/** The bytes of a text that holds ASCII only, as base64 does. */
export function encodeAscii(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < bytes.length; at++) bytes[at] = text.charCodeAt(at);
  return bytes;
}

/** The UTF-8 bytes of `text`. A lone surrogate becomes U+FFFD: refuse those before. */
export function encodeUtf8(text: string): Uint8Array<ArrayBuffer> {
  if (/^[\0-\x7f]*$/.test(text)) return encodeAscii(text);
  const bytes = new Uint8Array(text.length * 3);
  let at = 0;
  for (const character of text) {
    let code = character.codePointAt(0) ?? 0;
    if (isSurrogate(code)) code = 0xfffd;
    const more = code > 0xffff ? 3 : code > 0x7ff ? 2 : code > 0x7f ? 1 : 0;
    // The lead's upper bits: 110 before one more byte, 1110 before two, 11110 before three.
    bytes[at++] = (more && (0xff00 >> (more + 1)) & 0xff) | (code >> (6 * more));
    for (let left = more; left-- > 0; ) bytes[at++] = 0x80 | ((code >> (6 * left)) & 63);
  }
  return bytes.slice(0, at);
}

/**
 * The text of UTF-8 `bytes`, or `undefined` when they are not UTF-8 (overlong forms, surrogates and bytes
 * cut off included; RFC 3629 section 4). A byte order mark stays in the text, where no JSON reader accepts it.
 */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  let text = '';
  let units: number[] = [];
  for (let at = 0; at < bytes.length; ) {
    let code = bytes[at++] ?? 0;
    if (code > 127) {
      if (code < 0xc2 || code > 0xf4) return undefined;
      const more = code > 0xef ? 3 : code > 0xdf ? 2 : 1;
      code &= 63 >> more;
      for (const end = at + more; at < end; at++) {
        const next = bytes[at] ?? 0;
        if (next >> 6 !== 2) return undefined;
        code = (code << 6) | (next & 63);
      }
      // Two more bytes start at U+0800, three at U+10000; whatever is less has a shorter spelling.
      if (code < 1 << (5 * more + 1) || code > 0x10ffff || isSurrogate(code)) return undefined;
    }
    // Each character once, but not one by one; an engine's stack holds so many of them.
    if (units.push(code) > 4095) {
      text += String.fromCodePoint(...units);
      units = [];
    }
  }
  return text + String.fromCodePoint(...units);
}

function isSurrogate(code: number): boolean {
  return code >> 11 === 27;
}
