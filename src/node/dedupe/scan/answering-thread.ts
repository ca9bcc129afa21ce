import { Worker } from 'node:worker_threads';

/** A thread that sends answers, seen from here: they come in order. */
export class AnsweringThread<Answer> {
  readonly #worker: Worker;
  readonly #answers: Answer[] = [];
  #failure: Error | undefined;
  #wake: () => void = () => undefined;

  constructor(module: URL, data: unknown) {
    this.#worker = new Worker(module, { workerData: data });
    this.#worker.on('message', (answer: Answer) => {
      this.#answers.push(answer);
      this.#wake();
    });
    const fail = (error: Error) => {
      this.#failure ??= error;
      this.#wake();
    };
    this.#worker.on('error', fail);
    this.#worker.on('exit', () => fail(new Error('a thread ended early')));
  }

  /** The next answer. One at a time is waited for. */
  async next(): Promise<Answer> {
    for (;;) {
      const answer = this.#answers.shift();
      if (answer !== undefined) return answer;
      if (this.#failure !== undefined) throw this.#failure;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }
}
