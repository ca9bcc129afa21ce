const DROPPED = /[\p{Cf}\p{White_Space}\p{Pd}\u2212_.:/]/gu;

/**
 * Canonical form v1: what two spellings of one license key have in common, whatever its format. NFKC;
 * format characters, white space, dashes (U+2212 too) and `_ . : /` dropped; ASCII letters upper-cased,
 * unless the text mixes cases, for then case may tell two keys apart.
 *
 * @example
 * canonicalForm(' 7qx4m-9k2td '); // '7QX4M9K2TD'
 */
export function canonicalForm(text: string): string {
  // Dropping can bring a letter and a combining mark together: the second NFKC keeps the form idempotent.
  const bare = text.normalize('NFKC').replace(DROPPED, '').normalize('NFKC');
  if (/[a-z]/.test(bare) && /[A-Z]/.test(bare)) return bare;
  // And an upper-case letter may compose with a mark that its lower-case one does not: I and a dot above.
  return bare.replace(/[a-z]+/g, (run) => run.toUpperCase()).normalize('NFKC');
}

/** For each byte: 0 dropped, 1 kept, 2 upper-case letter, 3 lower-case letter, 4 control character or no ASCII. */
export const ASCII_KIND: Uint8Array = /* @__PURE__ */ asciiKinds();

function asciiKinds(): Uint8Array {
  const kinds = new Uint8Array(256).fill(4);
  for (let byte = 0; byte < 128; byte++) {
    const character = String.fromCharCode(byte);
    if (/[-_.:/\s]/.test(character)) kinds[byte] = 0;
    else if (byte < 0x20 || byte === 0x7f) kinds[byte] = 4;
    else if (/[A-Z]/.test(character)) kinds[byte] = 2;
    else if (/[a-z]/.test(character)) kinds[byte] = 3;
    else kinds[byte] = 1;
  }
  return kinds;
}

/**
 * Writes the canonical form of the ASCII text `bytes[start, end)` to `out` and returns its length, or -1
 * when the text is not plain ASCII and {@link canonicalForm} must judge it. `out` holds at least `end - start` bytes.
 */
export function canonicalizeAscii(bytes: Uint8Array, start: number, end: number, out: Uint8Array): number {
  let length = 0;
  let seen = 0;
  for (let index = start; index < end; index++) {
    const byte = bytes[index] ?? 0;
    const kind = ASCII_KIND[byte] ?? 4;
    if (kind === 0) continue;
    if (kind === 4) return -1;
    seen |= 1 << kind;
    out[length++] = byte;
  }
  // Bit 3: a lower-case letter was seen; bit 2: an upper-case one.
  if ((seen & 0b1100) === 0b1000) {
    for (let index = 0; index < length; index++) {
      const byte = out[index] ?? 0;
      if (byte >= 0x61 && byte <= 0x7a) out[index] = byte - 0x20;
    }
  }
  return length;
}
