import { compromisePublicKey } from '../../../core/sign/keyring-changes.js';
import { changeKeyringFile } from '../../../node/sign/keyring-file.js';
import type { Command } from '../../command/command.js';
import { DONE } from '../../command/exit-code.js';
import { flagged, valued } from '../../command/options.js';
import { fileAndKid, printChange } from '../../reports/keyring-report.js';

/** `keywright keyring compromise`: a key that verifies nothing any more. */
export const keyringCompromiseCommand: Command = {
  name: 'keyring compromise',
  operands: 'FILE KID [options]',
  describe: 'Mark a key as stolen: it verifies nothing any more, whenever it signed.',
  options: {
    kid: valued('the kid as an option, for one that begins with a dash: --kid=-…'),
    json: flagged('print the keyring as JSON'),
  },
  examples: [
    ['A stolen key', 'keyring compromise keyring.json HsYVPMfJJ5jks6Fju7frWKfaenckY1yK5Xx1KyvZGF4'],
    [
      'With the kid as an option',
      'keyring compromise keyring.json --kid=HsYVPMfJJ5jks6Fju7frWKfaenckY1yK5Xx1KyvZGF4',
    ],
    ['For a script', 'keyring compromise keyring.json HsYVPMfJJ5jks6Fju7frWKfaenckY1yK5Xx1KyvZGF4 --json'],
  ],
  epilogue: [
    'The key moves to a list of its own, where plain JWKS consumers do not look, and cannot come back.',
    'Hand the file to every client: those without it go on believing the key.',
  ].join('\n'),

  async run(args, context) {
    const { file, kid } = fileAndKid(args, context, 'keyring compromise');
    const { signal } = context;
    const keyring = await changeKeyringFile(file, (keyring) => compromisePublicKey(keyring, kid), { signal });
    await printChange(args, context, file, keyring, `compromised ${kid}, verifies nothing any more\n`);
    return DONE;
  },
};
