import { changeRevocationsFile, type RevocationsReport } from '../../../node/revocations/revocations-file.js';
import type { RevokedKeys } from '../../../node/revocations/revoked-keys.js';
import type { Context } from '../../command/command.js';
import { type Arguments, type CommandOptions, inputFile, text, time, valued } from '../../command/options.js';
import { trustedKeyring } from '../../options/given-keys.js';
import { ISSUING_OPTIONS, type Issuing, keysReader } from '../../options/revocation-options.js';

/** The options of every command that issues a list anew. */
export const NEXT_ISSUE_OPTIONS: CommandOptions = {
  keyring: inputFile('who may have signed the list as it is (default the key that signs now)'),
  next: valued('when the next issue is due (default as long after this one as it was before)'),
  ...ISSUING_OPTIONS,
};

/** A list that was issued anew, and what became of the keys that were given. */
export interface NextIssue<Counts> {
  readonly report: RevocationsReport;
  readonly keys: RevokedKeys;
  readonly counts: Counts;
}

/** Issues the list anew, with what `change` makes of its ids and the keys that are given. */
export async function issueAnew<Counts>(
  args: Arguments,
  context: Context,
  issuing: Issuing,
  change: (ids: Map<string, string>, keys: RevokedKeys) => Counts,
): Promise<NextIssue<Counts>> {
  const { file, signer } = issuing;
  const trusted = text(args, 'keyring');
  const keyring = trusted === undefined ? undefined : await trustedKeyring(trusted, context);
  const read = keysReader(issuing, args, context);
  let done: Omit<NextIssue<Counts>, 'report'> | undefined;
  const report = await changeRevocationsFile(
    file,
    async (ids, { comparison }) => {
      const keys = await read(comparison);
      done = { keys, counts: change(ids, keys) };
    },
    signer,
    { ...issuing, keyring, next: time(args, 'next'), now: time(args, 'now') ?? (() => new Date()) },
  );
  if (done === undefined) throw new Error('a list was issued that nobody changed');
  return { report, ...done };
}
