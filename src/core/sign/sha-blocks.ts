/**
 * A message as whole blocks of `size` bytes: those that are in it, and those of its end with the padding of FIPS 180-4
 * section 5.1, which is the bit 1, zeros, and the length in bits.
 */
export function toBlocks(bytes: Uint8Array, size: 64 | 128): readonly [Uint8Array, Uint8Array] {
  const whole = bytes.length & -size;
  // The length takes an eighth of a block.
  const last = new Uint8Array(((bytes.length + size + size / 8) & -size) - whole);
  last.set(bytes.subarray(whole));
  last[bytes.length - whole] = 0x80;
  new DataView(last.buffer).setBigUint64(last.length - 8, BigInt(bytes.length) * 8n);
  return [bytes.subarray(0, whole), last];
}

/** The bytes of words of 32 bits, big-endian. */
export function toBytes(words: Int32Array | Uint32Array): Uint8Array<ArrayBuffer> {
  const view = new DataView(new ArrayBuffer(words.length * 4));
  for (const [index, word] of words.entries()) view.setUint32(index * 4, word);
  return new Uint8Array(view.buffer);
}

/** The first prime numbers. */
export function firstPrimes(count: number): readonly number[] {
  const primes: number[] = [];
  for (let n = 2; primes.length < count; n++) if (primes.every((prime) => n % prime !== 0)) primes.push(n);
  return primes;
}
