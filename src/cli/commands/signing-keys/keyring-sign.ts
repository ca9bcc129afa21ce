import { formatUtcTime } from '../../../core/encoding/utc-time.js';
import { KEYRING_UPDATE } from '../../../core/keyring-update/keyring-update.js';
import { readBody } from '../../../core/note/signed-body.js';
import { shownPath } from '../../../node/files/file-error.js';
import { signKeyringUpdateFile } from '../../../node/keyring-update/keyring-update-file.js';
import type { Command } from '../../command/command.js';
import { DONE, UsageError } from '../../command/exit-code.js';
import { count, flag, flagged, outputFile, text, time, valued } from '../../command/options.js';
import { trustedKeyring } from '../../options/given-keys.js';
import {
  asSigner,
  PRIVATE_KEY_OPTIONS,
  refuseSharedStdin,
  SIGNER_OPTIONS,
  signerGiven,
} from '../../options/key-options.js';
import { keyringFile } from '../../reports/keyring-report.js';
import { jsonReport, listing } from '../../reports/listing.js';

/** `keywright keyring sign`: a keyring for apps that are out already. */
export const keyringSignCommand: Command = {
  name: 'keyring sign',
  operands: 'FILE -o UPDATE --name N --number N --private-key PATH [options]',
  describe: 'Sign a keyring as an update, for apps that trust the key which signs it.',
  options: {
    out: outputFile('the update to write, or to add a signature to', { alias: 'o' }),
    name: valued('the name it is published under, without blanks, as acme.example/keyring'),
    number: valued('the number of the update: greater than that of the one before'),
    ...PRIVATE_KEY_OPTIONS,
    ...SIGNER_OPTIONS,
    now: valued('the time of signing: ISO 8601 or Unix seconds (default the clock)'),
    force: flagged('replace a file that is another update, or something else'),
    json: flagged('print JSON'),
  },
  examples: [
    [
      'By the key that the apps in the field trust with it',
      'keyring sign keyring.json -o keyring.update --name acme.example/keyring --number 2 --private-key updates.private.pem',
    ],
    [
      'By a second key as well, for apps that trust that one',
      'keyring sign keyring.json -o keyring.update --name acme.example/keyring --number 2 --private-key spare.private.pem',
    ],
    [
      'The next one',
      'keyring sign keyring.json -o next.update --name acme.example/keyring --number 3 --private-key updates.private.pem --json',
    ],
  ],
  epilogue: [
    'An app takes it by applyKeyringUpdate, when its own keyring has the key that signs, with the purpose keyring.',
    'UPDATE may exist: of the same keyring, name and number it gets one more signature line and keeps its time.',
  ].join('\n'),

  async run(args, context) {
    const file = keyringFile(context, 'keyring sign');
    const [out, name, number] = [text(args, 'out'), text(args, 'name'), count(args, 'number')];
    if (out === undefined) throw new UsageError('--out is missing: name the update to write');
    if (name === undefined)
      throw new UsageError('--name is missing: name the update, as acme.example/keyring');
    if (number === undefined) throw new UsageError('--number is missing: count the updates, from 1');
    refuseSharedStdin(['private-key', 'passphrase', 'public-key'].map((option) => text(args, option)));
    const { inputs, signal } = context;
    const keyring = await trustedKeyring(file, context);
    const signer = await asSigner(await signerGiven(args, context));
    const own = keyring.keys.find((key) => key.kid === signer.kid);
    if (own !== undefined && own.purposes?.includes('keyring') !== true)
      context.say(
        `warning: by ${shownPath(file)} the key that signs is not for keyrings: apps that embed it refuse the update`,
      );
    const terms = { name, number, issued: time(args, 'now'), now: new Date() };
    const options = { force: flag(args, 'force'), inputs, signal };
    const update = await signKeyringUpdateFile(out, keyring, terms, signer, options);
    const read = readBody(update, KEYRING_UPDATE);
    if (typeof read === 'string') throw new Error('an update was written that cannot be read');
    const issued = formatUtcTime(read.lines.issued);
    const { kid } = signer;
    const [keys, signatures] = [keyring.keys.length, read.note.signatures.length];
    const report = { file, name, number, issued, keys, kid, signatures, update: out };
    await context.print(
      flag(args, 'json')
        ? jsonReport('keyring-sign', report)
        : listing([
            ['name', name],
            ['number', String(number)],
            ['issued', issued],
            ['keys', String(keys)],
            ['signed by', signatures === 1 ? kid : `${kid}, the last of ${signatures}`],
            ['written', out],
          ]),
    );
    return DONE;
  },
};
