import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

/** A folder of third-party data beside the repository, or undefined when it is absent. */
export function vectorsFolder(name: string): string | undefined {
  const folder = resolve(process.env.KEYWRIGHT_VECTORS ?? '../shared/vectors', name);
  return existsSync(folder) ? folder : undefined;
}
