import { encodeBase64 } from '../../../core/encoding/base64.js';
import { findSigners, formatVerifierKey, parseNote } from '../../../core/note/note.js';
import type { Keyring } from '../../../core/sign/keyring.js';
import { isFor } from '../../../core/sign/verify.js';
import { readSealFile, type SealFile } from '../../../node/seal/seal-file.js';
import type { Command } from '../../command/command.js';
import { DONE } from '../../command/exit-code.js';
import { flag, flagged, list, text } from '../../command/options.js';
import { grouped } from '../../command/progress.js';
import { givenKeys, VERIFYING_OPTIONS } from '../../options/given-keys.js';
import { inputOf, refuseSharedStdin } from '../../options/key-options.js';
import { jsonReport, listing } from '../../reports/listing.js';

/** `keywright seal show`: what a seal says, and the keys that verify it as other programs take them. */
export const sealShowCommand: Command = {
  name: 'seal show',
  operands: 'SEAL|- [--public-key PEM … | --keyring FILE] [options]',
  describe:
    'Print what a seal says; with public keys also each as a vkey, which other programs verify it by.',
  options: { ...VERIFYING_OPTIONS, json: flagged('print JSON') },
  examples: [
    ['Its batch, its size, its root', 'seal show november.seal'],
    [
      'The vkey for programs that read C2SP notes, as those of Go',
      'seal show november.seal --public-key app.public.pem',
    ],
    ['For a script', 'seal show november.seal --public-key app.public.pem --json'],
  ],
  epilogue: 'Without keys nothing is verified. A vkey holds the origin, so each batch has its own.',

  async run(args, context) {
    const source = inputOf(context, 'seal');
    refuseSharedStdin([source, ...list(args, 'public-key'), text(args, 'keyring')]);
    const { io, signal } = context;
    const seal = await readSealFile(source, { stdin: io.stdin, signal });
    const isGiven = ['public-key', 'keyring'].some((name) => args[name] !== undefined);
    const keys = isGiven ? keysOf(seal, (await givenKeys(args, context, ['seal'])).keyring) : [];
    const { origin, size, root } = seal.checkpoint;
    const signatures = seal.signatures.map(
      ({ name, bytes }) => `${name}+${Buffer.from(bytes).toString('hex', 0, 4)}`,
    );
    if (flag(args, 'json')) {
      await context.print(
        jsonReport('seal-show', { file: source, origin, size, root: encodeBase64(root), signatures, keys }),
      );
      return DONE;
    }
    await context.print(
      listing([
        ['origin', origin],
        ['rows', grouped(size)],
        ['root', encodeBase64(root)],
        ...(signatures.length === 0 ? ([['signed by', 'nobody yet']] as const) : []),
        ...signatures.map((signature) => ['signed by', signature] as const),
        ...keys.flatMap(({ vkey, kid, signed }) => [
          ['vkey', vkey] as const,
          ['', `${WORDS[signed]}: ${kid}`] as const,
        ]),
      ]),
    );
    return DONE;
  },
};

interface ShownKey {
  readonly kid: string;
  readonly vkey: string;
  readonly signed: 'yes' | 'no' | 'bad';
}

const WORDS = { yes: 'signed it', no: 'did not sign it', bad: 'a signature of it does not hold' } as const;

function keysOf({ text: source, checkpoint }: SealFile, { keys }: Keyring): readonly ShownKey[] {
  const note = parseNote(source);
  return keys
    .filter((key) => key.alg === 'Ed25519' && isFor(key, 'seal'))
    .map((key) => {
      const signers = note === undefined ? [] : findSigners(note, checkpoint.origin, [key]);
      const signed = signers === undefined ? 'bad' : signers.length > 0 ? 'yes' : 'no';
      return { kid: key.kid, vkey: formatVerifierKey(checkpoint.origin, key.bytes), signed };
    });
}
