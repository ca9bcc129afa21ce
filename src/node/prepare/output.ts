import type { OutputFile, PublishedFile } from '../publish/output-file.js';
import type { OutputFiles } from '../publish/output-files.js';
import { partPath } from '../publish/part-path.js';

/** A written file, and how many rows or requests it holds. */
export interface WrittenFile extends PublishedFile {
  readonly count: number;
}

/** Entries go to one file, or to numbered parts of at most so many; nothing more is written once it is closed. */
export class RequestsOutput {
  readonly #files: OutputFiles;
  readonly #out: string;
  readonly #entriesPerFile: number | undefined;
  readonly #head: string;
  readonly #counts: number[] = [];
  readonly #encoder = new TextEncoder();
  #created: OutputFile[] = [];
  #file: OutputFile | undefined;
  #pending: string[] = [];
  #open = true;

  /** `head` stands before the first entry of each file. */
  constructor(files: OutputFiles, out: string, entriesPerFile: number | undefined, head: string) {
    this.#files = files;
    this.#out = out;
    this.#entriesPerFile = entriesPerFile;
    this.#head = head;
  }

  /** How many entries were written to each file, by its path. */
  get counts(): ReadonlyMap<string, number> {
    return new Map(this.#created.map(({ path }, index) => [path, this.#counts[index] ?? 0]));
  }

  /** The name of the first file. */
  static firstPath(out: string, entriesPerFile: number | undefined): string {
    return entriesPerFile === undefined ? out : partPath(out, 1);
  }

  async write(entry: string): Promise<void> {
    if (!this.#open) return;
    const last = this.#counts.length - 1;
    const count = this.#counts[last] ?? 0;
    if (this.#file === undefined || count === this.#entriesPerFile) {
      await this.#next();
      return this.write(entry);
    }
    this.#counts[last] = count + 1;
    this.#pending.push(entry);
    if (this.#pending.length >= TOGETHER) await this.#flush();
  }

  /** Writes what waits. */
  async end(): Promise<void> {
    if (!this.#open) return;
    await this.#flush();
    await this.#file?.finish();
  }

  /** Whether everything was thrown away. */
  get closed(): boolean {
    return !this.#open;
  }

  /** Throws away everything: what was written and what is yet to come. */
  async close(): Promise<void> {
    if (!this.#open) return;
    this.#open = false;
    this.#pending = [];
    for (const file of this.#created.splice(0)) await this.#files.withdraw(file);
  }

  async #next(): Promise<void> {
    await this.end();
    this.#counts.push(0);
    const part = this.#entriesPerFile === undefined ? this.#out : partPath(this.#out, this.#counts.length);
    this.#file = await this.#files.create(part);
    this.#created.push(this.#file);
    this.#pending.push(this.#head);
  }

  async #flush(): Promise<void> {
    const text = this.#pending.join('');
    this.#pending = [];
    if (text !== '') await this.#file?.write(this.#encoder.encode(text));
  }
}

const TOGETHER = 512;
