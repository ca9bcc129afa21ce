import { formatUtcTime } from '../../core/encoding/utc-time.js';
import { readInstant } from '../../core/vendors/time/instant.js';

/** What a field that is a time takes, to stand behind its name. */
export const TIME_DEMAND = 'must be a date (in UTC), or a time as 2027-01-31T00:00:00Z';

/** A time in whole seconds of UTC; a date alone begins at midnight there. Undefined for a text that is none. */
export function readTime(text: string): string | undefined {
  const instant = readInstant(/^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00:00Z` : text.replace(' ', 'T'));
  return instant && formatUtcTime(new Date(instant.seconds * 1000));
}
