import { existsSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import type { Comparison } from '../../../core/dedupe/compared-text.js';
import { KeywrightError } from '../../../core/errors.js';
import type { KeySet, LedgerKeys } from '../model/ledger.js';
import type { Fingerprints } from '../model/store.js';
import {
  buffersOf,
  type FingerprintAnswer,
  type FingerprintJob,
  type FingerprintWorkerData,
} from './fingerprint-job.js';

/** Fingerprints and the keys that they were made of. */
export interface KeysAndFingerprints {
  readonly keys: LedgerKeys;
  readonly fingerprints: Fingerprints;
}

interface Waiting {
  readonly resolve: (made: KeysAndFingerprints) => void;
  readonly reject: (error: unknown) => void;
}

const SCRIPT = new URL('./fingerprint-worker.js', import.meta.url);

/**
 * A thread that makes fingerprints while this one writes to a database. It starts with the first job, and keeps
 * the process alive only while there is one.
 */
export class FingerprintThread {
  /** Without the script beside it, as in a bundle, there is no thread to be had. */
  static readonly available = existsSync(SCRIPT);

  readonly #data: FingerprintWorkerData;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | undefined;
  #next = 0;

  constructor(secret: Uint8Array, comparison: Comparison) {
    this.#data = { secret, comparison };
  }

  /**
   * As `Fingerprinter.fingerprint`. The keys move to the thread and come back with the answer: these are not
   * to be used meanwhile, and their bytes are a buffer of their own.
   */
  fingerprint(set: KeySet, keys: LedgerKeys, rated: boolean): Promise<KeysAndFingerprints> {
    this.#worker ??= this.#start();
    const worker = this.#worker;
    return new Promise((resolve, reject) => {
      const job: FingerprintJob = { id: this.#next++, set, keys, rated };
      this.#waiting.set(job.id, { resolve, reject });
      worker.ref();
      worker.postMessage(job, buffersOf(keys));
    });
  }

  async close(): Promise<void> {
    await this.#worker?.terminate();
  }

  #start(): Worker {
    const worker = new Worker(SCRIPT, { workerData: this.#data });
    worker.on('message', (answer: FingerprintAnswer) => {
      const waiting = this.#waiting.get(answer.id);
      this.#waiting.delete(answer.id);
      if (this.#waiting.size === 0) worker.unref();
      if ('fingerprints' in answer) waiting?.resolve(answer);
      else waiting?.reject(new KeywrightError('not_a_key', answer.message, { position: answer.position }));
    });
    worker.on('error', (error) => this.#fail(error));
    worker.on('exit', () => this.#fail(new Error('the thread of fingerprints ended early')));
    return worker;
  }

  #fail(error: unknown): void {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}
