import { confirmRestored, copyLedger, dropCopy } from '../../../node/ledger/copy/copy-ledger.js';
import type { CopyReport } from '../../../node/ledger/copy/copy-report.js';
import { shownLedger } from '../../../node/ledger/model/ledger-place.js';
import type { Command, Context } from '../../command/command.js';
import { DONE, NO, UsageError } from '../../command/exit-code.js';
import { type Arguments, flag, flagged, inputFile, text } from '../../command/options.js';
import { grouped, Progress } from '../../command/progress.js';
import { LEDGER_NAMES, ledgerOperands, ledgerSources } from '../../options/ledger-options.js';
import { conflictLine } from '../../reports/copy-conflicts.js';
import { jsonReport, listing } from '../../reports/listing.js';

/** `keywright ledger copy`: moves, backs up, restores and merges ledgers. */
export const ledgerCopyCommand: Command = {
  name: 'ledger copy',
  operands: 'FROM TO [options] | TO --restored | TO --drop',
  describe: 'Copy all that a ledger holds into another: to move, back up, restore, or merge.',
  options: {
    'from-secret-file': inputFile("a file that holds FROM's secret; else KEYWRIGHT_LEDGER_SECRET"),
    'to-secret-file': inputFile("a file that holds TO's secret; else KEYWRIGHT_LEDGER_SECRET"),
    'dry-run': flagged('only say what would be copied'),
    move: flagged('in the end FROM issues nothing more, and says where it went'),
    restore: flagged('TO issues nothing before --restored'),
    restored: flagged('what was issued since the backup is in TO, which issues again'),
    drop: flagged('forget what a copy that was cut off brought, where FROM is lost'),
    'keep-both': flagged('keys that two batches issued stay with both'),
    json: flagged('report as JSON on stdout'),
    quiet: flagged('report nothing'),
  },
  examples: [
    [
      'A backup: a ledger that is made once, and brought up to date every night',
      'ledger init backup.db && keywright ledger copy issued.db backup.db',
    ],
    ['What it would do', 'ledger copy issued.db backup.db --dry-run'],
    ['For a script', 'ledger copy issued.db backup.db --json'],
  ],
  epilogue: [
    LEDGER_NAMES,
    'TO is a ledger: an empty one becomes a copy of FROM, under its own secret; a copy gets what it lacks.',
    'TO issues nothing meanwhile. A copy that was cut off goes on when it is repeated.',
    'Exit code 0: done; 1: the two hold what cannot both be, which is told, and nothing was changed.',
  ].join('\n'),

  async run(args, context) {
    const { name: from, rest } = ledgerOperands(context, 'ledger copy');
    if (flag(args, 'restored')) return alone(RESTORED, from, rest, args, context);
    if (flag(args, 'drop')) return alone(DROP, from, rest, args, context);
    const [to, ...others] = rest;
    if (to === undefined || others.length > 0)
      throw new UsageError('ledger copy takes two ledgers: name the one to copy, then the other one');
    if (flag(args, 'move') && flag(args, 'restore'))
      throw new UsageError('--move and --restore go in two directions: leave one out');
    const [quiet, json] = [flag(args, 'quiet'), flag(args, 'json')];
    const progress = new Progress(context, undefined, quiet || json);
    const report = await copyLedger(from, to, {
      ...ledgerSources(args, context),
      fromSecretFile: text(args, 'from-secret-file'),
      toSecretFile: text(args, 'to-secret-file'),
      dryRun: flag(args, 'dry-run'),
      move: flag(args, 'move'),
      restore: flag(args, 'restore'),
      keepBoth: flag(args, 'keep-both'),
      now: new Date(),
      onProgress: (done) => progress.update(done),
    }).finally(() => progress.clear());
    const names = { from: shownLedger(from), to: shownLedger(to) };
    if (json) await context.print(jsonReport('ledger-copy', { ...names, ...report }));
    else if (!quiet) await context.print(asText(names, report));
    if (!quiet) tellVoidClaims(report, context);
    return report.refused ? NO : DONE;
  },
};

/** What is done to one ledger alone. */
interface Alone {
  readonly option: 'restored' | 'drop';
  /** What the ledger is that it is done to. */
  readonly what: string;
  readonly work: typeof confirmRestored;
  report(ledger: string, done: boolean): string;
  /** What is said where it was done, and where nothing had to be. */
  readonly words: readonly [done: string, before: string];
}

const RESTORED: Alone = {
  option: 'restored',
  what: 'the restored ledger',
  work: confirmRestored,
  report: (ledger, confirmed) => jsonReport('ledger-restored', { ledger, confirmed }),
  words: ['issues again', 'did not wait for that: nothing was changed'],
};

const DROP: Alone = {
  option: 'drop',
  what: 'the ledger that a copy was cut off in',
  work: dropCopy,
  report: (ledger, dropped) => jsonReport('ledger-dropped', { ledger, dropped }),
  words: ['nothing of the copy is left', 'no copy was cut off: nothing was changed'],
};

async function alone(
  { option, what, work, report, words }: Alone,
  name: string,
  rest: readonly string[],
  args: Arguments,
  context: Context,
): Promise<number> {
  const options = ['dry-run', 'move', 'restore', 'restored', 'drop', 'keep-both'];
  const others = options.filter((each) => each !== option && flag(args, each));
  if (rest.length > 0 || others.length > 0 || text(args, 'from-secret-file') !== undefined)
    throw new UsageError(`--${option} takes ${what} alone: leave out the rest`);
  const done = await work(name, {
    ...ledgerSources(args, context),
    secretFile: text(args, 'to-secret-file'),
  });
  const ledger = shownLedger(name);
  if (flag(args, 'json')) await context.print(report(ledger, done));
  else if (!flag(args, 'quiet'))
    await context.print(
      listing([
        ['ledger', ledger],
        [option, words[done ? 0 : 1]],
      ]),
    );
  return DONE;
}

function asText({ from, to }: { readonly from: string; readonly to: string }, report: CopyReport): string {
  const { batches, added, updated, keys, copied, conflicts, refused, dryRun, moved } = report;
  const [are, were] = dryRun || refused ? ['would be', 'would be'] : ['are', 'were'];
  return listing([
    ['from', moved ? `${from}, which issues nothing more` : from],
    ['to', to],
    [
      'batches',
      `${grouped(batches)}: ${grouped(added)} ${are} new, ${grouped(updated)} ${were} brought up to date`,
    ],
    ['keys', `${grouped(keys)}: ${grouped(copied)} ${were} copied`],
    ...conflicts.map((conflict) => ['conflict', conflictLine(conflict, refused)] as const),
    ...(refused ? [['result', 'nothing was changed'] as const] : []),
  ]);
}

function tellVoidClaims({ voidClaims }: CopyReport, context: Context): void {
  for (const { id, shard, by } of voidClaims)
    context.say(
      `batch ${id} (${shard}) is being issued by ${by}: that run ends in the ledger it began in, and the same command begins it again in the copy`,
    );
}
