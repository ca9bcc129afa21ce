import { statSync } from 'node:fs';
import type { ByteSource } from './byte-source.js';
import { readFully, type TempSpace } from './temp-space.js';

const CHUNK = 1 << 18;

/** Whether a path is neither a file nor a directory, so that it can be read but once. */
export function isPipe(path: string): boolean {
  try {
    const stats = statSync(path);
    return !stats.isFile() && !stats.isDirectory();
  } catch {
    // What cannot be looked at is reported when it is opened.
    return false;
  }
}

/** Copies what comes but once to a temporary file, whose descriptor is returned. Closes the source. */
export async function spool(source: ByteSource, space: TempSpace): Promise<number> {
  try {
    const fd = space.open();
    let end = 0;
    for await (const chunk of source.chunks()) {
      space.write(fd, chunk, end);
      end += chunk.length;
    }
    return fd;
  } finally {
    await source.close();
  }
}

/** An open file from its beginning; it stays open, where a stream of the system's would close it when left early. */
export async function* streamOf(fd: number): AsyncGenerator<Uint8Array, void, undefined> {
  for (let at = 0; ; ) {
    const chunk = new Uint8Array(CHUNK);
    const length = readFully(fd, chunk, at);
    if (length > 0) yield chunk.subarray(0, length);
    if (length < chunk.length) return;
    at += length;
  }
}
