import type { Pace, Quota } from './vendor.js';

const DAY = 86_400;

/**
 * How many seconds an import takes at the advised pace and within the quotas: `calls` are all requests, of
 * `licenses[i]` licenses `quotas[i]` holds.
 */
export function importSeconds(
  calls: number,
  licenses: readonly number[],
  pace: Pace,
  quotas: readonly Quota[],
): number {
  const waits = quotas.map(({ licenses: most, seconds }, index) =>
    seconds === null ? 0 : (Math.ceil((licenses[index] ?? 0) / most) - 1) * seconds,
  );
  return Math.ceil(Math.max(calls / pace.advised, ...waits));
}

/** Seconds as people say them: the two largest units. */
export function spokenTime(seconds: number): string {
  const units = [
    [Math.floor(seconds / DAY), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ] as const;
  const from = units.findIndex(([count]) => count > 0);
  const shown = units.slice(Math.max(from, 0)).slice(0, 2);
  const parts = shown.filter(([count]) => count > 0).map(([count, unit]) => `${count} ${unit}`);
  return parts.length === 0 ? '0 s' : parts.join(' ');
}
