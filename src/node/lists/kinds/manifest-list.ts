import { damagedFile } from '../../files/file-error.js';
import { sniffJson } from './json-kind.js';
import type { ListInput, ListReader } from './reader.js';

/** Manifests, which describe a batch and hold no keys. */
export const MANIFEST_READER: ListReader<'manifest'> = {
  kind: 'manifest',
  unit: 'line',
  open({ text, path }) {
    const kind = sniffJson(text.slice(0, 4096), undefined);
    if (kind === 'unknown manifest') {
      const problem = 'is a batch manifest of another version: read it with the keywright that wrote it';
      throw damagedFile(path, problem);
    }
    return kind === 'manifest' ? { begin: 0, firstLine: 1, read: nothing } : undefined;
  },
};

// biome-ignore lint/correctness/useYield: the bytes are read for their hash.
async function* nothing({ chunks }: ListInput): AsyncGenerator<never, void, undefined> {
  for await (const _ of chunks);
}
