/** What the library needs of the Web Cryptography API; browsers, workers, Deno, Bun and Node have it. */
export interface WebCrypto {
  getRandomValues(bytes: Uint8Array): unknown;
  /** Absent on pages that are not a secure context. */
  readonly subtle?: SubtleCrypto | undefined;
}

/** The part of `crypto.subtle` that RSA and HMAC need. */
export interface SubtleCrypto {
  importKey(
    format: 'jwk' | 'pkcs8' | 'raw',
    key: object,
    algorithm: object,
    extractable: boolean,
    usages: readonly string[],
  ): Promise<object>;
  digest(algorithm: string, data: Uint8Array): Promise<ArrayBuffer>;
  exportKey(format: 'pkcs8', key: object): Promise<ArrayBuffer>;
  generateKey(
    algorithm: object,
    extractable: boolean,
    usages: readonly string[],
  ): Promise<{ readonly privateKey: object }>;
  sign(algorithm: string, key: object, message: Uint8Array): Promise<ArrayBuffer>;
  verify(
    algorithm: string | object,
    key: object,
    signature: Uint8Array,
    message: Uint8Array,
  ): Promise<boolean>;
}

declare const crypto: WebCrypto | undefined;

/** The platform's WebCrypto, looked up at each call, or `undefined`. */
export function webCrypto(): WebCrypto | undefined {
  return typeof crypto === 'undefined' ? undefined : crypto;
}
