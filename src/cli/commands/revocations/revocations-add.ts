import type { LicenseComparison } from '../../../core/revocations/revoked-id.js';
import { changeRevocationsFile } from '../../../node/revocations/revocations-file.js';
import { revokeKeys } from '../../../node/revocations/revoke-keys.js';
import { readKeyringFile } from '../../../node/sign/keyring-file.js';
import type { Command } from '../../command/command.js';
import { DONE } from '../../command/exit-code.js';
import { inputFile, text, time, valued } from '../../command/options.js';
import { ISSUING_OPTIONS, issuingOf, keysReader } from '../../options/revocation-options.js';
import { printIssue } from '../../reports/revocations-report.js';

/** `keywright revocations add`: the next issue of a list, with more keys. */
export const revocationsAddCommand: Command = {
  name: 'revocations add',
  operands: 'FILE [KEYS…|-] --private-key PATH [options]',
  describe: 'Issue a list of revoked keys anew, with the keys in KEYS as well, or as it is.',
  options: {
    keyring: inputFile('who may have signed the list as it is (default the key that signs now)'),
    next: valued('when the next issue is due (default as long after this one as it was before)'),
    reason: valued('why, in one word, as refunded (default none; keys that are on the list keep theirs)'),
    ...ISSUING_OPTIONS,
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
    const { file, signer, signal } = issuing;
    const trusted = text(args, 'keyring');
    const keyring =
      trusted === undefined ? undefined : await readKeyringFile(trusted, { stdin: context.io.stdin, signal });
    const read = keysReader(issuing, args, context);
    let told = { added: 0, known: 0 };
    const add = async (ids: Map<string, string>, comparison: LicenseComparison) => {
      told = revokeKeys(ids, await read(comparison), text(args, 'reason'));
    };
    const options = { ...issuing, keyring, next: time(args, 'next') };
    const report = await changeRevocationsFile(
      file,
      (ids, before) => add(ids, before.comparison),
      signer,
      options,
    );
    const { added, known } = told;
    await printIssue(args, context, file, report, await read(report.comparison), { added, known });
    return DONE;
  },
};
