import type { AuditFilesOptions, DedupeFilesResult } from '../../../node/dedupe/report/options.js';
import { shownPath } from '../../../node/files/file-error.js';
import type { Command, Context } from '../../command/command.js';
import { DONE, NO, UsageError } from '../../command/exit-code.js';
import {
  type Arguments,
  choice,
  flag,
  flagged,
  insteadOfStdout,
  text,
  valued,
} from '../../command/options.js';
import { grouped, Progress } from '../../command/progress.js';
import { withOptionalLedger } from '../../options/ledger-options.js';
import { LIST_OPTIONS, listOptions, listsOf } from '../../options/list-options.js';
import {
  CASE_CHOICE,
  findingInWords,
  jsonOf,
  SHOWN_FINDINGS,
  tellComparison,
  tellLists,
} from '../../reports/findings-report.js';
import { jsonReport, listing } from '../../reports/listing.js';
import { columnLines } from '../../reports/reading-report.js';

const INVALID = ['fail', 'drop', 'keep'] as const;
const STYLES = ['text', 'csv', 'json', 'jsonl'] as const;

/** `keywright dedupe`: lists without their duplicates. */
export const dedupeCommand: Command = {
  name: 'dedupe',
  operands: 'FILE… [--out FILE] [options]',
  describe: 'Write lists as one, each key once: the first occurrence stays, in order, with all its columns.',
  options: {
    ...LIST_OPTIONS,
    out: insteadOfStdout('the file to write; else stdout'),
    as: valued('text, csv, json or jsonl (default by the extension of --out, else as the first list)', {
      words: STYLES,
    }),
    invalid: valued('what becomes of rows that are no keys: fail (default), drop or keep', {
      words: INVALID,
    }),
    json: flagged('report as JSON on stdout (with --out)'),
    quiet: flagged('report nothing'),
  },
  examples: [
    ['One list of two', 'dedupe batch.txt more.txt -o unique.txt'],
    [
      'A CSV with all its columns, without keys that were issued',
      'dedupe delivery.csv --against issued.txt -o new.csv',
    ],
    [
      'Any lists as keys alone, the invalid ones left out, with a report',
      'dedupe batch.txt delivery.csv --as text -f XXXX-XXXX --invalid drop -o valid.txt --report dropped.csv',
    ],
  ],
  epilogue: [
    'Lists of different kinds, or CSV files with different columns, need --as: text for the keys alone, csv to',
    'match columns by name. With --invalid fail nothing is written but the report, and the exit code is 1; so it is for',
    'keys that mix cases and differ in case alone, until --ignore-case, --exact or --format says which they are.',
  ].join(' '),

  async run(args, context) {
    const lists = listsOf(args, context);
    const out = text(args, 'out');
    if (out === undefined && flag(args, 'json')) {
      throw new UsageError('--json reports on files: give --out; for keys as JSON use --as json');
    }
    const invalid = choice(args, 'invalid', INVALID) ?? 'fail';
    const options = {
      ...(await listOptions(args, context)),
      out: out ?? { write: context.print },
      as: choice(args, 'as', STYLES),
      invalid,
      findings: SHOWN_FINDINGS,
    };
    const progress = new Progress(context, undefined, flag(args, 'quiet'));
    const started = performance.now();
    const { dedupeFiles } = await import('../../../node/dedupe/dedupe-files.js');
    try {
      const onProgress = (read: number) => progress.update(read);
      const result = await withOptionalLedger(args, context, (ledger) =>
        dedupeFiles(lists, { ...options, ledger, onProgress }),
      );
      progress.clear();
      const failed = (invalid === 'fail' && result.invalid > 0) || result.cases > 0;
      if (!flag(args, 'quiet')) tell(result, options, failed, context);
      const elapsedMs = Math.round(performance.now() - started);
      if (flag(args, 'json')) {
        const written = { out: failed ? null : (out ?? null), bytes: result.bytes };
        await context.print(
          jsonReport('dedupe', { ok: !failed, ...jsonOf(result, options, elapsedMs), ...written }),
        );
      } else if (!flag(args, 'quiet')) {
        await summarise(result, args, failed, context);
      }
      return failed ? NO : DONE;
    } finally {
      progress.clear();
    }
  },
};

function tell(
  result: DedupeFilesResult,
  options: AuditFilesOptions,
  failed: boolean,
  context: Context,
): void {
  tellLists(result, context);
  tellComparison(result, options, context);
  if (!failed) return;
  if (result.cases > 0) {
    const first = result.findings.find(({ kind }) => kind === 'case');
    const place = first === undefined ? '' : `, as ${findingInWords(first)}`;
    const rows = result.cases === 1 ? 'one key' : `${grouped(result.cases)} keys`;
    context.say(`nothing was written, for ${rows} may be another one or not${place}: ${CASE_CHOICE}`);
    return;
  }
  const first = result.findings.find(({ kind }) => kind === 'invalid');
  const rows = result.invalid === 1 ? 'one row is no key' : `${grouped(result.invalid)} rows are no keys`;
  const place = first === undefined ? '' : `, as ${findingInWords(first)}`;
  context.say(`nothing was written, for ${rows}${place}: mend them, or --invalid drop or keep them`);
}

async function summarise(
  result: DedupeFilesResult,
  args: Arguments,
  failed: boolean,
  context: Context,
): Promise<void> {
  const [out, report] = [text(args, 'out'), text(args, 'report')];
  const { read, kept, duplicates, known, spellings, against, invalid, dropped } = result;
  if (out === undefined || failed) {
    if (failed) return;
    for (const [name, value] of columnLines([...against, ...result.files])) context.say(`${name} ${value}`);
    context.say(`${grouped(kept)} of ${grouped(read)} keys kept`);
    return;
  }
  const ledger = text(args, 'ledger') === undefined ? [] : ['the ledger'];
  const lists = against.length === 0 ? [] : [against.length === 1 ? '1 list' : `${against.length} lists`];
  const held = [...lists, ...ledger].join(' and ');
  const summary = listing([
    ['kept', `${grouped(kept)} of ${grouped(read)} keys`],
    ['duplicates', grouped(duplicates)],
    ...(held === '' ? [] : [['known', `${grouped(known)}, held against ${held}`] as const]),
    ...(spellings === 0
      ? []
      : [['spellings', `${grouped(spellings)} of these are spelled differently`] as const]),
    ...(invalid === 0
      ? []
      : [['invalid', `${grouped(invalid)}, ${dropped > 0 ? 'left out' : 'kept'}`] as const]),
    ...columnLines([...against, ...result.files]),
    ['written', shownPath(out)],
    ...(report === undefined ? [] : [['report', shownPath(report)] as const]),
  ]);
  await context.print(summary);
}
