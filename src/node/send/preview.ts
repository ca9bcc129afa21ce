import type { HttpRequest } from '../../core/vendors/server/vendor.js';
import { textFileLines } from '../files/text-file.js';
import { destinationOf } from './destination.js';
import { type RequestState, readJournalLine } from './journal-line.js';
import { RequestFile } from './request-file.js';
import { readSendManifest } from './send-manifest.js';
import type { SendRequestsOptions } from './send-options.js';
import { preparedFor } from './send-requests.js';
import { sendingOrder } from './sending-order.js';
import { withoutHidden } from './server/server-words.js';

/** What {@link previewRequests} is told. */
export interface PreviewOptions
  extends Pick<
    SendRequestsOptions,
    'journal' | 'baseUrl' | 'insecureHttp' | 'limit' | 'withKeys' | 'env' | 'signal'
  > {}

/** Requests as they would be sent. */
export interface RequestsPreview {
  readonly baseUrl: string;
  /** Names of secrets, and whether they are there. */
  readonly secrets: readonly { readonly name: string; readonly present: boolean }[];
  /** That are not done. */
  readonly requests: number;
  /** The first of them: what would be sent, and what would follow it. */
  readonly shown: readonly { readonly line: number; readonly calls: readonly HttpRequest[] }[];
}

/** Requests shown unless told. */
const SHOWN = 5;

/**
 * What `sendRequests` would send, in its order, and sends nothing: the first requests with `***` for each secret and, without
 * `withKeys`, the first groups of keys. The secrets need not be there.
 *
 * @throws {KeywrightError} as `sendRequests`, where the file and the base URL are at fault.
 *
 * @example
 * const { shown } = await previewRequests('requests.jsonl', { limit: 1 });
 * shown[0]?.calls[0]?.method; // 'POST'
 */
export async function previewRequests(path: string, options: PreviewOptions = {}): Promise<RequestsPreview> {
  const { limit = SHOWN, withKeys = false, env = process.env, signal } = options;
  const file = await RequestFile.open(path, signal);
  try {
    const manifest = await readSendManifest(file.place, file.sha256);
    const { baseUrl, rebased } = destinationOf(
      preparedFor(file, manifest),
      options.baseUrl,
      options.insecureHttp ?? false,
    );
    const kinds = await kindsIn(options.journal ?? `${file.place}.journal`, file.sha256, baseUrl);
    const { doubtful, others } = sendingOrder(file.lines(), (line) => kinds.get(line));
    const open = [...doubtful, ...others];
    const shown = open.slice(0, limit).map((line) => {
      const { keys, then, ...request } = rebased(file.read(line));
      const calls = [request, then].filter((each) => each !== undefined);
      return { line, calls: calls.map((each) => masked(each, withKeys ? [] : keys)) };
    });
    const secrets = file.secrets.map((name) => ({ name, present: (env[name] ?? '') !== '' }));
    return { baseUrl, secrets, requests: open.length, shown };
  } finally {
    await file.close();
  }
}

function masked({ method, url, headers, body }: HttpRequest, keys: readonly string[]): HttpRequest {
  const bare = (text: string) =>
    withoutHidden(text, { secrets: [], keys }).replace(/\$\{[A-Z][A-Z0-9_]*\}/g, '***');
  const shown = Object.entries(headers).map(([name, value]) => [name, bare(value)]);
  const text = typeof body === 'object' ? JSON.stringify(body) : body;
  return { method, url: bare(url), headers: Object.fromEntries(shown), body: text && bare(text) };
}

/** What a journal says of each request; one that cannot be read, or is another's, is told when something is sent. */
async function kindsIn(path: string, sha256: string, baseUrl: string): Promise<Kinds> {
  const kinds = new Map<number, RequestState['kind'] | undefined>();
  let isThere = false;
  try {
    for await (const text of textFileLines(path)) {
      const line = readJournalLine(text);
      if (line === undefined) continue;
      if ('header' in line) {
        if (line.header.requests !== sha256) return new Map();
        isThere = line.header.baseUrl === baseUrl;
      } else if (isThere) kinds.set(line.request, line.state?.kind);
    }
  } catch {
    return new Map();
  }
  return kinds;
}

type Kinds = ReadonlyMap<number, RequestState['kind'] | undefined>;
