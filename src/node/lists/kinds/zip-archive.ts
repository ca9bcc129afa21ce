import { inflateRawSync } from 'node:zlib';

const END_OF_DIRECTORY = 0x06054b50;
const ENTRY = 0x02014b50;
const LOCAL_ENTRY = 0x04034b50;
const END_LENGTH = 22;
const MOST_COMMENT = 1 << 16;
const STORED = 0;
const DEFLATED = 8;

/** What a ZIP archive holds. */
export interface ZipContent {
  readonly names: readonly string[];
  /** How many bytes its files have together when they are unpacked; more than `most` when they have more. */
  readonly unpacked: number;
}

/** Whether `head`, the beginning of a file, is that of a ZIP archive. */
export function isZip(head: Uint8Array): boolean {
  return head[0] === 0x50 && head[1] === 0x4b && head[2] === 3 && head[3] === 4;
}

/**
 * Looks through a ZIP archive (APPNOTE 6.3.10, sections 4.3.7, 4.3.12 and 4.3.16) and unpacks what is in it, a file at a time, only to see
 * how much it is: what the archive itself says of it may be a lie.
 *
 * @returns undefined for what is no whole archive, or one of a kind that no spreadsheet writes (ZIP64, encrypted, other compression)
 */
export function zipContent(bytes: Buffer, most: number): ZipContent | undefined {
  const end = endOfDirectory(bytes);
  if (end === undefined) return undefined;
  const names: string[] = [];
  let [at, unpacked] = [bytes.readUInt32LE(end + 16), 0];
  for (let left = bytes.readUInt16LE(end + 10); left > 0 && unpacked <= most; left--) {
    if (at + 46 > end || bytes.readUInt32LE(at) !== ENTRY) return undefined;
    const [nameLength, extra, comment] = [28, 30, 32].map((offset) => bytes.readUInt16LE(at + offset));
    const nameEnd = at + 46 + (nameLength ?? 0);
    names.push(bytes.toString('utf8', at + 46, nameEnd));
    const length = unpackedLength(bytes, at, most - unpacked);
    if (length === undefined) return undefined;
    unpacked += length;
    at = nameEnd + (extra ?? 0) + (comment ?? 0);
  }
  return { names, unpacked };
}

function endOfDirectory(bytes: Buffer): number | undefined {
  const first = Math.max(0, bytes.length - END_LENGTH - MOST_COMMENT);
  for (let at = bytes.length - END_LENGTH; at >= first; at--) {
    if (bytes.readUInt32LE(at) === END_OF_DIRECTORY) return at;
  }
  return undefined;
}

function unpackedLength(bytes: Buffer, entry: number, most: number): number | undefined {
  const [flags, method] = [bytes.readUInt16LE(entry + 8), bytes.readUInt16LE(entry + 10)];
  const [packed, local] = [bytes.readUInt32LE(entry + 20), bytes.readUInt32LE(entry + 42)];
  if ((flags & 1) !== 0 || local + 30 > entry || bytes.readUInt32LE(local) !== LOCAL_ENTRY) return undefined;
  const begin = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
  if (begin + packed > entry) return undefined;
  if (method === STORED) return packed;
  if (method !== DEFLATED) return undefined;
  try {
    return inflateRawSync(bytes.subarray(begin, begin + packed), { maxOutputLength: most + 1 }).length;
  } catch (error) {
    const tooLong = error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
    return tooLong ? most + 1 : undefined;
  }
}
