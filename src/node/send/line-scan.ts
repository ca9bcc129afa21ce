import type { FileHandle } from 'node:fs/promises';

/** A line of a file, in a buffer that the next one takes. */
export interface ScannedLine {
  /** Without its end. */
  readonly bytes: Buffer;
  /** From 1 on. */
  readonly number: number;
  /** Where it begins in the file. */
  readonly from: number;
  /** Whether it has an end: the last one may lack it. */
  readonly ended: boolean;
}

/** What a scan is told. */
export interface LineScan {
  /** In bytes; of a longer line `take` gets the beginning, and the scan ends. */
  readonly longest: number;
  /** Gets every line; `false` ends the scan. */
  readonly take: (line: ScannedLine) => boolean;
  /** Gets all bytes, too. */
  readonly read?: ((bytes: Buffer) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

const ROOM = 2 ** 18;

/** Reads an open file line by line, in one buffer for all: the garbage of many would weigh more than what is kept. */
export async function scanLines(
  handle: FileHandle,
  { longest, take, read, signal }: LineScan,
): Promise<void> {
  let bytes = Buffer.alloc(ROOM);
  let [number, from, filled] = [0, 0, 0];
  for (;;) {
    if (filled === bytes.length) {
      if (filled > longest) return void take({ bytes, number: number + 1, from, ended: false });
      bytes = Buffer.concat([bytes, Buffer.alloc(filled)]);
    }
    const { bytesRead } = await handle.read(bytes, filled, bytes.length - filled, from + filled);
    signal?.throwIfAborted();
    if (bytesRead === 0) break;
    read?.(bytes.subarray(filled, filled + bytesRead));
    filled += bytesRead;
    let begin = 0;
    for (let end = bytes.indexOf(10); end >= 0 && end < filled; end = bytes.indexOf(10, begin)) {
      if (!take({ bytes: bytes.subarray(begin, end), number: ++number, from: from + begin, ended: true }))
        return;
      begin = end + 1;
    }
    bytes.copyWithin(0, begin, filled);
    [from, filled] = [from + begin, filled - begin];
  }
  if (filled > 0) take({ bytes: bytes.subarray(0, filled), number: number + 1, from, ended: false });
}
