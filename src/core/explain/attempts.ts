/** An explanation checks at most so many signatures: a large keyring must not make it take seconds. */
const MOST = 64;

/** The checks that one explanation may still make. */
export class Attempts {
  #left = MOST;

  /** What `check` finds; no when nothing is left, or when only what is `kept` for other questions is. */
  async make(check: () => Promise<boolean>, kept = 0): Promise<boolean> {
    if (this.#left <= kept) return false;
    this.#left--;
    return check();
  }
}
