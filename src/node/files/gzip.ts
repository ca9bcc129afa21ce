import { createGunzip, type Gunzip } from 'node:zlib';
import { damagedFile } from './file-error.js';

// Deflate expands at most 1032 times, so a slice fed at once never unfolds to more than 17 MiB.
const SLICE = 1 << 14;

/** Whether `head`, the beginning of a file, is gzip (RFC 1952); its name says nothing. */
export function isGzip(head: Uint8Array): boolean {
  return head[0] === 0x1f && head[1] === 0x8b;
}

/**
 * What gzip data of one or more members unfold to, in bounded memory. Zero bytes behind the last member
 * are padding; anything else there is damage.
 *
 * @throws {KeywrightError} `damaged_file`: cut short, a wrong checksum or length, trailing garbage.
 */
export async function* gunzipped(
  chunks: AsyncIterable<Uint8Array>,
  path: string,
): AsyncGenerator<Uint8Array, void, undefined> {
  const gunzip = createGunzip({ chunkSize: 1 << 18 });
  const unfolded: Uint8Array[] = [];
  const state: { failure: Error | undefined; ended: boolean } = { failure: undefined, ended: false };
  gunzip.on('data', (chunk: Uint8Array) => unfolded.push(chunk));
  gunzip.on('error', (error) => {
    state.failure = error;
  });
  gunzip.on('end', () => {
    state.ended = true;
  });
  try {
    for await (const chunk of chunks) {
      for (let at = 0; at < chunk.length; at += SLICE) {
        const slice = chunk.subarray(at, at + SLICE);
        const before = gunzip.bytesWritten;
        if (!state.ended) await settled(gunzip, (done) => gunzip.write(slice, done));
        if (state.failure !== undefined) throw damagedGzip(path, state.failure);
        if (state.ended && slice.subarray(gunzip.bytesWritten - before).some((byte) => byte !== 0)) {
          throw damagedFile(path, 'has something behind its gzip data: copy or compress the file again');
        }
        yield* unfolded.splice(0);
      }
    }
    if (!state.ended) await settled(gunzip, () => gunzip.end());
    if (state.failure !== undefined) throw damagedGzip(path, state.failure);
    yield* unfolded.splice(0);
  } finally {
    gunzip.destroy();
  }
}

// The callback of a write is never called when the data end within it, hence the events.
function settled(gunzip: Gunzip, start: (done: () => void) => void): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      gunzip.off('end', done);
      gunzip.off('error', done);
      resolve();
    };
    gunzip.once('end', done);
    gunzip.once('error', done);
    start(done);
  });
}

function damagedGzip(path: string, failure: Error): Error {
  const cutShort = 'code' in failure && failure.code === 'Z_BUF_ERROR';
  const problem = cutShort
    ? 'is a gzip file that is cut short'
    : 'is a damaged gzip file (its data, checksum, length or what follows them)';
  return damagedFile(path, `${problem}: copy or compress the file again`);
}
