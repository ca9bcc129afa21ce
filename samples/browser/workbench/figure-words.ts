/** Figures as people say them. */

const SECONDS_OF: readonly (readonly [number, string])[] = [
  [31_557_600, 'year'],
  [86_400, 'day'],
  [3600, 'hour'],
  [60, 'minute'],
];

/** 1,234,567; beyond 10¹⁸ a power of ten. */
export function numberWords(value: number | bigint): string {
  const whole = typeof value === 'bigint' ? value : BigInt(Math.round(value));
  const digits = whole.toString();
  if (digits.length > 18) return `${digits.charAt(0)}.${digits.charAt(1)} · ${powerWords(digits.length - 1)}`;
  return digits.replace(/\B(?=(?:\d{3})+$)/g, ',');
}

/** 10⁻⁶ */
export function powerWords(exponent: number): string {
  const raised = [...String(exponent)].map((digit) =>
    digit === '-' ? '⁻' : '⁰¹²³⁴⁵⁶⁷⁸⁹'.charAt(Number(digit)),
  );
  return `10${raised.join('')}`;
}

/** Odds as a share, or as one in so many. */
export function oddsWords(odds: number): string {
  if (odds === 0) return 'practically none';
  if (odds > 0.999) return 'practically certain';
  if (odds >= 0.01) return `${(odds * 100).toPrecision(2)} %`;
  const oneIn = 1 / odds;
  return oneIn < 1e9
    ? `1 in ${numberWords(Number(oneIn.toPrecision(2)))}`
    : `1 in ${powerWords(Math.round(Math.log10(oneIn)))}`;
}

export function durationWords(seconds: number): string {
  if (!Number.isFinite(seconds)) return 'practically for ever';
  if (seconds < 1) return 'less than a second';
  const [length, unit] = SECONDS_OF.find(([each]) => seconds >= each) ?? [1, 'second'];
  const amount = seconds / length;
  if (amount >= 1e6) return `${powerWords(Math.round(Math.log10(amount)))} ${unit}s`;
  const shown = amount < 10 ? Number(amount.toPrecision(2)) : Number(amount.toPrecision(3));
  return `${shown < 1000 ? shown : numberWords(shown)} ${unit}${shown === 1 ? '' : 's'}`;
}
