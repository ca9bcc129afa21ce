import { setTimeout as delay } from 'node:timers/promises';

/** How patient an engine is. */
export interface Patience {
  /** How long it waits for other processes or for the server, in milliseconds. */
  readonly longestWait?: number | undefined;
  /** Ends the waiting with its reason. */
  readonly signal?: AbortSignal | undefined;
}

/** Pauses of random length, until it has been enough. */
export class Waiting {
  readonly #until: number;
  readonly #signal: AbortSignal | undefined;

  /** `usual`: how long, in milliseconds, where it was not said. */
  constructor({ longestWait, signal }: Patience, usual: number) {
    this.#until = performance.now() + (longestWait ?? usual);
    this.#signal = signal;
  }

  /** Throws `error` when it has been enough. */
  async pause(error: unknown): Promise<void> {
    this.#signal?.throwIfAborted();
    if (performance.now() > this.#until) throw error;
    await delay(5 + Math.random() * 100, undefined, { signal: this.#signal }).catch(() => {
      this.#signal?.throwIfAborted();
    });
  }
}
