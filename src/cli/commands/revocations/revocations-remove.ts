import type { LicenseComparison } from '../../../core/revocations/revoked-id.js';
import { changeRevocationsFile } from '../../../node/revocations/revocations-file.js';
import { type RestoredCounts, restoreKeys } from '../../../node/revocations/revoke-keys.js';
import { readKeyringFile } from '../../../node/sign/keyring-file.js';
import type { Command } from '../../command/command.js';
import { DONE, UsageError } from '../../command/exit-code.js';
import { inputFile, text, time, valued } from '../../command/options.js';
import { grouped } from '../../command/progress.js';
import { ISSUING_OPTIONS, issuingOf, keysReader } from '../../options/revocation-options.js';
import { printIssue } from '../../reports/revocations-report.js';

/** How many places are told one by one. */
const SHOWN = 20;

/** `keywright revocations remove`: the next issue of a list, with fewer keys. */
export const revocationsRemoveCommand: Command = {
  name: 'revocations remove',
  operands: 'FILE KEYS…|- --private-key PATH [options]',
  describe: 'Issue a list of revoked keys anew, without the keys in KEYS.',
  options: {
    keyring: inputFile('who may have signed the list as it is (default the key that signs now)'),
    next: valued('when the next issue is due (default as long after this one as it was before)'),
    ...ISSUING_OPTIONS,
  },
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
    const { file, keys, signer, signal } = issuing;
    if (keys.length === 0)
      throw new UsageError('there are no keys to remove: name files of license keys, or -');
    const trusted = text(args, 'keyring');
    const keyring =
      trusted === undefined ? undefined : await readKeyringFile(trusted, { stdin: context.io.stdin, signal });
    const read = keysReader(issuing, args, context);
    let told: RestoredCounts = { removed: 0, unknown: [] };
    const remove = async (ids: Map<string, string>, comparison: LicenseComparison) => {
      told = restoreKeys(ids, await read(comparison));
    };
    const options = { ...issuing, keyring, next: time(args, 'next') };
    const report = await changeRevocationsFile(
      file,
      (ids, before) => remove(ids, before.comparison),
      signer,
      options,
    );
    const { removed, unknown } = told;
    for (const place of unknown.slice(0, SHOWN)) context.say(`${place} is not on the list`);
    if (unknown.length > SHOWN) context.say(`${grouped(unknown.length - SHOWN)} more are not on the list`);
    const counts = { removed, unknown: unknown.length };
    await printIssue(args, context, file, report, await read(report.comparison), counts);
    return DONE;
  },
};
