// Written by hand: some engines have no TextEncoder, and in some TextDecoder refuses the option `fatal`.

/** The bytes of an ASCII text, such as base64. Of any other character only the low 8 bits are kept. */
export function encodeAscii(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < bytes.length; at++) bytes[at] = text.charCodeAt(at);
  return bytes;
}

/**
 * The UTF-8 bytes of `text`. A lone surrogate becomes U+FFFD: refuse such a text before.
 *
 * The code of a character is cut into groups of 6 bits, from the right. Each group but the leftmost makes a byte 10……. The
 * leftmost makes the lead byte, which says how many follow: é is U+00E9, in bits 00011 101001, so its bytes are 110 00011
 * and 10 101001, that is C3 A9.
 */
export function encodeUtf8(text: string): Uint8Array<ArrayBuffer> {
  if (/^[\0-\x7f]*$/.test(text)) return encodeAscii(text);
  const bytes = new Uint8Array(text.length * 3);
  let at = 0;
  for (const character of text) {
    let code = character.codePointAt(0) ?? 0;
    if (isSurrogate(code)) code = 0xfffd;
    const more = code > 0xffff ? 3 : code > 0x7ff ? 2 : code > 0x7f ? 1 : 0;
    // The lead byte begins 110 when one byte follows, 1110 when two do, 11110 when three do.
    bytes[at++] = (more && (0xff00 >> (more + 1)) & 0xff) | (code >> (6 * more));
    for (let left = more; left-- > 0; ) bytes[at++] = 0x80 | ((code >> (6 * left)) & 63);
  }
  return bytes.slice(0, at);
}

/** Whether `text` takes more than `most` bytes. They are counted only where they must be: a code unit takes 1 to 3. */
export function exceedsBytes(text: string, most: number): boolean {
  return 3 * text.length > most && encodeUtf8(text.slice(0, most + 1)).length > most;
}

/**
 * The text of UTF-8 `bytes`, or `undefined` when they are not UTF-8 (RFC 3629, section 4): a character in more bytes than
 * it needs, a surrogate, or a sequence that is cut off. A byte order mark stays in the text, and JSON readers refuse it.
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
      // A code below U+0800 needs no third byte, one below U+10000 no fourth. (The lead C2 is the least of two bytes.)
      if (code < 1 << (5 * more + 1) || code > 0x10ffff || isSurrogate(code)) return undefined;
    }
    // Joined 4096 at a time: one by one is slow, and all at once may exceed the arguments that an engine takes.
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
