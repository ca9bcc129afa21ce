import type { HttpRequest, ImportRequest } from '../../core/vendors/server/vendor.js';
import type { Journal } from './journal.js';
import type { RequestState } from './journal-line.js';
import { judgeReply } from './judgement.js';
import type { Reply } from './server/connection.js';
import { type LicenseList, readLicenseList } from './server/license-list.js';
import { lookUpWay, searched, searchedMarker } from './server/look-up.js';
import { NoReply } from './server/no-reply.js';
import type { Clock } from './server/pacer.js';
import { isSuccess, type ListedLicense } from './server/reply.js';
import type { ServerCalls } from './server/server-calls.js';

/** What a {@link Resolution} works with. */
export interface ResolutionSettings {
  /** All of the file by their lines, also those that are done. */
  readonly requests: () => Iterable<number>;
  readonly read: (line: number) => ImportRequest;
  readonly journal: Journal;
  readonly calls: ServerCalls;
  readonly clock: Clock;
  /** Aborted when nothing further is to begin. */
  readonly halt: AbortController;
  /** How long a request may still be carried out whose reply did not come, in milliseconds. */
  readonly settle: number;
  /** The server lists all licenses at once. */
  readonly unpaged: boolean;
  /** Nothing is sent for so many milliseconds. */
  readonly onWait: (milliseconds: number) => void;
}

/** Nobody can tell what became of a request. */
export interface Unclear {
  readonly kind: 'unclear';
  readonly why: string;
  /** The option that may decide it. */
  readonly option?: 'unpaged' | undefined;
}

/** What became of a request: its licenses are there, they are not, nobody can tell, or it is to be asked once more. */
export type LookUpFinding = Extract<RequestState, { readonly kind: 'done' }> | Unclear | 'absent' | 'later';

/** Finds out which of some requests were carried out, while none is under way. */
export class Resolution {
  readonly #settings: ResolutionSettings;
  /** By URL; or why there is none to go by. */
  readonly #lists = new Map<string, LicenseList | Unclear>();

  constructor(settings: ResolutionSettings) {
    this.#settings = settings;
  }

  /** Waits until nothing sent can still be carried out, and reads the lists that are needed, each once. */
  async prepare(requests: readonly number[]): Promise<void> {
    const { read, journal, clock, settle, onWait } = this.#settings;
    const lists = new Map<string, HttpRequest>();
    const wanted = new Set<string>();
    let until = 0;
    for (const line of requests) {
      const request = read(line);
      const way = lookUpWay(request);
      if (way === 'again') continue;
      const at = journal.begunAt(line);
      if (at > 0) until = Math.max(until, Math.min(at, clock.now()) + settle);
      if (way !== 'list' || request.lookup === undefined) continue;
      lists.set(request.lookup.url, request.lookup);
      for (const key of request.keys) wanted.add(key);
    }
    const wait = until - clock.now();
    if (wait > 0) {
      onWait(wait);
      await this.#wait(wait);
    }
    for (const [url, list] of lists) this.#lists.set(url, await this.#read(list, wanted));
  }

  /** What became of one of the requests it was prepared for. */
  async find(line: number, request: ImportRequest): Promise<LookUpFinding> {
    const [key = ''] = request.keys;
    const way = lookUpWay(request);
    if (way === 'again') return 'absent';
    if (way === 'none' || request.lookup === undefined) return unclear('its line says no way to look it up');
    if (way === 'list') {
      const list = this.#lists.get(request.lookup.url);
      if (list === undefined || 'kind' in list) return list ?? unclear(NOTHING);
      return list.found.has(key) ? found(200, list.found.get(key) ?? null) : 'absent';
    }
    const reply = await this.#ask(request.lookup, request.keys);
    const license = searched(reply, key);
    if (typeof license !== 'string') return found(reply.status, license.id);
    if (license === 'unclear') return this.#unclear(reply, request.keys);
    if (request.then === undefined) return license;
    return this.#findUnfinished(line, request);
  }

  /** The license is not there under its key: perhaps under the one that the server made up. */
  async #findUnfinished(line: number, request: ImportRequest): Promise<LookUpFinding> {
    const { unfinished, then, keys, idempotencyKey } = request;
    const wasBegun = this.#settings.journal.kind(line) === 'begun';
    if (then === undefined || unfinished === undefined)
      return wasBegun ? unclear('its line says no way to look up a license without its key') : 'absent';
    const reply = await this.#ask(unfinished, keys);
    const license = searchedMarker(reply, idempotencyKey);
    if (license === 'unclear') return this.#unclear(reply, keys);
    return license === 'absent' ? license : this.#finish(then, keys, license);
  }

  /** Puts the key in place that the license is to have. */
  async #finish(then: HttpRequest, keys: readonly string[], license: ListedLicense): Promise<LookUpFinding> {
    const { calls } = this.#settings;
    try {
      const reply = await calls.call(then, keys, { reply: { data: license.record } });
      const judged = judgeReply(keys, reply);
      if (judged.kind === 'done') return { ...judged, outcome: 'found' };
      const words = calls.words(reply, keys);
      if (judged.kind !== 'doubtful') return unclear(`its license takes no key: ${words}`);
      calls.fail(words, reply);
    } catch (error) {
      if (!(error instanceof NoReply)) throw error;
      calls.fail(error.message);
    }
    return 'later';
  }

  #unclear(reply: Reply, keys: readonly string[]): Unclear {
    const { calls } = this.#settings;
    return unclear(isSuccess(reply) ? NOTHING : `the look-up is answered ${calls.words(reply, keys)}`);
  }

  /** A list lacks a license that is there only if it is not whole. */
  async #read(request: HttpRequest, wanted: ReadonlySet<string>): Promise<LicenseList | Unclear> {
    const { requests, read, journal, unpaged } = this.#settings;
    const reading = await readLicenseList(request, (page) => this.#ask(page, []), { wanted, whole: unpaged });
    const { list } = reading;
    if (list === undefined) {
      if (reading.none !== undefined) return this.#unclear(reading.none, []);
      return { ...unclear('the list of licenses does not say where it ends'), option: 'unpaged' };
    }
    for (const line of requests()) {
      if (journal.kind(line) !== 'done') continue;
      const { lookup, keys } = read(line);
      if (lookup?.url === request.url && keys.some((key) => list.keys.add(key))) return unclear(PARTIAL);
    }
    return list;
  }

  /** A question may be asked as often as need be. */
  async #ask(request: HttpRequest, keys: readonly string[]): Promise<Reply> {
    const { calls } = this.#settings;
    for (;;) {
      try {
        const reply = await calls.call(request, keys);
        if (reply.status < 500) return reply;
        calls.fail(calls.words(reply, keys), reply);
      } catch (error) {
        if (!(error instanceof NoReply)) throw error;
        calls.fail(error.message);
      }
    }
  }

  async #wait(milliseconds: number): Promise<void> {
    const { clock, halt } = this.#settings;
    await clock.sleep(milliseconds, halt.signal).catch((error: unknown) => {
      halt.signal.throwIfAborted();
      throw error;
    });
  }
}

const NOTHING = 'the answer to the look-up says nothing of it';
const PARTIAL = 'the list of licenses lacks one that is done';

function unclear(why: string): Unclear {
  return { kind: 'unclear', why };
}

function found(status: number, server: string | null): LookUpFinding {
  return { kind: 'done', outcome: 'found', status, server };
}
