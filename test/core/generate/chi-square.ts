/** Pearson's statistic of counts that should all be equal. */
export function chiSquare(counts: ArrayLike<number>): number {
  const all = Array.from(counts);
  const expected = all.reduce((sum, count) => sum + count, 0) / all.length;
  return all.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

/** Odds of a statistic at least this large by chance (Wilson and Hilferty, 1931). */
export function chiSquareP(statistic: number, freedom: number): number {
  const spread = 2 / (9 * freedom);
  return upperTail(((statistic / freedom) ** (1 / 3) - (1 - spread)) / Math.sqrt(spread));
}

/** Upper tail of the normal distribution (Abramowitz and Stegun, 26.2.17: within 7.5e-8; beyond 5, 26.2.12). */
function upperTail(z: number): number {
  if (z < 0) return 1 - upperTail(-z);
  const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
  if (z > 5) return (density / z) * (1 - 1 / (z * z));
  const t = 1 / (1 + 0.2316419 * z);
  return (
    density * t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))))
  );
}
