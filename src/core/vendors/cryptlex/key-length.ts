/** The bounds in LexActivator's published sample: a key outside of them can never be activated. */
export const SHORTEST = 16;
export const LONGEST = 256;

/** What is wrong with a license key's length, if anything is. */
export function lengthProblem({ length }: string): string | undefined {
  if (length >= SHORTEST && length <= LONGEST) return undefined;
  return `has ${length} characters: LexActivator takes keys of ${SHORTEST} to ${LONGEST}`;
}
