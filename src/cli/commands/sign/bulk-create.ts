import type { JsonValue } from '../../../core/encoding/json-text.js';
import { signToText } from '../../../core/sign/envelope.js';
import { answerBulk, type BulkAnswer } from '../../../node/bulk-create/bulk-answer.js';
import { type BulkInput, readBulkLists, readBulkRequest } from '../../../node/bulk-create/bulk-files.js';
import { shownJson } from '../../../node/files/file-error.js';
import { newBatchId } from '../../../node/issue/batch-name.js';
import { ListedKeys } from '../../../node/lists/listed-keys.js';
import { OutputFiles } from '../../../node/publish/output-files.js';
import { nativeSigner } from '../../../node/sign/native-signer.js';
import type { Command, Context } from '../../command/command.js';
import { DONE, NO, UsageError } from '../../command/exit-code.js';
import {
  type Arguments,
  FORMAT_OPTIONS,
  fields,
  flag,
  flagged,
  inputFile,
  insteadOfStdout,
  list,
  listed,
  outputFile,
  text,
  time,
  valued,
} from '../../command/options.js';
import { grouped } from '../../command/progress.js';
import { refuseSharedStdin, SIGNING_OPTIONS, signingKey, signOptions } from '../../options/key-options.js';
import {
  LEDGER_OPTIONS,
  REMARK_OPTIONS,
  tellClaim,
  withOptionalLedger,
} from '../../options/ledger-options.js';
import { ANY_FORMAT, shapeChoices } from '../../options/list-options.js';
import { LISTS_READ, READING_OPTIONS, readingChoices } from '../../options/reading-options.js';
import { jsonReport, listing } from '../../reports/listing.js';
import { columnLines, type ReadList, tellManifests, tellReadings } from '../../reports/reading-report.js';

/** `keywright bulk-create`: the documented endpoint's answer to a batch of license keys, signed. */
export const bulkCreateCommand: Command = {
  name: 'bulk-create',
  operands: '(KEYS… --set NAME=VALUE … | --request REQUEST.json) --private-key PATH|env:NAME|- [options]',
  describe: 'Answer a bulk create as its server would: validate, count what is new, sign. Nothing is sent.',
  options: {
    set: valued('NAME=VALUE: a parameter of the request, as product_id=1; repeatable'),
    request: inputFile('the whole request as a JSON object, or - for standard input'),
    against: listed(`lists of the license keys that exist: ${LISTS_READ}`),
    ...READING_OPTIONS,
    ...FORMAT_OPTIONS,
    'any-format': ANY_FORMAT,
    ...LEDGER_OPTIONS,
    'batch-id': valued(
      'what the ledger calls the batch; the same again gives the same answer (default: a UUIDv7)',
    ),
    ...REMARK_OPTIONS,
    ...SIGNING_OPTIONS,
    report: outputFile('a CSV to write: key, outcome, first_seen, expires_at'),
    out: insteadOfStdout('the file to write the envelope to; else stdout'),
    force: flagged('replace files that exist'),
    json: flagged('report as JSON on stdout (with --out)'),
    quiet: flagged('report nothing'),
  },
  examples: [
    [
      'New keys for a product, valid for a year',
      'bulk-create keys.txt --set product_id=1 --set activation_limit=0 --set validity=365 --set status=available --private-key product.private.pem',
    ],
    [
      'Held against those that exist, with a report of each key',
      'bulk-create --request request.json --against issued.txt --private-key product.private.pem --report report.csv -o answer.json',
    ],
    [
      'The bytes the documented server would sign',
      'bulk-create --request request.json --json-style php --private-key legacy.private.pem --now 1767225600',
    ],
  ],
  epilogue: [
    'Parameters: product_id, activation_limit, validity (days, 0 for ever), status (available, assigned, reserved,',
    'blocked); optional: owner_name, owner_email, assigned_at.',
    'Codes: 900 created (exit 0), 901 incorrect data, 902 nothing new (exit 1; the answer is printed all the same).',
  ].join('\n'),

  async run(args, context) {
    refuseContradictions(args, context);
    const now = time(args, 'now') ?? new Date();
    const signing = signOptions(args);
    const [report, out] = [text(args, 'report'), text(args, 'out')];
    const output = { force: flag(args, 'force'), inputs: context.inputs, signal: context.signal };
    // What cannot be written is told before anything is read; a batch that was done before has its files already.
    if (text(args, 'batch-id') === undefined)
      await new OutputFiles(output).check([report, out].filter((path) => path !== undefined));
    const privateKey = await signingKey(args, context);
    const reading = { ...readingChoices(args), stdin: context.io.stdin, signal: context.signal };
    const input = await inputOf(args, context, reading);
    const lists = new ListedKeys(list(args, 'against'), {
      ...reading,
      places: input.places,
    });
    const signer = nativeSigner(privateKey);
    const answer = await withOptionalLedger(args, context, (ledger) =>
      answerBulk(input, {
        lists,
        now,
        paths: { report, out },
        output,
        // A request that is refused creates nothing and stays out of the ledger.
        ledger: ledger && {
          ledger,
          batchId: text(args, 'batch-id') ?? newBatchId(new Date()),
          by: text(args, 'by'),
          comment: text(args, 'comment'),
          onClaim: (claim) => tellClaim(args, context, claim),
          signing: JSON.stringify([privateKey.kid, signing]),
        },
        sign: async (payload) => `${shownJson(await signToText(payload, signer, signing))}\n`,
      }),
    );
    if (!flag(args, 'quiet')) {
      tellManifests([...input.manifests, ...lists.found.manifests], context);
      tellReadings([...input.lists, ...lists.found.lists], context);
      tell(answer, context);
    }
    if (out === undefined) await context.print(answer.envelope);
    else if (flag(args, 'json'))
      await context.print(
        asJson(answer, { lists: input.lists, against: lists.found.lists }, privateKey.kid, out, report),
      );
    else if (!flag(args, 'quiet'))
      await context.print(asText(answer, [...input.lists, ...lists.found.lists], out, report));
    return answer.payload['code'] === 900 ? DONE : NO;
  },
};

function refuseContradictions(args: Arguments, { operands }: Context): void {
  const request = text(args, 'request');
  if (request === undefined && operands.length === 0) {
    throw new UsageError('there are no keys: name files of license keys, or give --request REQUEST.json');
  }
  if (request !== undefined && (operands.length > 0 || list(args, 'set').length > 0)) {
    throw new UsageError('--request is the whole request: leave out key files and --set');
  }
  if (request !== undefined && (flag(args, 'any-format') || list(args, 'format').length > 0)) {
    throw new UsageError('--format and --any-format are for key files: leave them out with --request');
  }
  if (text(args, 'out') === undefined && flag(args, 'json')) {
    throw new UsageError('--json reports on files: give --out; the envelope is JSON as it is');
  }
  const keys = [text(args, 'private-key'), text(args, 'passphrase')];
  refuseSharedStdin([...operands, request, ...list(args, 'against'), ...keys]);
}

async function inputOf(
  args: Arguments,
  { operands }: Context,
  reading: Parameters<typeof readBulkRequest>[1],
): Promise<BulkInput> {
  const request = text(args, 'request');
  return request === undefined
    ? readBulkLists(operands, fields(args), { ...reading, ...(await shapeChoices(args)) })
    : readBulkRequest(request, reading);
}

function tell({ payload }: BulkAnswer, context: Context): void {
  const { code, errors } = payload;
  if (code === 901) context.say(`nothing was created: ${errorsInWords(errors)}`);
  if (code === 902) context.say('nothing was created: every key exists already');
}

function errorsInWords(errors: JsonValue | undefined): string {
  return Object.entries(errors ?? {})
    .map(([name, messages]) => `${name} ${[messages].flat().join(' and ')}`)
    .join('; ');
}

function asJson(
  { payload, batch, submitted, created, duplicate }: BulkAnswer,
  read: { readonly lists: readonly ReadList[]; readonly against: readonly ReadList[] },
  kid: string,
  out: string,
  report: string | undefined,
): string {
  const { code, message, errors = null } = payload;
  const counts = { submitted, created, duplicate };
  const files = { batch, out, report: report ?? null };
  return jsonReport('bulk-create', { code, message, ...counts, errors, kid, ...read, ...files });
}

function asText(
  { payload, batch, submitted, created, duplicate }: BulkAnswer,
  read: readonly ReadList[],
  out: string,
  report: string | undefined,
): string {
  const { code, message } = payload;
  return listing([
    ['answer', `${code} ${message}`],
    [
      'keys',
      `${grouped(submitted)} submitted, ${grouped(created)} created, ${grouped(duplicate)} duplicates`,
    ],
    ...columnLines(read),
    ...(batch === null ? [] : [['batch', batch] as const]),
    ...(report === undefined ? [] : [['report', report] as const]),
    ['written', out],
  ]);
}
