/**
 * Does work on all of these, so many at a time. The first failure lets nothing further begin and aborts `halt`; it is
 * thrown when what was under way has ended.
 */
export async function overlapping<T>(
  all: readonly T[],
  most: number,
  work: (each: T) => Promise<void>,
  halt: AbortController,
): Promise<void> {
  const failures: unknown[] = [];
  const rest = all.values();
  const worker = async () => {
    // One iterator: each takes the next one.
    for (const each of rest) {
      if (halt.signal.aborted) return;
      await work(each).catch((error: unknown) => {
        failures.push(error);
        halt.abort(error);
      });
    }
  };
  await Promise.all(Array.from({ length: Math.min(most, all.length) }, worker));
  if (failures.length > 0) throw failures[0];
  halt.signal.throwIfAborted();
}
