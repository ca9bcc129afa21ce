const DAY = 86_400;

/** A time as the documented endpoint writes it, `2026-01-31 00:00:00` in UTC, or RFC 3339 in UTC; else undefined. */
export function parseTime(text: string): Date | undefined {
  const [, day, clock] = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)Z?$/.exec(text) ?? [];
  const date = new Date(`${day}T${clock}Z`);
  // Some engines take February 30: a time that does not come back as it went in is none.
  return Number.isNaN(date.getTime()) || date.toISOString().slice(0, 10) !== day ? undefined : date;
}

/** RFC 3339 in UTC, to the second, `days` after `start`; null for 0 days, which means for ever. */
export function expiryAfter(start: Date, days: number): string | null {
  if (days === 0) return null;
  const expiry = new Date(Math.floor(start.getTime() / 1000 + days * DAY) * 1000);
  return expiry.toISOString().replace('.000', '');
}
