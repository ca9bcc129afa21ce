import { spokenTime } from '../../core/vendors/server/import-time.js';
import type { Context } from './command.js';

const FIRST_AFTER_MS = 1000;
const EVERY_MS = 200;

/** A line on a terminal's stderr that says how far the work is, after one second; nothing elsewhere. */
export class Progress {
  readonly #write: ((text: string) => void) | undefined;
  readonly #total: number | undefined;
  readonly #noun: string;
  readonly #started = performance.now();
  #next = FIRST_AFTER_MS;
  #shown = false;

  /** Of `total` things, where that is known; `noun` is what they are called. */
  constructor(context: Context, total: number | undefined, quiet: boolean, noun = 'keys') {
    const { stderr } = context.io;
    this.#write = stderr.isTTY === true && !quiet ? (text) => void stderr.write(text, () => {}) : undefined;
    this.#total = total;
    this.#noun = noun;
  }

  /** Tells that `done` of them are done. */
  update(done: number): void {
    const elapsed = performance.now() - this.#started;
    if (this.#write === undefined || elapsed < this.#next) return;
    this.#next = elapsed + EVERY_MS;
    this.#shown = true;
    const rate = (done / elapsed) * 1000;
    const shown = rate < 10 ? rate.toFixed(1) : grouped(Math.round(rate));
    const pace = `${this.#noun}, ${shown} a second`;
    const total = this.#total ?? 0;
    const rest = `of ${grouped(total)} ${pace}${rate > 0 ? `, ${roughTime((total - done) / rate)} left` : ''}`;
    this.#write(`\r\u001b[K${grouped(done)} ${this.#total === undefined ? pace : rest}`);
  }

  /** Removes the line. */
  clear(): void {
    if (this.#shown) this.#write?.('\r\u001b[K');
  }
}

/** A time in whole seconds, and from a minute on in whole minutes. */
export function roughTime(seconds: number): string {
  const unit = seconds > 59 ? 60 : 1;
  return spokenTime(Math.ceil(seconds / unit) * unit);
}

/** How many there are of something. */
export function counted(count: number, noun: string): string {
  return `${grouped(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** A whole number with its thousands apart. */
export function grouped(value: number | bigint): string {
  return value.toString().replace(/\B(?=(?:\d{3})+$)/g, ',');
}
