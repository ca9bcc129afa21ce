import { isKeywrightError, KeywrightError } from '../../core/errors.js';
import { shownPath, shownText } from '../files/file-error.js';
import { shardName } from '../ledger/keyed-ledger.js';
import type { Batch, BatchRecord, Claim, Ledger, Prepared, RecordedFile } from '../ledger/model/ledger.js';
import { damagedLedger, lostClaim } from '../ledger/model/ledger-error.js';
import { removeQuietly } from '../publish/given-name.js';
import { OutputFiles } from '../publish/output-files.js';
import { placeOf } from '../publish/output-target.js';
import { batchTemporary, removeAttempts } from './attempt-files.js';
import { missingRecorded, publishRecorded } from './recorded-files.js';

/** What a batch of a ledger does when its keys are to be reserved and its files written. */
export interface BatchWork {
  /** The files that it writes, as they were named. */
  readonly paths: readonly string[];
  readonly force?: boolean | undefined;
  readonly inputs?: readonly string[] | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called when the batch is ours. */
  readonly onClaim?: ((claim: Claim) => void) | undefined;
  /**
   * Called before the batch is claimed, unless its files are recorded already, with all that the ledger holds: throw
   * here, and nothing is claimed.
   */
  readonly plan?: ((batches: readonly BatchRecord[]) => Promise<void>) | undefined;
  /**
   * Reserves the keys and writes the files of this attempt, in the order of publication. Returns what is to be told,
   * now and when the same command comes again.
   */
  make(claim: Claim, outputs: OutputFiles): Promise<string>;
}

/** What came of {@link runBatch}. */
export interface BatchOutcome {
  /** What `make` returned, now or in an earlier run. */
  readonly report: string;
  /** Whether the batch was done before, so that nothing happened now. */
  readonly repeated: boolean;
}

/**
 * Runs a batch of a ledger to its end, from wherever an earlier run of it stopped: claims it, and
 * - *reserving*: removes what earlier attempts left, makes it anew with new keys, records its durable files as
 *   prepared, publishes them, and is done;
 * - *prepared*: publishes the recorded files, and is done;
 * - *done*: looks whether they are still what they were.
 *
 * Until the files are recorded a failure removes them. From then on they are all there is of issued keys, so they stay,
 * under one name or the other, for the same command again.
 *
 * @throws {KeywrightError} as `Ledger` and `publishRecorded`; `already_issued`: it was done, and its files are gone or
 * changed; `batch_mismatch`: also for files that were recorded under other names; whatever `make` throws.
 */
export async function runBatch(ledger: Ledger, batch: Batch, asked: BatchWork): Promise<BatchOutcome> {
  const work = { ...asked, inputs: [...ledger.files, ...(asked.inputs ?? [])] };
  await planWork(ledger, batch, work);
  const claim = await ledger.claim(batch);
  const places = work.paths.map((path) => placeOf(path, work.force === true));
  const found = claim.prepared;
  if (found !== null) {
    refuseOtherPlaces(claim, found.files, places);
    refuseOtherTemporaries(ledger, claim, found.files);
  }
  work.onClaim?.(claim);
  if (claim.state === 'done' && found !== null) {
    await refuseMissing(claim, batch, found.files);
    removeAttempts(places, claim);
    return { report: found.report, repeated: true };
  }
  if (found === null) removeAttempts(places, { ...claim, attempt: claim.attempt - 1 });
  const prepared = found ?? (await prepareFiles(ledger, claim, work));
  await publishRecorded(claim, prepared.files, { force: work.force === true, resumed: found !== null });
  await ledger.done(claim, batch.now);
  // Runs that lost their claim may have left something since.
  removeAttempts(places, claim);
  return { report: prepared.report, repeated: false };
}

/** What cannot be is refused before the batch is claimed. */
async function planWork(ledger: Ledger, batch: Batch, work: BatchWork): Promise<void> {
  const batches = await ledger.batches();
  if (isRecorded(batches, batch)) return;
  const { force, inputs, signal, paths } = work;
  try {
    await new OutputFiles({ force, inputs, signal }).check(paths);
  } catch (error) {
    // What is in our way may be what another run of this batch has published meanwhile: then the claim tells.
    if (isKeywrightError(error, 'file_exists') && isRecorded(await ledger.batches(), batch)) return;
    throw error;
  }
  await work.plan?.(batches);
}

/** Whether the files of a batch are recorded, published or not. */
function isRecorded(batches: readonly BatchRecord[], { id, shard }: Batch): boolean {
  const known = batches.find((batch) => batch.id === id && batch.shard === shardName(shard));
  return known !== undefined && known.state !== 'reserving';
}

async function prepareFiles(ledger: Ledger, claim: Claim, work: BatchWork): Promise<Prepared> {
  const { force, inputs, signal } = work;
  const outputs = new OutputFiles({
    force,
    inputs,
    signal,
    temporaryName: (place) => batchTemporary(place, claim),
  });
  try {
    const report = await work.make(claim, outputs);
    const files = (await outputs.release()).map(({ temporary, place, bytes, sha256 }): RecordedFile => {
      return { temporary, path: place, bytes, sha256 };
    });
    await record(ledger, claim, { files, report });
    return { files, report };
  } catch (error) {
    // What is in our way may be what the run that took over has published.
    if (!isKeywrightError(error, 'file_exists')) throw error;
    const now = await recordOf(ledger, claim);
    throw now === undefined || now.attempt === claim.attempt ? error : lostClaim(claim.id, claim.shard);
  } finally {
    await outputs.discard();
  }
}

async function record(ledger: Ledger, claim: Claim, prepared: Prepared): Promise<void> {
  try {
    await ledger.prepare(claim, prepared);
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

async function refuseMissing(claim: Claim, batch: Batch, files: readonly RecordedFile[]): Promise<void> {
  const [missing] = await missingRecorded(files);
  if (missing === undefined) return;
  const at = (claim.doneAt ?? claim.at).toISOString();
  const { count } = batch;
  const message = `batch ${shownText(claim.id)} (${claim.shard}) of ${count} keys was issued on ${at}, and ${shownPath(missing.path)} is gone or changed since: use a new batch id for new keys`;
  throw new KeywrightError('already_issued', message, { batch: claim.id, at, count, option: 'batchId' });
}
