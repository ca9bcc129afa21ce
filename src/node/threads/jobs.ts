import { availableParallelism } from 'node:os';
import { setImmediate } from 'node:timers/promises';
import { KeywrightError } from '../../core/errors.js';
import { Thread } from './thread.js';

/** What does jobs, in this thread or in others. */
export interface JobWork<Job, Question, Answer> {
  /** How many threads: all cores unless told; 1 works in this one. */
  readonly workers: number | undefined;
  /** Makes what does jobs in this thread. */
  readonly here: () => (job: Job) => Promise<Answer>;
  /** The module of a thread, and what it is started with. */
  readonly module: URL;
  readonly data: unknown;
  /** A job as it crosses to a thread. */
  readonly posted: (job: Job) => Posted<Question>;
}

/** A question, and what of it is handed over, not copied. */
export type Posted<Question> = readonly [question: Question, handsOver: readonly ArrayBuffer[]];

const MOST_WORKERS = 256;

/**
 * Does jobs on several cores, and yields them with their answers in their order. Memory stays bounded: a few jobs per thread
 * are under way. What a job hands over is gone by then.
 *
 * @throws {KeywrightError} `invalid_option` for another number of workers than 1 to 256.
 */
export async function* doJobs<Job, Question, Answer>(
  jobs: AsyncIterable<Job>,
  work: JobWork<Job, Question, Answer>,
): AsyncGenerator<readonly [job: Job, answer: Answer], void, undefined> {
  const { workers = availableParallelism() } = work;
  if (!Number.isInteger(workers) || workers < 1 || workers > MOST_WORKERS) {
    const message = `the number of workers is out of range: use 1 to ${MOST_WORKERS}`;
    throw new KeywrightError('invalid_option', message, { option: 'workers' });
  }
  const pool = workers === 1 ? { run: work.here(), close: async () => {} } : new Pool(workers, work);
  const underWay: (readonly [job: Job, answer: Promise<Answer>])[] = [];
  try {
    for await (const job of jobs) {
      underWay.push([job, pool.run(job)]);
      const oldest = underWay.length < workers * MOST_ASKED ? undefined : underWay.shift();
      if (oldest !== undefined) yield [oldest[0], await oldest[1]];
    }
    for (let next = underWay.shift(); next !== undefined; next = underWay.shift()) {
      yield [next[0], await next[1]];
    }
  } finally {
    // A job that fails after the consumer has left has nobody to tell.
    for (const [, answer] of underWay) answer.catch(() => undefined);
    await pool.close();
  }
}

/** Jobs that a thread has at most: one that it does, and others that wait, so that it never does. */
const MOST_ASKED = 3;

/**
 * This thread and others. The first job is done here, so that few lines start no thread, and then each that the others, who
 * are asked first, have no time for.
 */
class Pool<Job, Question, Answer> {
  readonly #threads: { readonly thread: Thread<Question, Answer>; asked: number }[] = [];
  readonly #size: number;
  readonly #work: JobWork<Job, Question, Answer>;
  readonly #here: (job: Job) => Promise<Answer>;
  #isFirst = true;

  constructor(size: number, work: JobWork<Job, Question, Answer>) {
    this.#size = size;
    this.#work = work;
    this.#here = work.here();
  }

  async run(job: Job): Promise<Answer> {
    const place = this.#isFirst ? -1 : this.#freePlace();
    this.#isFirst = false;
    const one = place < 0 ? undefined : this.#threadAt(place);
    if (one === undefined) {
      const answer = await this.#here(job);
      // Else what threads answer meanwhile would not be heard, and they would wait.
      await setImmediate();
      return answer;
    }
    one.asked++;
    try {
      return await one.thread.ask(...this.#work.posted(job));
    } finally {
      one.asked--;
    }
  }

  /** The thread that has least to do; below 0 when all have enough. */
  #freePlace(): number {
    const asked = Array.from({ length: this.#size - 1 }, (_, at) => this.#threads[at]?.asked ?? 0);
    const least = Math.min(...asked);
    return least < MOST_ASKED ? asked.indexOf(least) : -1;
  }

  #threadAt(place: number) {
    const { module, data } = this.#work;
    this.#threads[place] ??= { thread: new Thread(module, data), asked: 0 };
    return this.#threads[place];
  }

  async close(): Promise<void> {
    await Promise.all(this.#threads.map(({ thread }) => thread.close()));
  }
}
