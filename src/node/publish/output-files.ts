import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { unwritable } from '../files/write-error.js';
import { onExit } from './exit-duty.js';
import { removeQuietly, syncDirectory } from './given-name.js';
import { OutputFile, type PublishedFile } from './output-file.js';
import { namedTwice, type OutputTarget, outputTarget } from './output-target.js';
import { ProtectedFiles } from './protected-files.js';
import { Publication } from './publication.js';
import { hiddenName, StaleFiles } from './temporary-name.js';

export type { OutputFile, PublishedFile } from './output-file.js';

/** How {@link OutputFiles} publishes. */
export interface OutputOptions {
  /** Replace files that exist already. Default: refuse. */
  readonly force?: boolean | undefined;
  /** The files that are read or held open, none of which may be an output, also not with `force`; `-` is standard input. */
  readonly inputs?: readonly string[] | undefined;
  /** Stops the writing, between writes, with its reason. */
  readonly signal?: AbortSignal | undefined;
  /** Compute the SHA-256 of each file. Default true: without instructions for it, it takes as long as the writing. */
  readonly hashed?: boolean | undefined;
  /** What a file is called until it is published at `place`; by default something that no other run chooses. */
  readonly temporaryName?: ((place: string) => string) | undefined;
}

/** A file of the set whose bytes are safely on the disk, still under its temporary name. */
export interface DurableFile extends PublishedFile {
  readonly temporary: string;
  /** The absolute name that it is published under. */
  readonly place: string;
}

interface Output {
  readonly file: OutputFile;
  readonly target: OutputTarget;
}

/**
 * A set of files that appear together, whole, or not at all. Each is written beside its target under a
 * hidden name (exclusive, mode 0600, which it keeps unless another is asked for), synced, and published by a link, which fails when the
 * name exists; with `force` by a rename over it. Any failure, and an end of the process in between, removes everything
 * of the set and puts back what it replaced. Only `kill -9` and a power cut can leave something: a hidden `.<name>.….tmp`, which goes when the
 * same name is written next on this machine, or `.bak`; never a part of a file under its own name.
 *
 * @example
 * const files = new OutputFiles({ inputs: ['issued.txt'] });
 * try {
 *   const keys = await files.create('keys.txt');
 *   await keys.write(bytes);
 *   await files.publish();
 * } finally {
 *   await files.discard();
 * }
 */
export class OutputFiles {
  readonly #force: boolean;
  readonly #inputs: readonly string[];
  readonly #signal: AbortSignal | undefined;
  readonly #hashed: boolean;
  readonly #temporaryName: (place: string) => string;
  readonly #publication: Publication;
  readonly #places = new Set<string>();
  readonly #stale = new StaleFiles();
  #protected: ProtectedFiles | undefined;
  #outputs: Output[] = [];
  #closed = false;
  #dismiss: (() => void) | undefined;

  constructor(options: OutputOptions = {}) {
    this.#force = options.force ?? false;
    this.#inputs = options.inputs ?? [];
    this.#signal = options.signal;
    this.#hashed = options.hashed ?? true;
    this.#temporaryName = options.temporaryName ?? ((place) => hiddenName(place, 'tmp'));
    this.#publication = new Publication(this.#force);
  }

  /**
   * Opens one more file of the set. `mode` is what it has once it is whole; by default its owner alone may read it.
   *
   * @throws {KeywrightError} `same_file`: it is an input or another output, also by a link. `file_exists`,
   *   without `force`. `unwritable_file`: no such directory, not permitted, a directory or device, …
   */
  async create(path: string, mode?: number): Promise<OutputFile> {
    try {
      this.#checkOpen();
      this.#protected ??= new ProtectedFiles(this.#inputs);
      const target = outputTarget(path, this.#force, this.#protected);
      if (this.#places.has(target.place)) throw namedTwice(path);
      this.#places.add(target.place);
      this.#stale.beside(target.place).forEach(removeQuietly);
      const owner = { signal: this.#signal, discard: () => this.discard() };
      const file = new OutputFile(path, this.#temporaryName(target.place), owner, this.#hashed, mode);
      // Known before it exists, so that an exit in between finds it.
      this.#dismiss ??= onExit(() => this.discardSync());
      this.#outputs.push({ file, target });
      await file.open();
      return file;
    } catch (error) {
      await this.discard();
      throw unwritable(path, error);
    }
  }

  /**
   * Refuses early what {@link create} would refuse later on, for outputs that are yet to come.
   *
   * @throws {KeywrightError} as {@link create}.
   */
  async check(paths: readonly string[]): Promise<void> {
    this.#protected ??= new ProtectedFiles(this.#inputs);
    for (const path of paths) {
      const { directory, place } = outputTarget(path, this.#force, this.#protected);
      await access(directory, constants.W_OK).catch((error: unknown) => {
        throw unwritable(path, error);
      });
      this.#stale.beside(place).forEach(removeQuietly);
    }
  }

  /**
   * Brings every byte to the disk; the files keep their temporary names. {@link publish} does it too.
   *
   * @throws {KeywrightError} `unwritable_file`
   */
  async finish(): Promise<readonly DurableFile[]> {
    try {
      this.#checkOpen();
      const durable: DurableFile[] = [];
      for (const { file, target } of [...this.#outputs]) {
        this.#signal?.throwIfAborted();
        durable.push({ ...(await file.finish()), temporary: file.temporary, place: target.place });
      }
      return durable;
    } catch (error) {
      await this.discard();
      throw error;
    }
  }

  /**
   * Publishes all files in the order they were created: create the manifest last. The set is closed then.
   *
   * @throws {KeywrightError} `file_exists`: a name was taken meanwhile. `unwritable_file`.
   */
  async publish(): Promise<readonly PublishedFile[]> {
    const durable = await this.finish();
    const outputs = [...this.#outputs];
    for (const [index, { file, target }] of outputs.entries()) {
      try {
        // The names before the last are durable before the last, which vouches for them, appears.
        if (index === outputs.length - 1) await this.#syncDirectories(outputs.slice(0, -1));
        this.#checkOpen();
        this.#publication.publish(file.temporary, target.place, file.path);
        if (index === outputs.length - 1) await this.#syncDirectories(outputs.slice(-1));
        this.#checkOpen();
      } catch (error) {
        await this.discard();
        throw unwritable(file.path, error);
      }
    }
    this.#publication.commit();
    this.#close();
    return durable.map(({ path, bytes, sha256 }) => ({ path, bytes, sha256 }));
  }

  /**
   * Leaves the durable files to whoever publishes them, and makes their temporary names durable; the set is closed
   * then, and removes nothing any more.
   *
   * @throws {KeywrightError} as {@link finish}.
   */
  async release(): Promise<readonly DurableFile[]> {
    const durable = await this.finish();
    try {
      await this.#syncDirectories(this.#outputs);
      this.#checkOpen();
    } catch (error) {
      await this.discard();
      throw unwritable(durable[0]?.path ?? '', error);
    }
    this.#close();
    return durable;
  }

  /** Takes one file out of the set, and removes it. */
  async withdraw(file: OutputFile): Promise<void> {
    this.#outputs = this.#outputs.filter((output) => output.file !== file);
    await file.abandon();
    removeQuietly(file.temporary);
  }

  /** Removes everything not published. Never throws; after {@link publish} it does nothing. */
  async discard(): Promise<void> {
    this.discardSync();
    for (const { file } of this.#outputs.splice(0)) await file.abandon();
  }

  /** {@link discard} for the exit of the process: open files are left to the system. */
  discardSync(): void {
    this.#closed = true;
    this.#dismiss?.();
    this.#publication.rollback();
    for (const { file } of this.#outputs) removeQuietly(file.temporary);
  }

  /** From here on nothing of the set is removed any more. */
  #close(): void {
    this.#outputs = [];
    this.#closed = true;
    this.#dismiss?.();
  }

  #checkOpen(): void {
    this.#signal?.throwIfAborted();
    if (this.#closed) throw new Error('this set of files was published or discarded before');
  }

  async #syncDirectories(outputs: readonly Output[]): Promise<void> {
    for (const directory of new Set(outputs.map(({ target }) => target.directory)))
      await syncDirectory(directory);
  }
}
