import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { repeatedText } from './own-verifiers.js';

const input = z.union([
  z.strictObject({ text: z.string() }),
  z.strictObject({ base64: z.string() }),
  z.strictObject({ repeated: z.array(z.tuple([z.string(), z.number()])) }),
]);
const policy = z.looseObject({
  asks: z.array(z.string()).optional(),
  revocations: z.array(z.looseObject({ input })).optional(),
});
const answer = z.looseObject({ ok: z.boolean(), reason: z.string().optional() });
const vectorCase = z.strictObject({
  name: z.string(),
  kind: z.enum(['response', 'license', 'revocations', 'keyring', 'proof']),
  input,
  keyring: z.string(),
  policy,
  expect: answer,
  needs: z.array(z.enum(['nfkc', 'rsa'])).optional(),
});
const vectors = z.strictObject({
  schema: z.literal('keywright/vectors/v1'),
  keyrings: z.record(z.string(), z.looseObject({})),
  cases: z.array(vectorCase),
});

/** The bytes of an artefact, as JSON carries them. */
export type Input = z.infer<typeof input>;
export type Policy = z.infer<typeof policy>;
/** What a verifier says of a case. */
export type Answer = z.infer<typeof answer>;
export type Kind = VectorCase['kind'];

/** A case with its keyring in place, so that it is whole in itself. */
export interface VectorCase extends Omit<z.infer<typeof vectorCase>, 'keyring'> {
  readonly keyring: object;
}

/** The cases of samples/clients/vectors.json. */
export function readVectors(): readonly VectorCase[] {
  const text = readFileSync(new URL('../../samples/clients/vectors.json', import.meta.url), 'utf8');
  const { keyrings, cases } = vectors.parse(JSON.parse(text));
  return cases.map((one) => {
    const keyring = keyrings[one.keyring];
    if (keyring === undefined) throw new Error(`${one.name}: no keyring ${one.keyring}`);
    return { ...one, keyring };
  });
}

/** The case as a line for the verifier of another language. */
export function caseLine({ kind, input: bytes, keyring, policy: asked }: VectorCase): string {
  const whole = 'repeated' in bytes ? { text: repeatedText(bytes.repeated) } : bytes;
  return `${JSON.stringify({ kind, input: whole, keyring, policy: asked })}\n`;
}
