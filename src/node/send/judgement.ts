import type { JsonValue } from '../../core/encoding/json-text.js';
import type { RequestState } from './journal-line.js';
import type { Reply } from './server/connection.js';
import { answeredJson, bulkAnswer, isSuccess, licensesIn } from './server/reply.js';

/** What a reply to a request means: what became of it, or that nobody knows. */
export type ReplyVerdict =
  | Exclude<RequestState, { readonly kind: 'begun' }>
  /** `settled`: once it is known not to be there, it counts as refused. */
  | { readonly kind: 'doubtful'; readonly settled: boolean };

/** Judges the reply that should hold the keys of a request. */
export function judgeReply(keys: readonly string[], reply: Reply): ReplyVerdict {
  const { status } = reply;
  if (!isSuccess(reply)) return judgeFailure(status);
  const json = answeredJson(reply.text);
  if (json === undefined) return { kind: 'doubtful', settled: false };
  const counts = bulkCounts(json);
  if (counts !== undefined) {
    const { created, known } = counts;
    if (created === 0 && known === 0) return { kind: 'refused', status };
    // Which of the keys are there, no answer tells.
    if (created + known !== keys.length) return { kind: 'doubtful', settled: false };
    return { kind: 'done', outcome: created > 0 ? 'created' : 'found', status, server: null };
  }
  const licenses = licensesIn(json) ?? [];
  const own = licenses.find(({ key }) => key === keys[0]);
  if (own !== undefined && keys.length === 1) {
    return { kind: 'done', outcome: 'created', status, server: own.id };
  }
  const [other] = licenses;
  return other === undefined
    ? { kind: 'doubtful', settled: true }
    : { kind: 'stray', status, server: other.id };
}

/** How many keys a bulk create counts as new, and how many as there before. */
export interface BulkCounts {
  readonly created: number;
  readonly known: number;
}

/** What a reply counts that is one to a bulk create; of any other undefined. */
export function bulkCounts(json: JsonValue | undefined): BulkCounts | undefined {
  const bulk = json === undefined ? undefined : bulkAnswer(json);
  return bulk && { created: Number(bulk['created'] ?? 0), known: Number(bulk['duplicate'] ?? 0) };
}

/** 409: the key is there, perhaps by an earlier try. 5xx and 408: nobody knows how far the server came. */
function judgeFailure(status: number): ReplyVerdict {
  if (status === 409) return { kind: 'doubtful', settled: true };
  if (status >= 500 || status === 408 || status === 425) return { kind: 'doubtful', settled: false };
  return { kind: 'refused', status };
}
