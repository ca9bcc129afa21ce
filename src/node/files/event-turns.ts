import { setImmediate } from 'node:timers/promises';

/** How long a loop may compute before signals are heard, in milliseconds. */
const EVERY = 50;

/**
 * Turns of the event loop for work that computes and never waits: without them a signal is heard when all is done. To be
 * asked often, as once in some thousand rounds; it costs a look at the clock.
 */
export class EventTurns {
  readonly #signal: AbortSignal | undefined;
  #due = performance.now() + EVERY;

  constructor(signal?: AbortSignal) {
    this.#signal = signal;
  }

  /** Takes a turn where one is due. Throws the signal's reason. */
  async take(): Promise<void> {
    if (performance.now() < this.#due) return;
    await setImmediate();
    this.#due = performance.now() + EVERY;
    this.#signal?.throwIfAborted();
  }
}
