import { editDistance } from '../../core/format/edit-distance.js';

/** One letter in four may be wrong; in short words one. */
const LETTERS_A_FAULT = 4;
/** So many first letters stand for the rest. */
const SHORTEST_BEGINNING = 3;

/** The one of `words` that `typed` misspells or begins, if one is near and no other as near. */
export function nearestWord(typed: string, words: Iterable<string>): string | undefined {
  const all = [...words];
  const begun = all.filter((word) => typed.length >= SHORTEST_BEGINNING && word.startsWith(typed));
  if (begun.length === 1) return begun[0];
  const steps = all.map((word) => editDistance(typed, word));
  const fewest = Math.min(...steps);
  const near = all.filter((_, index) => steps[index] === fewest);
  const most = Math.max(1, Math.floor(Math.min(typed.length, near[0]?.length ?? 0) / LETTERS_A_FAULT));
  return near.length === 1 && fewest <= most && typed.length > 1 ? near[0] : undefined;
}
