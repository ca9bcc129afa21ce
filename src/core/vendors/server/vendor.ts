import type { CreatedKeys } from '../../bulk-create/bulk-create.js';
import type { JsonObject } from '../../encoding/json-text.js';

/**
 * How strictly a request is judged: `server` as the license server is known to do, `documented` as its pages
 * say. Where only the pages are known the two are the same.
 */
export type Level = 'server' | 'documented';

/** One thing that is wrong, and where: never what stood there, which may be a key or a secret. */
export interface Issue {
  /** Member names and list indexes from the body inwards; empty for the body itself. */
  readonly path: readonly (string | number)[];
  /** One line that tells how to mend it. */
  readonly message: string;
}

/** What became of judging a create request: all of its faults at once. */
export interface Validation {
  /** Whether there are no issues. */
  readonly ok: boolean;
  /** What makes the server refuse it. */
  readonly issues: readonly Issue[];
  /** What the server takes, but a careful sender would not send. */
  readonly warnings: readonly Issue[];
}

/** How a create request is judged. */
export interface ValidateOptions {
  /** Default `server`. */
  readonly level?: Level | undefined;
  /** The current time, against which dates are held: the clock is never read. */
  readonly now: Date;
}

/** A request as it comes in at a server. */
export interface IncomingRequest {
  readonly method: string;
  /** Absolute, or from the path on. */
  readonly url: string;
  /** Names in any case. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** The body as text, or as what its JSON means. */
  readonly body?: unknown;
}

/** A response as it leaves a server. */
export interface OutgoingResponse {
  readonly status: number;
  readonly body: JsonObject | readonly JsonObject[];
}

/** What `respond` works with beside the request. */
export interface RespondOptions<Account> {
  /** The current time: the clock is never read. */
  readonly now: Date;
  /** A new identifier, as the vendor writes them without its prefix; a UUID for the vendors that use UUIDs. */
  readonly newId: () => string;
  /** A new license key of the vendor's format, or of the license template's pattern, for requests that bring none. */
  readonly newKey: (keyPattern?: string) => string;
  /** Where the license keys stand that were created. */
  readonly ledger: CreatedKeys;
  /** What a request does not hold: templates, products, customers, the licenses there are. */
  readonly account: Account;
  /** Default `server`. */
  readonly level?: Level | undefined;
}

/** A license key that is to be imported, and the fields that belong to it alone. */
export interface ImportRow {
  readonly key: string;
  /** A field `metadata.NAME` becomes an item of the vendor's metadata; a vendor that has no such items refuses it as unknown. */
  readonly fields: JsonObject;
  /** What the importer calls it: an order number, for example. It is not sent. */
  readonly reference?: string | undefined;
}

/** How requests are prepared. */
export interface PrepareOptions {
  /** The fields that all requests share. */
  readonly fields: JsonObject;
  /**
   * Where the server is, without a slash at the end; default the vendor's own. A vendor without one of its own
   * demands it.
   */
  readonly baseUrl?: string | undefined;
  /** The current time, against which dates are held: the clock is never read. */
  readonly now: Date;
  /** Default `server`. */
  readonly level?: Level | undefined;
}

/**
 * One HTTP request, without the secrets that go into it: `${NAME}` in a header or in the text of a form stands for
 * one, `{data.id}` in a request's `then` for a member of the first reply. `fillRequest` fills them in.
 */
export interface HttpRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON, or the text of a form. */
  readonly body?: JsonObject | string | undefined;
}

/** A line of what `keywright prepare` writes: a request that creates `keys`. */
export interface ImportRequest extends HttpRequest {
  /** Made of the request's content: the same request always has the same. */
  readonly idempotencyKey: string;
  readonly keys: readonly string[];
  /** What the importer calls each of the keys: an order number, for example. */
  readonly references?: readonly string[] | undefined;
  /** Finds the licenses that this request created already: after a lost reply, and before a second run. */
  readonly lookup?: HttpRequest | undefined;
  /** Follows the first; `{data.id}` and the like stand for members of its reply. */
  readonly then?: HttpRequest | undefined;
  /** Finds the license that the first request created when the second never happened. */
  readonly unfinished?: HttpRequest | undefined;
}

/** How fast a server lets itself be asked: so many requests in so many seconds. */
export interface Pace {
  readonly requests: number;
  readonly seconds: number;
  /** Whether the vendor says so, or it is our own caution. */
  readonly documented: boolean;
  /** Requests a second that a careful sender keeps to: less than the limit, which look-ups count against, too. */
  readonly advised: number;
}

/** How many licenses a server takes, whatever the pace. */
export interface Quota {
  /** One line: of what, and what happens beyond it. */
  readonly what: string;
  readonly licenses: number;
  /** In so many seconds; null: altogether. */
  readonly seconds: number | null;
  /** Only licenses whose field of this name is true count. */
  readonly when?: string | undefined;
}

/** What the fields of a create request are to those who prepare it. */
export interface PrepareFields {
  /** Holds the key or the keys: comes from the rows alone. */
  readonly key: string;
  /** Hold secrets: stay placeholders. */
  readonly secret: readonly string[];
  /** Wanted beside the fields of the body, for the URL: each is a text. */
  readonly path: readonly string[];
  /** Of a request with several keys: what belongs to whoever has the key, so that each row has its own. */
  readonly owner?: readonly string[] | undefined;
  /** An item of the field `metadata`; absent where there is no such field. */
  readonly metadataItem?: ((key: string, value: string) => JsonObject) | undefined;
}

/** The outcome of preparing one request: what is wrong with it, or the request. */
export type RequestResult =
  | { readonly ok: true; readonly request: ImportRequest; readonly warnings: readonly Issue[] }
  | { readonly ok: false; readonly issues: readonly Issue[] };

/** A record as it stands, every member kept, and what follows from it. */
export interface ParsedRecord<Status extends string> {
  readonly id: string;
  readonly key: string;
  readonly status: Status;
  /** When the license ends, as the server wrote it or RFC 3339; null for never, or not yet known. */
  readonly expiresAt: string | null;
  /** The record as it came. */
  readonly record: JsonObject;
  /** What is odd about it and yet accepted. */
  readonly warnings: readonly Issue[];
}

/** The outcome of reading a record. */
export type RecordReading<Status extends string> =
  | ({ readonly ok: true } & ParsedRecord<Status>)
  | { readonly ok: false; readonly issues: readonly Issue[] };

/** What every vendor's module exports, each function under its own name. */
export interface Vendor<Account = never, Status extends string = string> {
  /** The vendor's name as it writes it. */
  readonly vendorName: string;
  /** The preset of the keys that its server makes. */
  readonly keyFormat: string;
  /** Why the server would refuse, or a client never activate, such a key; undefined when neither would. */
  keyProblem(key: string, options?: { readonly keyPattern?: string }): string | undefined;
  /** Judges the body of a request that creates licenses. Never throws, whatever the body. */
  validateCreateRequest(body: unknown, options: ValidateOptions): Validation;
  /** The JSON Schema (draft 2020-12) of such a body. */
  createRequestJsonSchema(level?: Level): JsonObject;
  /** How many keys go into one request at most. */
  readonly keysPerRequest: number;
  readonly pace: Pace;
  readonly quotas: readonly Quota[];
  readonly prepareFields: PrepareFields;
  /**
   * The request that creates licenses with these keys, at most {@link keysPerRequest}; their fields are the same.
   *
   * @throws {KeywrightError} `invalid_option`: no rows, too many, of different fields; no base URL where there must be one.
   */
  prepareRequest(rows: readonly ImportRow[], options: PrepareOptions): RequestResult;
  /** Answers as that server does. */
  respond(request: IncomingRequest, options: RespondOptions<Account>): Promise<OutgoingResponse>;
  /** Reads a record that the server returned. Never throws, whatever the value. */
  parseRecord(value: unknown, options: { readonly now: Date }): RecordReading<Status>;
}
