import { formatCheckpoint } from '../../../core/seal/checkpoint.js';
import { ASKED_CLAIMS } from '../../../node/seal/claim-fields.js';
import { type CreatedSeal, type CreateSealOptions, createSealFile } from '../../../node/seal/create-seal.js';
import { manifestOf, SEALED_BATCH, type SealedBatch } from '../../../node/seal/seal-manifest.js';
import type { Command, Context } from '../../command/command.js';
import { DONE, NO, UsageError } from '../../command/exit-code.js';
import {
  type Arguments,
  FORMAT_OPTIONS,
  fields,
  flag,
  flagged,
  insteadOfStdout,
  list,
  outputFile,
  text,
  time,
  under,
  valued,
} from '../../command/options.js';
import { Progress } from '../../command/progress.js';
import { mappings } from '../../options/field-options.js';
import {
  asSigner,
  PRIVATE_KEY_OPTIONS,
  refuseSharedStdin,
  SIGNER_OPTIONS,
  signerGiven,
} from '../../options/key-options.js';
import { ANY_FORMAT, shapeChoices } from '../../options/list-options.js';
import { READING_OPTIONS, readingChoices } from '../../options/reading-options.js';
import { SEAL_SECRET } from '../../options/seal-options.js';
import { jsonReport, listing } from '../../reports/listing.js';
import { batchJson, batchLines, tellRows } from '../../reports/seal-report.js';

/** `keywright seal create`: one signature over all keys of a batch. */
export const sealCreateCommand: Command = {
  name: 'seal create',
  operands: 'KEYS… --origin O (--private-key PATH | --signer CMD | --unsigned) [-o SEAL] [options]',
  describe: 'Seal a batch: one signature over all of its keys, which each of them is proven by.',
  options: {
    origin: valued(
      'the name of the batch, used once: SELLER/keywright/seal/v1/BATCH, as acme.example/keywright/seal/v1/7',
    ),
    set: valued('NAME=VALUE: a claim of every key, as product=app or valid_until=null; repeatable'),
    claims: valued(
      'columns of KEYS whose cells are claims of their names, as product,valid_until; repeatable',
      {
        value: 'COLUMNS',
      },
    ),
    map: valued(
      'COLUMN=NAME: a column of KEYS whose cells are a claim of another name, as end=valid_until; repeatable',
    ),
    exact: flagged('compare keys as texts, for formats whose keys differ in case alone'),
    out: insteadOfStdout('the file of the seal, with a manifest beside it; with --unsigned else stdout'),
    leaves: outputFile('a file for the hashes of all rows, 32 bytes each, which an audit names rows by'),
    unsigned: flagged('do not sign: the exact bytes that are to be signed, for a key that is elsewhere'),
    force: flagged('replace files that exist, unless they seal other rows under this origin'),
    json: flagged('report as JSON on stdout'),
    quiet: flagged('report nothing'),
    'seal-secret-file': SEAL_SECRET,
    ...under('Signing', {
      ...PRIVATE_KEY_OPTIONS,
      ...SIGNER_OPTIONS,
      now: valued('the time of sealing: ISO 8601 or Unix seconds (default the clock)'),
    }),
    ...under('Lists', { ...READING_OPTIONS, 'any-format': ANY_FORMAT }),
    ...FORMAT_OPTIONS,
  },
  examples: [
    [
      'A batch of strong keys, for ever',
      'seal create keys.txt -f lukittu --origin acme.example/keywright/seal/v1/2026-11 --set product=app --set valid_until=null --private-key app.private.pem -o november.seal',
    ],
    [
      "A shop's export of short keys, with an end each, on a machine without the private key",
      'seal create orders.csv --origin acme.example/keywright/seal/v1/orders-7 --set product=app --map end=valid_until --seal-secret-file seal.hex --unsigned -o orders.seal',
    ],
    [
      'With the hashes by which an audit names rows',
      'seal create keys.txt -f lukittu --origin acme.example/keywright/seal/v1/2026-12 --set product=app --set valid_until=2099-01-01 --leaves december.leaves --private-key app.private.pem -o december.seal',
    ],
  ],
  epilogue: [
    'Keys of fewer than 80 bits, and keys without --format, need --seal-secret-file; keep that file, proofs need it again.',
    'valid_until and valid_from are times; all other claims are texts. A key that stands there twice is refused: exit 1.',
  ].join('\n'),

  async run(args, context) {
    const { operands, inputs, io, signal } = context;
    const terms = termsOf(args, context);
    const shape = await shapeChoices(args);
    const signer = flag(args, 'unsigned') ? unsigned(args) : await asSigner(await signerGiven(args, context));
    const quiet = flag(args, 'quiet');
    const progress = new Progress(context, undefined, quiet, 'rows');
    try {
      const options = {
        ...terms,
        ...shape,
        ...readingChoices(args),
        signer,
        inputs,
        stdin: io.stdin,
        signal,
      };
      const report = await createSealFile(operands, {
        ...options,
        onProgress: (rows) => progress.update(rows),
      });
      progress.clear();
      if (!quiet) tell(report, terms, context);
      const { sealed } = report;
      if (flag(args, 'json')) await context.print(asJson(report, terms, signer?.kid));
      else if (sealed !== null) await tellSealed(sealed, terms, signer?.kid, args, context);
      return sealed === null ? NO : DONE;
    } finally {
      progress.clear();
    }
  },
};

type Terms = Pick<
  CreateSealOptions,
  'origin' | 'now' | 'set' | 'map' | 'exact' | 'sealSecretFile' | 'out' | 'leaves' | 'force'
>;

function termsOf(args: Arguments, { operands }: Context): Terms {
  if (operands.length === 0) throw new UsageError('there are no keys: name files of license keys, or -');
  refuseSharedStdin([
    ...operands,
    ...['private-key', 'passphrase', 'public-key'].map((name) => text(args, name)),
  ]);
  const [origin, out] = [text(args, 'origin'), text(args, 'out')];
  if (origin === undefined)
    throw new UsageError('--origin is missing: name the batch, as acme.example/keywright/seal/v1/2026-11');
  if (out === undefined) {
    if (!flag(args, 'unsigned')) throw new UsageError('--out is missing: name the file of the seal');
    if (flag(args, 'json')) throw new UsageError('--json reports on files: give --out');
  }
  const columns = list(args, 'claims').flatMap((names) => names.split(','));
  if (columns.includes('')) throw new UsageError('--claims takes names of columns, as product,valid_until');
  return {
    origin,
    out,
    now: time(args, 'now') ?? new Date(),
    set: fields(args),
    map: [...columns.map((name) => [name, name] as const), ...mappings(args, 'end=valid_until')],
    exact: flag(args, 'exact'),
    sealSecretFile: text(args, 'seal-secret-file'),
    leaves: text(args, 'leaves'),
    force: flag(args, 'force'),
  };
}

function unsigned(args: Arguments): null {
  const stray = Object.keys({ ...PRIVATE_KEY_OPTIONS, ...SIGNER_OPTIONS }).find(
    (name) => args[name] !== undefined,
  );
  if (stray === undefined) return null;
  throw new UsageError(`--${stray} and --unsigned contradict each other: leave one out`);
}

function tell(report: CreatedSeal, { set = [], map = [], out }: Terms, context: Context): void {
  const inputs = report.sealed?.manifest.inputs ?? [];
  tellRows({ ...report, inputs }, 'nothing was written: mend them', context);
  const claimed = [...set, ...map.map(([, name]) => [name])].map(([name]) => name);
  const lacking = ASKED_CLAIMS.filter((name) => !claimed.includes(name));
  if (lacking.length > 0)
    context.say(
      `note: nothing claims ${lacking.join(' and ')}: an app accepts such keys only if it does not ask for it`,
    );
  if (report.sealed !== null && out === undefined)
    context.say('note: no manifest was written, which seal endorse needs: give --out to attach a signature');
}

function asJson(
  { rows, invalid, problems, sealed }: CreatedSeal,
  { out, leaves }: Terms,
  kid: string | undefined,
) {
  const batch = sealed === null ? {} : batchJson(sealed.checkpoint, sealed.manifest);
  const written = sealed === null ? null : (out ?? null);
  return jsonReport(SEALED_BATCH, {
    ...batch,
    rows,
    invalid,
    problems,
    kid: kid ?? null,
    path: written,
    leaves: sealed === null ? null : (leaves ?? null),
    manifest: written && manifestOf(written),
  });
}

/** Prints the bytes that are to be signed where no file holds them, else what was written. */
async function tellSealed(
  { checkpoint, manifest }: SealedBatch,
  { out, leaves }: Terms,
  kid: string | undefined,
  args: Arguments,
  { print }: Context,
): Promise<void> {
  if (out === undefined) return print(formatCheckpoint(checkpoint));
  if (flag(args, 'quiet')) return;
  await print(
    listing([
      ...batchLines(checkpoint, manifest),
      ['signed by', kid ?? 'nobody yet: sign the bytes of the file, then keywright seal endorse --signature'],
      ['written', out],
      ...(leaves === undefined ? [] : [['leaves', leaves] as const]),
      ['manifest', manifestOf(out)],
    ]),
  );
}
