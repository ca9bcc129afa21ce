import type { KeyFormat } from '../../../core/format/key-format.js';
import { checkKey } from '../../../core/format/normalize.js';

/** Whether a key is one of a format, or of any of several, as `ListChoices.fits` takes it; undefined without one. */
export function fitting(
  format: KeyFormat | readonly KeyFormat[] | undefined,
): ((key: string) => boolean) | undefined {
  const formats = [format ?? []].flat();
  return formats.length === 0 ? undefined : (key) => formats.some((each) => checkKey(each, key).ok);
}
