import type { KeyFormat } from '../../../core/format/key-format.js';
import { checkKey } from '../../../core/format/normalize.js';

/** Whether a key is one of a format, as `ListChoices.fits` takes it; undefined without a format. */
export function fitting(format: KeyFormat | undefined): ((key: string) => boolean) | undefined {
  return format && ((key) => checkKey(format, key).ok);
}
