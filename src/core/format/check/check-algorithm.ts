/** Computes a check character, in indices of the alphabet's symbols. */
export interface CheckAlgorithm {
  readonly name: string;
  /** The check over `count` digits, each at least 0 and less than the size of the alphabet. */
  check(digits: ArrayLike<number>, count: number): number;
}

/** A way to compute check characters. */
export interface CheckScheme {
  /** Its algorithm for an alphabet, given as its symbols in order; or why it has none, as "needs …". */
  for(symbols: string): CheckAlgorithm | string;
}
