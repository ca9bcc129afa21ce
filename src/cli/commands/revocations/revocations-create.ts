import { createRevocationsFile } from '../../../node/revocations/revocations-file.js';
import { revokeKeys } from '../../../node/revocations/revoke-keys.js';
import type { Command } from '../../command/command.js';
import { DONE, UsageError } from '../../command/exit-code.js';
import { count, flag, flagged, text, time, valued } from '../../command/options.js';
import { ISSUING_OPTIONS, issuingOf, keysReader } from '../../options/revocation-options.js';
import { printIssue } from '../../reports/revocations-report.js';
import { VOIDED_BATCH_OPTIONS, withVoidedBatch } from './voided-batch.js';

const DAY = 86_400_000;
/** How long after a list the next one is due, unless told. */
const DAYS = 30;

/** `keywright revocations create`: the first issue of a list of revoked keys. */
export const revocationsCreateCommand: Command = {
  name: 'revocations create',
  operands: 'FILE [KEYS…|-] --name N --product P --private-key PATH [options]',
  describe: 'Make a signed list of revoked license keys: of those in KEYS, or of none yet.',
  options: {
    name: valued('the name it is published under, without blanks, as acme.example/app'),
    product: valued('the product whose keys it revokes'),
    next: valued('when the next issue is due: ISO 8601 or Unix seconds (default in 30 days)'),
    reason: valued('why, in one word of a-z, 0-9, - and _, as refunded (default none)'),
    exact: flagged('compare keys as texts, for formats whose keys differ in case alone'),
    number: valued('the number of the issue (default 1)'),
    ...VOIDED_BATCH_OPTIONS,
    ...ISSUING_OPTIONS,
  },
  examples: [
    [
      'An empty list, for the first release of an app',
      'revocations create revoked.list --name acme.example/app --product app --private-key app.private.pem',
    ],
    [
      'Of the keys of a file, with a reason, due again in January',
      'revocations create leaked.list leaked.txt --reason leaked --next 2099-01-31 --name acme.example/app --product app --private-key app.private.pem',
    ],
    [
      "Of a shop's export, with the column that holds the keys",
      'revocations create refunds.list refunds.csv --column key --name acme.example/app --product app --private-key app.private.pem --json',
    ],
  ],
  epilogue: [
    'The list keeps a hash of each key, never the key. An app takes it by openRevocations (see docs/revocations.md).',
    'The key that signs needs the purpose list in the keyring of the app: "keyring add --purpose list".',
  ].join('\n'),

  async run(args, context) {
    const issuing = await issuingOf(args, context, 'revocations create');
    const [name, product] = [text(args, 'name'), text(args, 'product')];
    if (name === undefined) throw new UsageError('--name is missing: name the list, as acme.example/app');
    if (product === undefined) throw new UsageError('--product is missing: name whose keys it revokes');
    const { file, signer, now } = issuing;
    const comparison = flag(args, 'exact') ? 'exact' : 'canonical';
    const next = time(args, 'next') ?? new Date(now.getTime() + DAYS * DAY);
    const terms = {
      name,
      product,
      comparison,
      number: count(args, 'number') ?? 1,
      issued: now,
      next,
    } as const;
    const { report, keys } = await withVoidedBatch(args, context, issuing, async (issuing) => {
      const keys = await keysReader(issuing, args, context)(comparison);
      const ids = new Map<string, string>();
      revokeKeys(ids, keys, text(args, 'reason'));
      return { keys, report: await createRevocationsFile(file, ids, terms, signer, issuing) };
    });
    await printIssue(args, context, file, report, keys, {});
    return DONE;
  },
};
