import { basename, dirname } from 'node:path';
import { isKeywrightError, KeywrightError } from '../../core/errors.js';
import { shownPath, shownText } from '../files/file-error.js';
import { shardName } from '../ledger/keyed-ledger.js';
import type { Batch, BatchRecord, Claim, Ledger } from '../ledger/model/ledger.js';
import { damagedLedger, lostClaim } from '../ledger/model/ledger-error.js';
import type { Prepared, RecordedFile } from '../ledger/model/prepared.js';
import { removeQuietly } from '../publish/given-name.js';
import { OutputFiles } from '../publish/output-files.js';
import { placeOf } from '../publish/output-target.js';
import { batchTemporary, removeAttempts } from './attempt-files.js';
import { namedFromLast, placedIn } from './placed-files.js';
import { isThere, missingRecorded, publishRecorded } from './recorded-files.js';

/** The files that a batch of a ledger writes. */
export interface BatchOutputs {
  /** In the order of publication, as they were named. */
  readonly paths: readonly string[];
  readonly force?: boolean | undefined;
  /** Files that were read for the batch: no output may replace them. */
  readonly inputs?: readonly string[] | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * A batch of a ledger on its way to its end, from wherever an earlier run of it stopped. The steps, in their order:
 *
 * 1. {@link BatchRun.open}: refuses files that cannot be written; whoever has to plan plans then;
 * 2. {@link claim}: the batch is ours, or it is refused;
 * 3. {@link make}: reserves the keys, writes the files, records them as *prepared*, unless an earlier run did;
 * 4. {@link publish}: gives the files their names, and the batch is *done*.
 *
 * Until the files are recorded a failure removes them. From then on they are all there is of issued keys, so they stay,
 * under one name or the other, for the same command again.
 */
export class BatchRun {
  /** All that the ledger holds, before the claim; undefined when the files of this batch are recorded already. */
  readonly batches: readonly BatchRecord[] | undefined;
  readonly #ledger: Ledger;
  readonly #batch: Batch;
  readonly #outputs: BatchOutputs;
  readonly #places: readonly string[];

  private constructor(
    ledger: Ledger,
    batch: Batch,
    outputs: BatchOutputs,
    batches: readonly BatchRecord[] | undefined,
  ) {
    this.#ledger = ledger;
    this.#batch = batch;
    this.#outputs = outputs;
    this.#places = outputs.paths.map((path) => placeOf(path, outputs.force === true));
    this.batches = batches;
  }

  /** @throws {KeywrightError} as `OutputFiles.check` and `Ledger.batches`. */
  static async open(ledger: Ledger, batch: Batch, asked: BatchOutputs): Promise<BatchRun> {
    const outputs = { ...asked, inputs: [...ledger.files, ...(asked.inputs ?? [])] };
    const batches = await ledger.batches();
    const recorded = isRecorded(batches, batch) || !(await isFree(ledger, batch, outputs));
    return new BatchRun(ledger, batch, outputs, recorded ? undefined : batches);
  }

  /**
   * Claims the batch; `onClaim` is called when it is ours.
   *
   * @throws {KeywrightError} as `Ledger.claim`; `batch_mismatch`: its files were recorded under other names;
   * `damaged_ledger`: they are files of others; `already_issued`: it was done, and its files are gone or changed.
   */
  async claim(onClaim?: (claim: Claim) => void): Promise<Claim> {
    const found = await this.#ledger.claim(this.#batch);
    const claim = { ...found, prepared: found.prepared && this.#placed(found.prepared) };
    if (claim.prepared !== null) {
      refuseOtherPlaces(claim, claim.prepared.files, this.#places);
      refuseOtherTemporaries(this.#ledger, claim, claim.prepared.files);
      if (claim.state === 'done') await this.#refuseMissing(claim, claim.prepared.files);
    }
    onClaim?.(claim);
    return claim;
  }

  /**
   * What is recorded of the batch; where nothing is, `work` reserves the keys, writes the files of this attempt in the
   * order of publication, and returns what is to be told, now and when the same command comes again.
   *
   * @throws {KeywrightError} as `OutputFiles` and `Ledger.prepare`; whatever `work` throws.
   */
  async make(claim: Claim, work: (outputs: OutputFiles) => Promise<string>): Promise<Prepared> {
    if (claim.prepared !== null) return claim.prepared;
    removeAttempts(this.#places, { ...claim, attempt: claim.attempt - 1 });
    const { force, inputs, signal } = this.#outputs;
    const temporaryName = (place: string) => batchTemporary(place, claim);
    const outputs = new OutputFiles({ force, inputs, signal, temporaryName });
    try {
      const report = await work(outputs);
      const files = (await outputs.release()).map(({ temporary, place, bytes, sha256 }): RecordedFile => {
        return { temporary, path: place, bytes, sha256 };
      });
      await record(this.#ledger, claim, { files, report });
      return { files, report };
    } catch (error) {
      // What is in our way may be what the run that took over has published.
      if (!isKeywrightError(error, 'file_exists')) throw error;
      const now = await recordOf(this.#ledger, claim);
      throw now === undefined || now.attempt === claim.attempt ? error : lostClaim(claim.id, claim.shard);
    } finally {
      await outputs.discard();
    }
  }

  /**
   * Publishes the recorded files and ends the batch. Returns whether it was done before, so that nothing happened now.
   *
   * @throws {KeywrightError} as `publishRecorded` and `Ledger.done`.
   */
  async publish(claim: Claim, { files }: Prepared): Promise<boolean> {
    if (claim.state !== 'done') {
      const resumed = claim.prepared !== null;
      await publishRecorded(claim, files, { force: this.#outputs.force === true, resumed });
      await this.#ledger.done(claim, this.#batch.now);
    }
    // Runs that lost their claim may have left something since.
    removeAttempts(this.#places, claim);
    return claim.state === 'done';
  }

  async #refuseMissing(claim: Claim, files: readonly RecordedFile[]): Promise<void> {
    const [missing] = await missingRecorded(files);
    if (missing === undefined) return;
    const at = (claim.doneAt ?? claim.at).toISOString();
    const { count } = this.#batch;
    const by = (await recordOf(this.#ledger, claim))?.by;
    const issued = `batch ${shownText(claim.id)} (${claim.shard}) of ${count} keys was issued on ${at}${by === undefined ? '' : ` by ${shownText(by)}`}`;
    const name = shownPath(basename(missing.path));
    const found = isThere(missing.path)
      ? `${shownPath(missing.path)} was changed since: restore it`
      : `its ${name} is not in ${shownPath(dirname(missing.path))}: repeat the command where it lies, restore it`;
    const message = `${issued}, and ${found}, or void this batch and use a new batch id for new keys`;
    throw new KeywrightError('already_issued', message, { batch: claim.id, at, count, option: 'batchId' });
  }

  #placed({ files, report }: Prepared): Prepared {
    return { files: placedIn(dirname(this.#places.at(-1) ?? ''), files), report };
  }
}

/** Whether the files of a batch are recorded, published or not. */
function isRecorded(batches: readonly BatchRecord[], { id, shard }: Batch): boolean {
  const known = batches.find((batch) => batch.id === id && batch.shard === shardName(shard));
  return known !== undefined && known.state !== 'reserving';
}

/** Refuses outputs that cannot be; false when what is in our way is this batch, published meanwhile: the claim tells. */
async function isFree(ledger: Ledger, batch: Batch, outputs: BatchOutputs): Promise<boolean> {
  const { force, inputs, signal, paths } = outputs;
  try {
    await new OutputFiles({ force, inputs, signal }).check(paths);
    return true;
  } catch (error) {
    if (isKeywrightError(error, 'file_exists') && isRecorded(await ledger.batches(), batch)) return false;
    throw error;
  }
}

async function record(ledger: Ledger, claim: Claim, prepared: Prepared): Promise<void> {
  try {
    await ledger.prepare(claim, { ...prepared, files: namedFromLast(prepared.files) });
  } catch (error) {
    // The files may be recorded all the same, and then another run publishes them.
    const state = (await recordOf(ledger, claim))?.state;
    if (state === 'reserving' || state === 'done')
      for (const { temporary } of prepared.files) removeQuietly(temporary);
    throw error;
  }
}

/** What the ledger says of the batch now; undefined where it says nothing. */
async function recordOf(ledger: Ledger, { id, shard }: Claim): Promise<BatchRecord | undefined> {
  try {
    const batches = await ledger.batches();
    return batches.find((batch) => batch.id === id && batch.shard === shard);
  } catch {
    return undefined;
  }
}

function refuseOtherPlaces(claim: Claim, files: readonly RecordedFile[], places: readonly string[]): void {
  const other = files.find(({ path }, index) => path !== places[index]);
  if (other === undefined && files.length === places.length) return;
  const where = other === undefined ? 'fewer files' : shownPath(other.path);
  const message = `batch ${shownText(claim.id)} (${claim.shard}) was written to ${where}: repeat that command exactly, or choose another batch id`;
  throw new KeywrightError('batch_mismatch', message, { batch: claim.id, option: 'batchId' });
}

/** Whatever a record says: a run moves and removes nothing but what this batch wrote beside its own output. */
function refuseOtherTemporaries(ledger: Ledger, claim: Claim, files: readonly RecordedFile[]): void {
  const { id, shard, drawn: attempt } = claim;
  if (files.every(({ path, temporary }) => temporary === batchTemporary(path, { id, shard, attempt })))
    return;
  const problem = `holds a record of batch ${shownText(id)} (${shard}) that names files of others: restore it from a backup`;
  throw damagedLedger(ledger.name, problem);
}
