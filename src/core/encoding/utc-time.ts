/**
 * The moment that a time of RFC 3339 in UTC names, as `2026-01-31T00:00:00Z`, with milliseconds or without; undefined for
 * anything else: February 30, a date alone, an offset, the year 10000.
 */
export function parseUtcTime(text: unknown): Date | undefined {
  if (typeof text !== 'string' || !/^\d{4}-/.test(text)) return undefined;
  // Date takes February 30 and local times; a time that does not come back as it went in is none.
  const time = new Date(text);
  return isValidDate(time) && text.replace('.000', '') === formatUtcTime(time) ? time : undefined;
}

/** The moment as RFC 3339 writes it in UTC; without its milliseconds where they are zero. */
export function formatUtcTime(time: Date): string {
  return time.toISOString().replace('.000', '');
}

/** Whether `value` is a moment, and no invalid date. */
export function isValidDate(value: unknown): value is Date {
  return value instanceof Date && !Number.isNaN(value.getTime());
}

/** Whether `value` is a moment of the years 0000 to 9999: no other can be written. */
export function isUtcTime(value: unknown): value is Date {
  return isValidDate(value) && parseUtcTime(formatUtcTime(value)) !== undefined;
}

/** The moment without its fraction of a second, as signed texts have it. */
export function wholeSeconds(time: Date): Date {
  return new Date(Math.floor(time.getTime() / 1000) * 1000);
}
