import { type Findings, judge, requireTime } from '../server/validation.js';
import type { Level, ValidateOptions, Validation } from '../server/vendor.js';
import {
  holdDocumentedRules,
  holdServerRules,
  refuseContradictions,
  refuseRepeatedIds,
  warnOfOddities,
} from './request-rules.js';
import { CREATE_REQUEST, LET_THROUGH, UPDATE_REQUEST } from './request-schema.js';

/** The two requests of an import: `create` draws a key, `update` replaces it by one's own. */
export type RequestKind = 'create' | 'update';

const SCHEMAS = { create: CREATE_REQUEST, update: UPDATE_REQUEST } as const;

/** Judges the body of either request at a level: see `validateCreateRequest`. */
export function validateRequest(
  kind: RequestKind,
  body: unknown,
  { level = 'server', now }: ValidateOptions,
): Validation {
  requireTime(now);
  const server = judge(body, {
    schema: SCHEMAS[kind].server,
    across: (fields, found) => {
      holdServerRules(fields, found, now);
      refuseRepeatedIds(fields, found);
      if (kind === 'create') refuseContradictions(fields, found);
      warnOfOddities(fields, found);
    },
  });
  return level === 'server' ? server.validation : documentedValidation(kind, body, server);
}

/** By the pages; what only the server refuses is a warning. */
function documentedValidation(kind: RequestKind, body: unknown, server: Findings): Validation {
  const found = judgeDocumented(kind, body);
  const said = new Set([...found.issues, ...found.warnings].map(({ path }) => JSON.stringify(path)));
  for (const { path, message } of server.issues) {
    if (!said.has(JSON.stringify(path)))
      found.warn(path, `is right by the pages, not for the server: ${message}`);
  }
  for (const { path, message } of server.warnings) found.warn(path, message);
  return found.validation;
}

function judgeDocumented(kind: RequestKind, body: unknown): Findings {
  return judge(body, { schema: SCHEMAS[kind].documented, unknown: 'warning', across: holdDocumentedRules });
}

/** Judges a body as a server does that answers "Invalid request body": other faults come out later, or never. */
export function judgeBody(kind: RequestKind, body: unknown, level: Level, now: Date): Findings {
  if (level === 'documented') return judgeDocumented(kind, body);
  return judge(body, {
    schema: LET_THROUGH[kind],
    across: (fields, found) => holdServerRules(fields, found, now),
  });
}
