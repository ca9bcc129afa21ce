/** What a journal says of a request; one it says nothing of was not begun, or surely not carried out. */
export type RequestState =
  /** May have been carried out, since then. */
  | { readonly kind: 'begun'; readonly at: number }
  | {
      readonly kind: 'done';
      readonly outcome: 'created' | 'found';
      readonly status: number;
      /** The server's id of the license, where it told one. */
      readonly server: string | null;
    }
  | { readonly kind: 'refused'; readonly status: number }
  /** There is a license, but not under its key: a person has to look at it. */
  | { readonly kind: 'stray'; readonly status: number; readonly server: string | null };

/** What a journal is about. */
export interface JournalHeader {
  /** The sha256 of the request file. */
  readonly requests: string;
  readonly baseUrl: string;
  /** A digest of the secrets. */
  readonly account: string;
}

/** A line of a journal: its header, or what became of the request that stands in a line of the request file. */
export type JournalLine =
  | { readonly header: JournalHeader }
  | { readonly request: number; readonly state: RequestState | undefined };

const SCHEMA = 'keywright/journal/v1';

/** The line of a header. */
export function headerLine({ requests, baseUrl, account }: JournalHeader): string {
  return `${JSON.stringify({ schema: SCHEMA, requests, baseUrl, account })}\n`;
}

/** The line of a request; `open` when it was surely not carried out. */
export function stateLine(request: number, state: RequestState | undefined): string {
  const { kind, ...rest } = state ?? { kind: 'open' };
  return `${JSON.stringify({ [kind]: request, ...rest })}\n`;
}

/** Reads a line without its end; undefined when it is none. */
export function readJournalLine(text: string): JournalLine | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return undefined;
    return readMembers({ ...value });
  } catch {
    return undefined;
  }
}

function readMembers(value: Readonly<Record<string, unknown>>): JournalLine | undefined {
  const { schema, requests, baseUrl, account, begun, at, done, outcome, refused, stray, open } = value;
  const status = typeof value['status'] === 'number' ? value['status'] : undefined;
  const server = typeof value['server'] === 'string' ? value['server'] : null;
  if (schema === SCHEMA && isText(requests) && isText(baseUrl) && isText(account))
    return { header: { requests, baseUrl, account } };
  if (isLine(open)) return { request: open, state: undefined };
  if (isLine(begun) && typeof at === 'number') return { request: begun, state: { kind: 'begun', at } };
  if (status === undefined) return undefined;
  if (isLine(done) && (outcome === 'created' || outcome === 'found'))
    return { request: done, state: { kind: 'done', outcome, status, server } };
  if (isLine(refused)) return { request: refused, state: { kind: 'refused', status } };
  return isLine(stray) ? { request: stray, state: { kind: 'stray', status, server } } : undefined;
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isLine(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0;
}
