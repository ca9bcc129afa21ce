import { isJsonObject, parseJson } from '../../../core/encoding/json-text.js';
import { formatUtcTime } from '../../../core/encoding/utc-time.js';
import type { SealPolicy } from '../../../core/seal/seal-policy.js';
import { type ProofVerdict, verifySealedKey } from '../../../core/seal/verify-sealed-key.js';
import type { Keyring } from '../../../core/sign/keyring.js';
import { shownText } from '../../../node/files/file-error.js';
import { readTextFile, withoutMark } from '../../../node/files/text-file.js';
import { readSealFile } from '../../../node/seal/seal-file.js';
import { paintFor } from '../../command/color.js';
import type { Command, Context } from '../../command/command.js';
import { DONE, NO, UsageError } from '../../command/exit-code.js';
import {
  type Arguments,
  flag,
  flagged,
  inputFile,
  list,
  seconds,
  text,
  time,
  valued,
} from '../../command/options.js';
import { grouped } from '../../command/progress.js';
import { givenKeys, sayWhichHalf, VERIFYING_OPTIONS } from '../../options/given-keys.js';
import { refuseSharedStdin } from '../../options/key-options.js';
import { givenRevocations } from '../../reports/given-revocations.js';
import { jsonReport, listing } from '../../reports/listing.js';

/** `keywright seal verify`: whether a key stands in a sealed batch, and may be used. */
export const sealVerifyCommand: Command = {
  name: 'seal verify',
  operands: 'KEY|- PROOF|- --origin PREFIX (--public-key PEM | --keyring FILE) [options]',
  describe:
    'Verify offline that a key stands in a sealed batch and may be used now: exit 0, or 1 and why not.',
  options: {
    origin: valued(
      'whose seals are accepted: the beginning of an origin, as acme.example, or all of it; repeatable',
      {
        value: 'PREFIX',
      },
    ),
    product: valued('the product that asks (default unchecked)'),
    ...VERIFYING_OPTIONS,
    seals: inputFile('a newer seal of the batch, as an app brings it along after a compromise; repeatable', {
      value: 'FILE',
    }),
    revocations: inputFile('a signed list of revoked keys and batches; repeatable', { value: 'FILE' }),
    'max-list-age': valued('demand a list of revoked keys, not overdue, and at most so many seconds old', {
      value: 'SECONDS',
    }),
    now: valued('the time to compare with: ISO 8601 or Unix seconds (default the clock)'),
    json: flagged('print JSON'),
  },
  examples: [
    [
      'What a customer typed, and the proof that came with the key',
      'seal verify "aaaaa bbbbb ccccc ddddd eeeee" november.proof --origin acme.example --product app --public-key app.public.pem',
    ],
    [
      'A key that the shell does not remember, with a keyring',
      'seal verify - november.proof --origin acme.example --product app --keyring keyring.json < typed.txt',
    ],
    [
      'For a script, of one batch alone',
      'seal verify AAAAA-BBBBB-CCCCC-DDDDD-EEEEE november.proof --origin acme.example/keywright/seal/v1/2026-11 --public-key app.public.pem --json',
    ],
  ],
  epilogue: 'PROOF is a file with the proof itself, or with one line of what "seal prove" wrote.',

  async run(args, context) {
    const { operands, io, signal } = context;
    const [key, source, other] = operands;
    if (key === undefined || source === undefined || other !== undefined)
      throw new UsageError(
        'seal verify takes a KEY and a PROOF: name both, each in quotes where it holds blanks',
      );
    refuseSharedStdin([
      ...operands,
      ...list(args, 'public-key'),
      text(args, 'keyring'),
      ...list(args, 'seals'),
    ]);
    const { keyring, bare } = await givenKeys(args, context, ['seal', 'list']);
    const proof = proofIn(await readTextFile(source, { stdin: io.stdin, signal, most: LONGEST }));
    const typed = key === '-' ? await typedLine(context) : key;
    const verdict = verifySealedKey(typed, proof, keyring, await policyOf(args, context, keyring));
    sayWhichHalf(verdict.ok ? verdict.kid : undefined, bare, context);
    await context.print(flag(args, 'json') ? asJson(verdict) : asText(verdict, context));
    return verdict.ok ? DONE : NO;
  },
};

/** Longer than any proof, so that one a little too long gets its verdict. */
const LONGEST = 1 << 20;

/** The proof that a file holds: as it is, or as the one object of "seal prove". */
function proofIn(text: string): string {
  const given = withoutMark(text);
  if (!given.startsWith('{')) return given;
  const lines = given.split('\n').filter((line) => line !== '');
  if (lines.length > 1) throw new UsageError('the file holds several proofs: give that of the key alone');
  const reading = parseJson(lines[0] ?? '');
  const proof = 'value' in reading && isJsonObject(reading.value) ? reading.value['proof'] : undefined;
  return typeof proof === 'string' ? proof : given;
}

async function typedLine({ io, signal }: Context): Promise<string> {
  const given = await readTextFile('-', { stdin: io.stdin, signal, most: 65_536 });
  const [line = '', ...others] = given.split(/\r?\n/).filter((each) => each.trim() !== '');
  if (others.length > 0)
    throw new UsageError('standard input holds several lines: a proof is of one key, so give that alone');
  return line;
}

async function policyOf(args: Arguments, context: Context, keyring: Keyring): Promise<SealPolicy> {
  const origins = list(args, 'origin');
  if (origins.length === 0)
    throw new UsageError('--origin is missing: say whose seals are accepted, as acme.example');
  if (origins.includes(''))
    throw new UsageError('--origin is empty: say whose seals are accepted, as acme.example');
  const [product, now] = [text(args, 'product') ?? null, time(args, 'now') ?? new Date()];
  const maxListAge = seconds(args, 'max-list-age');
  const { io, signal } = context;
  const seals: string[] = [];
  for (const path of list(args, 'seals'))
    seals.push((await readSealFile(path, { stdin: io.stdin, signal, most: LONGEST })).text);
  const asked = { origins, product, now, seals };
  if (list(args, 'revocations').length === 0 && maxListAge === undefined) return asked;
  if (product === null)
    throw new UsageError('--product is missing: revocations are of a product, so name the one that asks');
  const revocations = await givenRevocations(args, context, keyring, product, now);
  return maxListAge === undefined ? { ...asked, revocations } : { ...asked, revocations, maxListAge };
}

function asJson(verdict: ProofVerdict): string {
  const { ok, kid = null, claims } = verdict;
  return jsonReport('seal-verify', {
    ok,
    reason: verdict.ok ? null : verdict.reason,
    hint: verdict.ok ? null : verdict.hint,
    kid,
    origin: verdict.ok ? verdict.origin : null,
    index: verdict.ok ? verdict.index : null,
    size: verdict.ok ? verdict.size : null,
    listStale: verdict.ok && verdict.listStale,
    claims: claims?.sealed ?? null,
  });
}

function asText(verdict: ProofVerdict, { io }: Context): string {
  const paint = paintFor(io);
  const { claims, kid } = verdict;
  const said = Object.entries(claims?.sealed ?? {}).filter(([name]) => name !== 'issued');
  const rows = said.map(
    ([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)] as const,
  );
  const issued = claims === undefined ? [] : [['issued', formatUtcTime(claims.issued)] as const];
  if (!verdict.ok)
    return `${paint('red', 'refused')}: ${verdict.reason}\n${listing([['hint', verdict.hint], ...rows, ...issued])}`;
  const { origin, index, size } = verdict;
  return `${paint('green', 'valid')}\n${listing([
    ['batch', shownText(origin)],
    ['row', `${grouped(index + 1)} of ${grouped(size)}`],
    ...rows,
    ...issued,
    ['signed by', kid ?? ''],
  ])}`;
}
