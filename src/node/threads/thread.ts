import { Worker } from 'node:worker_threads';
import { errorOf, type ThreadMessage } from './thread-message.js';

interface Waiting<Answer> {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

/** A thread that takes questions and sends answers, seen from outside. Its module calls `serve`. */
export class Thread<Question, Answer> {
  readonly #worker: Worker;
  readonly #answers: Answer[] = [];
  readonly #waiting: Waiting<Answer>[] = [];
  #failure: { readonly error: unknown } | undefined;

  /** Starts it; `data` is what it is made with. */
  constructor(module: URL, data: unknown) {
    this.#worker = new Worker(module, { workerData: data });
    this.#worker.on('message', (message: ThreadMessage<Answer>) => {
      if ('fault' in message) this.fail(errorOf(message.fault));
      else this.#take(message.answer);
    });
    this.#worker.on('error', (error) => this.fail(error));
    // What it said before it ended is still to be heard.
    this.#worker.on('exit', () => this.#end({ error: new Error('a thread ended early') }));
  }

  /** Asks; the answers come in the order of the questions. What is handed over of a question is not copied, and is gone here. */
  ask(question: Question, handsOver: readonly ArrayBuffer[] = []): Promise<Answer> {
    this.#worker.postMessage(question, handsOver);
    return this.next();
  }

  /** The next answer, asked for or not. */
  next(): Promise<Answer> {
    const answer = this.#answers.shift();
    if (answer !== undefined) return Promise.resolve(answer);
    if (this.#failure !== undefined) return Promise.reject(this.#failure.error);
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  /** Makes all answers that were not heard yet this error. */
  fail(error: unknown): void {
    this.#answers.length = 0;
    this.#end({ error });
  }

  /** Ends it, whatever it does. */
  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  #take(answer: Answer): void {
    const waiting = this.#waiting.shift();
    if (waiting !== undefined) waiting.resolve(answer);
    else if (this.#failure === undefined) this.#answers.push(answer);
  }

  #end(failure: { readonly error: unknown }): void {
    this.#failure ??= failure;
    for (const { reject } of this.#waiting.splice(0)) reject(this.#failure.error);
  }
}
