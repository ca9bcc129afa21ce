import { shownText } from '../../../node/files/file-error.js';
import { verifyManifest } from '../../../node/issue/verify-manifest.js';
import { shownLedger } from '../../../node/ledger/model/ledger-place.js';
import type { Command } from '../../command/command.js';
import { DONE, NO, UsageError } from '../../command/exit-code.js';
import { flag, flagged } from '../../command/options.js';
import { refuseSharedStdin } from '../../options/key-options.js';
import { LEDGER_NAMES, ledgerOperands, SECRET_FILE, withLedger } from '../../options/ledger-options.js';
import { jsonReport } from '../../reports/listing.js';

/** `keywright ledger verify`: whether a ledger is sound, and agrees with what was published. */
export const ledgerVerifyCommand: Command = {
  name: 'ledger verify',
  operands: 'LEDGER [MANIFEST…] [options]',
  describe: 'Read all of a ledger and say what does not fit; with manifests, hold their files against it.',
  options: {
    'secret-file': SECRET_FILE,
    outside: flagged('read files outside the folder of a manifest, too, where it names some'),
    'accept-failover': flagged('nothing is missing since a standby was promoted: it issues again'),
    json: flagged('print JSON'),
  },
  examples: [
    ['Whether it is sound', 'ledger verify issued.db'],
    ['For a script', 'ledger verify issued.db --json'],
    ['As a line of a nightly job', 'ledger verify issued.db > verified.txt || cat verified.txt'],
  ],
  epilogue: `${LEDGER_NAMES}\nExit code 0: sound; 1: it is not, and stdout says what does not fit.`,

  async run(args, context) {
    const { name, rest } = ledgerOperands(context, 'ledger verify');
    refuseSharedStdin(rest);
    const accepting = flag(args, 'accept-failover');
    if (accepting && rest.length === 0)
      throw new UsageError('--accept-failover takes the manifests of the last batches: name them');
    let accepted = false;
    const faults = await withLedger(name, args, context, async (ledger) => {
      const found = [...(await context.killable(() => ledger.verify()))];
      const outside = flag(args, 'outside');
      const reading = { stdin: context.io.stdin, signal: context.signal, outside };
      for (const manifest of rest) found.push(...(await verifyManifest(ledger, manifest, reading)));
      if (accepting && found.length === 0) accepted = await ledger.acceptFailover();
      return found.map(shownText);
    });
    const ledger = shownLedger(name);
    const sound = faults.length === 0;
    const lines = sound
      ? [`sound     ${ledger}`, ...(accepted ? [`accepted  ${ledger} issues again`] : [])]
      : faults.map((fault) => `fault     ${fault}`);
    if (flag(args, 'json'))
      await context.print(jsonReport('ledger-verify', { ledger, sound, manifests: rest, faults, accepted }));
    else await context.print(lines.map((line) => `${line}\n`).join(''));
    return sound ? DONE : NO;
  },
};
