// Sends what `keywright prepare` wrote, each request until its license keys exist, once:
//   node import.js requests.jsonl journal.jsonl [--look-first]
// The journal says what was begun and what is done: stopped in the middle, the same command goes on. Secrets come from
// the environment (CRYPTLEX_TOKEN, …). One import a journal at a time.
import { fsyncSync, openSync, readFileSync, realpathSync, writeSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { fillRequest } from 'keywright/node';

/**
 * @typedef {import('keywright/vendors/cryptlex').ImportRequest} ImportRequest
 * @typedef {import('keywright/vendors/cryptlex').HttpRequest} HttpRequest
 * @typedef {{ now(): number, sleep(milliseconds: number): Promise<unknown> }} Clock
 * @typedef {{ key?: string, licenseKey?: string, metadata?: { key: string, value: string }[] }} License
 */

/** What a request came to when it did not come to its license: whether it may have done its work all the same. */
class Failure extends Error {
  /** @param {string} message @param {{ doubtful?: boolean, wait?: number, last?: boolean }} [about] */
  constructor(message, { doubtful = false, wait = 0, last = false } = {}) {
    super(message);
    this.doubtful = doubtful;
    this.wait = wait;
    this.last = last;
  }
}

/**
 * What was begun and what is done, in a file that only grows; a line that a power cut tore in two does not count.
 * @param {string} path
 */
export function openJournal(path) {
  const file = openSync(path, 'a+', 0o600);
  /** @type {{ begun: Set<string>, done: Set<string> }} */
  const { begun, done } = { begun: new Set(), done: new Set() };
  const text = readFileSync(path, 'utf8');
  for (const [, word, id = ''] of text.matchAll(/^(begun|done) (\S{36})$/gm))
    (word === 'done' ? done : begun).add(id);
  if (text !== '' && !text.endsWith('\n')) writeSync(file, '\n');
  return {
    begun,
    done,
    /** On the disk before the request is on its way. @param {string} id */
    begin(id) {
      begun.add(id);
      writeSync(file, `begun ${id}\n`);
      fsyncSync(file);
    },
    /** @param {string} id */
    finish(id) {
      done.add(id);
      writeSync(file, `done ${id}\n`);
    },
  };
}

/** The real time; `speed` is for rehearsals, where a second may be short. @returns {Clock} */
export function realClock(speed = 1) {
  return { now: () => performance.now() * speed, sleep: (milliseconds) => pause(milliseconds / speed) };
}

const LONGEST_WAIT = 60_000;
const MOST_FAILURES = 10;

export class Import {
  created = 0;
  found = 0;
  calls = 0;
  /** @type {{ id: string, message: string }[]} */
  refused = [];
  /** May have done their work already. @type {Set<string>} */
  #doubtful;
  #nextCall = 0;
  #failures = 0;
  /** Replies to look-ups of this pass: Solifyn's lists all licenses. @type {Map<string, unknown>} */
  #lists = new Map();

  /**
   * @param {ReturnType<typeof openJournal>} journal
   * @param {{ perSecond: number, lookFirst?: boolean, secrets?: Record<string, string | undefined>,
   *   send?: (url: string, init: RequestInit) => Promise<Response>, clock?: Clock }} options
   */
  constructor(journal, { perSecond, lookFirst, secrets = process.env, send = fetch, clock = realClock() }) {
    this.journal = journal;
    this.secrets = secrets;
    this.send = send;
    this.clock = clock;
    this.interval = 1000 / perSecond;
    this.lookFirst = lookFirst === true;
    this.#doubtful = new Set(journal.begun);
  }

  /** Passes over what is not done, until all of it is. @param {readonly ImportRequest[]} requests */
  async run(requests) {
    let open = requests.filter(({ idempotencyKey }) => !this.journal.done.has(idempotencyKey));
    if (this.lookFirst) for (const { idempotencyKey } of open) this.#doubtful.add(idempotencyKey);
    while (open.length > 0) {
      const again = [];
      this.#lists.clear();
      for (const request of open) if (await this.#failed(request)) again.push(request);
      open = again;
    }
  }

  /** @param {ImportRequest} request @returns whether it is to be tried once more */
  async #failed(request) {
    const id = request.idempotencyKey;
    try {
      if (this.#doubtful.has(id) && (await this.#alreadyThere(request))) this.found++;
      else {
        this.#doubtful.delete(id);
        await this.#create(request);
        this.created++;
      }
      this.journal.finish(id);
      this.#failures = 0;
      return false;
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      if (error.doubtful) this.#doubtful.add(id);
      if (error.last) this.refused.push({ id, message: error.message });
      else await this.#backOff(error);
      return !error.last;
    }
  }

  /** @param {ImportRequest} request */
  async #create(request) {
    const id = request.idempotencyKey;
    if (!this.journal.begun.has(id)) this.journal.begin(id);
    const reply = await this.#call(request);
    if (request.then === undefined) return expectKeys(request, reply);
    // The license is there under a key that the server made up.
    this.#doubtful.add(id);
    expectKeys(request, await this.#call(request.then, reply));
  }

  /** Looks for what an earlier try may have done, and finishes it. @param {ImportRequest} request */
  async #alreadyThere(request) {
    if (request.lookup === undefined) return false; // its Idempotency-Key makes a second try harmless
    if (licensesIn(await this.#list(request.lookup)).some((license) => keyOf(license) === request.keys[0]))
      return true;
    if (request.unfinished === undefined || request.then === undefined) return false;
    const marked = licensesIn(await this.#call(request.unfinished)).find(({ metadata = [] }) =>
      metadata.some(({ value }) => value === request.idempotencyKey),
    );
    if (marked === undefined) return false;
    expectKeys(request, await this.#call(request.then, { data: marked }));
    return true;
  }

  /** @param {HttpRequest} lookup */
  async #list(lookup) {
    if (!this.#lists.has(lookup.url)) this.#lists.set(lookup.url, await this.#call(lookup));
    return this.#lists.get(lookup.url);
  }

  /** The reply of one request, at the pace the server asks for. @param {HttpRequest} request */
  async #call(request, /** @type {any} */ reply = undefined) {
    const { method, url, headers, body } = fillRequest(request, { secrets: this.secrets, reply });
    for (let wait = this.#nextCall - this.clock.now(); wait > 0; wait = this.#nextCall - this.clock.now()) {
      await this.clock.sleep(wait);
    }
    this.#nextCall = this.clock.now() + this.interval;
    this.calls++;
    const text = typeof body === 'object' ? JSON.stringify(body) : body;
    const response = await this.send(url, {
      method,
      headers,
      body: text ?? null,
      redirect: 'error',
      signal: AbortSignal.timeout(60_000),
    }).catch(() => undefined);
    if (response === undefined) throw new Failure('no reply', { doubtful: true });
    if (response.status === 401 || response.status === 403)
      throw new Error(`the server answers ${response.status}`);
    if (!response.ok) throw failureOf(response);
    return response.json().catch(() => {
      throw new Failure('half a reply', { doubtful: true });
    });
  }

  /** Longer after each failure in a row. @param {Failure} failure */
  async #backOff({ wait, message }) {
    if (++this.#failures === MOST_FAILURES)
      throw new Error(`${MOST_FAILURES} failures in a row, the last: ${message}`);
    await this.clock.sleep(Math.max(wait * 1000, Math.min(500 * 2 ** this.#failures, LONGEST_WAIT)));
  }
}

/** @param {Response} response */
function failureOf({ status, headers }) {
  // 409: the key exists, perhaps by an earlier try. 5xx: nobody knows how far the server came.
  if (status === 409 || status >= 500) return new Failure(`${status}`, { doubtful: true });
  if (status === 429) return new Failure('429', { wait: Number(headers.get('retry-after')) || 1 });
  return new Failure(`was refused with ${status}`, { last: true });
}

/** @param {ImportRequest} request @param {any} reply */
function expectKeys({ keys }, reply) {
  const answered =
    typeof reply.response_base64 === 'string' ? JSON.parse(atob(reply.response_base64)) : undefined;
  const holds = answered
    ? answered.created + answered.duplicate === keys.length
    : licensesIn(reply).some((license) => keyOf(license) === keys[0]);
  if (!holds) throw new Failure(`was answered without its keys (code ${answered?.code})`, { last: true });
}

/** A reply is a license, or lists them; Lukittu's stand in `data`. @returns {License[]} */
function licensesIn(/** @type {any} */ reply) {
  const data = reply.data?.licenses ?? reply.data ?? reply;
  return Array.isArray(data) ? data : [data];
}

/** @param {License} license */
function keyOf({ key, licenseKey }) {
  return key ?? licenseKey;
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const [path = '', journal = '', flag] = process.argv.slice(2);
  const { pace } = JSON.parse(readFileSync(`${path}.manifest.json`, 'utf8'));
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
  const clock = realClock(Number(process.env['SPEED'] ?? 1));
  const lookFirst = flag === '--look-first';
  const run = new Import(openJournal(journal), { perSecond: pace.advised, lookFirst, clock });
  const start = clock.now();
  try {
    await run.run(lines.map((line) => JSON.parse(line)));
  } catch (error) {
    console.error(`${path}: ${error instanceof Error ? error.message : error}: run the same command again`);
    process.exitCode = 3;
  }
  for (const { id, message } of run.refused) console.error(`${path}: request ${id} ${message}`);
  if (run.refused.length > 0) process.exitCode ||= 1;
  const { created, found, refused, calls } = run;
  const seconds = ((clock.now() - start) / 1000).toFixed(1);
  console.log(
    `${path}: ${created} created, ${found} found, ${refused.length} refused; ${calls} calls in ${seconds} s`,
  );
}
