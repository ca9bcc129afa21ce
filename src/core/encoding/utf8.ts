interface Encoder {
  encode(text: string): Uint8Array<ArrayBuffer>;
  encodeInto(text: string, target: Uint8Array): { readonly written: number };
}

interface Decoder {
  decode(bytes: Uint8Array): string;
}

// The core has no ambient types: what it needs of the platform's text codecs is declared here, once.
declare const TextEncoder: new () => Encoder;
declare const TextDecoder: new (label: string, options: { fatal: boolean; ignoreBOM: boolean }) => Decoder;

// Making one costs more than using it, so the first use keeps it.
let encoder: Encoder | undefined;
let decoder: Decoder | undefined;

/** The UTF-8 bytes of `text`. A lone surrogate becomes U+FFFD: refuse those before. */
export function encodeUtf8(text: string): Uint8Array<ArrayBuffer> {
  encoder ??= new TextEncoder();
  return encoder.encode(text);
}

/** Writes the UTF-8 bytes of `text` to the start of `target`, and answers how many they are. */
export function encodeUtf8Into(text: string, target: Uint8Array): number {
  encoder ??= new TextEncoder();
  return encoder.encodeInto(text, target).written;
}

/**
 * The text of UTF-8 `bytes`, or `undefined` when they are not UTF-8 (overlong forms, surrogates and bytes
 * cut off included). A byte order mark stays in the text, where no JSON reader accepts it.
 */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  decoder ??= new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}
