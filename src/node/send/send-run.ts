import { setMaxListeners } from 'node:events';
import type { Destination } from './destination.js';
import type { Journal } from './journal.js';
import type { RequestFile } from './request-file.js';
import type { Results } from './results.js';
import type { SendReport, SendRequestsOptions } from './send-options.js';
import { Sending } from './sending.js';
import { sendingOrder } from './sending-order.js';
import { Connection, type Exchange } from './server/connection.js';
import { originOf } from './server/origin.js';
import { type Clock, Pacer } from './server/pacer.js';
import { ServerCalls, Stop } from './server/server-calls.js';

/** What a test has of its own. */
export interface SendMeans {
  readonly clock: Clock;
  /** In place of a connection. */
  readonly exchange?: Exchange | undefined;
}

/** The options, those that have no default here. */
export interface SendRunOptions extends SendRequestsOptions {
  readonly perSecond: number;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** How long what is under way may take to end once the run is interrupted, in milliseconds. */
const LINGER = 800;
const SETTLE_SECONDS = 120;

/** One run, between a journal and a server. */
export class SendRun {
  readonly #means: SendMeans;
  readonly #file: RequestFile;
  readonly #destination: Destination;
  readonly #journal: Journal;
  readonly #options: SendRunOptions;
  readonly #secrets: Readonly<Record<string, string>>;
  readonly #results: Results | undefined;
  /** Lets nothing further begin. */
  readonly #halt = new AbortController();
  /** Ends what is under way. */
  readonly #flights = new AbortController();
  #report = { created: 0, found: 0, calls: 0, stopped: null as string | null };

  constructor(
    means: SendMeans,
    file: RequestFile,
    destination: Destination,
    journal: Journal,
    options: SendRunOptions,
    secrets: Readonly<Record<string, string>>,
    results?: Results,
  ) {
    this.#means = means;
    this.#file = file;
    this.#destination = destination;
    this.#journal = journal;
    this.#options = options;
    this.#secrets = secrets;
    this.#results = results;
  }

  /** Sends what is to be sent in this run. @throws what the journal throws, and the signal's reason. */
  async send(): Promise<void> {
    const { baseUrl } = this.#destination;
    const { concurrency = 4, env, signal } = this.#options;
    const requests = this.#chosen();
    // Each request that waits or is under way listens.
    setMaxListeners(0, this.#halt.signal, this.#flights.signal);
    this.#options.onStart?.({ baseUrl, secrets: this.#file.secrets, requests: requests.length });
    if (requests.length === 0) return;
    await this.#results?.begin();
    let timer: NodeJS.Timeout | undefined;
    const interrupt = () => {
      this.#halt.abort(signal?.reason);
      timer = setTimeout(() => this.#flights.abort(), LINGER);
    };
    if (signal?.aborted === true) interrupt();
    signal?.addEventListener('abort', interrupt, { once: true });
    const connection =
      this.#means.exchange === undefined
        ? await Connection.open({ baseUrl, most: concurrency, env, signal: this.#flights.signal })
        : undefined;
    try {
      await this.#sendBy(connection?.exchange ?? this.#means.exchange, requests, concurrency);
    } finally {
      signal?.removeEventListener('abort', interrupt);
      clearTimeout(timer);
      await connection?.close();
    }
  }

  /** What came of it, all runs together. */
  report(): Omit<SendReport, 'results'> {
    const counts = { done: 0, refused: 0, begun: 0, stray: 0 };
    for (const line of this.#file.lines()) {
      const kind = this.#journal.kind(line);
      if (kind !== undefined) counts[kind]++;
    }
    const { done, refused, begun: doubtful, stray } = counts;
    const requests = this.#file.count;
    const open = requests - done - refused - doubtful - stray;
    const { baseUrl } = this.#destination;
    const journal = this.#journal.path;
    return { baseUrl, requests, done, ...this.#report, refused, doubtful, stray, open, journal };
  }

  /** Those in doubt, and as many others as the limit allows. */
  #chosen(): readonly number[] {
    const { doubtful, others } = sendingOrder(this.#file.lines(), (line) => this.#journal.kind(line));
    return [...doubtful, ...others.slice(0, this.#options.limit)];
  }

  async #sendBy(
    exchange: Exchange | undefined,
    requests: readonly number[],
    concurrency: number,
  ): Promise<void> {
    if (exchange === undefined) return;
    const { clock } = this.#means;
    const { perSecond, settleSeconds = SETTLE_SECONDS, unpaged = false, lookFirst = false } = this.#options;
    const { onProgress, onProblem, onWait } = this.#options;
    const pacer = new Pacer(perSecond, clock, this.#halt.signal);
    const origin = originOf(this.#destination.baseUrl) ?? '';
    const calls = new ServerCalls({
      exchange,
      pacer,
      clock,
      secrets: this.#secrets,
      origin,
      onPause: (milliseconds, words) => onWait?.(milliseconds, words),
    });
    let ended = 0;
    const sending = new Sending({
      requests: () => this.#file.lines(),
      read: (line) => this.#destination.rebased(this.#file.read(line)),
      journal: this.#journal,
      calls,
      clock,
      halt: this.#halt,
      settle: settleSeconds * 1000,
      unpaged,
      lookFirst,
      concurrency,
      perSecond,
      onEnd: (request, state) => {
        this.#results?.add(request, state);
        onProgress?.(++ended);
      },
      onProblem: (problem) => onProblem?.(problem),
      onWait: (milliseconds) => onWait?.(milliseconds, null),
    });
    try {
      await sending.run(requests);
    } catch (error) {
      this.#options.signal?.throwIfAborted();
      if (!(error instanceof Stop)) throw error;
      this.#report.stopped = error.message;
    } finally {
      Object.assign(this.#report, sending.tally, { calls: calls.count });
    }
  }
}
