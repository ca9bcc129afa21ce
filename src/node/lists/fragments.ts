import { KeywrightError } from '../../core/errors.js';
import { shownPath } from '../files/file-error.js';
import { openKeyFile } from './list-file.js';

/**
 * The fragments that a reject list holds, one a line.
 *
 * @throws {KeywrightError} as `openKeyFile`; `no_keys` for an empty list.
 */
export async function readFragments(
  path: string,
  options: { readonly stdin?: AsyncIterable<Uint8Array>; readonly signal?: AbortSignal | undefined },
): Promise<readonly string[]> {
  const file = await openKeyFile(path, options);
  const fragments: string[] = [];
  const decoder = new TextDecoder();
  for await (const { bytes, spans, count } of file.keys()) {
    for (let index = 0; index < count; index++) {
      fragments.push(decoder.decode(bytes.subarray(spans[2 * index], spans[2 * index + 1])));
    }
  }
  if (fragments.length > 0) return fragments;
  throw new KeywrightError(
    'no_keys',
    `${shownPath(path)} holds no fragments: leave the reject list out or fill it`,
    { path },
  );
}
