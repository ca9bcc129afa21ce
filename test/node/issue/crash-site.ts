import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { batchTemporary } from '../../../src/node/issue/attempt-files.js';
import type { Ledger } from '../../../src/node/ledger/model/ledger.js';
import { createLedger, openLedger } from '../../../src/node/ledger/open-ledger.js';
import { newFolder } from '../../new-folder.js';
import { type CrashEngine, expectNothingBeside } from './crash-engines.js';
import { type Crash, type Ended, runKeywright } from './crashing-run.js';
import { expectSound, publishedKeys } from './issuing.js';

const MANIFEST = 'keys.txt.manifest.json';
const NAMES = ['keys-0001.txt', 'keys-0002.txt', MANIFEST];
const OLDER = 'what was here before\n';

/** Where a batch can be when it is resumed, and how the command says so. */
const STATES = [
  ['unclaimed', /^$/],
  ['reserving', /^keywright: batch .* was interrupted before: starting it again\n$/],
  ['prepared', /^keywright: batch .* was complete but unpublished: publishing it\n$/],
  ['done', /^keywright: batch .* was done before: nothing happens now\n$/],
] as const;
export type State = (typeof STATES)[number][0];

/** What a crash did. */
export interface Survived {
  /** Whether the run was killed; else it had come to its end before. */
  readonly killed: boolean;
  /** Where the batch was then. */
  readonly state: State;
}

/** A site's ledger, its batches, and where each thing lies; by default in a new folder. */
export interface CrashSiteOptions {
  readonly engine: CrashEngine;
  /** Keys of a batch. */
  readonly keys: number;
  /** Replace older files. */
  readonly force?: boolean;
  /** The folder of the ledger, if it is a file. */
  readonly ledger?: string;
  /** The folder of the batches' folders. */
  readonly output?: string;
  /** The folder of the runs' TMPDIRs. */
  readonly tmp?: string;
}

/** A ledger, and batches through it that crash and are resumed; each has a folder and a TMPDIR of its own. */
export class CrashSite {
  readonly #options: Required<CrashSiteOptions>;
  readonly #issued = new Set<string>();
  readonly #shown = new Map<string, string>();
  #place = '';
  #ledger: Ledger | undefined;
  #finished = 0;

  constructor(options: CrashSiteOptions) {
    const folder = newFolder();
    this.#options = {
      force: false,
      ledger: join(folder, 'ledger'),
      output: join(folder, 'output'),
      tmp: join(folder, 'tmp'),
      ...options,
    };
  }

  async open(): Promise<void> {
    this.#place = await this.#options.engine.place(this.#options.ledger);
    await createLedger(this.#place, { now: new Date() });
    this.#ledger = await openLedger(this.#place);
  }

  async close(): Promise<void> {
    await this.#ledger?.close();
  }

  /** The ledger. */
  get place(): string {
    return this.#place;
  }

  /** The folder of a batch, with older files in it where they are to be replaced. */
  folderOf(batch: string): string {
    const folder = join(this.#options.output, batch);
    if (mkdirSync(folder, { recursive: true }) !== undefined && this.#options.force)
      for (const name of NAMES) writeFileSync(join(folder, name), OLDER);
    return folder;
  }

  /** The TMPDIR of a batch. */
  temporaryOf(batch: string): string {
    const folder = join(this.#options.tmp, batch);
    mkdirSync(folder, { recursive: true });
    return folder;
  }

  /** What a batch's first run writes: its folder, and its files under both of their names. */
  pathsOf(batch: string): readonly string[] {
    const folder = this.folderOf(batch);
    const places = NAMES.map((name) => join(folder, name));
    const run = { id: batch, shard: '1/1', attempt: 1 };
    return [folder, ...places, ...places.map((place) => batchTemporary(place, run))];
  }

  /** Runs a batch, or resumes it. */
  run(batch: string, crash: Crash = {}): Promise<Ended> {
    const { engine, keys, force } = this.#options;
    const output = ['-n', String(keys), '--split', String(Math.ceil(keys / 2)), '-o', 'keys.txt'];
    const ledger = ['--ledger', this.#place, '--batch-id', batch];
    const args = ['generate', ...output, ...ledger, ...(force ? ['--force'] : [])];
    const [cwd, tmp] = [this.folderOf(batch), this.temporaryOf(batch)];
    return runKeywright({ node: engine.node ?? [], args, cwd, tmp, crash });
  }

  /** Runs a batch that is to be killed; returns whether it was. What its final names show then is whole, and stays. */
  async crash(batch: string, crash: Crash): Promise<boolean> {
    const { code, stderr } = await this.run(batch, crash);
    if (code !== null) expect(`exit ${code} ${stderr}`).toMatch(/^exit 0 /);
    const folder = this.folderOf(batch);
    const names = readdirSync(folder).filter((name) => !name.startsWith('.'));
    if (this.#options.force) expect(names.toSorted()).toStrictEqual(NAMES);
    else expect(NAMES).toEqual(expect.arrayContaining(names));
    for (const name of names) {
      const text = readFileSync(join(folder, name), 'utf8');
      if (this.#options.force && text === OLDER) continue;
      this.#shown.set(join(folder, name), text);
      // The last of them vouches for the others.
      if (name === MANIFEST) publishedKeys(folder, name);
    }
    return code === null;
  }

  /** Resumes a batch, which comes to its end now: nothing is issued twice, lost on the way, or left behind. Returns where it was. */
  async expectResumed(batch: string): Promise<State> {
    const { code, stderr } = await this.run(batch);
    expect(`exit ${code} ${stderr}`).toMatch(/^exit 0 /);
    await this.expectSound(batch);
    const [state] = STATES.find(([, words]) => words.test(stderr)) ?? [];
    if (state === undefined) throw new Error(`said when it was resumed: ${stderr}`);
    return state;
  }

  /** A crash, and the end that the batch comes to. */
  async expectSurvived(batch: string, crash: Crash): Promise<Survived> {
    const killed = await this.crash(batch, crash);
    return { killed, state: await this.expectResumed(batch) };
  }

  /**
   * That a finished batch is whole, all of its keys are new, each file is what its name ever showed of it, and nothing
   * else is left: neither beside the files, nor beside the ledger, nor in TMPDIR.
   */
  async expectSound(batch: string): Promise<void> {
    if (this.#ledger === undefined) throw new Error('open the site first');
    const folder = this.folderOf(batch);
    const keys = await expectSound(this.#ledger, folder);
    expect(keys).toHaveLength(this.#options.keys);
    for (const key of keys) this.#issued.add(key);
    this.#finished++;
    expect(this.#issued.size).toBe(this.#finished * this.#options.keys);
    expect(readdirSync(folder).toSorted()).toStrictEqual(NAMES);
    for (const path of NAMES.map((name) => join(folder, name))) {
      const text = readFileSync(path, 'utf8');
      expect(this.#shown.get(path) ?? text, path).toBe(text);
      this.#shown.delete(path);
    }
    expect(readdirSync(this.temporaryOf(batch))).toStrictEqual([]);
    expectNothingBeside(this.#place);
  }
}
