import { readUnverified } from '../../../core/revocations/unverified-revocations.js';
import { shownPath } from '../../../node/files/file-error.js';
import { noList, readRevocationsBytes } from '../../../node/revocations/revocations-file.js';
import type { Command } from '../../command/command.js';
import { DONE } from '../../command/exit-code.js';
import { flag, flagged } from '../../command/options.js';
import { inputOf } from '../../options/key-options.js';
import { jsonReport, listing } from '../../reports/listing.js';
import { termLines, termsJson } from '../../reports/revocations-report.js';

/** `keywright revocations show`: what a list says of itself. */
export const revocationsShowCommand: Command = {
  name: 'revocations show',
  operands: 'FILE|- [options]',
  describe: 'Print what a list of revoked keys says of itself. Nothing is verified.',
  options: { json: flagged('print JSON') },
  examples: [
    ['Its number, and when the next is due', 'revocations show revoked.list'],
    ['For a script', 'revocations show revoked.list --json'],
    ['As it was downloaded', 'revocations show - < revoked.list'],
  ],
  epilogue: 'Whether it is to be believed says "revocations verify", which needs a key.',

  async run(args, context) {
    const file = inputOf(context, 'list of revoked keys');
    const { io, signal } = context;
    const list = readUnverified(await readRevocationsBytes(file, { stdin: io.stdin, signal }));
    if (typeof list === 'string') throw noList(file, list);
    const { signatures } = list;
    if (flag(args, 'json')) {
      await context.print(
        jsonReport('revocations-show', { file, verified: false, ...termsJson(list), signatures }),
      );
      return DONE;
    }
    const lines = [
      ...termLines(list),
      ['signed by', `${signatures} ${signatures === 1 ? 'key' : 'keys'}`] as const,
    ];
    await context.print(
      `${listing(lines)}\nThis is what ${shownPath(file)} says of itself. Nothing is verified: see keywright revocations verify.\n`,
    );
    return DONE;
  },
};
