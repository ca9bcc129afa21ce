import type { RequestState } from './journal-line.js';

/** What is left to send, in the order of a run. */
export interface SendingOrder {
  /** May have been carried out: they are looked up, whatever limit there is. */
  readonly doubtful: readonly number[];
  /** Those that were refused before come last: they may be again. */
  readonly others: readonly number[];
}

/** The requests that are left, by what a journal says of them. */
export function sendingOrder(
  lines: Iterable<number>,
  kindOf: (line: number) => RequestState['kind'] | undefined,
): SendingOrder {
  const all = [...lines];
  const of = (kind: RequestState['kind'] | undefined) => all.filter((line) => kindOf(line) === kind);
  return { doubtful: of('begun'), others: [...of(undefined), ...of('refused')] };
}
