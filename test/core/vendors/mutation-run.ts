import { createHmac, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import * as cryptlex from '../../../src/core/vendors/cryptlex.js';
import * as lukittu from '../../../src/core/vendors/lukittu.js';
import * as solifyn from '../../../src/core/vendors/solifyn.js';
import {
  activation,
  answerChallenge,
  CLAIMS,
  cryptlexWebhook,
  makeToken,
  NOW,
  part,
  publicKey,
  secrets,
  signWebhook,
  solifynWebhook,
} from './license-servers.js';
import { type Mutant, otherTexts, strange } from './mutation.js';

/** Something that a server did not send like this, and the verdict on it. */
interface Trial {
  readonly what: string;
  readonly judge: () => Promise<{ readonly ok: boolean; readonly reason: string }>;
}

/** The verifiers that are put to it. */
export const VERIFIERS = ['challenge', 'activation token', 'cryptlex webhook', 'solifyn webhook'] as const;

/**
 * Judges that many mutants with one verifier. Throws when one passes, gets a reason that a mutation cannot have,
 * or makes the verifier throw; the error tells the seed.
 */
export async function judgeMutants(verifier: (typeof VERIFIERS)[number], count: number, seed: number) {
  const [trials, expected] = TRIALS[verifier];
  const reasons = new Map<string, number>();
  let judged = 0;
  await fc.assert(
    fc.asyncProperty(trials(), async ({ what, judge }) => {
      const { ok, reason } = await judge();
      if (ok) throw new Error(`passed: ${what}`);
      if (!expected.includes(reason)) throw new Error(`${reason}: ${what}`);
      reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
      judged++;
    }),
    { numRuns: count, seed },
  );
  return { judged, reasons };
}

const TRIALS: Readonly<
  Record<(typeof VERIFIERS)[number], readonly [() => fc.Arbitrary<Trial>, readonly string[]]>
> = {
  challenge: [challengeTrials, ['malformed', 'unsigned', 'bad_signature']],
  // A key, a product or a fingerprint of another kind of license would be genuine, so only these two remain.
  'activation token': [tokenTrials, ['LA_FAIL']],
  'cryptlex webhook': [cryptlexTrials, ['malformed', 'unsigned', 'bad_signature']],
  'solifyn webhook': [solifynTrials, ['malformed', 'unsigned', 'bad_signature', 'stale', 'from_future']],
};

const reasonOf = (verdict: { readonly ok: boolean; readonly reason?: string }) => ({
  ok: verdict.ok,
  reason: verdict.reason ?? 'ok',
});

function challengeTrials(): fc.Arbitrary<Trial> {
  const answers = Array.from({ length: 4 }, () => {
    const challenge = lukittu.newChallenge();
    return { challenge, challengeResponse: answerChallenge(challenge) };
  });
  const judge = (challenge: unknown, challengeResponse: unknown, what: string): Trial => ({
    what,
    judge: async () => {
      const sent: Readonly<Record<string, unknown>> = { challenge };
      return reasonOf(
        await lukittu.verifyChallenge({ challenge: '', challengeResponse, publicKey, ...sent }),
      );
    },
  });
  return fc.oneof(
    fc.constantFrom(...answers).chain(({ challenge, challengeResponse }) =>
      fc.oneof(
        // The case of a hex digit is free, so what only changes that is no other response.
        otherTexts([challengeResponse], '0')
          .filter(({ value }) => value.toLowerCase() !== challengeResponse)
          .map(({ what, value }) => judge(challenge, value, `response ${what}`)),
        otherTexts([challenge], '-').map(({ what, value }) =>
          judge(value, challengeResponse, `challenge ${what}`),
        ),
        strange.map((value) => judge(challenge, value, 'a strange response')),
        strange.map((value) => judge(value, challengeResponse, 'a strange challenge')),
      ),
    ),
    fc
      .tuple(fc.nat(3), fc.integer({ min: 1, max: 3 }))
      .map(([one, step]) =>
        judge(
          answers[one]?.challenge,
          answers[(one + step) % 4]?.challengeResponse,
          'the response of another challenge',
        ),
      ),
    fc
      .tuple(fc.constantFrom(...answers), fc.nat(255), fc.integer({ min: 1, max: 255 }))
      .map(([{ challenge, challengeResponse }, at, by]) => {
        const bytes = Buffer.from(challengeResponse, 'hex');
        bytes[at] = (bytes[at] ?? 0) ^ by;
        return judge(challenge, bytes.toString('hex'), 'a byte of the signature');
      }),
  );
}

const privatePem = readFileSync('keys/demo-rsa.private.pem', 'utf8');

function tokenTrials(): fc.Arbitrary<Trial> {
  // All of them would do: what is cut and mixed of them must not.
  const tokens = [
    makeToken(),
    makeToken({ ...CLAIMS, eat: 0, name: 'x' }),
    makeToken(CLAIMS, '{ "alg": "RS256" }'),
    makeToken({ ...CLAIMS, lma: [{ name: 'a', allowedUses: 3 }] }),
  ];
  const judge = (token: unknown, what: string): Trial => ({
    what,
    judge: async () => {
      const { ok, code, claims } = await cryptlex.verifyActivationToken(token, activation);
      if (claims !== null) throw new Error(`claims: ${what}`);
      return { ok, reason: code };
    },
  });
  const signature = fc.constantFrom(...tokens).map((token) => token.split('.')[2] ?? '');
  const changed = fc
    .tuple(
      fc.constantFrom('eat', 'leat', 'ssgpeat', 'iat', 'aco', 'suspended', 'key', 'fp', 'more'),
      fc.jsonValue(),
    )
    .map(([name, value]) => part({ ...CLAIMS, [name]: value }));
  // Unlike RS256, nothing here is what the key pair signed for this header.
  const algorithms = fc.constantFrom(
    'none',
    'None',
    'HS256',
    'RS512',
    'PS256',
    'ES256',
    'EdDSA',
    '',
    'rs256',
    'RS256\0',
  );
  const resigned = fc
    .tuple(algorithms, changed, fc.constantFrom('rsa', 'hmac', 'nothing'))
    .map(([alg, payload, how]) => {
      const start = `${part({ alg, typ: 'JWT' })}.${payload}`;
      const made =
        how === 'rsa'
          ? sign('RSA-SHA256', Buffer.from(start), privatePem).toString('base64url')
          : createHmac('sha256', publicKey).update(start).digest('base64url');
      return judge(`${start}.${how === 'nothing' ? '' : made}`, `alg ${alg}, signed with ${how}`);
    });
  const broken = fc
    .tuple(
      fc.constantFrom('key', 'pid', 'iat', 'aco', 'eat', 'leat', 'ssi', 'ssgpeat', 'suspended', 'fp'),
      fc.oneof(
        fc.constant(undefined),
        fc.constant(null),
        fc.dictionary(fc.string(), fc.jsonValue()),
        fc.array(fc.jsonValue()),
      ),
    )
    .map(([name, value]) =>
      judge(makeToken({ ...CLAIMS, [name]: value }), `genuine, ${name} of another type`),
    );
  return fc.oneof(
    otherTexts(tokens, '.').map(({ what, value }) => judge(value, what)),
    fc.tuple(fc.constantFrom(...tokens), changed, signature).map(([token, payload, theirs]) => {
      const wanted = `${token.split('.')[0]}.${payload}.${theirs}`;
      return judge(tokens.includes(wanted) ? '' : wanted, 'other claims under a genuine signature');
    }),
    resigned,
    broken,
    strange.map((value) => judge(value, 'anything at all')),
  );
}

function cryptlexTrials(): fc.Arbitrary<Trial> {
  const { secret, body, headers } = cryptlexWebhook;
  const signature = headers['Webhook-Signature'];
  const judge = (change: object, what: string): Trial => ({
    what,
    judge: async () => reasonOf(await cryptlex.verifyWebhook({ body, headers, secret, ...change })),
  });
  const sent = (header: unknown) => ({ headers: { 'webhook-signature': header } });
  return fc.oneof(
    otherTexts([signature], 'a').map(({ what, value }) => judge(sent(value), `signature ${what}`)),
    otherTexts([body], ':').map(({ what, value }) => judge({ body: value }, `body ${what}`)),
    otherTexts([secret], ' ').map(({ what, value }) => judge({ secret: `${value}?` }, `secret ${what}`)),
    strange.map((value) => judge(sent(value), 'a strange signature')),
    strange.map((value) => judge({ headers: value }, 'strange headers')),
    strange.map((value) => judge({ body: value }, 'a strange body')),
  );
}

function solifynTrials(): fc.Arbitrary<Trial> {
  const { body, headers } = solifynWebhook;
  const judge = (change: object, what: string): Trial => ({
    what,
    judge: async () => reasonOf(await solifyn.verifyWebhook({ ...solifynWebhook, ...change })),
  });
  const one = fc.constantFrom('webhook-id', 'webhook-timestamp', 'webhook-signature');
  const changed = one.chain((name) =>
    otherTexts([headers[name]], name === 'webhook-signature' ? ',' : '1')
      // A second entry beside the genuine one may be anything.
      .filter(({ value }) => !value.split(' ').includes(headers[name]))
      .map(
        ({ what, value }): Mutant<object> => ({
          what: `${name} ${what}`,
          value: { ...headers, [name]: value },
        }),
      ),
  );
  const late = fc.tuple(fc.integer({ min: 301, max: 2 ** 40 }), fc.boolean()).map(([seconds, before]) => {
    const time = before ? Math.max(0, NOW - seconds) : NOW + seconds;
    const signature = signWebhook(secrets[0], headers['webhook-id'], time, body);
    const sent = { ...headers, 'webhook-timestamp': `${time}`, 'webhook-signature': signature };
    return judge({ headers: sent }, `genuine at ${time}`);
  });
  return fc.oneof(
    changed.map(({ what, value }) => judge({ headers: value }, what)),
    otherTexts([body], ':').map(({ what, value }) => judge({ body: value }, `body ${what}`)),
    late,
    fc.constant(judge({ secret: secrets[1] }, 'another secret')),
    fc
      .tuple(one, strange)
      .map(([name, value]) => judge({ headers: { ...headers, [name]: value } }, `a strange ${name}`)),
    strange.map((value) => judge({ headers: value }, 'strange headers')),
    strange.map((value) => judge({ body: value }, 'a strange body')),
  );
}
