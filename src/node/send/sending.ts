import type { ImportRequest } from '../../core/vendors/server/vendor.js';
import { shownText } from '../files/file-error.js';
import { Beginnings } from './beginnings.js';
import type { Journal } from './journal.js';
import type { RequestState } from './journal-line.js';
import { bulkCounts, judgeReply, type ReplyVerdict } from './judgement.js';
import { overlapping } from './overlap.js';
import { Resolution, type ResolutionSettings } from './resolution.js';
import type { Reply } from './server/connection.js';
import { lookUpWay } from './server/look-up.js';
import { NoReply } from './server/no-reply.js';
import { answeredJson, isSuccess, licensesIn } from './server/reply.js';
import { type ServerCalls, Stop } from './server/server-calls.js';

/** A request that came to no good end, told as it happens. */
export interface SendProblem {
  readonly line: number;
  /** What the importer calls the first of its keys. */
  readonly reference: string | null;
  /** One line, with the server's own words where there are some; never a secret or a whole key. */
  readonly message: string;
  /** The option that may mend it, as `unpaged`. */
  readonly option?: string | undefined;
}

/** What a {@link Sending} works with. */
export interface SendingSettings extends ResolutionSettings {
  /** Requests under way at once, at most. */
  readonly concurrency: number;
  readonly perSecond: number;
  /** Look for every license before it is sent. */
  readonly lookFirst: boolean;
  /** One more request came to its end, which stands in the journal. */
  readonly onEnd: (request: ImportRequest, state: RequestState) => void;
  readonly onProblem: (problem: SendProblem) => void;
}

/** Tries of a request that left it in doubt. */
interface Attempts {
  readonly count: number;
  /** Of the last one: its status, 0 without a reply, and the server's words. */
  readonly status: number;
  readonly words: string;
  /** Once it is known not to be there, it counts as refused. */
  readonly settled: boolean;
}

/** Tries of one request in a run that came to nothing. */
const MOST_TRIES = 5;

/**
 * Sends requests until each has its licenses, once. What may have been carried out is never sent again before it is known
 * not to be there: it waits until nothing is under way any more, and is looked up then.
 */
export class Sending {
  readonly #settings: SendingSettings;
  readonly #journal: Journal;
  readonly #calls: ServerCalls;
  readonly #attempts = new Map<number, Attempts>();
  readonly tally = { created: 0, found: 0 };

  constructor(settings: SendingSettings) {
    this.#settings = settings;
    this.#journal = settings.journal;
    this.#calls = settings.calls;
  }

  /** @throws {Stop} when it is of no use to go on. The signal's reason. What the journal throws. */
  async run(requests: readonly number[]): Promise<void> {
    const kind = (line: number) => this.#journal.kind(line);
    const fresh = requests.filter((each) => kind(each) === undefined);
    const refused = requests.filter((each) => kind(each) === 'refused');
    const begun = requests.filter((each) => kind(each) === 'begun');
    let open = [...begun];
    if (this.#settings.lookFirst) open.push(...fresh, ...refused);
    // Those that were refused before, and may be again, come last.
    else open.push(...(await this.#create(fresh)), ...(await this.#create(refused)));
    while (open.length > 0) {
      const { absent, later } = await this.#resolve(open);
      open = [...later, ...(await this.#create(absent))];
    }
  }

  /** Sends requests that are surely not there; the answer are those that may be there now. */
  async #create(requests: readonly number[]): Promise<readonly number[]> {
    const doubtful: number[] = [];
    const beginnings = new Beginnings(requests, this.#settings);
    try {
      await this.#overlap(requests, async (line) => {
        if (await this.#isDoubtful(line, beginnings)) doubtful.push(line);
      });
    } finally {
      beginnings.takeBack();
    }
    return doubtful;
  }

  /** Looks up requests that may be there; the answer are those that are not, and those to look up once more. */
  async #resolve(requests: readonly number[]) {
    const resolution = new Resolution(this.#settings);
    await resolution.prepare(requests);
    const absent: number[] = [];
    const later: number[] = [];
    await this.#overlap(requests, async (line) => {
      const request = this.#settings.read(line);
      const found = await resolution.find(line, request);
      if (found === 'later') later.push(line);
      else if (found !== 'absent') {
        if (found.kind === 'done') this.#finish(line, request, found, '');
        else this.#tell(line, request, unclearWords(found.why), found.option);
      } else if (this.#mayTryAgain(line, request)) {
        // A run that ends before it is sent again need not look once more.
        if (lookUpWay(request) !== 'again') this.#journal.note(line, undefined);
        absent.push(line);
      }
    });
    return { absent, later };
  }

  /** One that is not there: whether it is to be sent again. */
  #mayTryAgain(line: number, request: ImportRequest): boolean {
    const { count, status, words, settled: wouldSettle } = this.#attempts.get(line) ?? NO_ATTEMPTS;
    // Of one that is sent again, nobody has looked whether it is there.
    const isSentAgain = lookUpWay(request) === 'again';
    const settled = wouldSettle && !isSentAgain;
    if (!settled && count < MOST_TRIES) return true;
    if (isSentAgain) {
      this.#tell(line, request, `may be there, which ${count} tries did not tell: ${words}`);
      return false;
    }
    const came = settled ? 'no license came of it' : `came to nothing ${count} times, the last`;
    const says = status >= 400 && settled ? words : `${came}: ${words}`;
    this.#finish(line, request, { kind: 'refused', status }, says);
    return false;
  }

  async #isDoubtful(line: number, beginnings: Beginnings): Promise<boolean> {
    const request = this.#settings.read(line);
    try {
      const reply = await this.#first(line, request, beginnings);
      const last =
        request.then === undefined || !isSuccess(reply) ? reply : await this.#second(request, reply);
      const judged = judgeReply(request.keys, last);
      // The first request was carried out: a license is there, under a key that the server made up.
      const isStray = judged.kind === 'refused' && last !== reply;
      const judgement = isStray
        ? ({ kind: 'stray', status: last.status, server: firstIdIn(reply) } as const)
        : judged;
      const counted = request.keys.length > 1 && isSuccess(last) ? countedWords(request.keys, last) : '';
      if (judgement.kind !== 'done')
        return this.#take(line, request, judgement, this.#calls.words(last, request.keys) + counted, last);
      if (counted !== '') this.#tell(line, request, `the server has them all${counted}`);
      return this.#take(line, request, judgement, '', last);
    } catch (error) {
      if (!(error instanceof NoReply)) throw error;
      return this.#take(line, request, { kind: 'doubtful', settled: false }, error.message);
    }
  }

  /** The request itself, in the journal before it is on its way; taken back there when it surely did not arrive. */
  async #first(line: number, request: ImportRequest, beginnings: Beginnings): Promise<Reply> {
    // Each time it goes out, for a look-up waits from then on.
    const before = () => beginnings.begin(line);
    try {
      return await this.#calls.call(request, request.keys, { before });
    } catch (error) {
      const mayBeThere = error instanceof NoReply || (error instanceof Stop && error.doubtful);
      if (!mayBeThere && this.#journal.kind(line) === 'begun') this.#journal.note(line, undefined);
      throw error;
    }
  }

  /** What follows when the license is there, under a key that the server made up. */
  async #second(request: ImportRequest, first: Reply): Promise<Reply> {
    const { keys, then } = request;
    const reply = answeredJson(first.text);
    if (then === undefined || reply === undefined) throw new NoReply('no whole reply', { arrived: true });
    return this.#calls.call(then, keys, { reply });
  }

  /** The answer is whether it is doubtful. */
  #take(
    line: number,
    request: ImportRequest,
    judgement: ReplyVerdict,
    words: string,
    reply?: Reply,
  ): boolean {
    if (judgement.kind !== 'doubtful') {
      this.#finish(line, request, judgement, words);
      if (judgement.kind === 'stray') throw new Stop(`line ${line}: ${STRAY}`);
      return false;
    }
    this.#journal.doubt(line, this.#settings.clock.now());
    const { count, settled } = this.#attempts.get(line) ?? NO_ATTEMPTS;
    this.#attempts.set(line, {
      count: count + 1,
      status: reply?.status ?? 0,
      words,
      settled: settled || judgement.settled,
    });
    // The server is well: it said no.
    if (judgement.settled && reply?.status === 409) return true;
    this.#calls.fail(words, reply);
    return true;
  }

  #finish(
    line: number,
    request: ImportRequest,
    end: Exclude<ReplyVerdict, { readonly kind: 'doubtful' }>,
    words: string,
  ): void {
    const state = 'server' in end ? { ...end, server: this.#idOf(end.server, request) } : end;
    this.#journal.note(line, state);
    this.#settings.onEnd(request, state);
    if (state.kind === 'done') {
      this.tally[state.outcome]++;
      this.#calls.succeed();
      return;
    }
    if (state.kind === 'stray') {
      const id = state.server === null ? '' : `, its id is ${shownText(state.server)}`;
      this.#tell(line, request, `${STRAY}${id}: ${words}`);
    } else {
      this.#tell(line, request, `refused: ${words}`);
      this.#calls.refuse(words);
    }
  }

  /** An id that tells a secret or a key is none to write down. */
  #idOf(server: string | null, { keys }: ImportRequest): string | null {
    return server !== null && this.#calls.bare(server, keys) === server ? server : null;
  }

  #tell(line: number, { references, keys }: ImportRequest, message: string, option?: string): void {
    const [reference] = references ?? [];
    const shown = reference === undefined ? null : this.#calls.bare(reference, keys);
    this.#settings.onProblem({ line, reference: shown, message, option });
  }

  async #overlap(requests: readonly number[], work: (line: number) => Promise<void>): Promise<void> {
    const { concurrency, halt } = this.#settings;
    await overlapping(requests, concurrency, work, halt);
  }
}

function firstIdIn({ text }: Reply): string | null {
  const [license] = licensesIn(answeredJson(text) ?? null) ?? [];
  return license?.id ?? null;
}

/** What a reply counts, where it leaves open which keys it means. */
function countedWords({ length }: readonly string[], { text }: Reply): string {
  const { created, known } = bulkCounts(answeredJson(text)) ?? { created: 0, known: 0 };
  const isCount = Number.isSafeInteger(created + known) && created + known > 0;
  if (!isCount || [created, known].includes(length)) return '';
  return `, of ${length} keys ${created} created and ${known} there before: which, it does not say`;
}

const NO_ATTEMPTS: Attempts = { count: 0, status: 0, words: '', settled: false };
const STRAY = 'there is a license, but not under its key: look at it there';

function unclearWords(why: string): string {
  return `may be there, which cannot be established (${why}): look for it there, it is not sent again`;
}
