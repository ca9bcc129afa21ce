import { extname } from 'node:path';

/** The name of the part of a file, counted from 1: of `keys.txt` the first is `keys-0001.txt`. */
export function partPath(out: string, part: number): string {
  const extension = extname(out);
  return `${out.slice(0, out.length - extension.length)}-${String(part).padStart(4, '0')}${extension}`;
}
