import type { KeyFormat } from '../../../core/format/key-format.js';
import type { BatchFilesReport, BatchOptions } from '../../../node/batch/generate-batch.js';
import type { KeylessRows } from '../../../node/keyless/keyless-rows.js';
import type { KeyFileStyle } from '../../../node/rows/key-rows.js';
import { styleByEnding } from '../../../node/rows/name-ending.js';
import type { Command, Context } from '../../command/command.js';
import { DONE, NO, UsageError } from '../../command/exit-code.js';
import {
  type Arguments,
  count,
  FORMAT_OPTIONS,
  fields,
  flag,
  flagged,
  formatOf,
  inputFile,
  insteadOfStdout,
  list,
  listed,
  shard,
  text,
  under,
  valued,
} from '../../command/options.js';
import { Progress } from '../../command/progress.js';
import {
  LEDGER_OPTIONS,
  REMARK_OPTIONS,
  refuseLedgerOptions,
  tellClaim,
  withOptionalLedger,
} from '../../options/ledger-options.js';
import { LISTS_READ, READING_OPTIONS, readingChoices } from '../../options/reading-options.js';
import { ROW_OPTIONS, rowsGiven } from '../../options/row-options.js';
import { tellManifests, tellReadings } from '../../reports/reading-report.js';
import { tellProblems } from '../../reports/row-problems.js';

const STYLES: readonly KeyFileStyle[] = ['text', 'csv', 'json', 'jsonl'];

/** `keywright generate`: a batch of new keys, to files or to stdout. */
export const generateCommand: Command = {
  name: 'generate',
  operands: '(--count N | --rows FILE) [--out FILE] [options]',
  describe: 'Generate a batch of license keys, unique among themselves and against lists of existing keys.',
  options: {
    ...FORMAT_OPTIONS,
    ...under('Output', {
      count: valued('how many keys this job writes', { alias: 'n' }),
      ...ROW_OPTIONS,
      out: insteadOfStdout('the file to write, with a manifest beside it; else stdout'),
      as: valued('text, csv, json or jsonl (default: by the extension of --out, else text)', {
        words: STYLES,
      }),
      header: valued(
        'the column that holds the key (default key, with --rows license_key); none for no header',
      ),
      set: valued('NAME=VALUE: a constant column; repeatable'),
      split: valued('keys a file at most, in keys-0001.txt, keys-0002.txt, …'),
      force: flagged('replace files that exist'),
      'no-manifest': flagged('write no OUT.manifest.json beside the file'),
      json: flagged('report as JSON on stdout (with --out)'),
      quiet: flagged('report nothing'),
    }),
    ...under('Uniqueness', {
      against: listed(`lists of existing keys: ${LISTS_READ}`),
      ...READING_OPTIONS,
      exact: flagged('compare keys as they are written, not their canonical forms'),
    }),
    ...under('Ledger', {
      ...LEDGER_OPTIONS,
      'batch-id': valued(
        'what the ledger calls the batch; the same again goes on after a crash (default: a UUIDv7)',
      ),
      ...REMARK_OPTIONS,
    }),
    ...under('Advanced', {
      shard: valued('i/n: draw only from the i-th of n disjoint parts of the format'),
      jobs: valued(
        'threads that draw, each in its own part of the format (default: cores; 1 under 2 M keys)',
      ),
      'reject-file': inputFile('a list of fragments that no key may contain'),
      seed: valued('for tests and fixtures only: draw from this text, not from the system'),
    }),
  },
  operandWords: [],
  examples: [
    ['Print ten keys of the default format', 'generate -n 10'],
    ['Write 100,000 keys and a manifest', 'generate -f lukittu -n 100000 -o keys.txt'],
    [
      'A key for each order, as many as its quantity says',
      'generate --rows orders.csv --per quantity -f lukittu -o orders-with-keys.csv',
    ],
  ],

  async run(args, context) {
    refuseContradictions(args, context);
    const format = await formatOf(args, text(args, 'format'));
    const rows = await rowsGiven(args, context);
    try {
      if (rows !== undefined && rows.invalid > 0) {
        if (!flag(args, 'quiet')) tellProblems(rows, 'no key was drawn: mend them', context);
        return NO;
      }
      await generate(args, context, format, rows);
      return DONE;
    } finally {
      await rows?.close();
    }
  },
};

async function generate(
  args: Arguments,
  context: Context,
  format: KeyFormat,
  rows: KeylessRows | undefined,
): Promise<void> {
  const wanted = rows?.keys ?? count(args, 'count');
  if (wanted === undefined)
    throw new UsageError('--count is missing: say how many keys to write, as --count 100000');
  const progress = new Progress(context, wanted, flag(args, 'quiet'));
  const onProgress = (written: number) => progress.update(written);
  const options = { ...(await batchOptions(args, context, rows)), onProgress };
  const { generateBatch, streamBatch } = await import('../../../node/batch/generate-batch.js');
  const out = text(args, 'out');
  try {
    if (out === undefined) {
      const report = await streamBatch(format, wanted, options, { write: context.print });
      progress.clear();
      tell(args, context, report);
      return;
    }
    const started = performance.now();
    const report = await withOptionalLedger(args, context, (ledger) =>
      generateBatch(format, wanted, {
        ...options,
        out,
        force: flag(args, 'force'),
        manifest: !flag(args, 'no-manifest'),
        split: count(args, 'split'),
        inputs: context.inputs,
        ledger,
        batchId: text(args, 'batch-id'),
        by: text(args, 'by'),
        comment: text(args, 'comment'),
        onClaim: (claim) => tellClaim(args, context, claim),
      }),
    );
    progress.clear();
    tell(args, context, report);
    const { generateReport, generateSummary } = await import('../../reports/generate-report.js');
    const elapsedMs = Math.round(performance.now() - started);
    if (flag(args, 'json')) await context.print(generateReport(format, options, report, elapsedMs));
    else if (!flag(args, 'quiet')) await context.print(generateSummary(format, options, report, elapsedMs));
  } finally {
    progress.clear();
  }
}

async function batchOptions(
  args: Arguments,
  context: Context,
  rows: KeylessRows | undefined,
): Promise<BatchOptions> {
  const [seed, header, rejectFile] = ['seed', 'header', 'reject-file'].map((name) => text(args, name));
  const [part, jobs] = [shard(args), count(args, 'jobs')];
  return {
    now: new Date(),
    style: rows?.style ?? styleOf(args),
    rows,
    stdin: context.io.stdin,
    signal: context.signal,
    against: list(args, 'against'),
    constants: fields(args),
    exact: flag(args, 'exact'),
    // Of rows both are known by now.
    header: rows !== undefined ? undefined : header === 'none' ? null : header,
    ...readingChoices(args),
    ...(rows !== undefined && { headerRow: undefined }),
    shard: part,
    jobs,
    seed,
    reject: rejectFile === undefined ? undefined : await fragmentsOf(rejectFile, context),
  };
}

function refuseContradictions(args: Arguments, context: Context): void {
  const [stray] = context.operands;
  if (stray !== undefined)
    throw new UsageError('generate takes no operands: lists of existing keys go behind --against');
  if (text(args, 'out') === undefined) {
    if (flag(args, 'json'))
      throw new UsageError('--json reports on files: give --out; for keys as JSON use --as json');
    if (text(args, 'ledger') !== undefined)
      throw new UsageError('--ledger needs --out: what is published must be found again after a crash');
    refuseLedgerOptions(args);
    if (text(args, 'split') !== undefined) throw new UsageError('--split needs --out: the name of the files');
  }
  if (text(args, 'seed') !== undefined && text(args, 'ledger') !== undefined) {
    throw new UsageError('--seed is for fixtures and a ledger for keys that are issued: leave one out');
  }
  if (text(args, 'seed') !== undefined && text(args, 'shard') !== undefined) {
    throw new UsageError('--seed means one job: leave out --shard');
  }
  if (text(args, 'seed') !== undefined && (count(args, 'jobs') ?? 1) > 1) {
    throw new UsageError('--seed means one job: leave out --jobs');
  }
  if (list(args, 'against').filter((path) => path === '-').length > 1) {
    throw new UsageError('standard input can be read once: name - once');
  }
}

function styleOf(args: Arguments): KeyFileStyle {
  const named = text(args, 'as');
  if (named !== undefined) {
    const style = STYLES.find((candidate) => candidate === named);
    if (style === undefined) throw new UsageError('--as takes text, csv, json or jsonl');
    return style;
  }
  return styleByEnding(text(args, 'out') ?? '') ?? 'text';
}

async function fragmentsOf(path: string, context: Context): Promise<readonly string[]> {
  const { readFragments } = await import('../../../node/lists/fragments.js');
  return readFragments(path, { stdin: context.io.stdin, signal: context.signal });
}

function tell(
  args: Arguments,
  context: Context,
  report: Pick<BatchFilesReport, 'against' | 'warnings' | 'skipped'>,
): void {
  if (flag(args, 'quiet')) return;
  tellManifests(report.skipped, context);
  tellReadings(report.against, context);
  for (const warning of report.warnings) context.say(`warning: ${warning}`);
}
