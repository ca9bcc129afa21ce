import type { ByteSink } from '../../node/files/byte-sink.js';
import { EventTurns } from '../../node/files/event-turns.js';

/** What a command reads, writes and is told by the system: `process`, or what a test puts in its place. */
export interface Io {
  readonly stdin: AsyncIterable<Uint8Array> & { readonly isTTY?: boolean | undefined; unref?(): void };
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  on(signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP', listener: () => void): unknown;
  off(signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP', listener: () => void): unknown;
}

/** What is used of a writable stream. */
export interface OutputStream {
  readonly isTTY?: boolean | undefined;
  /** Its descriptor, where it has one. */
  readonly fd?: number | undefined;
  /** How wide a terminal is. */
  readonly columns?: number | undefined;
  write(chunk: string | Uint8Array, done: (error?: Error | null) => void): boolean;
  on(event: 'error', listener: (error: Error) => void): unknown;
}

/** The reader of our output went away, as `| head -1` does: a reason to stop, not to complain. */
export class PipeClosed extends Error {}

/** Writes to a stream at the pace of its reader. */
export class StreamSink implements ByteSink {
  readonly #stream: OutputStream;
  readonly #turns = new EventTurns();

  constructor(stream: OutputStream) {
    this.#stream = stream;
    // Without a listener an error that arrives between two writes would end the process.
    stream.on('error', () => {});
  }

  /** @throws {PipeClosed} when nobody reads any more; any other error of the stream as it is. */
  async write(chunk: Uint8Array | string): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#stream.write(chunk, (error) => {
        if (error === undefined || error === null) resolve();
        else reject('code' in error && error.code === 'EPIPE' ? new PipeClosed() : error);
      });
    });
    // A file or /dev/null takes everything at once.
    await this.#turns.take();
  }
}
