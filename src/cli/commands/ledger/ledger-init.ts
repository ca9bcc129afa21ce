import { shownLedger } from '../../../node/ledger/model/ledger-place.js';
import { createLedger } from '../../../node/ledger/open-ledger.js';
import type { Command } from '../../command/command.js';
import { DONE } from '../../command/exit-code.js';
import { flag, flagged } from '../../command/options.js';
import { LEDGER_NAMES, ledgerSources, onlyLedger, SECRET_FILE } from '../../options/ledger-options.js';
import { jsonReport, listing } from '../../reports/listing.js';

const NONE = [
  'none: its key stands in it bare, so whoever has it can test guesses, and it takes no formats under 80 bits',
  'to make one with a secret: KEYWRIGHT_LEDGER_SECRET or --secret-file, 32 bytes or more (openssl rand -hex 32)',
] as const;
const OUTSIDE = [
  'kept outside: a copy of the ledger tells nobody anything',
  'keep it as long as the ledger: without it, nothing in there can be found again',
] as const;

/** `keywright ledger init`: makes a ledger. */
export const ledgerInitCommand: Command = {
  name: 'ledger init',
  operands: 'LEDGER [options]',
  describe: 'Make the ledger that records what is issued. One that exists is never touched.',
  options: {
    'secret-file': SECRET_FILE,
    exact: flagged('compare keys as they are written, case and separators included'),
    json: flagged('report as JSON on stdout'),
    quiet: flagged('report nothing'),
  },
  examples: [
    ['A file without a secret', 'ledger init issued.db'],
    [
      'A file that tells nobody anything without its secret',
      'ledger init shared.db --secret-file ledger.secret',
    ],
    ['A database that several machines issue from', 'ledger init env:LEDGER_URL'],
  ],
  epilogue: LEDGER_NAMES,

  async run(args, context) {
    const name = onlyLedger(context, 'ledger init');
    const comparison = flag(args, 'exact') ? 'exact' : 1;
    const options = { ...ledgerSources(args, context), comparison, now: new Date() } as const;
    const { id, secret } = await createLedger(name, options);
    const ledger = shownLedger(name);
    if (flag(args, 'json'))
      await context.print(jsonReport('ledger-init', { ledger, id, comparison, secret }));
    else if (!flag(args, 'quiet')) {
      const [first, second] = secret === 'none' ? NONE : OUTSIDE;
      await context.print(
        listing([
          ['made', ledger],
          ['compares', comparison === 1 ? 'canonical form v1' : 'keys exactly as they are written'],
          ['secret', first],
          ['', second],
        ]),
      );
    }
    return DONE;
  },
};
