import { retirePublicKey } from '../../../core/sign/keyring-changes.js';
import { changeKeyringFile } from '../../../node/sign/keyring-file.js';
import type { Command } from '../../command/command.js';
import { DONE } from '../../command/exit-code.js';
import { flagged, time, valued } from '../../command/options.js';
import { fileAndKid, printChange } from '../../reports/keyring-report.js';

/** `keywright keyring retire`: a key that goes on verifying what it signed, and nothing later. */
export const keyringRetireCommand: Command = {
  name: 'keyring retire',
  operands: 'FILE KID [options]',
  describe: 'Retire a key: it verifies what it signed before that time, and nothing later.',
  options: {
    kid: valued('the kid as an option, for one that begins with a dash: --kid=-…'),
    at: valued('the end of its validity: ISO 8601 or Unix seconds (default now)'),
    json: flagged('print the keyring as JSON'),
  },
  examples: [
    ['From now on', 'keyring retire keyring.json 4z_eiKP81RjNh1fJA_6MrKnGqdiv4DZ4QoERNT29fhM'],
    [
      'At a time the next key takes over',
      'keyring retire keyring.json 4z_eiKP81RjNh1fJA_6MrKnGqdiv4DZ4QoERNT29fhM --at 2027-01-01',
    ],
    [
      'With the kid as an option',
      'keyring retire keyring.json --kid=4z_eiKP81RjNh1fJA_6MrKnGqdiv4DZ4QoERNT29fhM --json',
    ],
  ],
  epilogue: 'An earlier end of its validity stays. What is signed without a timestamp it verifies no more.',

  async run(args, context) {
    const { file, kid } = fileAndKid(args, context, 'keyring retire');
    const at = time(args, 'at') ?? wholeSeconds(new Date());
    const { signal } = context;
    const keyring = await changeKeyringFile(file, (keyring) => retirePublicKey(keyring, kid, at), { signal });
    const until = keyring.keys.find((key) => key.kid === kid)?.validUntil;
    await printChange(
      args,
      context,
      file,
      keyring,
      `retired   ${kid}, verifies what was signed before ${until}\n`,
    );
    return DONE;
  },
};

/** Up to the next second: what was signed in this one still counts. */
function wholeSeconds(time: Date): Date {
  return new Date(Math.ceil(time.getTime() / 1000) * 1000);
}
