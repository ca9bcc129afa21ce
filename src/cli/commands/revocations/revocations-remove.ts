import { restoreKeys } from '../../../node/revocations/revoke-keys.js';
import type { Command } from '../../command/command.js';
import { DONE, UsageError } from '../../command/exit-code.js';
import { grouped } from '../../command/progress.js';
import { issuingOf } from '../../options/revocation-options.js';
import { printIssue } from '../../reports/revocations-report.js';
import { issueAnew, NEXT_ISSUE_OPTIONS } from './next-issue.js';

/** How many places are told one by one. */
const SHOWN = 20;

/** `keywright revocations remove`: the next issue of a list, with fewer keys. */
export const revocationsRemoveCommand: Command = {
  name: 'revocations remove',
  operands: 'FILE KEYS…|- --private-key PATH [options]',
  describe: 'Issue a list of revoked keys anew, without the keys in KEYS.',
  options: NEXT_ISSUE_OPTIONS,
  examples: [
    [
      'A key that was revoked by mistake',
      'revocations remove revoked.list - --private-key app.private.pem < refunded.txt',
    ],
    [
      'The keys of a file, by whoever the keyring believes',
      'revocations remove revoked.list leaked.txt --keyring trusted.json --private-key app.private.pem',
    ],
    ['For a script', 'revocations remove revoked.list batch.txt --private-key app.private.pem --json'],
  ],
  epilogue: 'The list is verified first, and replaced whole or not at all. Keys that are not on it are told.',

  async run(args, context) {
    const issuing = await issuingOf(args, context, 'revocations remove');
    if (issuing.keys.length + issuing.origins.length === 0)
      throw new UsageError('there are no keys to remove: name files of license keys, or -');
    const { report, keys, counts } = await issueAnew(args, context, issuing, restoreKeys);
    const { removed, unknown, places } = counts;
    for (const place of places.slice(0, SHOWN)) context.say(`${place} is not on the list`);
    if (places.length > SHOWN) context.say(`${grouped(places.length - SHOWN)} more are not on the list`);
    await printIssue(args, context, issuing.file, report, keys, { removed, unknown });
    return DONE;
  },
};
