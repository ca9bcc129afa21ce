/** Guesses a second that an online check is assumed to let through, wherever a guessing time is given. */
export const GUESSES_PER_SECOND = 100;

/** Keys below this may be guessed by whoever can test guesses on a machine of their own, where nothing limits them. */
export const FEWEST_BITS = 80;

const SECONDS_PER_YEAR = 31_557_600;

/** log2 of a positive capacity, exact to double precision whatever its size. */
export function log2(capacity: bigint): number {
  const digits = capacity.toString(2).length;
  const shift = Math.max(0, digits - 53);
  return Math.log2(Number(capacity >> BigInt(shift))) + shift;
}

/**
 * Pairs expected to be equal when `count` keys are drawn without proof of uniqueness: n(n−1)/2C.
 *
 * @example
 * expectedCollisions(1_000_000, parseFormat('XXXX-XXXX').capacity); // 0.177…
 */
export function expectedCollisions(count: number, capacity: bigint): number {
  return (count * (count - 1)) / 2 / Number(capacity);
}

/**
 * Odds that `count` keys drawn without proof of uniqueness hold at least one pair of equals (birthday).
 *
 * @example
 * collisionOdds(1_000_000, parseFormat('XXXX-XXXX').capacity); // 0.162…
 */
export function collisionOdds(count: number, capacity: bigint): number {
  if (BigInt(count) > capacity) return 1;
  return -Math.expm1(-expectedCollisions(count, capacity));
}

/**
 * Odds that one guess hits one of `count` issued keys.
 *
 * @example
 * guessOdds(50, parseFormat('9999').capacity); // 0.005
 */
export function guessOdds(count: number, capacity: bigint): number {
  return Math.min(1, count / Number(capacity));
}

/**
 * Seconds until one of `count` keys is expected to be guessed, at {@link GUESSES_PER_SECOND}.
 *
 * @example
 * secondsToGuess(50, parseFormat('9999').capacity); // 2
 */
export function secondsToGuess(count: number, capacity: bigint): number {
  return 1 / guessOdds(count, capacity) / GUESSES_PER_SECOND;
}

/**
 * The largest batch that is still sensible: half of the capacity at most, and guessing any one of its keys
 * at {@link GUESSES_PER_SECOND} is expected to take a year. At least 0, at most `Number.MAX_SAFE_INTEGER`.
 *
 * @example
 * largestSensibleBatch(parseFormat('XXXX-XXXX').capacity); // 893
 */
export function largestSensibleBatch(capacity: bigint): number {
  const byGuessing = capacity / BigInt(GUESSES_PER_SECOND * SECONDS_PER_YEAR);
  const half = capacity / 2n;
  const largest = byGuessing < half ? byGuessing : half;
  return largest > BigInt(Number.MAX_SAFE_INTEGER) ? Number.MAX_SAFE_INTEGER : Number(largest);
}
