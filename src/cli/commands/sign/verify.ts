import { isKeywrightError, KeywrightError } from '../../../core/errors.js';
import { decodeBareKey } from '../../../core/public-keys/bare-key.js';
import { parsePublicKeys } from '../../../core/public-keys/public-key-text.js';
import { Keyring, type KeyringKey } from '../../../core/sign/keyring.js';
import { checkPolicy, type VerifyPolicy } from '../../../core/sign/policy.js';
import { shownPath } from '../../../node/files/file-error.js';
import { noJsonObject, readTextFile, textFileLines, withoutMark } from '../../../node/files/text-file.js';
import { readKeyringFile } from '../../../node/sign/keyring-file.js';
import type { VerifiedLine } from '../../../node/sign/verify-lines.js';
import { paintFor } from '../../command/color.js';
import type { Command, Context } from '../../command/command.js';
import { DONE, NO, UsageError } from '../../command/exit-code.js';
import {
  type Arguments,
  choice,
  flag,
  flagged,
  inputFile,
  list,
  seconds,
  text,
  time,
  valued,
} from '../../command/options.js';
import { Progress } from '../../command/progress.js';
import { inputOf, ROLES, refuseSharedStdin } from '../../options/key-options.js';
import {
  type Judgement,
  judge,
  judgementJson,
  judgementLine,
  judgementText,
} from '../../reports/verdict-report.js';

/** `keywright verify`: whether envelopes are to be believed, and if not, why. */
export const verifyCommand: Command = {
  name: 'verify',
  operands: '[ENVELOPE.json|-] (--public-key PEM … | --keyring FILE) [options]',
  describe: 'Verify a signed envelope offline: exit 0 and its payload, or exit 1 and the reason.',
  options: {
    'public-key': inputFile('a key to believe: a PEM, JWK, ssh-ed25519 or certificate file; repeatable'),
    keyring: inputFile('the keys to believe, with their roles, products and validity'),
    role: valued('product or global: demand a key of that role (default either)', { words: ROLES }),
    product: valued('demand a key of that product, as the keyring tells'),
    'max-age': valued('the oldest answer accepted, in seconds (default any age)'),
    'max-future': valued('how far ahead of the clock it may be signed, in seconds (default 300)'),
    nonce: valued("demand this nonce in the payload: the question's own"),
    now: valued('the time to compare with: ISO 8601 or Unix seconds (default the clock)'),
    jsonl: flagged(
      'one envelope a line, one answer a line, in order, on all cores; exit 1 when any is refused',
    ),
    json: flagged('print JSON'),
    quiet: flagged('show no progress'),
  },
  examples: [
    ['With the public key of the pair that signed', 'verify answer.json --public-key product.public.pem'],
    [
      'As a client should: this product, this question, today',
      'verify answer.json --keyring keyring.json --product acme --nonce 6f0c1b7e --max-age 86400',
    ],
    ['Many', 'verify signed.jsonl --jsonl --public-key product.public.pem --json'],
  ],
  epilogue: [
    'The signature is checked over the text of response_base64; response and private_key_used decide nothing.',
    'A refusal names its reason, a hint, and what was found to have happened (see docs/verify-in-your-app.md).',
  ].join('\n'),

  async run(args, context) {
    const lines = flag(args, 'jsonl');
    const source = inputOf(context, lines ? 'list of envelopes' : 'envelope');
    refuseSharedStdin([source, ...list(args, 'public-key'), text(args, 'keyring')]);
    const policy = policyOf(args);
    const reading = { stdin: context.io.stdin, signal: context.signal, most: LONGEST };
    if (lines) {
      const { keyring, bare } = await keysOf(args, context, '');
      checkPolicy(policy, keyring);
      return judgeLines(textFileLines(source, reading), { keyring, bare }, policy, args, context);
    }
    const envelope = await readTextFile(source, reading);
    const { keyring, bare } = await keysOf(args, context, envelope);
    checkPolicy(policy, keyring);
    if (!holdsObject(envelope)) {
      throw noJsonObject(source, 'give the envelope exactly as the server sent it');
    }
    const judgement = await judge(envelope, keyring, policy);
    sayWhichHalf(judgement, bare, context);
    await context.print(
      flag(args, 'json')
        ? judgementJson(judgement, keyring)
        : judgementText(judgement, keyring, paintFor(context.io)),
    );
    return judgement.verdict.ok ? DONE : NO;
  },
};

/** Longer than any envelope, so that one a little too long gets its verdict. */
const LONGEST = 32 * 2 ** 20;

/** A policy takes no undefined member, so that a mistake in a program never leaves a check out. */
function policyOf(args: Arguments): VerifyPolicy {
  const role = choice(args, 'role', ROLES);
  const [product, nonce] = [text(args, 'product'), text(args, 'nonce')];
  const [maxAge, maxFuture] = [seconds(args, 'max-age'), seconds(args, 'max-future')];
  return {
    now: time(args, 'now') ?? new Date(),
    ...(role !== undefined && { role }),
    ...(product !== undefined && { product }),
    ...(maxAge !== undefined && { maxAge }),
    ...(maxFuture !== undefined && { maxFuture }),
    ...(nonce !== undefined && { nonce }),
  };
}

/** The keys to believe, and by their kids the files that hold 32 bare bytes. */
interface GivenKeys {
  readonly keyring: Keyring;
  readonly bare: Map<string, string>;
}

async function keysOf(args: Arguments, { io, signal }: Context, envelope: string): Promise<GivenKeys> {
  const [file, paths] = [text(args, 'keyring'), list(args, 'public-key')];
  if ((file === undefined) === (paths.length === 0)) {
    throw new UsageError('verify needs keys to believe: give --public-key PEM, or else --keyring FILE');
  }
  const reading = { stdin: io.stdin, signal };
  const bare = new Map<string, string>();
  if (file !== undefined) return { keyring: await readKeyringFile(file, reading), bare };
  const keys: KeyringKey[] = [];
  for (const path of paths) {
    const given = await readTextFile(path, reading);
    const read = await readKeys(path, given, envelope);
    if (decodeBareKey(given) !== undefined) for (const { kid } of read) bare.set(kid, path);
    keys.push(...read);
  }
  // Not by addPublicKey: what a keyring says of its keys must not be lost when it is given as a public key.
  return { keyring: new Keyring(keys), bare };
}

/** 32 bytes could be either half of a pair; what verifies is the public one, which is said once. */
function sayWhichHalf({ verdict }: Judgement, bare: Map<string, string>, context: Context): void {
  const path = verdict.ok ? bare.get(verdict.kid) : undefined;
  if (!verdict.ok || path === undefined) return;
  context.say(`note: ${shownPath(path)} holds 32 bare bytes: they are the public key, not its seed`);
  bare.delete(verdict.kid);
}

async function readKeys(path: string, given: string, envelope: string): Promise<readonly KeyringKey[]> {
  try {
    return parsePublicKeys(given).keys;
  } catch (error) {
    if (!isKeywrightError(error)) throw error;
    const { explainResponse } = await import('../../../core/explain/explain.js');
    const { text } = await explainResponse(envelope, given);
    throw new KeywrightError('invalid_key', `${shownPath(path)}: ${text}`, {});
  }
}

async function judgeLines(
  envelopes: AsyncIterable<string>,
  { keyring, bare }: GivenKeys,
  policy: VerifyPolicy,
  args: Arguments,
  context: Context,
): Promise<number> {
  const { verifyLines } = await import('../../../node/sign/verify-lines.js');
  const paint = paintFor(context.io);
  const shown = (judgement: VerifiedLine) =>
    flag(args, 'json')
      ? judgementJson(judgement, keyring, judgement.line)
      : `${judgement.line}: ${judgementLine(judgement, keyring, paint)}\n`;
  const progress = new Progress(context, undefined, flag(args, 'quiet'), 'envelopes');
  let [judged, refused] = [0, 0];
  try {
    for await (const run of verifyLines(envelopes, keyring, policy, { explain: true })) {
      context.signal.throwIfAborted();
      for (const judgement of run) sayWhichHalf(judgement, bare, context);
      judged += run.length;
      refused += run.filter(({ verdict }) => !verdict.ok).length;
      progress.clear();
      await context.print(run.map(shown).join(''));
      progress.update(judged);
    }
  } finally {
    progress.clear();
  }
  if (judged === 0) throw new UsageError('there is no envelope to verify: write one JSON object a line');
  return refused === 0 ? DONE : NO;
}

/** By a reader that forgives: what is an object gets a verdict, and an explanation. */
function holdsObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(withoutMark(text));
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
