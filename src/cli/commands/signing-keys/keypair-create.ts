import { generateKeyPair } from '../../../core/sign/key-pair.js';
import { thumbprint } from '../../../core/sign/spki.js';
import { createKeyPairFiles } from '../../../node/sign/key-pairs.js';
import type { Command } from '../../command/command.js';
import { DONE, UsageError } from '../../command/exit-code.js';
import { choice, flag, flagged, valued } from '../../command/options.js';
import { jsonReport, listing } from '../../reports/listing.js';

const ALGORITHMS = ['Ed25519', 'RS256'] as const;

/** `keywright keypair create`: a new key pair, in two files. */
export const keypairCreateCommand: Command = {
  name: 'keypair create',
  operands: 'BASE [options]',
  describe: 'Write a new key pair: BASE.private.pem, which signs, and BASE.public.pem, which verifies.',
  options: {
    alg: valued('Ed25519 or RS256 (default Ed25519)', { words: ALGORITHMS }),
    json: flagged('print JSON'),
  },
  examples: [
    ['A pair for one product', 'keypair create product'],
    ['RSA, as the documented server uses it', 'keypair create legacy --alg RS256'],
    ['For a script', 'keypair create ci --json'],
  ],
  epilogue: [
    'Neither file is ever overwritten; the private one has mode 0600 and belongs into no repository.',
    'To lock it with a passphrase: openssl pkcs8 -topk8 -scrypt -in BASE.private.pem -out BASE.locked.pem',
  ].join('\n'),

  async run(args, context) {
    const [base, other] = context.operands;
    if (base === undefined || base === '' || base === '-' || other !== undefined) {
      throw new UsageError('keypair create takes one BASE, the beginning of both names, as product');
    }
    const alg = choice(args, 'alg', ALGORITHMS) ?? 'Ed25519';
    const pair = await generateKeyPair({ alg });
    const { privatePath, publicPath } = await createKeyPairFiles(base, pair);
    const print = thumbprint(pair.publicKey);
    const report = { alg, kid: pair.kid, thumbprint: print, privateKey: privatePath, publicKey: publicPath };
    await context.print(
      flag(args, 'json')
        ? jsonReport('keypair-create', report)
        : listing([
            ['private', `${privatePath} (keep it to yourself)`],
            ['public', publicPath],
            ['alg', alg],
            ['kid', pair.kid],
            ['thumbprint', print],
          ]),
    );
    return DONE;
  },
};
