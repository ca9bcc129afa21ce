import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';

const folder = resolve(
  import.meta.dirname,
  '..',
  process.env.KEYWRIGHT_VECTORS ?? resolve(import.meta.dirname, '../../shared/vectors'),
);

/** Whether the third-party vectors are there. They are no part of the repository. */
export const haveVectors = existsSync(folder);

/** Ends the title of what needs the vectors, and so says aloud why it was skipped. */
export const vectorsNote = haveVectors
  ? ''
  : ' — SKIPPED: there are no vectors in ../shared/vectors, nor where KEYWRIGHT_VECTORS points';

/** One file of vectors, parsed. */
export function readVectors<Shape>(path: string): Shape {
  return JSON.parse(readFileSync(resolve(folder, path), 'utf8'));
}
