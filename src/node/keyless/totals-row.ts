/**
 * Sees a last row that sums up the others, as exports of shops end with: it would get as many keys as all of them together.
 * Its quantity is theirs; and of its other cells half or more are empty that the first row fills, or it begins with a word where
 * that has a number.
 */
export class TotalsRow {
  #sum = 0;
  #rows = 0;
  #filled: readonly number[] = [];
  #isNumbered = false;
  #isSum = false;

  /** Takes the next row; its cells are read where they tell something. `at` is where the quantity stands. */
  take(quantity: number, at: number, cells: () => readonly string[]): void {
    if (this.#rows === 0) {
      this.#filled = filledIn(cells()).filter((index) => index !== at);
      this.#isNumbered = at > 0 && hasDigit(cells());
    }
    this.#isSum = this.#rows > 1 && quantity === this.#sum && this.#isBare(cells());
    this.#sum += quantity;
    this.#rows++;
  }

  /** Whether the row that was taken last is one. */
  get isLast(): boolean {
    return this.#isSum;
  }

  #isBare(cells: readonly string[]): boolean {
    if (this.#isNumbered && !hasDigit(cells)) return true;
    const filled = new Set(filledIn(cells));
    const empty = this.#filled.filter((index) => !filled.has(index)).length;
    return empty > 0 && 2 * empty >= this.#filled.length;
  }
}

function hasDigit([first = '']: readonly string[]): boolean {
  return /\d/.test(first);
}

function filledIn(cells: readonly string[]): readonly number[] {
  return cells.flatMap((cell, index) => (cell.trim() === '' ? [] : [index]));
}
