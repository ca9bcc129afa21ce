import { schemaOf } from '../../../core/sign/artefacts.js';
import { checkPolicy, type VerifyPolicy } from '../../../core/sign/policy.js';
import { noJsonObject, readTextFile, textFileLines } from '../../../node/files/text-file.js';
import type { VerifiedLine } from '../../../node/sign/verify-lines.js';
import { paintFor } from '../../command/color.js';
import type { Command, Context } from '../../command/command.js';
import { DONE, NO } from '../../command/exit-code.js';
import {
  type Arguments,
  choice,
  flag,
  flagged,
  list,
  seconds,
  text,
  time,
  under,
  valued,
} from '../../command/options.js';
import { holdsObject, refuseLines } from '../../options/given-envelope.js';
import { type GivenKeys, givenKeys, sayWhichHalf, VERIFYING_OPTIONS } from '../../options/given-keys.js';
import { inputOf, ROLES, refuseSharedStdin } from '../../options/key-options.js';
import { LICENSE_OPTIONS, refuseLicenseOptions } from '../../options/license-options.js';
import { printVerdicts } from '../../reports/verdict-lines.js';
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
    ...VERIFYING_OPTIONS,
    role: valued('product or global: demand a key of that role (default either)', { words: ROLES }),
    product: valued('demand a key of that product, as the keyring tells'),
    'max-age': valued('the oldest answer accepted, in seconds (default any age)'),
    'max-future': valued(
      'how far ahead of the clock it may be signed, in seconds (default 300; licenses: any)',
    ),
    nonce: valued("demand this nonce in the payload: the question's own"),
    now: valued('the time to compare with: ISO 8601 or Unix seconds (default the clock)'),
    ...under('Licenses', LICENSE_OPTIONS),
    jsonl: flagged(
      'one envelope a line, one answer a line, in order, on all cores; exit 1 when any is refused',
    ),
    json: flagged('print JSON'),
    quiet: flagged('show no progress'),
  },
  examples: [
    [
      'As a client should: this product, this question, today',
      'verify answer.json --keyring keyring.json --product acme --nonce 6f0c1b7e --max-age 86400',
    ],
    [
      'A license: this product, this key, now',
      'verify license.json --license --product app --license-key 7QX4M-9K2TD --public-key app.public.pem',
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
    if (flag(args, 'license')) return verifyLicenses(source, lines, args, context);
    refuseLicenseOptions(args);
    if (lines) {
      const { keyring, bare } = await givenKeys(args, context, PURPOSES, adviceFor(''));
      checkPolicy(policy, keyring);
      return judgeLines(textFileLines(source, reading), { keyring, bare }, policy, args, context);
    }
    const envelope = await readTextFile(source, reading);
    const { keyring, bare } = await givenKeys(args, context, PURPOSES, adviceFor(envelope));
    checkPolicy(policy, keyring);
    refuseLines(source, envelope);
    if (!holdsObject(envelope)) {
      throw noJsonObject(source, 'give the envelope exactly as the server sent it');
    }
    // To explain a long one computes for seconds without a pause; nothing is written that a signal could leave behind.
    const judgement = await context.killable(() => judge(envelope, keyring, policy));
    sayWhichHalf(signerOf(judgement), bare, context);
    if (judgement.verdict.ok && judgement.verdict.payload['schema'] === schemaOf('license')) {
      context.say('note: this is a license: whether it may be used, --license says');
    }
    await context.print(
      flag(args, 'json')
        ? judgementJson(judgement, keyring)
        : judgementText(judgement, keyring, paintFor(context.io)),
    );
    return judgement.verdict.ok ? DONE : NO;
  },
};

/** What a public key by itself is believed for. */
const PURPOSES = ['response'] as const;

async function verifyLicenses(
  source: string,
  lines: boolean,
  args: Arguments,
  context: Context,
): Promise<number> {
  const { verifyLicenseFile, verifyLicenseList } = await import('./license-check.js');
  return lines ? verifyLicenseList(source, args, context) : verifyLicenseFile(source, args, context);
}

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

/** What somebody gave in place of a public key is often the other half of the pair. */
function adviceFor(envelope: string) {
  return async (given: string) => {
    const { explainResponse } = await import('../../../core/explain/explain.js');
    return (await explainResponse(envelope, given)).text;
  };
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
  const runs = verifyLines(envelopes, keyring, policy, { explain: true });
  return printVerdicts(runs, { noun: 'envelope', shown, bare }, args, context);
}

function signerOf({ verdict }: Judgement): string | undefined {
  return verdict.ok ? verdict.kid : undefined;
}
