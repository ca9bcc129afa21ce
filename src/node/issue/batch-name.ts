import { hostname, userInfo } from 'node:os';
import { parseFormat } from '../../core/format/parse-format.js';
import { generateKey } from '../../core/generate/generate.js';

/** A batch id for whoever chose none: a UUIDv7. */
export function newBatchId(now: Date): string {
  return generateKey(parseFormat('uuidv7'), { now });
}

/** Who runs this process, as `user@host`. */
export function issuer(): string {
  let user = 'unknown';
  try {
    user = userInfo().username;
  } catch {
    // A container may run under a number that has no name.
  }
  return `${user}@${hostname()}`;
}
