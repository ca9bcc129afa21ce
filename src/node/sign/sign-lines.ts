import { availableParallelism } from 'node:os';
import { KeywrightError } from '../../core/errors.js';
import type { SignOptions } from '../../core/sign/envelope.js';
import type { PrivateKey } from '../../core/sign/private-key.js';
import { Thread } from '../threads/thread.js';
import { type LineAnswer, type LineJob, type LineSignerData, lineSigner, packJob } from './line-signer.js';

/** How {@link signLines} signs. */
export interface SignLinesOptions extends SignOptions {
  /** Threads: all cores unless told; 1 signs in this one. */
  readonly workers?: number | undefined;
  /** When given, payloads without a timestamp get this one. */
  readonly now?: Date | undefined;
}

/** A run of envelopes, each a line with its end. */
export interface SignedLines {
  readonly text: string;
  readonly count: number;
}

/** Lines that go to a thread together: enough that posting them costs nothing. */
const JOB_LINES = 256;

/**
 * Signs one payload a line (JSON Lines), on all cores, and yields the envelopes in the order of the payloads, a
 * few hundred lines at a time. Memory stays bounded: a few such runs per thread are under way. Empty lines are
 * skipped.
 *
 * @throws {KeywrightError} `invalid_payload`, its `line` counted from 1, at the first payload that may not be
 * signed, after all before it were yielded; `invalid_option` for another number of workers than 1 to 256.
 *
 * @example
 * for await (const { text } of signLines(payloads, privateKey, { role: 'product' })) out.write(text);
 */
export async function* signLines(
  payloads: AsyncIterable<string> | Iterable<string>,
  privateKey: PrivateKey,
  { workers = availableParallelism(), now, ...options }: SignLinesOptions = {},
): AsyncGenerator<SignedLines, void, undefined> {
  if (!Number.isInteger(workers) || workers < 1 || workers > 256) {
    throw new KeywrightError('invalid_option', 'the number of workers is out of range: use 1 to 256', {
      option: 'workers',
    });
  }
  const { kid, alg } = privateKey;
  const data = { kid, alg, pkcs8: privateKey.exportPkcs8(), options, now: now?.getTime() };
  const pool = workers === 1 ? inline(data) : new Pool(workers, data);
  const underWay: Promise<LineAnswer>[] = [];
  try {
    for await (const job of cutJobs(payloads)) {
      underWay.push(pool.run(job));
      const oldest = underWay.length < workers * 3 ? undefined : underWay.shift();
      if (oldest !== undefined) yield read(await oldest);
    }
    for (let job = underWay.shift(); job !== undefined; job = underWay.shift()) yield read(await job);
  } finally {
    // A job that fails after the consumer has left has nobody to tell.
    for (const job of underWay) job.catch(() => undefined);
    await pool.close();
  }
}

async function* cutJobs(payloads: AsyncIterable<string> | Iterable<string>): AsyncGenerator<LineJob> {
  const cutter = new JobCutter();
  if (Symbol.iterator in payloads) {
    // `for await` would take these as well, at the cost of three promises a line.
    for (const line of payloads) {
      const job = cutter.add(line);
      if (job !== undefined) yield job;
    }
  } else {
    for await (const line of payloads) {
      const job = cutter.add(line);
      if (job !== undefined) yield job;
    }
  }
  const last = cutter.end();
  if (last !== undefined) yield last;
}

class JobCutter {
  #number = 0;
  #first = 1;
  #lines: string[] = [];

  /** Takes the next line; the answer is the job that is complete without it, if one is. */
  add(line: string): LineJob | undefined {
    this.#number++;
    const isEmpty = line.trim() === '';
    // A job's lines follow one another, so that the first one's number tells all of them.
    const complete = isEmpty || this.#lines.length === JOB_LINES ? this.end() : undefined;
    if (!isEmpty && this.#lines.push(line) === 1) this.#first = this.#number;
    return complete;
  }

  /** The job of the lines that are left, if there are any. */
  end(): LineJob | undefined {
    if (this.#lines.length === 0) return undefined;
    const job = { first: this.#first, lines: this.#lines };
    this.#lines = [];
    return job;
  }
}

function read(answer: LineAnswer): SignedLines {
  if ('text' in answer) return { text: answer.text, count: answer.count };
  const message = `line ${answer.line}: ${answer.fault}`;
  throw new KeywrightError('invalid_payload', message, { line: answer.line });
}

function inline(data: LineSignerData): Pick<Pool, 'run' | 'close'> {
  return { run: lineSigner(data), close: async () => {} };
}

/** Threads that take jobs in turn. */
class Pool {
  readonly #threads: readonly Thread<LineJob, LineAnswer>[];
  #turn = 0;

  constructor(size: number, data: LineSignerData) {
    const module = new URL('./line-signer-worker.js', import.meta.url);
    this.#threads = Array.from({ length: size }, () => new Thread(module, data));
  }

  async run(job: LineJob): Promise<LineAnswer> {
    const thread = this.#threads[this.#turn++ % this.#threads.length];
    if (thread === undefined) throw new Error('a pool without threads');
    return await thread.ask(packJob(job));
  }

  async close(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.close()));
  }
}
