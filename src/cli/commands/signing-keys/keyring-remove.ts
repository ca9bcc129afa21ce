import { removePublicKey } from '../../../core/sign/keyring-changes.js';
import { changeKeyringFile } from '../../../node/sign/keyring-file.js';
import type { Command } from '../../command/command.js';
import { DONE } from '../../command/exit-code.js';
import { flagged, valued } from '../../command/options.js';
import { fileAndKid, printChange } from '../../reports/keyring-report.js';

/** `keywright keyring remove`: a key that goes as if it had never been there. */
export const keyringRemoveCommand: Command = {
  name: 'keyring remove',
  operands: 'FILE KID [options]',
  describe: 'Take a key out of a keyring, as one that was added by mistake. Compromised keys stay.',
  options: {
    kid: valued('the kid as an option, for one that begins with a dash: --kid=-…'),
    json: flagged('print the keyring as JSON'),
  },
  examples: [
    ['A key that never signed', 'keyring remove keyring.json HsYVPMfJJ5jks6Fju7frWKfaenckY1yK5Xx1KyvZGF4'],
    [
      'With the kid as an option',
      'keyring remove keyring.json --kid=HsYVPMfJJ5jks6Fju7frWKfaenckY1yK5Xx1KyvZGF4',
    ],
    ['For a script', 'keyring remove keyring.json HsYVPMfJJ5jks6Fju7frWKfaenckY1yK5Xx1KyvZGF4 --json'],
  ],
  epilogue: [
    'What the key signed verifies no more: a key that signed for customers is retired instead.',
    'A stolen key is marked by "keyring compromise" and stays, so that nobody adds it again.',
  ].join('\n'),

  async run(args, context) {
    const { file, kid } = fileAndKid(args, context, 'keyring remove');
    const { signal } = context;
    const keyring = await changeKeyringFile(file, (keyring) => removePublicKey(keyring, kid), { signal });
    await printChange(args, context, file, keyring, `removed   ${kid}\n`);
    return DONE;
  },
};
