import { type IssueLicensesOptions, issueLicenses } from '../../../node/license/issue-licenses.js';
import type { LicensePlace } from '../../../node/license/license-output.js';
import type { LicensesReport } from '../../../node/license/license-report.js';
import type { LicenseValidity } from '../../../node/license/license-validity.js';
import type { Command, Context } from '../../command/command.js';
import { DONE, NO, UsageError } from '../../command/exit-code.js';
import {
  type Arguments,
  choice,
  FORMAT_OPTIONS,
  fields,
  flag,
  flagged,
  list,
  outputFile,
  text,
  time,
  under,
  valued,
} from '../../command/options.js';
import { grouped, Progress } from '../../command/progress.js';
import { mappings } from '../../options/field-options.js';
import {
  refuseSharedStdin,
  SIGNER_OPTIONS,
  SIGNING_OPTIONS,
  signerGiven,
  signOptions,
} from '../../options/key-options.js';
import { LEDGER_OPTIONS, withOptionalLedger } from '../../options/ledger-options.js';
import { ANY_FORMAT, shapeChoices } from '../../options/list-options.js';
import { READING_OPTIONS, readingChoices } from '../../options/reading-options.js';
import { jsonReport, listing } from '../../reports/listing.js';
import { columnLines, tellManifests, tellReadings } from '../../reports/reading-report.js';
import { tellProblems } from '../../reports/row-problems.js';

const INVALID = ['fail', 'drop'] as const;
const FORMS = ['envelope', 'jwt'] as const;

/** `keywright license`: a signed license for each key. */
export const licenseCommand: Command = {
  name: 'license',
  operands:
    'KEYS… --product P --valid-until T|--valid-for P1Y|--perpetual --private-key PATH|--signer CMD -o FILE|--out-dir DIR',
  describe: 'Sign a license for each key, which an app checks offline: product, validity, entitlements.',
  options: {
    product: valued('the product that the licenses are for'),
    'valid-until': valued('when they expire: ISO 8601, a date (midnight UTC), or Unix seconds'),
    'valid-for': valued('how long they are valid from --valid-from, or now: P1Y, P6M, P30D', {
      value: 'LENGTH',
    }),
    perpetual: flagged('they never expire'),
    'valid-from': valued('when they begin to be valid (default: they always were)'),
    set: valued('NAME=VALUE: a member of every license, as entitlements.seats=5; lists as JSON; repeatable'),
    map: valued(
      'COLUMN=NAME: a column of KEYS whose cells are a member, as end=valid_until; NAME:TABLE.csv says what they stand for; repeatable',
    ),
    entitlements: valued('a column of KEYS whose cells are the entitlement of its name; repeatable', {
      value: 'COLUMN',
    }),
    exact: flagged('compare keys as texts, for formats whose keys differ in case alone'),
    as: valued('envelope (default), or jwt for apps that have a JWT library', { words: FORMS }),
    out: outputFile('the file to write, a license a line; a manifest is written beside it', { alias: 'o' }),
    'out-dir': valued('the folder to make instead, a file a license, named by the id of its key', {
      value: 'DIR',
    }),
    invalid: valued('what becomes of rows that are no good: fail (default, nothing is written) or drop', {
      words: INVALID,
    }),
    force: flagged('replace files that exist'),
    json: flagged('report as JSON on stdout'),
    quiet: flagged('report nothing'),
    ...under('Signing', { ...SIGNING_OPTIONS, ...SIGNER_OPTIONS }),
    ...under('Lists', { ...READING_OPTIONS, 'any-format': ANY_FORMAT }),
    ...under('Ledger', LEDGER_OPTIONS),
    ...FORMAT_OPTIONS,
  },
  examples: [
    [
      'A year for each key of a batch',
      'license keys.txt --product app --valid-for P1Y --private-key app.private.pem -o licenses.jsonl',
    ],
    [
      "A shop's export: seats and end of each, a file a license",
      'license orders.csv --product app --map end=valid_until --entitlements seats --private-key app.private.pem --out-dir licenses',
    ],
    [
      'For ever, as JWT, and only for keys that were issued',
      'license keys.txt --product app --perpetual --as jwt --ledger issued.db --private-key app.private.pem -o licenses.txt',
    ],
  ],
  epilogue: [
    'One of --valid-until, --valid-for, --perpetual is required, or a column mapped to valid_until.',
    'With --ledger, keys that it never issued get no license. Rows that are no good: exit 1, unless --invalid drop.',
  ].join('\n'),

  async run(args, context) {
    const terms = termsOf(args, context);
    const { operands, inputs, io, signal } = context;
    const signing = ['private-key', 'passphrase', 'public-key'].map((name) => text(args, name));
    refuseSharedStdin([...operands, ...signing]);
    const shape = await shapeChoices(args);
    const signer = await signerGiven(args, context);
    const progress = new Progress(context, undefined, flag(args, 'quiet'), 'licenses');
    try {
      const report = await withOptionalLedger(args, context, (ledger) =>
        issueLicenses(operands, {
          ...terms,
          ...shape,
          ...readingChoices(args),
          ...signOptions(args),
          signer,
          ledger,
          force: flag(args, 'force'),
          inputs,
          stdin: io.stdin,
          signal,
          onProgress: (rows) => progress.update(rows),
        }),
      );
      progress.clear();
      if (!flag(args, 'quiet')) tell(report, context);
      if (flag(args, 'json')) await context.print(jsonReport('licenses', report));
      else if (!flag(args, 'quiet') && report.manifest !== null) await context.print(asText(report));
      return report.manifest !== null ? DONE : NO;
    } finally {
      progress.clear();
    }
  },
};

type Terms = Pick<
  IssueLicensesOptions,
  'product' | 'validity' | 'validFrom' | 'set' | 'map' | 'exact' | 'as' | 'place' | 'invalid' | 'now'
>;

function termsOf(args: Arguments, { operands }: Context): Terms {
  if (operands.length === 0) throw new UsageError('there are no keys: name files of license keys, or -');
  const product = text(args, 'product');
  if (product === undefined || product === '')
    throw new UsageError('--product is missing: name what the licenses are for');
  const as = choice(args, 'as', FORMS);
  if (as === 'jwt' && (args['role'] ?? args['json-style']) !== undefined) {
    throw new UsageError('--role and --json-style are of envelopes, and a JWT is none: leave them out');
  }
  const columns = list(args, 'entitlements').map(
    (column) => [column, `entitlements.${column}`, undefined, 'entitlements'] as const,
  );
  return {
    product,
    validity: validityOf(args),
    validFrom: time(args, 'valid-from'),
    set: fields(args),
    map: [...mappings(args, 'end=valid_until'), ...columns],
    exact: flag(args, 'exact'),
    as,
    place: placeOf(args),
    invalid: choice(args, 'invalid', INVALID),
    now: time(args, 'now') ?? new Date(),
  };
}

function validityOf(args: Arguments): LicenseValidity | undefined {
  const [until, length] = [time(args, 'valid-until'), text(args, 'valid-for')];
  const given: LicenseValidity[] = [];
  if (until !== undefined) given.push({ until });
  if (length !== undefined) given.push({ length });
  if (flag(args, 'perpetual')) given.push({ perpetual: true });
  if (given.length < 2) return given[0];
  throw new UsageError('--valid-until, --valid-for and --perpetual contradict each other: give one');
}

function placeOf(args: Arguments): LicensePlace {
  const [out, outDir] = [text(args, 'out'), text(args, 'out-dir')];
  if (out !== undefined && outDir !== undefined)
    throw new UsageError('--out and --out-dir contradict each other: give one');
  if (out !== undefined) return { out };
  if (outDir === '' || outDir === '-')
    throw new UsageError('--out-dir names no folder: name the one to make');
  if (outDir !== undefined) return { outDir };
  throw new UsageError('--out is missing: name the file to write, or a folder with --out-dir');
}

function tell(report: LicensesReport, context: Context): void {
  tellManifests(report.skipped, context);
  tellReadings(report.inputs, context);
  const { manifest, expired } = report;
  if (expired > 0)
    context.say(`warning: ${grouped(expired)} of the licenses are expired already: look at their end`);
  const outcome = manifest === null ? 'nothing was written: mend them, or --invalid drop' : 'left out';
  tellProblems(report, outcome, context);
}

function asText({ product, licenses, invalid, inputs, kid, path, manifest }: LicensesReport): string {
  return listing([
    ['licenses', `${grouped(licenses)} for ${product}`],
    ...(invalid > 0 ? [['left out', `${grouped(invalid)} ${invalid === 1 ? 'row' : 'rows'}`] as const] : []),
    ['signed by', kid],
    ...columnLines(inputs),
    ['written', path],
    ['manifest', manifest ?? ''],
  ]);
}
