import type { ProblemGroup, RowProblem } from '../../../src/node/fields/problems.js';

/** The problems of the rows that are told as examples, by their lines. */
export function toldProblems(groups: readonly ProblemGroup[]): readonly RowProblem[] {
  return groups
    .flatMap(({ field, message, examples }) => examples.map((place) => ({ ...place, field, message })))
    .toSorted((a, b) => a.line - b.line);
}
