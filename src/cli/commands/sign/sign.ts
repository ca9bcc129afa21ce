import { signToText, stampPayload } from '../../../core/sign/envelope.js';
import type { PrivateKey } from '../../../core/sign/private-key.js';
import type { Signer } from '../../../core/sign/signer.js';
import { shownJson } from '../../../node/files/file-error.js';
import { readTextFile, textFileLines, withoutMark } from '../../../node/files/text-file.js';
import { OutputFiles } from '../../../node/publish/output-files.js';
import type { Command, Context } from '../../command/command.js';
import { DONE, UsageError } from '../../command/exit-code.js';
import { type Arguments, flag, flagged, insteadOfStdout, text, time } from '../../command/options.js';
import { Progress } from '../../command/progress.js';
import {
  asSigner,
  inputOf,
  refuseSharedStdin,
  SIGNER_OPTIONS,
  SIGNING_OPTIONS,
  signerGiven,
  signOptions,
} from '../../options/key-options.js';

/** `keywright sign`: payloads into signed envelopes. */
export const signCommand: Command = {
  name: 'sign',
  operands: '[PAYLOAD.json|-] (--private-key PATH|env:NAME|- | --signer CMD --public-key PEM) [options]',
  describe:
    'Sign a JSON payload: prints the envelope {response, response_base64, private_key_used, signature}.',
  options: {
    ...SIGNING_OPTIONS,
    ...SIGNER_OPTIONS,
    jsonl: flagged('one payload a line in, one envelope a line out, in order, on all cores'),
    out: insteadOfStdout('the file to write; else stdout'),
    force: flagged('replace a file that exists'),
    quiet: flagged('show no progress'),
  },
  examples: [
    ['A payload from standard input', 'sign - --private-key product.private.pem < payload.json'],
    [
      'The bytes the documented server would sign',
      'sign payload.json --private-key legacy.private.pem --json-style php',
    ],
    [
      'Many, with a locked key',
      'sign payloads.jsonl --jsonl --private-key product.locked.pem --passphrase env:PASSPHRASE -o signed.jsonl',
    ],
  ],
  epilogue: [
    '--signer splits CMD at blanks (quotes keep words together), runs it once a payload, and verifies what it writes.',
    'A payload without a timestamp gets one, as its last member. Member order and number spelling stay.',
    'Signed is the text of response_base64 itself, which openssl verifies, too (see docs/signing.md).',
  ].join('\n'),

  async run(args, context) {
    const source = inputOf(context, flag(args, 'jsonl') ? 'list of payloads' : 'payload');
    refuseSharedStdin([
      source,
      text(args, 'private-key'),
      text(args, 'passphrase'),
      text(args, 'public-key'),
    ]);
    const options = { ...signOptions(args), now: time(args, 'now') ?? new Date() };
    const { inputs, signal } = context;
    const outputs = new OutputFiles({ force: flag(args, 'force'), inputs, signal });
    const out = text(args, 'out');
    try {
      // What cannot be written is told before anything is read.
      if (out !== undefined) await outputs.check([out]);
      const key = await signerGiven(args, context);
      const envelopes = flag(args, 'jsonl')
        ? signLinesOf(source, key, options, args, context)
        : signOne(source, key, options, context);
      const file = out === undefined ? undefined : await outputs.create(out);
      for await (const envelope of envelopes) {
        if (file === undefined) await context.print(envelope);
        else await file.write(new TextEncoder().encode(envelope));
      }
      if (file !== undefined) await outputs.publish();
      return DONE;
    } finally {
      await outputs.discard();
    }
  },
};

type Signing = ReturnType<typeof signOptions> & { readonly now: Date };

async function* signOne(
  source: string,
  key: PrivateKey | Signer,
  { now, role, style }: Signing,
  { io, signal }: Context,
): AsyncGenerator<string> {
  const payload = withoutMark(await readTextFile(source, { stdin: io.stdin, signal }));
  const envelope = await signToText(stampPayload(payload, now), await asSigner(key), { role, style });
  yield `${shownJson(envelope)}\n`;
}

async function runs(payloads: AsyncIterable<string>, key: PrivateKey | Signer, options: Signing) {
  if ('sign' in key) {
    const { signInTurn } = await import('../../../node/sign/signed-in-turn.js');
    return signInTurn(payloads, key, options);
  }
  const { signLines } = await import('../../../node/sign/sign-lines.js');
  return signLines(payloads, key, options);
}

async function* signLinesOf(
  source: string,
  key: PrivateKey | Signer,
  options: Signing,
  args: Arguments,
  context: Context,
): AsyncGenerator<string> {
  const payloads = textFileLines(source, { stdin: context.io.stdin, signal: context.signal });
  const progress = new Progress(context, undefined, flag(args, 'quiet'), 'payloads');
  let signed = 0;
  try {
    for await (const run of await runs(payloads, key, options)) {
      signed += run.count;
      progress.update(signed);
      yield shownJson(run.text);
    }
  } finally {
    progress.clear();
  }
  if (signed === 0) throw new UsageError('there is no payload to sign: write one JSON object a line');
}
