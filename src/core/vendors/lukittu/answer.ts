import type { JsonObject, JsonValue } from '../../encoding/json-text.js';
import type { Level, OutgoingResponse } from '../server/vendor.js';
import type { ResultCode } from './result-code.js';

/** What a request is answered with. */
export class Answers {
  readonly #timestamp: string;
  readonly #level: Level;

  constructor(now: Date, level: Level) {
    this.#timestamp = now.toISOString();
    this.#level = level;
  }

  success(details: string, data: JsonObject): OutgoingResponse {
    return { status: 200, body: { data, result: { details, timestamp: this.#timestamp, valid: true } } };
  }

  /**
   * The pages want a code with every error, and an object or null as its data; the server sends no code, and
   * lists what is wrong with a body.
   */
  refusal(status: number, details: string, data: JsonValue = null): OutgoingResponse {
    const result = { details, timestamp: this.#timestamp, valid: false };
    if (this.#level === 'server') return { status, body: { data, result } };
    return { status, body: { data: null, result: { ...result, code: codeOf(status) } } };
  }
}

/** The code of the pages that says what the status says. */
function codeOf(status: number): ResultCode {
  switch (status) {
    case 401:
      return 'UNAUTHORIZED';
    case 403:
      return 'FORBIDDEN';
    case 404:
      return 'LICENSE_NOT_FOUND';
    case 429:
      return 'RATE_LIMIT';
    default:
      return status < 500 ? 'BAD_REQUEST' : 'INTERNAL_SERVER_ERROR';
  }
}
