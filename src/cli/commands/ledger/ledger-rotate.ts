import { shownLedger } from '../../../node/ledger/model/ledger-place.js';
import { rotateLedger } from '../../../node/ledger/open-ledger.js';
import type { Command } from '../../command/command.js';
import { DONE, UsageError } from '../../command/exit-code.js';
import { flag, flagged, inputFile, text } from '../../command/options.js';
import { LEDGER_NAMES, ledgerSources, onlyLedger, SECRET_FILE } from '../../options/ledger-options.js';
import { jsonReport, listing } from '../../reports/listing.js';

/** `keywright ledger rotate`: another secret for a ledger. */
export const ledgerRotateCommand: Command = {
  name: 'ledger rotate',
  operands: 'LEDGER --new-secret-file FILE [options]',
  describe: 'Give a ledger another secret, or its first. What it holds stays as it is.',
  options: {
    'new-secret-file': inputFile('a file that holds the new secret as hex or base64'),
    'secret-file': SECRET_FILE,
    json: flagged('report as JSON on stdout'),
    quiet: flagged('report nothing'),
  },
  examples: [
    [
      'Another secret, because somebody who knew the old one has left',
      'ledger rotate shared.db --secret-file ledger.secret --new-secret-file next.secret',
    ],
    [
      'A first one, for a ledger that was made without',
      'ledger rotate issued.db --new-secret-file next.secret',
    ],
    [
      'For a script',
      'ledger rotate shared.db --secret-file ledger.secret --new-secret-file next.secret --json',
    ],
  ],
  epilogue: [
    LEDGER_NAMES,
    'Whatever interrupts it, the old secret opens the ledger or the new one does; the same command again finishes it.',
    'A copy from before opens with the old secret as ever.',
  ].join('\n'),

  async run(args, context) {
    const name = onlyLedger(context, 'ledger rotate');
    const newSecretFile = text(args, 'new-secret-file');
    if (newSecretFile === undefined)
      throw new UsageError('--new-secret-file is missing: name the file that holds the new secret');
    const options = { ...ledgerSources(args, context), newSecretFile, now: new Date() };
    const rotated = await rotateLedger(name, options);
    const ledger = shownLedger(name);
    if (flag(args, 'json')) await context.print(jsonReport('ledger-rotate', { ledger, rotated }));
    else if (!flag(args, 'quiet')) {
      const secret = rotated
        ? 'is the new one: keep it as long as the ledger, and the old one as long as copies of before'
        : 'was the new one already: nothing was changed';
      await context.print(
        listing([
          ['ledger', ledger],
          ['secret', secret],
        ]),
      );
    }
    return DONE;
  },
};
