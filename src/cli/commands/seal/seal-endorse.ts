import type { Signer } from '../../../core/sign/signer.js';
import { endorseSealFile, readSigned } from '../../../node/seal/endorse-seal-file.js';
import type { Command, Context } from '../../command/command.js';
import { DONE, NO, UsageError } from '../../command/exit-code.js';
import { type Arguments, flag, flagged, inputFile, list, text, under } from '../../command/options.js';
import { Progress } from '../../command/progress.js';
import {
  asSigner,
  onlyPublicKey,
  PRIVATE_KEY_OPTIONS,
  refuseSharedStdin,
  SIGNER_OPTIONS,
  signerGiven,
} from '../../options/key-options.js';
import { RESEALING_OPTIONS, resealing } from '../../options/seal-options.js';
import { jsonReport, listing } from '../../reports/listing.js';
import { batchJson, batchLines, OTHER_ROWS, tellRows } from '../../reports/seal-report.js';

/** `keywright seal endorse`: one more signature under a seal. */
export const sealEndorseCommand: Command = {
  name: 'seal endorse',
  operands: 'SEAL --keys KEYS (--private-key PATH | --signer CMD | --signature F --public-key P) [options]',
  describe: 'Put a signature under a seal: the first, or a further one after a compromise. Proofs stay good.',
  options: {
    keys: inputFile('the keys that were sealed, which are read first; repeatable, in their order', {
      value: 'KEYS',
    }),
    json: flagged('report as JSON on stdout'),
    quiet: flagged('report nothing'),
    ...under('Signing', {
      ...PRIVATE_KEY_OPTIONS,
      ...SIGNER_OPTIONS,
      signature: inputFile(
        'the signature that was made elsewhere over the bytes of the seal: 64 bytes, or their base64',
      ),
    }),
    ...RESEALING_OPTIONS,
  },
  examples: [
    [
      'What was signed elsewhere: verified, then attached',
      'seal endorse unsigned.seal --keys keys.txt --signature unsigned.sig --public-key app.public.pem',
    ],
    [
      'By a new key, after the old one was stolen',
      'seal endorse november.seal --keys keys.txt --private-key spring.private.pem',
    ],
    [
      'Of short keys, whose hashes are made with a secret',
      'seal endorse orders.seal --keys orders.csv --seal-secret-file seal.hex --private-key spring.private.pem',
    ],
  ],
  epilogue: [
    'The rows are hashed anew, as the manifest beside the seal says: the seal of other rows is never signed (exit 1).',
    'The manifest is believed about claims: look at what is printed. The file is replaced whole or not at all.',
  ].join('\n'),

  async run(args, context) {
    const { operands, say, print } = context;
    const [seal, other] = operands;
    if (seal === undefined || seal === '-' || other !== undefined)
      throw new UsageError('seal endorse takes one SEAL, a file, and its keys by --keys');
    const keys = list(args, 'keys');
    if (keys.length === 0)
      throw new UsageError('--keys is missing: name the files that were sealed, in their order');
    refuseSharedStdin([
      ...keys,
      ...['private-key', 'passphrase', 'public-key', 'signature'].map((name) => text(args, name)),
    ]);
    const signer = await endorserGiven(args, context);
    const progress = new Progress(context, undefined, flag(args, 'quiet'), 'rows');
    // The seal itself is none of them, for it is replaced, unless it is named once more.
    const read = READ.flatMap((name) => list(args, name));
    try {
      const report = await endorseSealFile(keys, {
        ...resealing(args, context, seal),
        signer,
        inputs: [...read, '-'],
        onProgress: (rows) => progress.update(rows),
      });
      progress.clear();
      const { sealed: batch, isSame, signatures } = report;
      const { checkpoint, manifest } = batch;
      if (!flag(args, 'quiet')) tellRows(report, 'nothing was signed', context);
      if (!isSame) say(OTHER_ROWS);
      if (flag(args, 'json')) {
        const told = { seal, ok: isSame, kid: isSame ? signer.kid : null, signatures };
        await print(jsonReport('seal-endorse', { ...told, ...batchJson(checkpoint, manifest) }));
      } else if (isSame && !flag(args, 'quiet')) {
        const lines = [
          ...batchLines(checkpoint, manifest),
          ['signed by', signer.kid],
          ['signatures', String(signatures)],
        ] as const;
        await print(listing([...lines, ['written', seal]]));
      }
      return isSame ? DONE : NO;
    } finally {
      progress.clear();
    }
  },
};

/** Options that name what is read beside the keys. */
const READ = ['private-key', 'public-key', 'signature', 'seal-secret-file'];

async function endorserGiven(args: Arguments, context: Context): Promise<Signer> {
  const [signature, publicKey] = [text(args, 'signature'), text(args, 'public-key')];
  if (signature === undefined) return asSigner(await signerGiven(args, context));
  const stray = ['private-key', 'passphrase', 'signer'].find((name) => args[name] !== undefined);
  if (stray !== undefined)
    throw new UsageError(`--${stray} and --signature contradict each other: leave one out`);
  if (publicKey === undefined)
    throw new UsageError('--public-key is missing: name the key that verifies --signature');
  const { io, signal } = context;
  return readSigned(signature, await onlyPublicKey(publicKey, context), { stdin: io.stdin, signal });
}
