import { constants, gunzipSync } from 'node:zlib';
import { isGzip } from '../../files/gzip.js';
import { readFully } from '../../files/temp-space.js';

const HEAD = 1 << 16;
/** Bytes that a key of a JSON list takes, probably. */
const JSON_KEY = 32;

/** How many keys an open file of `size` bytes probably holds, by its beginning; compressed or not. */
export function expectedKeys(fd: number, size: number): number {
  const head = new Uint8Array(HEAD);
  const raw = head.subarray(0, readFully(fd, head, 0));
  const plain = isGzip(raw) ? gunzippedHead(raw) : raw;
  const lines = plain.reduce((count, byte) => (byte === 0x0a || byte === 0x0d ? count + 1 : count), 0);
  if (plain.length === 0) return 0;
  // A JSON list may stand on one line.
  const line = lines < 2 ? JSON_KEY : plain.length / lines;
  return Math.ceil(((size * plain.length) / raw.length / line) * 1.02) + 1;
}

function gunzippedHead(raw: Uint8Array): Uint8Array {
  try {
    return gunzipSync(raw, { finishFlush: constants.Z_SYNC_FLUSH });
  } catch {
    // Reading it says what is wrong with it.
    return new Uint8Array();
  }
}
