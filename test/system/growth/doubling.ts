/** What doubling an input may cost, in multiples of the CPU that half of it took. */
export const MOST = 2.6;

/** Below this, in milliseconds, the clock and the collector weigh more than the work. */
const MEASURABLE = 12;
const SMALLEST = 1 << 10;
const LARGEST = 1 << 18;
const RUNS = 2;
const ATTEMPTS = 6;

/** Reads an input; a refusal is as good an answer as another. */
export type Reading = () => unknown;

export interface Growth {
  readonly size: number;
  /** Milliseconds of CPU for half of `size`, and for all of it. */
  readonly half: number;
  readonly whole: number;
}

/** How the CPU grows at the first size that takes long enough to tell; at the largest, when none does. */
export async function growthOf(prepare: (size: number) => Reading | Promise<Reading>): Promise<Growth> {
  let half = SMALLEST;
  while (half < LARGEST / 2 && (await cpu(await prepare(half))) < MEASURABLE)
    half = Math.min(8 * half, LARGEST / 2);
  const [one, two] = [await prepare(half), await prepare(2 * half)];
  const quick = { size: 2 * half, half: await cpu(one), whole: await cpu(two) };
  if (quick.whole < MEASURABLE) return quick;
  // The collector can make a doubling dear, and the next one too; what outgrows its input does so at every size.
  let [smaller, larger] = [one, two];
  let growth = await bestOf(2 * half, smaller, larger);
  for (let size = 4 * half; !isHeld(growth) && size <= 8 * half; size *= 2) {
    [smaller, larger] = [larger, await prepare(size)];
    growth = await bestOf(size, smaller, larger);
  }
  return growth;
}

async function bestOf(size: number, one: Reading, two: Reading): Promise<Growth> {
  let best: Growth | undefined;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const growth = { size, half: await least(one), whole: await least(two) };
    if (best === undefined || factor(growth) < factor(best)) best = growth;
    if (isHeld(best)) return best;
  }
  return best ?? { size, half: 0, whole: 0 };
}

export function factor({ half, whole }: Growth): number {
  return whole / half;
}

/** What is over before it can be measured, a refusal for one, grows as nothing does. */
export function isHeld(growth: Growth): boolean {
  return growth.whole < 2.5 * MEASURABLE || factor(growth) <= MOST;
}

async function least(reading: Reading): Promise<number> {
  let found = Number.POSITIVE_INFINITY;
  for (let run = 0; run < RUNS; run++) found = Math.min(found, await cpu(reading));
  return found;
}

/** Milliseconds of CPU that a reading takes in this process, its threads included. */
async function cpu(reading: Reading): Promise<number> {
  const before = process.cpuUsage();
  try {
    await reading();
  } catch (error) {
    if (error instanceof RangeError || error instanceof TypeError || error instanceof ReferenceError)
      throw error;
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
