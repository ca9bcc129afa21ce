import { canonicalForm } from '../format/canonical.js';

/** How keys are compared: by canonical form v1, or as the texts they are. */
export type Comparison = 1 | 'exact';

/**
 * What is compared of a key. Two keys are one key when these texts are equal. A text of which the canonical form
 * leaves nothing, as `---`, stands for itself.
 */
export function comparedText(key: string, comparison: Comparison): string {
  return comparison === 1 ? canonicalForm(key) || key : key;
}
