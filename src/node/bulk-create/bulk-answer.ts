import { createHash } from 'node:crypto';
import { type BulkResult, createLicenseKeys } from '../../core/bulk-create/bulk-create.js';
import { type BulkRequest, parseBulkRequest } from '../../core/bulk-create/bulk-request.js';
import {
  nullable,
  objectOf,
  objectShape,
  textShape,
  wholeNumberShape,
} from '../../core/encoding/json-shape.js';
import type { JsonObject } from '../../core/encoding/json-text.js';
import { EventTurns } from '../files/event-turns.js';
import { issuer } from '../issue/batch-name.js';
import { BatchRun } from '../issue/batch-run.js';
import { readReport } from '../issue/recorded-report.js';
import type { Batch, Claim, Ledger } from '../ledger/model/ledger.js';
import { ListedKeys } from '../lists/listed-keys.js';
import type { OutputOptions } from '../publish/output-files.js';
import { addBulkFiles, type BulkInput, type BulkPaths, writeBulkFiles } from './bulk-files.js';
import { CreatedInLedger, refuseUnfitKeys } from './created-in-ledger.js';

/** A ledger that the created keys go into, as one batch. */
export interface BulkLedger {
  readonly ledger: Ledger;
  readonly batchId: string;
  /** Who creates them; default `user@host`. */
  readonly by?: string | undefined;
  readonly comment?: string | undefined;
  readonly onClaim?: ((claim: Claim) => void) | undefined;
  /** How the answer is signed, as a text: another is another command. */
  readonly signing: string;
}

/** What {@link answerBulk} works with. */
export interface BulkAnswerOptions {
  /** Keys that exist. */
  readonly lists?: ListedKeys | undefined;
  /** The time of the answer. */
  readonly now: Date;
  /** Files to write. Default none. */
  readonly paths?: BulkPaths | undefined;
  readonly output?: OutputOptions | undefined;
  readonly ledger?: BulkLedger | undefined;
  /** Makes the envelope of a payload. */
  sign(payload: JsonObject): Promise<string>;
}

/** A signed answer, and what it says. */
export interface BulkAnswer {
  readonly payload: JsonObject;
  readonly submitted: number;
  readonly created: number;
  readonly duplicate: number;
  readonly envelope: string;
  /** The batch's id in the ledger; null without one, and where nothing was created for the request is refused. */
  readonly batch: string | null;
}

const BULK_ANSWER = objectOf<BulkAnswer>({
  payload: objectShape,
  submitted: wholeNumberShape,
  created: wholeNumberShape,
  duplicate: wholeNumberShape,
  envelope: textShape,
  batch: nullable(textShape),
});

/**
 * Answers a bulk-create request, signs the answer and writes its files. With a ledger the keys are recorded in it
 * as created, and the answer too: after a crash the same request under the same batch id gets the same answer, which is
 * published then.
 *
 * @throws {KeywrightError} as `createLicenseKeys`, `ListedKeys` and `OutputFiles`; with a ledger also as `Ledger`, and
 * `already_issued`, `missing_file` and `batch_mismatch` as `generateBatch`.
 *
 * @example
 * const sign = async (payload) => JSON.stringify(await signResponse(payload, signer));
 * const ledger = await openLedger('issued.db');
 * const input = await readBulkRequest('request.json');
 * const options = { now: new Date(), sign, ledger: { ledger, batchId: 'order-77', signing: signer.kid } };
 * (await answerBulk(input, options)).created; // 2
 * (await answerBulk(input, { ...options, ledger: { ...options.ledger, batchId: 'order-78' } })).duplicate; // 2
 * await ledger.close();
 */
export async function answerBulk(input: BulkInput, options: BulkAnswerOptions): Promise<BulkAnswer> {
  const { lists = new ListedKeys([]), now, paths = {}, output = {}, ledger: target } = options;
  const turns = new EventTurns(output.signal);
  const read = parseBulkRequest(input.request);
  await turns.take();
  if (target === undefined || 'errors' in read) {
    const result = await createLicenseKeys(input.request, { ledger: lists, now });
    const envelope = await options.sign(result.payload);
    await writeBulkFiles(paths, result.outcomes, envelope, output);
    return answerOf(result, envelope, null);
  }
  const { ledger, onClaim } = target;
  const named = [paths.report, paths.out].filter((path) => path !== undefined);
  const batch = bulkBatch(target, read, now);
  const run = await BatchRun.open(ledger, batch, { ...output, paths: named });
  if (run.batches !== undefined) await refuseUnfitKeys(ledger, read.licenseKeys, input.places);
  const claim = await run.claim(onClaim);
  const prepared = await run.make(claim, async (files) => {
    const keys = new CreatedInLedger(ledger, claim, { lists, places: input.places });
    const result = await createLicenseKeys(input.request, { ledger: keys, now });
    await turns.take();
    const envelope = await options.sign(result.payload);
    await addBulkFiles(files, paths, result.outcomes, envelope);
    return JSON.stringify(answerOf(result, envelope, claim.id));
  });
  await run.publish(claim, prepared);
  return readReport(ledger, claim, prepared.report, BULK_ANSWER);
}

function answerOf({ payload, outcomes }: BulkResult, envelope: string, batch: string | null): BulkAnswer {
  const created = outcomes.filter(({ outcome }) => outcome === 'created').length;
  const submitted = outcomes.length;
  return { payload, submitted, created, duplicate: submitted - created, envelope, batch };
}

function bulkBatch(
  { ledger, batchId, by = issuer(), comment, signing }: BulkLedger,
  { licenseKeys, ...parameters }: BulkRequest,
  now: Date,
): Batch {
  const keys = createHash('sha256').update(JSON.stringify(licenseKeys)).digest('hex');
  return {
    id: batchId,
    kind: 'bulk-create',
    count: licenseKeys.length,
    comparison: ledger.comparison,
    mask: null,
    entropyBits: null,
    parameters: JSON.stringify({ keys, parameters, signing }),
    by,
    comment,
    now,
  };
}
