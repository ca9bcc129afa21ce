import { revokeKeys } from '../../../node/revocations/revoke-keys.js';
import type { RevokedKeys } from '../../../node/revocations/revoked-keys.js';
import type { Command } from '../../command/command.js';
import { DONE } from '../../command/exit-code.js';
import { text, valued } from '../../command/options.js';
import { issuingOf } from '../../options/revocation-options.js';
import { printIssue } from '../../reports/revocations-report.js';
import { issueAnew, NEXT_ISSUE_OPTIONS } from './next-issue.js';
import { VOIDED_BATCH_OPTIONS, withVoidedBatch } from './voided-batch.js';

/** `keywright revocations add`: the next issue of a list, with more keys. */
export const revocationsAddCommand: Command = {
  name: 'revocations add',
  operands: 'FILE [KEYS…|-] --private-key PATH [options]',
  describe: 'Issue a list of revoked keys anew, with the keys in KEYS as well, or as it is.',
  options: {
    reason: valued('why, in one word, as refunded (default none; keys that are on the list keep theirs)'),
    ...VOIDED_BATCH_OPTIONS,
    ...NEXT_ISSUE_OPTIONS,
  },
  examples: [
    [
      'A key, which the shell does not remember',
      'revocations add revoked.list - --reason refunded --private-key app.private.pem < refunded.txt',
    ],
    [
      'The keys of a file, by a new key pair: the old one stands in the keyring',
      'revocations add revoked.list leaked.txt --reason leaked --keyring trusted.json --private-key spring.private.pem',
    ],
    [
      'Nothing new, but the next issue is due',
      'revocations add revoked.list --keyring trusted.json --private-key app.private.pem --json',
    ],
  ],
  epilogue: [
    'The list is verified first, and replaced whole or not at all. Its number grows by one.',
    'An app refuses an issue with a lower number than it has seen of the same key.',
  ].join('\n'),

  async run(args, context) {
    const issuing = await issuingOf(args, context, 'revocations add');
    const change = (ids: Map<string, string>, keys: RevokedKeys) =>
      revokeKeys(ids, keys, text(args, 'reason'));
    const { report, keys, counts } = await withVoidedBatch(args, context, issuing, (issuing) =>
      issueAnew(args, context, issuing, change),
    );
    await printIssue(args, context, issuing.file, report, keys, { ...counts });
    return DONE;
  },
};
