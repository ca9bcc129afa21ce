import { shake256 } from '@noble/hashes/sha3.js';
import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import type { RandomSource } from './random-source.js';

/**
 * Stream v1: the bytes of SHAKE256 (FIPS 202) over `keywright/stream/v1\n` and the UTF-8 of `seed`, in order.
 * For tests and fixtures only: whoever knows the seed knows every key. The same in Node and in browsers, and
 * as Python's `hashlib.shake_256(b'keywright/stream/v1\n' + seed).digest(n)`.
 *
 * @example
 * generateKey('XXXX-XXXX', { random: seededRandom('fixture') }); // 'Q0BI-MQWF'
 */
export function seededRandom(seed: string): RandomSource {
  const stream = shake256
    .create()
    .update(concatBytes(utf8ToBytes('keywright/stream/v1\n'), utf8ToBytes(seed)));
  return {
    fill(bytes) {
      stream.xofInto(bytes);
    },
    fork: (purpose) => seededRandom(`${seed}\n${purpose}`),
  };
}
