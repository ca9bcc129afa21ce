import { ByteSource } from './byte-source.js';
import { isPipe } from './pipe.js';
import { SpillFile } from './spill-file.js';
import { TempSpace } from './temp-space.js';

/** Less than this of an input stays in memory. */
const MEMORY = 1 << 20;
const CHUNK = 1 << 18;

/**
 * Lists that are read more than once, though they come but once: standard input and pipes. The first reading keeps
 * what it hands over, in memory or, of more than a little, in a temporary file without a name. Close it when done.
 */
export class KeptInputs {
  readonly #stdin: AsyncIterable<Uint8Array> | undefined;
  readonly #signal: AbortSignal | undefined;
  readonly #space = new TempSpace();
  readonly #kept = new Map<string, SpillFile>();

  constructor(stdin?: AsyncIterable<Uint8Array>, signal?: AbortSignal) {
    this.#stdin = stdin;
    this.#signal = signal;
    this.#space.sweep();
  }

  /**
   * The bytes of `path`, for each reading; read the first to its end before the next. Undefined for a file, which needs
   * no keeping.
   *
   * @throws {KeywrightError} while reading: as `ByteSource`; `unwritable_file`: there is no room for what is kept.
   */
  read(path: string): AsyncGenerator<Uint8Array, void, undefined> | undefined {
    if (path !== '-' && !isPipe(path)) return undefined;
    const kept = this.#kept.get(path);
    if (kept !== undefined) return again(kept);
    const fresh = new SpillFile(this.#space, MEMORY);
    this.#kept.set(path, fresh);
    return this.#first(path, fresh);
  }

  close(): void {
    for (const kept of this.#kept.values()) kept.close();
    this.#space.closeAll();
  }

  async *#first(path: string, kept: SpillFile): AsyncGenerator<Uint8Array, void, undefined> {
    const source = await ByteSource.open(path, this.#stdin, this.#signal);
    try {
      for await (const bytes of source.chunks()) {
        kept.append(bytes);
        yield bytes;
      }
      kept.settle();
    } finally {
      await source.close();
    }
  }
}

async function* again(kept: SpillFile): AsyncGenerator<Uint8Array, void, undefined> {
  for (let at = 0; at < kept.length; ) {
    const bytes = new Uint8Array(Math.min(CHUNK, kept.length - at));
    kept.read(bytes, at);
    at += bytes.length;
    yield bytes;
  }
}
