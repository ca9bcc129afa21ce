import { type AdoptedBatch, adoptManifest } from '../../../node/issue/adopt-manifest.js';
import { issuer, newBatchId } from '../../../node/issue/batch-name.js';
import { type ImportReport, importKeys } from '../../../node/issue/import-keys.js';
import { shownLedger } from '../../../node/ledger/model/ledger-place.js';
import type { Command, Context } from '../../command/command.js';
import { DONE, UsageError } from '../../command/exit-code.js';
import { type Arguments, flag, flagged, text, valued } from '../../command/options.js';
import { grouped, Progress } from '../../command/progress.js';
import { refuseSharedStdin } from '../../options/key-options.js';
import {
  LEDGER_NAMES,
  ledgerOperands,
  REMARK_OPTIONS,
  SECRET_FILE,
  withLedger,
} from '../../options/ledger-options.js';
import { LISTS_READ, READING_OPTIONS, readingChoices } from '../../options/reading-options.js';
import { jsonReport, listing } from '../../reports/listing.js';
import { columnLines, tellManifests, tellReadings } from '../../reports/reading-report.js';

/** `keywright ledger import`: records keys that were issued elsewhere. */
export const ledgerImportCommand: Command = {
  name: 'ledger import',
  operands: 'LEDGER FILE… [options]',
  describe: `Record keys that were issued elsewhere: ${LISTS_READ}, or -.`,
  options: {
    ...READING_OPTIONS,
    manifest: flagged('the files are manifests: their batches become what they were, files and all'),
    'batch-id': valued('what the import is called in the ledger; the same again goes on after a crash'),
    ...REMARK_OPTIONS,
    'secret-file': SECRET_FILE,
    json: flagged('report as JSON on stdout'),
    quiet: flagged('report nothing'),
  },
  examples: [
    ['Everything issued before there was a ledger', 'ledger import issued.db old.txt'],
    [
      'An export, under a name that can be repeated',
      'ledger import issued.db export.csv --column license_key --batch-id export-2026',
    ],
    ['From a pipe', 'ledger import issued.db - --json < old.txt'],
  ],
  epilogue: [
    LEDGER_NAMES,
    'With --manifest the command that issued such a batch, repeated, issues nothing.',
  ].join('\n'),

  async run(args, context) {
    const { name, rest } = ledgerOperands(context, 'ledger import');
    if (rest.length === 0) throw new UsageError('there are no keys: name files of license keys, or -');
    refuseSharedStdin(rest);
    if (flag(args, 'manifest')) return adopt(name, rest, args, context);
    const now = new Date();
    const quiet = flag(args, 'quiet');
    const progress = new Progress(context, undefined, quiet || flag(args, 'json'));
    const report = await withLedger(name, args, context, (ledger) =>
      importKeys(ledger, rest, {
        batch: text(args, 'batch-id') ?? newBatchId(now),
        by: text(args, 'by') ?? issuer(),
        comment: text(args, 'comment'),
        now,
        ...readingChoices(args),
        stdin: context.io.stdin,
        signal: context.signal,
        onProgress: (done) => progress.update(done),
      }),
    ).finally(() => progress.clear());
    if (!quiet) {
      tellManifests(report.skipped, context);
      tellReadings(report.lists, context);
    }
    const ledger = shownLedger(name);
    if (flag(args, 'json')) await context.print(jsonReport('ledger-import', { ledger, ...report }));
    else if (!quiet) await context.print(asText(report));
    return DONE;
  },
};

/** Batches from their manifests; each is whole before the next one begins. */
async function adopt(
  name: string,
  paths: readonly string[],
  args: Arguments,
  context: Context,
): Promise<number> {
  const reading = [...Object.keys(READING_OPTIONS), 'batch-id', 'comment'];
  const other = reading.find((option) => text(args, option) !== undefined);
  if (other !== undefined) throw new UsageError(`--${other} does not go with --manifest: leave one out`);
  const batches: AdoptedBatch[] = [];
  await withLedger(name, args, context, async (ledger) => {
    const options = { by: text(args, 'by') ?? issuer(), now: new Date(), signal: context.signal };
    for (const path of paths) batches.push(await adoptManifest(ledger, path, options));
  });
  if (flag(args, 'json'))
    await context.print(jsonReport('ledger-adopted', { ledger: shownLedger(name), batches }));
  else if (!flag(args, 'quiet')) {
    const lines = batches.map(({ batch, shard, keys, adopted }) => {
      const words = `${batch} (${shard}), ${grouped(keys)} keys`;
      return ['batch', adopted ? `${words}, done` : `${words}, was there before`] as const;
    });
    await context.print(listing(lines));
  }
  if (batches.some(({ adopted }) => adopted) && !flag(args, 'quiet'))
    context.say('a manifest does not tell whether its batch was voided: void again what was');
  return DONE;
}

function asText({ batch, keys, added, known, lists }: ImportReport): string {
  return listing([
    ['keys', `${grouped(keys)} in the lists`],
    ['new', `${grouped(added)} recorded as issued`],
    ['known', `${grouped(known)} already, or repeated`],
    ...columnLines(lists),
    ['batch', batch],
  ]);
}
