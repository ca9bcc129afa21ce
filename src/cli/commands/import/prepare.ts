import { spokenTime } from '../../../core/vendors/server/import-time.js';
import { tablesOf } from '../../../node/fields/import-rows.js';
import { type PrepareRequestsOptions, prepareRequests } from '../../../node/prepare/prepare-requests.js';
import type { RequestsReport } from '../../../node/prepare/report.js';
import { TARGETS } from '../../../node/prepare/targets.js';
import type { Command, Context } from '../../command/command.js';
import { DONE, NO, UsageError } from '../../command/exit-code.js';
import {
  type Arguments,
  choice,
  count,
  FORMAT_OPTIONS,
  fields,
  flag,
  flagged,
  outputFile,
  text,
  time,
  valued,
} from '../../command/options.js';
import { counted, grouped, Progress } from '../../command/progress.js';
import { mappings } from '../../options/field-options.js';
import { refuseSharedStdin } from '../../options/key-options.js';
import { ANY_FORMAT, shapeChoices } from '../../options/list-options.js';
import { READING_OPTIONS, readingChoices } from '../../options/reading-options.js';
import { jsonReport, listing } from '../../reports/listing.js';
import { columnLines, tellManifests, tellReadings } from '../../reports/reading-report.js';
import { tellProblems } from '../../reports/row-problems.js';

const INVALID = ['fail', 'drop'] as const;

/** `keywright prepare`: license keys as the requests or the files that a license server imports. */
export const prepareCommand: Command = {
  name: 'prepare',
  operands: 'KEYS… --for TARGET --out FILE [--set FIELD=VALUE …] [options]',
  describe: 'Prepare the import of license keys: requests for a license server, or files for importers.',
  options: {
    for: valued(`who is to take the keys: ${Object.keys(TARGETS).join(', ')}`, {
      value: 'SERVER',
      words: Object.keys(TARGETS),
    }),
    out: outputFile('the file to write; a manifest is written beside it', { alias: 'o' }),
    set: valued('FIELD=VALUE: a field of every license; lists and objects as JSON; repeatable'),
    map: valued(
      'COLUMN=FIELD: a column of KEYS whose cells are a field, also metadata.NAME; FIELD:TABLE.csv says what they stand for; repeatable',
    ),
    ref: valued(
      'the column that says what you call a row, as an order number: send tells it, and does not send it',
      {
        value: 'COLUMN',
      },
    ),
    ...READING_OPTIONS,
    ...FORMAT_OPTIONS,
    'any-format': ANY_FORMAT,
    invalid: valued('what becomes of rows that are no good: fail (default, nothing is written) or drop', {
      words: INVALID,
    }),
    report: outputFile('a CSV of all that is wrong with rows, written whatever becomes of them'),
    'base-url': valued('where the server is; needed for getkeymanager'),
    chunk: valued('keys in a request (getkeymanager, at most 1000), or rows in a file'),
    now: valued('ISO 8601 or Unix seconds in place of the clock'),
    force: flagged('replace files that exist'),
    json: flagged('report as JSON on stdout'),
    quiet: flagged('report nothing'),
  },
  examples: [
    [
      'Requests that create licenses, a line each',
      'prepare keys.txt --for cryptlex --set productId=0b7e2a4c-5d3f-4a61-9c8e-7f1d2b3a4c5d --set subscriptionInterval=P1Y -o requests.jsonl',
    ],
    [
      'A thousand keys a request, with the owner of each',
      'prepare owners.csv --for getkeymanager --base-url https://keys.example.com --set product_id=1 --set activation_limit=0 --set validity=365 --set status=assigned --map email=owner_email -o bulk.jsonl',
    ],
    [
      'Files that a shop imports',
      'prepare keys.txt --for wc-key-manager --set product_id=79 --set validity_for=365 -o import.csv',
    ],
  ],
  epilogue: [
    'No secret is written: a placeholder with its name, as CRYPTLEX_TOKEN, stands for it until it is sent.',
    'For lukittu, --set teamId=UUID is needed, too. Rows that are no good: exit 1, unless --invalid drop.',
  ].join('\n'),

  async run(args, context) {
    const options = { ...optionsOf(args, context), ...(await shapeChoices(args)) };
    const progress = new Progress(context, undefined, flag(args, 'quiet'));
    try {
      const report = await prepareRequests(context.operands, {
        ...options,
        onNotice: (notice) => {
          if (!flag(args, 'quiet')) context.say(notice);
        },
        onProgress: (rows) => progress.update(rows),
      });
      progress.clear();
      if (!flag(args, 'quiet')) tell(report, context);
      const dropped = options.invalid === 'drop' && report.files.length > 0;
      if (flag(args, 'json')) await context.print(asJson(report));
      else if (!flag(args, 'quiet') && report.files.length > 0) await context.print(asText(report));
      return report.invalid === 0 || dropped ? DONE : NO;
    } finally {
      progress.clear();
    }
  },
};

function optionsOf(args: Arguments, { operands, inputs, io, signal }: Context): PrepareRequestsOptions {
  const [target, out, baseUrl] = [text(args, 'for'), text(args, 'out'), text(args, 'base-url')];
  if (operands.length === 0) throw new UsageError('there are no keys: name files of license keys, or -');
  if (target === undefined) {
    throw new UsageError(
      `--for is missing: name who is to take the keys (${Object.keys(TARGETS).join(', ')})`,
    );
  }
  if (out === undefined) throw new UsageError('--out is missing: name the file to write');
  const map = mappings(args, 'email=owner_email');
  refuseSharedStdin([...operands, ...tablesOf(map)]);
  return {
    target,
    out,
    now: time(args, 'now') ?? new Date(),
    set: fields(args),
    map,
    invalid: choice(args, 'invalid', INVALID),
    baseUrl,
    chunk: count(args, 'chunk'),
    ref: text(args, 'ref'),
    report: text(args, 'report'),
    ...readingChoices(args),
    force: flag(args, 'force'),
    inputs,
    stdin: io.stdin,
    signal,
  };
}

function tell(report: RequestsReport, context: Context): void {
  tellManifests(report.skipped, context);
  tellReadings(report.inputs, context);
  const { files } = report;
  const outcome = files.length > 0 ? 'left out' : 'nothing was written: mend them, or --invalid drop';
  tellProblems(report, outcome, context);
  if (files.length === 0) return;
  for (const { message, requests } of report.warnings) {
    context.say(`warning: ${message}${requests > 0 ? ` (${counted(requests, 'request')})` : ''}`);
  }
  for (const line of timeLines(report)) context.say(line);
}

function timeLines({ pace, quotas, seconds, calls }: RequestsReport): readonly string[] {
  if (pace === null || seconds === null) return [];
  const { requests, seconds: window, documented, advised } = pace;
  const limit = `${requests} ${requests === 1 ? 'request' : 'requests'} in ${window === 1 ? 'a second' : `${window} seconds`}`;
  const source = documented ? `the limit is ${limit}` : `no limit is documented, ${limit} is our caution`;
  const used = quotas.filter((quota) => quota.used > 0);
  return [
    `pace: ${source}; send ${advised} a second`,
    ...used.map((quota) => {
      const over = quota.used > quota.licenses ? 'over it' : 'within it';
      return `quota: ${grouped(quota.licenses)} ${quota.what}; here ${grouped(quota.used)}, ${over}`;
    }),
    `time: ${counted(calls, 'request')} ${calls === 1 ? 'takes' : 'take'} about ${spokenTime(seconds)}`,
  ];
}

function asJson(report: RequestsReport): string {
  return jsonReport('prepare', report);
}

function asText({ software, keys, requests, files, manifest, invalid, inputs }: RequestsReport): string {
  const [first] = files;
  const last = files.at(-1);
  const names =
    files.length > 2 ? `${first?.path} … ${last?.path}` : files.map(({ path }) => path).join(', ');
  return listing([
    ['for', software],
    ['keys', grouped(keys)],
    ...(requests > 0 ? [['requests', grouped(requests)] as const] : []),
    ...(invalid > 0 ? [['left out', `${grouped(invalid)} ${invalid === 1 ? 'row' : 'rows'}`] as const] : []),
    ...columnLines(inputs),
    ['written', names],
    ['manifest', manifest ?? ''],
  ]);
}
