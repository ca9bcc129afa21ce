import { KeywrightError } from '../../core/errors.js';
import { damagedFile, shownPath } from '../files/file-error.js';
import { textFileLines } from '../files/text-file.js';
import { isPem, PEM_PROBLEM } from './kinds/no-list.js';

/** The longest line, in characters. */
const LONGEST = 1 << 20;

/**
 * The fragments that a reject list holds, one a line.
 *
 * @throws {KeywrightError} as `textFileLines`; `no_keys` for an empty list.
 */
export async function readFragments(
  path: string,
  options: { readonly stdin?: AsyncIterable<Uint8Array>; readonly signal?: AbortSignal | undefined },
): Promise<readonly string[]> {
  const fragments: string[] = [];
  for await (const line of textFileLines(path, { ...options, most: LONGEST })) {
    const fragment = line.trim();
    if (isPem(fragment)) throw damagedFile(path, PEM_PROBLEM);
    if (fragment !== '') fragments.push(fragment);
  }
  if (fragments.length > 0) return fragments;
  throw new KeywrightError(
    'no_keys',
    `${shownPath(path)} holds no fragments: leave the reject list out or fill it`,
    { path },
  );
}
