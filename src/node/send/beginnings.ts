import type { Journal } from './journal.js';
import type { Clock } from './server/pacer.js';

/** What is begun ahead goes out within so many milliseconds, or is begun anew. */
const FRESH = 1000;
/** Turns of all that may be under way that come within so many seconds are worth going ahead of. */
const SOON = 0.05;

/** How {@link Beginnings} begin. */
export interface BeginningSettings {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly perSecond: number;
  /** Requests under way at once, at most. */
  readonly concurrency: number;
}

/**
 * Begins requests in the journal. Where turns follow each other about as fast as a disk writes, as many are begun ahead as
 * may be under way: so they share its writes, and hardly wait. A run that is killed leaves those in doubt, too.
 */
export class Beginnings {
  readonly #settings: BeginningSettings;
  readonly #requests: IterableIterator<number>;
  readonly #most: number;
  readonly #ahead = new Map<number, { readonly until: number; readonly written: Promise<void> }>();

  /** `requests` in the order of their turns. */
  constructor(requests: readonly number[], settings: BeginningSettings) {
    const { perSecond, concurrency } = settings;
    this.#requests = requests.values();
    this.#settings = settings;
    // Fewer would not reach those whose turn is next.
    this.#most = perSecond * SOON < concurrency ? 0 : concurrency;
  }

  /**
   * Begins a request whose turn has come: it is on the disk when this is over.
   *
   * @throws {KeywrightError} `unwritable_file`: then it must not be sent.
   */
  async begin(line: number): Promise<void> {
    const { journal, clock } = this.#settings;
    this.#goAhead();
    const own = this.#ahead.get(line);
    this.#ahead.delete(line);
    await own?.written;
    const now = clock.now();
    if (own === undefined || own.until < now) await journal.begin(line, now);
  }

  /** Those that were begun and do not go out. @throws what the journal throws. */
  takeBack(): void {
    const { journal } = this.#settings;
    for (const line of this.#ahead.keys()) if (journal.kind(line) === 'begun') journal.note(line, undefined);
    this.#ahead.clear();
  }

  #goAhead(): void {
    const { journal, clock } = this.#settings;
    while (this.#ahead.size < this.#most) {
      const { value: line, done } = this.#requests.next();
      if (done === true) return;
      // It goes out by then: a look-up waits from then on.
      const until = clock.now() + FRESH;
      const written = journal.begin(line, until);
      // Told to who waits for it.
      written.catch(() => {});
      this.#ahead.set(line, { until, written });
    }
  }
}
