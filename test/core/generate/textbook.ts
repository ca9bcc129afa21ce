import type { KeyFormat, Slot } from '../../../src/core/format/key-format.js';
import type { RandomSource } from '../../../src/core/random/random-source.js';

/** Candidates of stream v1, one after the other, written from its description alone: slow and plain. */
export function* textbookStream(
  format: KeyFormat,
  low: bigint,
  high: bigint,
  random: RandomSource,
  now?: Date,
) {
  const whole = high - low === format.capacity;
  const leads = whole ? [] : leading(format.slots);
  const each = format.capacity / product(leads);
  const [first, choices] = [low / each, (high - 1n) / each - low / each + 1n];
  for (;;) {
    const ranks = Array.from({ length: 64 }, () => (whole ? 0n : first + below(choices, random)));
    for (let at = leads.length; at < format.slots.length; at += 2) {
      const radix = product(format.slots.slice(at, at + 2));
      for (const [row, rank] of ranks.entries()) ranks[row] = rank * radix + lemire(radix, random);
    }
    for (const rank of ranks) if (rank >= low && rank < high) yield format.unrank(rank, now);
  }
}

/** The longest run of leading slots that number at most 2^46. */
function leading(slots: readonly Slot[]): readonly Slot[] {
  const fits = slots.findIndex((_, index) => product(slots.slice(0, index + 1)) > 2n ** 46n);
  return fits === -1 ? slots : slots.slice(0, fits);
}

function product(slots: readonly Slot[]): bigint {
  return slots.reduce((all, slot) => all * BigInt(slot.symbols.length), 1n);
}

function word(random: RandomSource): bigint {
  const bytes = new Uint8Array(2);
  random.fill(bytes);
  return BigInt((bytes[0] ?? 0) + 256 * (bytes[1] ?? 0));
}

function lemire(choices: bigint, random: RandomSource): bigint {
  for (;;) {
    const scaled = word(random) * choices;
    if (scaled % 65_536n >= 65_536n % choices) return scaled / 65_536n;
  }
}

function below(choices: bigint, random: RandomSource): bigint {
  for (;;) {
    const value = word(random) + word(random) * 2n ** 16n + word(random) * 2n ** 32n;
    if (value < 2n ** 48n - (2n ** 48n % choices)) return value % choices;
  }
}
