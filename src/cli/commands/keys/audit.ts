import type { AuditFilesOptions, AuditFilesResult } from '../../../node/dedupe/report/options.js';
import { shownPath } from '../../../node/files/file-error.js';
import type { Command } from '../../command/command.js';
import { DONE, NO } from '../../command/exit-code.js';
import { flag, flagged } from '../../command/options.js';
import { grouped, Progress } from '../../command/progress.js';
import { withOptionalLedger } from '../../options/ledger-options.js';
import { LIST_OPTIONS, listOptions, listsOf } from '../../options/list-options.js';
import { LISTS_READ } from '../../options/reading-options.js';
import {
  CASE_CHOICE,
  countsInWords,
  findingInWords,
  fitsInWords,
  jsonOf,
  SHOWN_FINDINGS,
  tellComparison,
  tellLists,
} from '../../reports/findings-report.js';
import { jsonReport, listing } from '../../reports/listing.js';
import { columnLines } from '../../reports/reading-report.js';

/** `keywright audit`: whether lists hold duplicates or invalid keys. */
export const auditCommand: Command = {
  name: 'audit',
  operands: 'FILE… [options]',
  describe: `Look for duplicates and invalid keys in lists: ${LISTS_READ}, or -.`,
  options: {
    ...LIST_OPTIONS,
    json: flagged('print JSON'),
    quiet: flagged('print nothing: the exit code says it'),
  },
  examples: [
    ['Is every key of a list there once?', 'audit batch.txt'],
    [
      'Does a delivery hold keys of this format, and none that were issued?',
      'audit delivery.csv --against issued.txt -f XXXX-XXXX',
    ],
    ['All findings with their keys in a file', 'audit batch.txt delivery.csv --report findings.csv --force'],
  ],
  epilogue: [
    'Exit 0 when there are neither duplicates nor known nor invalid keys, 1 when there are. A row without key is invalid: the',
    'lists are what is audited; of --against it is passed over, and told. --format may be given more than once: a key fits',
    'one of them then. Without --format, keys that mix cases and differ in case alone are told:',
    '--ignore-case or --exact says which they are.',
  ].join(' '),

  async run(args, context) {
    const lists = listsOf(args, context);
    const quiet = flag(args, 'quiet');
    const options = { ...(await listOptions(args, context)), findings: SHOWN_FINDINGS };
    const progress = new Progress(context, undefined, quiet);
    const started = performance.now();
    const { auditFiles } = await import('../../../node/dedupe/dedupe-files.js');
    try {
      const onProgress = (read: number) => progress.update(read);
      const result = await withOptionalLedger(args, context, (ledger) =>
        auditFiles(lists, { ...options, ledger, onProgress }),
      );
      progress.clear();
      const elapsedMs = Math.round(performance.now() - started);
      const clean = result.duplicates + result.known + result.cases + result.invalid === 0;
      if (!quiet) tellLists(result, context);
      if (!quiet) tellComparison(result, options, context);
      if (flag(args, 'json')) {
        await context.print(jsonReport('audit', { ok: clean, ...jsonOf(result, options, elapsedMs) }));
      } else if (!quiet) {
        await context.print(asText(result, options));
      }
      return clean ? DONE : NO;
    } finally {
      progress.clear();
    }
  },
};

function asText(result: AuditFilesResult, options: AuditFilesOptions): string {
  const { report } = options;
  const { files, against, findings, duplicates, known, cases, invalid } = result;
  const more = duplicates + known + cases + invalid - findings.length;
  const hint = report === undefined ? ': see all with --report FILE.csv' : '';
  return [
    listing([
      ...files.map((file) => [shownPath(file.path), countsInWords(file)] as const),
      ...(files.length === 1 ? [] : [['together', countsInWords(result)] as const]),
      ...columnLines([...against, ...files]),
      ...fitsInWords(files, options),
      ...(report === undefined ? [] : [['report', shownPath(report)] as const]),
    ]),
    ...findings.map((finding) => `${findingInWords(finding)}\n`),
    ...(cases > 0 ? [`${CASE_CHOICE}\n`] : []),
    ...(more > 0 ? [`and ${grouped(more)} more${hint}\n`] : []),
  ].join('');
}
