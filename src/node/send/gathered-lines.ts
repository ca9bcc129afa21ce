import { writeFileSync } from 'node:fs';
import { unwritable } from '../files/write-error.js';

/** Lines for the end of an open file: those of one turn of the event loop go there together, in one write. */
export class GatheredLines {
  readonly #path: string;
  readonly #descriptor: number;
  #gathered = '';
  #turn: NodeJS.Immediate | undefined;
  #failure: unknown;

  constructor(path: string, descriptor: number) {
    this.#path = path;
    this.#descriptor = descriptor;
  }

  /** @throws {KeywrightError} `unwritable_file`: after a line that may be torn nothing may follow. */
  add(lines: string): void {
    if (this.#failure !== undefined) throw this.#failure;
    this.#gathered += lines;
    this.#turn ??= setImmediate(() => this.#write());
  }

  /** Writes what is gathered. @throws {KeywrightError} `unwritable_file`, also when an earlier write failed. */
  flush(): void {
    this.#write();
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** The file is about to be closed: writes what is gathered, and tells no failure. */
  end(): void {
    this.#write();
  }

  /** Nothing may follow a failure of the file, whichever; the answer is what is told from then on. */
  fail(error: unknown): unknown {
    this.#failure ??= unwritable(this.#path, error);
    return this.#failure;
  }

  /** A failure is told to whoever adds or flushes next. */
  #write(): void {
    clearImmediate(this.#turn);
    this.#turn = undefined;
    const lines = this.#gathered;
    this.#gathered = '';
    if (lines === '' || this.#failure !== undefined) return;
    try {
      writeFileSync(this.#descriptor, lines);
    } catch (error) {
      this.fail(error);
    }
  }
}
