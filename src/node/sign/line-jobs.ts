import { availableParallelism } from 'node:os';
import { setImmediate } from 'node:timers/promises';
import { KeywrightError } from '../../core/errors.js';
import { Thread } from '../threads/thread.js';
import { type LineJob, type PackedJob, packed } from './packed-job.js';

/** What does jobs, in this thread or in others. */
export interface LineWork<Answer> {
  /** How many threads: all cores unless told; 1 works in this one. */
  readonly workers: number | undefined;
  /** Makes what does jobs in this thread. */
  readonly here: () => (job: PackedJob) => Promise<Answer>;
  /** The module of a thread, and what it is started with. */
  readonly module: URL;
  readonly data: unknown;
  /** Lines that go to a thread together: enough that posting them costs nothing, and few enough that nobody waits for them. */
  readonly together: number;
}

/** Long lines go alone, or memory would grow with them. */
const JOB_LENGTH = 2 ** 20;
const MOST_WORKERS = 256;

/**
 * Does what is to be done with lines, a few hundred at a time, on several cores, and yields jobs and answers in the order of
 * the lines. Memory stays bounded: a few jobs per thread are under way. Empty lines are skipped, and counted.
 *
 * @throws {KeywrightError} `invalid_option` for another number of workers than 1 to 256.
 */
export async function* doLineJobs<Answer>(
  lines: AsyncIterable<string | readonly string[]> | Iterable<string>,
  work: LineWork<Answer>,
): AsyncGenerator<readonly [job: LineJob, answer: Answer], void, undefined> {
  const { workers = availableParallelism() } = work;
  if (!Number.isInteger(workers) || workers < 1 || workers > MOST_WORKERS) {
    const message = `the number of workers is out of range: use 1 to ${MOST_WORKERS}`;
    throw new KeywrightError('invalid_option', message, { option: 'workers' });
  }
  const pool = workers === 1 ? { run: work.here(), close: async () => {} } : new Pool(workers, work);
  const underWay: (readonly [job: LineJob, answer: Promise<Answer>])[] = [];
  try {
    for await (const job of cutJobs(lines, work.together)) {
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

async function* cutJobs(
  lines: AsyncIterable<string | readonly string[]> | Iterable<string>,
  together: number,
): AsyncGenerator<LineJob> {
  const cutter = new JobCutter(together);
  if (Symbol.iterator in lines) {
    // `for await` would take these as well, at the cost of three promises a line.
    for (const line of lines) {
      const job = cutter.add(line);
      if (job !== undefined) yield job;
    }
  } else {
    for await (const some of lines) {
      for (const line of typeof some === 'string' ? [some] : some) {
        const job = cutter.add(line);
        if (job !== undefined) yield job;
      }
    }
  }
  const last = cutter.end();
  if (last !== undefined) yield last;
}

class JobCutter {
  readonly #most: number;
  #number = 0;
  #first = 1;
  #lines: string[] = [];
  #length = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** Takes the next line; the answer is the job that is complete without it, if one is. */
  add(line: string): LineJob | undefined {
    this.#number++;
    const isEmpty = line.trim() === '';
    // A job's lines follow one another, so that the first one's number tells all of them.
    const isFull = this.#lines.length === this.#most || this.#length > JOB_LENGTH;
    const complete = isEmpty || isFull ? this.end() : undefined;
    if (isEmpty) return complete;
    if (this.#lines.push(line) === 1) this.#first = this.#number;
    this.#length += line.length;
    return complete;
  }

  /** The job of the lines that are left, if there are any. */
  end(): LineJob | undefined {
    if (this.#lines.length === 0) return undefined;
    const job = { first: this.#first, lines: this.#lines };
    [this.#lines, this.#length] = [[], 0];
    return job;
  }
}

/** Jobs that a thread has at most: one that it does, and others that wait, so that it never does. */
const MOST_ASKED = 3;

/**
 * This thread and others. The first job is done here, so that few lines start no thread, and then each that the others, who
 * are asked first, have no time for.
 */
class Pool<Answer> {
  readonly #threads: { readonly thread: Thread<PackedJob, Answer>; asked: number }[] = [];
  readonly #size: number;
  readonly #work: LineWork<Answer>;
  readonly #here: (job: PackedJob) => Promise<Answer>;
  #isFirst = true;

  constructor(size: number, work: LineWork<Answer>) {
    this.#size = size;
    this.#work = work;
    this.#here = work.here();
  }

  async run(job: LineJob): Promise<Answer> {
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
      return await one.thread.ask(packed(job));
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
