import type { Command } from '../../command/command.js';
import { DONE } from '../../command/exit-code.js';
import { flag, flagged } from '../../command/options.js';
import { trustedKeyring } from '../../options/given-keys.js';
import { keyringFile, keyringJson, keyringText } from '../../reports/keyring-report.js';

/** `keywright keyring show`: what stands in a keyring. */
export const keyringShowCommand: Command = {
  name: 'keyring show',
  operands: 'FILE [options]',
  describe: 'List the keys of a keyring file: kid, algorithm, status, role, product, validity.',
  options: { json: flagged('print JSON') },
  examples: [
    ['The kids, to retire one of them', 'keyring show keyring.json'],
    ['For a script', 'keyring show keyring.json --json'],
    ['Whether a keyring can be loaded at all', 'keyring show keyring.json > /dev/null'],
  ],

  async run(args, context) {
    const file = keyringFile(context, 'keyring show');
    const keyring = await trustedKeyring(file, context);
    await context.print(flag(args, 'json') ? keyringJson(file, keyring) : keyringText(keyring));
    return DONE;
  },
};
