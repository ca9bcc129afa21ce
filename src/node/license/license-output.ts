import { KeywrightError } from '../../core/errors.js';
import { type LicenseComparison, revokedId } from '../../core/revocations/revoked-id.js';
import { EventTurns } from '../files/event-turns.js';
import type { OutputFile, OutputFiles, PublishedFile } from '../publish/output-files.js';
import { OutputFolder } from '../publish/output-folder.js';

/** Where licenses go: lines of a file, or a file each in a folder. */
export type LicensePlace = { readonly out: string } | { readonly outDir: string };

/** Takes signed licenses, in the order of their keys. */
export interface LicenseOutput {
  /** Refuses early what {@link publish} would refuse later on. */
  check(manifest: string): Promise<void>;
  /** `bytes` has a line for each of the keys. */
  write(keys: readonly string[], bytes: Uint8Array): Promise<void>;
  /** Brings all licenses to the disk; answers the files that are named, none for a folder. */
  finish(): Promise<readonly PublishedFile[]>;
  /** Gives the licenses their names, together with the files of the set that stand beside them. */
  publish(): Promise<void>;
  discard(): Promise<void>;
}

/** Lines of a file. */
export class LicenseLines implements LicenseOutput {
  readonly #files: OutputFiles;
  readonly #path: string;
  #file: OutputFile | undefined;

  constructor(files: OutputFiles, path: string) {
    this.#files = files;
    this.#path = path;
  }

  async check(manifest: string): Promise<void> {
    await this.#files.check([this.#path, manifest]);
  }

  async write(_keys: readonly string[], bytes: Uint8Array): Promise<void> {
    this.#file ??= await this.#files.create(this.#path);
    await this.#file.write(bytes);
  }

  async finish(): Promise<readonly PublishedFile[]> {
    return this.#file === undefined ? [] : [await this.#file.finish()];
  }

  async publish(): Promise<void> {
    await this.#files.publish();
  }

  async discard(): Promise<void> {
    await this.#files.discard();
  }
}

const LF = 0x0a;

/** A file each, named by the id that a list of revocations has of the key: never by the key. */
export class LicenseFolder implements LicenseOutput {
  readonly #files: OutputFiles;
  readonly #folder: OutputFolder;
  readonly #comparison: LicenseComparison;
  readonly #ending: string;
  /** Each file is brought to the disk, which takes milliseconds, without waiting. */
  readonly #turns: EventTurns;

  constructor(
    files: OutputFiles,
    path: string,
    comparison: LicenseComparison,
    ending: string,
    signal?: AbortSignal,
  ) {
    this.#files = files;
    this.#folder = new OutputFolder(path);
    this.#comparison = comparison;
    this.#ending = ending;
    this.#turns = new EventTurns(signal);
  }

  async check(manifest: string): Promise<void> {
    this.#folder.check();
    await this.#files.check([manifest]);
  }

  async write(keys: readonly string[], bytes: Uint8Array): Promise<void> {
    let start = 0;
    for (const key of keys) {
      await this.#turns.take();
      const id = revokedId(key, this.#comparison);
      if (id === undefined)
        throw new KeywrightError('not_a_key', 'a key holds nothing but separators: remove it', {});
      const end = bytes.indexOf(LF, start) + 1;
      this.#folder.write(`${id}.${this.#ending}`, bytes.subarray(start, end));
      start = end;
    }
  }

  async finish(): Promise<readonly PublishedFile[]> {
    return [];
  }

  async publish(): Promise<void> {
    await this.#folder.publish();
    try {
      await this.#files.publish();
    } catch (error) {
      this.#folder.withdraw();
      throw error;
    }
  }

  async discard(): Promise<void> {
    this.#folder.discard();
    await this.#files.discard();
  }
}
