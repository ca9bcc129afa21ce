import { totalmem } from 'node:os';
import { constrainedMemory } from 'node:process';
import { KeywrightError } from '../../../core/errors.js';

/** The least that `memory` may be: 1 MiB. */
const LEAST = 2 ** 20;

/**
 * Bytes that tables and buffers may take: `memory`, or a quarter of what this process may use, by its control
 * group or the machine's memory.
 *
 * @throws {KeywrightError} `invalid_option` when `memory` is no whole number from 1 MiB on.
 */
export function memoryLimit(memory: number | undefined): number {
  if (memory !== undefined) {
    if (Number.isSafeInteger(memory) && memory >= LEAST) return memory;
    const message = 'memory is a whole number of bytes from 1048576 (1M) on: give more';
    throw new KeywrightError('invalid_option', message, { option: 'memory' });
  }
  // 0, or a number beyond any machine, where nothing constrains the process.
  const constrained = constrainedMemory() || Number.POSITIVE_INFINITY;
  return Math.max(LEAST, Math.floor(Math.min(totalmem(), constrained) / 4));
}

/** Any machine has this much for a JSON document. */
const LEAST_JSON = 16 * LEAST;
const MOST_JSON = 1024 * LEAST;

/** Bytes that a JSON document may have, which is read whole: half of `memory`, as it is there twice while its parts are joined. */
export function jsonLimit(memory: number): number {
  return Math.min(MOST_JSON, Math.max(LEAST_JSON, Math.floor(memory / 2)));
}
