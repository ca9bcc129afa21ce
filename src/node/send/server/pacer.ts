import { setTimeout as delay } from 'node:timers/promises';

/** The time, and waiting: a test has its own. */
export interface Clock {
  /** In milliseconds since 1970. */
  now(): number;
  sleep(milliseconds: number, signal: AbortSignal): Promise<unknown>;
}

/** The real one. */
export const CLOCK: Clock = {
  now: () => Date.now(),
  sleep: (milliseconds, signal) => delay(milliseconds, undefined, { signal }),
};

/** Clocks and timers count milliseconds: who waits for less waits for several times as long. */
const SHORTEST_WAIT = 1;
/** The longest wait between two tries, unless the server wants more, in milliseconds. */
const LONGEST_WAIT = 60_000;

/** Lets requests go, so many a second, and none while the server wants none. */
export class Pacer {
  readonly #clock: Clock;
  readonly #interval: number;
  readonly #signal: AbortSignal;
  #next = 0;
  #pausedUntil = 0;
  #departed = 0;

  /** `signal` ends all waiting. */
  constructor(perSecond: number, clock: Clock, signal: AbortSignal) {
    this.#interval = 1000 / perSecond;
    this.#clock = clock;
    this.#signal = signal;
  }

  /** Waits until a request may go. */
  async turn(): Promise<void> {
    for (;;) {
      this.#signal.throwIfAborted();
      const now = this.#clock.now();
      const wait = Math.max(this.#next, this.#pausedUntil) - now;
      if (wait < SHORTEST_WAIT) {
        this.#next = Math.max(this.#next, now) + this.#interval;
        return;
      }
      await this.wait(wait);
    }
  }

  /** What had its turn goes now, unless others that were held up meanwhile went just before. */
  async departure(): Promise<void> {
    for (;;) {
      const wait = this.#departed + this.#interval - this.#clock.now();
      if (wait < SHORTEST_WAIT) break;
      await this.wait(wait);
    }
    this.#departed = this.#clock.now();
  }

  /** Lets none go for so long, in milliseconds. */
  pause(milliseconds: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, this.#clock.now() + milliseconds);
  }

  /** @throws the signal's reason. */
  async wait(milliseconds: number): Promise<void> {
    await this.#clock.sleep(milliseconds, this.#signal).catch((error: unknown) => {
      this.#signal.throwIfAborted();
      throw error;
    });
  }
}

/** How long to wait after so many failures in a row, in milliseconds: twice as long each time, and never all at once. */
export function backoff(failures: number, random: () => number = Math.random): number {
  return Math.min(500 * 2 ** failures, LONGEST_WAIT) * (0.5 + random() / 2);
}

/**
 * How long a `Retry-After` says to wait, in milliseconds: seconds, or a date (RFC 9110 section 10.2.3), which is held
 * against the server's own clock where it tells the time. 0 for what is neither.
 */
export function retryAfter(headers: Readonly<Record<string, string | undefined>>, now: number): number {
  const text = headers['retry-after']?.trim() ?? '';
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  const until = httpDate(text);
  if (until === undefined) return 0;
  return Math.max(0, until - (httpDate(headers['date']?.trim() ?? '') ?? now));
}

function httpDate(text: string): number | undefined {
  const time = /^[A-Z][a-z]{2,8},? .*(GMT|\d{4})$/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}
