import { decodeBareKey } from '../../../core/public-keys/bare-key.js';
import { parsePublicKey } from '../../../core/public-keys/public-key-text.js';
import type { PublicKey } from '../../../core/sign/public-key.js';
import { thumbprint } from '../../../core/sign/spki.js';
import { isDemoKey, readPrivateKey } from '../../../node/sign/key-pairs.js';
import { isPrivateBase64, readEitherText } from '../../../node/sign/key-text.js';
import type { Command, Context } from '../../command/command.js';
import { DONE, UsageError } from '../../command/exit-code.js';
import { type Arguments, flag, flagged, text } from '../../command/options.js';
import { keySources, PASSPHRASE, refuseSharedStdin } from '../../options/key-options.js';
import { jsonReport, listing } from '../../reports/listing.js';

/** `keywright keypair show`: what a public or private key is, without its private half. */
export const keypairShowCommand: Command = {
  name: 'keypair show',
  operands: 'PEM|-|env:NAME [options]',
  describe: 'Describe a public or a private key: algorithm, kid and thumbprint of its public half.',
  options: { passphrase: PASSPHRASE, json: flagged('print JSON') },
  examples: [
    ['What a pair is called in keyrings and verdicts', 'keypair show product.public.pem'],
    ['Whether a private key belongs to it', 'keypair show product.private.pem'],
    ['A locked one', 'keypair show product.locked.pem --passphrase env:PASSPHRASE'],
  ],
  epilogue: [
    'The kid is the RFC 7638 thumbprint; the thumbprint is what this prints:',
    '  openssl pkey -pubin -in product.public.pem -outform DER | sha256sum',
  ].join('\n'),

  async run(args, context) {
    const [source, other] = context.operands;
    if (source === undefined || other !== undefined) {
      throw new UsageError('keypair show takes one key: name a PEM or JWK file, env:NAME, or -');
    }
    refuseSharedStdin([source, text(args, 'passphrase')]);
    const { kind, key } = await readEither(source, args, context);
    const { alg, kid } = key;
    const report = { kind, alg, kid, thumbprint: thumbprint(key), demo: isDemoKey(kid) };
    await context.print(
      flag(args, 'json')
        ? jsonReport('keypair', report)
        : listing([
            ['kind', `${kind} key`],
            ['alg', alg],
            ['kid', kid],
            ['thumbprint', report.thumbprint],
            ...(report.demo ? [['note', 'a demo key: its private half is public'] as const] : []),
          ]),
    );
    return DONE;
  },
};

/** A key is a few thousand characters long. */
const LONGEST = 65_536;

async function readEither(
  source: string,
  args: Arguments,
  context: Context,
): Promise<{ readonly kind: 'public' | 'private'; readonly key: PublicKey }> {
  const sources = keySources(args, context);
  const { stdin, env } = context.io;
  // Read once and handed on, for standard input does not come twice.
  const reading = { stdin, signal: context.signal, most: LONGEST };
  const text = source.startsWith('env:')
    ? (env[source.slice('env:'.length)] ?? '')
    : await readEitherText(source, reading);
  if (text !== '' && !isPrivate(text)) {
    if (decodeBareKey(text) !== undefined) {
      context.say('warning: 32 bare bytes are taken for a public key: make sure that they are no seed');
    }
    return { kind: 'public', key: parsePublicKey(text) };
  }
  const { publicKey } = await readPrivateKey(source, { ...sources, stdin: async () => text });
  return { kind: 'private', key: publicKey };
}

function isPrivate(text: string): boolean {
  return /-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----/.test(text) || /"d"\s*:/.test(text) || isPrivateBase64(text);
}
