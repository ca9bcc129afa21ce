import { collisionOdds, largestSensibleBatch, secondsToGuess } from 'keywright';
import { durationWords, numberWords, powerWords } from './figure-words.js';

/** An axis of logarithms. */
export interface LogScale {
  /** Powers of ten at its ends. */
  readonly low: number;
  readonly high: number;
  readonly ticks: readonly { readonly at: number; readonly label: string }[];
}

/** Powers of ten beyond which nobody wants to know. */
const FURTHEST = 40;
const YEAR = 31_557_600;

/** Batch sizes worth a look: up to ten times the chosen and the sensible one, or all that the format has. */
export function sizeScale(capacity: bigint, count: number): LogScale {
  const sensible = largestSensibleBatch(capacity);
  const wanted = [1e6, count * 10, sensible < 1e12 ? sensible * 10 : 1].map(Math.log10);
  const all = capacity.toString().length;
  const high = Math.min(15, Math.ceil(Math.max(...wanted, 1)));
  return powers(0, Math.max(Math.min(high, all), Math.ceil(Math.log10(count))), 7, (power) =>
    power < 4 ? numberWords(10 ** power) : powerWords(power),
  );
}

export function oddsScale(capacity: bigint): LogScale {
  const least = Math.max(-FURTHEST, Math.floor(Math.log10(collisionOdds(2, capacity))));
  return powers(Math.min(-2, least), 0, 5, (power) => (power === 0 ? 'certain' : powerWords(power)));
}

export function timeScale(capacity: bigint, largest: number): LogScale {
  const low = Math.floor(Math.log10(secondsToGuess(10 ** largest, capacity)));
  const high = Math.ceil(Math.min(FURTHEST, Math.max(low + 2, Math.log10(secondsToGuess(1, capacity)))));
  const seconds = [1, 60, 3600, 86_400, YEAR, 1e3 * YEAR, 1e6 * YEAR];
  for (let power = 9; power < FURTHEST; power += 3) seconds.push(10 ** power * YEAR);
  const inside = seconds.filter((each) => Math.log10(each) >= low && Math.log10(each) <= high);
  const apart = (high - low) / 6;
  const ticks: { at: number; label: string }[] = [];
  // The year comes first: the sensible batch is measured by it.
  for (const each of inside.toSorted((a, b) => Number(b === YEAR) - Number(a === YEAR) || a - b)) {
    const at = Math.log10(each);
    if (ticks.every((tick) => Math.abs(tick.at - at) >= apart))
      ticks.push({ at, label: durationWords(each) });
  }
  return { low: Math.min(low, high - 2), high, ticks };
}

function powers(low: number, high: number, most: number, label: (power: number) => string): LogScale {
  const step = Math.ceil((high - low) / most);
  const ticks: { at: number; label: string }[] = [];
  for (let at = high === 0 ? high : low; at >= low && at <= high; at += high === 0 ? -step : step) {
    ticks.push({ at, label: label(at) });
  }
  return { low, high, ticks };
}
