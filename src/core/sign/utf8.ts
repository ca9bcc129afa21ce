// The core has no ambient types: what it needs of the platform's text codecs is declared here, once.
declare const TextEncoder: new () => { encode(text: string): Uint8Array<ArrayBuffer> };
declare const TextDecoder: new (
  label: 'utf-8',
  options: { readonly fatal: boolean; readonly ignoreBOM: boolean },
) => { decode(bytes: Uint8Array): string };

/** The UTF-8 bytes of `text`. A lone surrogate becomes U+FFFD: refuse those before. */
export function encodeUtf8(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

/**
 * The text of UTF-8 `bytes`, or `undefined` when they are not UTF-8 (overlong forms, surrogates and bytes
 * cut off included). A byte order mark stays in the text, where no JSON reader accepts it.
 */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
