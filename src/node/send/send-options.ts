import type { SendProblem } from './sending.js';

/** How `sendRequests` sends. */
export interface SendRequestsOptions {
  /** What became of each request; default the requests' name and `.journal`. */
  readonly journal?: string | undefined;
  /** A CSV file with a row for each key: its reference, first group, outcome, status, and the server's id. */
  readonly results?: string | undefined;
  /** The whole keys stand in the results, too. */
  readonly withKeys?: boolean | undefined;
  /** Requests a second; default what the manifest beside the requests advises. */
  readonly perSecond?: number | undefined;
  /** New requests in this run at most. */
  readonly limit?: number | undefined;
  /** Look for every license before it is sent: the journal was lost, or the keys may be there already. */
  readonly lookFirst?: boolean | undefined;
  /** Requests under way at once, at most. Default 4. */
  readonly concurrency?: number | undefined;
  /** Where to send, in place of where the requests were prepared for. */
  readonly baseUrl?: string | undefined;
  /** Send secrets over http to another machine. */
  readonly insecureHttp?: boolean | undefined;
  /** The server lists all licenses in one reply, however many there are. */
  readonly unpaged?: boolean | undefined;
  /** How long a request may still be carried out whose reply did not come. Default 120. */
  readonly settleSeconds?: number | undefined;
  /** The secrets by the names of their placeholders, and what names proxies. Default the environment. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** Files beside the requests that are read: no output may be one of them. */
  readonly inputs?: readonly string[] | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Before the first request: where it goes, with which secrets, and how many there are. */
  readonly onStart?: ((start: SendStart) => void) | undefined;
  /** A request came to its end: so many have in this run. */
  readonly onProgress?: ((finished: number) => void) | undefined;
  readonly onProblem?: ((problem: SendProblem) => void) | undefined;
  /** Nothing is sent for so many milliseconds, since the server said so; null: then those in doubt are looked up. */
  readonly onWait?: ((milliseconds: number, words: string | null) => void) | undefined;
}

/** What is about to be sent. */
export interface SendStart {
  readonly baseUrl: string;
  /** Names, no secrets. */
  readonly secrets: readonly string[];
  /** Requests of this run. */
  readonly requests: number;
}

/** What came of sending; all but `created`, `found` and `calls` is counted over all runs. */
export interface SendReport {
  readonly baseUrl: string;
  readonly requests: number;
  /** Requests whose licenses are there. */
  readonly done: number;
  /** In this run. */
  readonly created: number;
  /** In this run: they were there already. */
  readonly found: number;
  /** A further run tries them again. */
  readonly refused: number;
  /** They may have been carried out; a further run looks them up. */
  readonly doubtful: number;
  /** There is a license, but not under its key: they are not sent again. */
  readonly stray: number;
  /** Not sent yet. */
  readonly open: number;
  /** HTTP requests of this run, look-ups included. */
  readonly calls: number;
  /** Why the run ended early; null when it did not. */
  readonly stopped: string | null;
  readonly journal: string;
  readonly results: string | null;
}
