import type { JsonValue } from '../../../core/encoding/json-text.js';
import { isKeywrightError } from '../../../core/errors.js';
import { type Filling, fillRequest } from '../../../core/vendors/server/fill-request.js';
import { spokenTime } from '../../../core/vendors/server/import-time.js';
import type { HttpRequest } from '../../../core/vendors/server/vendor.js';
import { shownText } from '../../files/file-error.js';
import type { Exchange, Reply } from './connection.js';
import { NoReply } from './no-reply.js';
import { originOf } from './origin.js';
import { backoff, type Clock, type Pacer, retryAfter } from './pacer.js';
import { type Hidden, serverWords, withoutHidden } from './server-words.js';

/** Why the whole run ends before its work is done. */
export class Stop extends Error {
  /** Whether the request that it ends with may have been carried out. */
  readonly doubtful: boolean;

  constructor(message: string, doubtful = false) {
    super(message);
    this.doubtful = doubtful;
  }
}

/** What calls are made with. */
export interface CallSettings {
  readonly exchange: Exchange;
  readonly pacer: Pacer;
  readonly clock: Clock;
  readonly secrets: Readonly<Record<string, string>>;
  /** The origin that secrets may go to. */
  readonly origin: string;
  /** Nothing is sent for so many milliseconds, and why. */
  readonly onPause: (milliseconds: number, words: string) => void;
}

/** Failures in a row that end the run. */
const MOST_FAILURES = 10;
/** Longer than this, in milliseconds, nobody waits without asking why. */
const LONGEST_SILENCE = 5000;
/** Longer than this, in milliseconds, nobody wants to watch a command wait for a server. */
const LONGEST_PAUSE = 3_600_000;

/** Calls a server at its pace; what was surely not carried out is tried again, later each time. */
export class ServerCalls {
  readonly #settings: CallSettings;
  #failures = 0;
  #count = 0;
  #toldUntil = 0;

  constructor(settings: CallSettings) {
    this.#settings = settings;
  }

  /** How many requests went out. */
  get count(): number {
    return this.#count;
  }

  /**
   * The reply to a request. `before` is done when its turn has come.
   *
   * @throws {Stop} 401, 403, a redirect, a certificate that will not do, ten failures in a row. {@link NoReply}: it may
   *   have been carried out.
   */
  async call(
    request: HttpRequest,
    keys: readonly string[],
    {
      reply,
      before,
    }: { readonly reply?: JsonValue | undefined; readonly before?: (() => Promise<void>) | undefined } = {},
  ): Promise<Reply> {
    const { secrets, pacer, exchange, origin } = this.#settings;
    const filled = filledIn(request, { secrets, reply });
    if (originOf(filled.url) !== origin)
      throw new Stop('a reply leads to another server, where no secret may go');
    for (;;) {
      await pacer.turn();
      await before?.();
      await pacer.departure();
      this.#count++;
      const answer = await exchange(filled).catch((error: unknown) => this.#unanswered(error));
      if (answer === undefined) continue;
      if (answer.status === 429) this.fail(this.words(answer, keys), answer);
      else if (STOPS(answer.status))
        throw new Stop(this.#stopWords(answer, keys), MAY_BE_DONE.has(answer.status));
      else return answer;
    }
  }

  /** What the server says of a reply, without secrets and without these keys. */
  words(reply: Reply, keys: readonly string[]): string {
    return serverWords(reply, this.#hidden(keys));
  }

  /** A text without secrets and without these keys. */
  bare(text: string, keys: readonly string[]): string {
    return withoutHidden(text, this.#hidden(keys));
  }

  /** A request came to its end. */
  succeed(): void {
    this.#failures = 0;
  }

  /**
   * A request failed: the next ones wait, as long as the server says and longer after each failure in a row.
   *
   * @throws {Stop} after ten in a row.
   */
  fail(words: string, reply?: Reply): void {
    const { pacer, clock, onPause } = this.#settings;
    if (++this.#failures >= MOST_FAILURES)
      throw new Stop(`${MOST_FAILURES} failures in a row, the last: ${words}`);
    const wanted = reply === undefined ? 0 : retryAfter(reply.headers, clock.now());
    if (wanted > LONGEST_PAUSE)
      throw new Stop(`the server wants no requests for ${spokenTime(Math.ceil(wanted / 1000))}: ${words}`);
    const pause = Math.max(wanted, backoff(this.#failures));
    pacer.pause(pause);
    if (pause < LONGEST_SILENCE || clock.now() < this.#toldUntil) return;
    this.#toldUntil = clock.now() + pause;
    onPause(pause, words);
  }

  /** A request was refused: the server is well, but ten in a row are no accident. */
  refuse(words: string): void {
    if (++this.#failures >= MOST_FAILURES)
      throw new Stop(`${MOST_FAILURES} failures in a row, the last: ${words}`);
  }

  #hidden(keys: readonly string[]): Hidden {
    return { secrets: Object.values(this.#settings.secrets), keys };
  }

  #unanswered(error: unknown): undefined {
    if (!(error instanceof NoReply) || error.arrived) throw error;
    if (error.hopeless) throw new Stop(error.message);
    this.fail(error.message);
  }

  #stopWords(reply: Reply, keys: readonly string[]): string {
    if (reply.status < 400) {
      const to = originOf(reply.headers['location'] ?? '');
      const where = to === undefined ? '' : ` to ${shownText(to)}`;
      return `the server redirects${where} (${reply.status}), where no secret may go: check the base URL`;
    }
    return `the server answers ${this.words(reply, keys)}: check the secret and what it may do`;
  }
}

/** Secrets are there: what is missing is a member of the first reply, whose license is there all the same. */
function filledIn(request: HttpRequest, filling: Filling): HttpRequest {
  try {
    return fillRequest(request, filling);
  } catch (error) {
    if (!isKeywrightError(error, 'invalid_option')) throw error;
    throw new NoReply('the first reply does not name its license', { arrived: true }, error);
  }
}

/** Redirects to a page about what was done (RFC 9110 section 15.4.3 and 15.4.4). */
const MAY_BE_DONE: ReadonlySet<number> = new Set([302, 303]);
const STOPS = (status: number) => status === 401 || status === 403 || (status >= 300 && status < 400);
