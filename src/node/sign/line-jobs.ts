import { doJobs, type JobWork } from '../threads/jobs.js';
import { type LineJob, type PackedJob, packed } from './packed-job.js';

/** What does jobs of lines, in this thread or in others. */
export interface LineWork<Answer> extends Omit<JobWork<PackedJob, PackedJob, Answer>, 'posted'> {
  /** Lines that go to a thread together: enough that posting them costs nothing, and few enough that nobody waits for them. */
  readonly together: number;
}

/** Long lines go alone, or memory would grow with them. */
const JOB_LENGTH = 2 ** 20;

/**
 * Does what is to be done with lines, a few hundred at a time, as {@link doJobs} does. Empty lines are skipped, and counted.
 *
 * @throws {KeywrightError} `invalid_option` for another number of workers than 1 to 256.
 */
export function doLineJobs<Answer>(
  lines: AsyncIterable<string> | Iterable<string>,
  { together, ...work }: LineWork<Answer>,
): AsyncGenerator<readonly [job: LineJob, answer: Answer], void, undefined> {
  return doJobs<LineJob, PackedJob, Answer>(cutJobs(lines, together), {
    ...work,
    posted: (job) => [packed(job), []],
  });
}

async function* cutJobs(
  lines: AsyncIterable<string> | Iterable<string>,
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
    for await (const line of lines) {
      const job = cutter.add(line);
      if (job !== undefined) yield job;
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
