import type { TagList } from '../sql/sql-transaction.js';
import { TAG_BYTES } from '../tags/cmac.js';

/** Tags `first` to `to` as `{0011…,2233…}`: hyphens are optional in what PostgreSQL reads as a UUID. */
export function uuidArray({ bytes, count }: TagList, first: number, to: number): string {
  const end = Math.min(to, count);
  const hex = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString(
    'hex',
    first * TAG_BYTES,
    end * TAG_BYTES,
  );
  const tags = Array.from({ length: end - first }, (_, at) => hex.slice(at * 32, at * 32 + 32));
  return `{${tags.join(',')}}`;
}

const ROW = 2 + 4 + TAG_BYTES + 4 + 8;
const PART = 20_000;

/**
 * Tags as rows of COPY, a UUID and a BIGINT each: `number`, or one of them each, or without one the tag's place.
 * https://www.postgresql.org/docs/current/sql-copy.html, Binary Format.
 */
export function* binaryRows(
  { bytes, count }: TagList,
  number?: number | readonly number[],
): Generator<Uint8Array> {
  yield Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1');
  for (let first = 0; first < count; first += PART) {
    const rows = Math.min(PART, count - first);
    const part = Buffer.allocUnsafe(rows * ROW);
    for (let row = 0, at = 0; row < rows; row++, at += ROW) {
      part.writeUInt16BE(2, at);
      part.writeUInt32BE(TAG_BYTES, at + 2);
      const from = (first + row) * TAG_BYTES;
      for (let index = 0; index < TAG_BYTES; index++) part[at + 6 + index] = bytes[from + index] ?? 0;
      const place = first + row;
      const value = (typeof number === 'object' ? number[place] : number) ?? place;
      part.writeUInt32BE(8, at + 22);
      part.writeUInt32BE(Math.floor(value / 2 ** 32), at + 26);
      part.writeUInt32BE(value >>> 0, at + 30);
    }
    yield part;
  }
  yield Buffer.from([0xff, 0xff]);
}
