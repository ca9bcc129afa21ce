const BITS = 11;
const DIGITS = 1 << BITS;

/** Words, and beside each the index that it had. */
interface Indexed {
  readonly words: Uint32Array;
  readonly indexes: Uint32Array;
}

/**
 * The indexes of the first `count` words, by what the words are, from the least on; of equal ones by themselves. Digit
 * by digit, from the last: a third of the time that the engine takes to sort as many numbers.
 */
export function ascending(words: Uint32Array, count: number): Uint32Array {
  let sorted: Indexed = { words: words.slice(0, count), indexes: new Uint32Array(count) };
  for (let index = 0; index < count; index++) sorted.indexes[index] = index;
  let next: Indexed = { words: new Uint32Array(count), indexes: new Uint32Array(count) };
  for (let shift = 0; shift < 32; shift += BITS) {
    deal(sorted, next, shift);
    [sorted, next] = [next, sorted];
  }
  return sorted.indexes;
}

/** Sorts by one digit; of equal digits the order stays. */
function deal({ words, indexes }: Indexed, to: Indexed, shift: number): void {
  const starts = startsOf(words, shift);
  const [toWords, toIndexes] = [to.words, to.indexes];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? 0;
    const digit = (word >>> shift) & (DIGITS - 1);
    const start = starts[digit] ?? 0;
    starts[digit] = start + 1;
    toWords[start] = word;
    toIndexes[start] = indexes[at] ?? 0;
  }
}

/** Where the words with each digit begin. */
function startsOf(words: Uint32Array, shift: number): Uint32Array {
  const starts = new Uint32Array(DIGITS);
  for (let at = 0; at < words.length; at++) {
    const digit = ((words[at] ?? 0) >>> shift) & (DIGITS - 1);
    starts[digit] = (starts[digit] ?? 0) + 1;
  }
  let sum = 0;
  for (let digit = 0; digit < DIGITS; digit++) {
    const amount = starts[digit] ?? 0;
    starts[digit] = sum;
    sum += amount;
  }
  return starts;
}
