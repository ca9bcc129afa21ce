import { randomUUID } from 'node:crypto';
import { hostname, userInfo } from 'node:os';
import { KeywrightError } from '../../core/errors.js';

/** The milliseconds that a UUIDv7 has room for: until the year 10889. */
const LAST = 2 ** 48 - 1;

/**
 * A batch id for whoever chose none: a UUIDv7 (RFC 9562, section 5.7), the time before the random bits of a UUIDv4.
 *
 * @throws {KeywrightError} `invalid_option`: no date, or one before 1970.
 */
export function newBatchId(now: Date): string {
  const at = now.getTime();
  if (!(at >= 0 && at <= LAST)) {
    throw new KeywrightError('invalid_option', 'now must be a date from 1970 on', { option: 'now' });
  }
  const time = at.toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`;
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
