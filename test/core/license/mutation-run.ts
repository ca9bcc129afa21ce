import fc from 'fast-check';
import {
  applyKeyringUpdate,
  formatEnvelope,
  formatKeyring,
  signKeyringUpdate,
  signLicense,
  verifyLicense,
} from '../../../src/index.js';
import { keyring, list, NOW, open, rowsOf, signerOf } from '../revocations/lists.js';
import { mutants } from '../sign/mutation.js';
import { otherTexts, strange } from '../vendors/mutation.js';

/** Something that nobody signed like this, and the verdict on it: a reason, `same` for what says what was signed, or `passed`. */
interface Trial {
  readonly what: string;
  readonly judge: () => Promise<string>;
}

/** What is put to it. */
export const SUBJECTS = ['license', 'list', 'update'] as const;

/**
 * Judges that many mutants of one subject. Throws when one passes that says another thing than what was signed, gets a
 * reason that a mutation cannot have, or makes the verifier throw; the error tells the seed.
 */
export async function judgeMutants(subject: (typeof SUBJECTS)[number], count: number, seed: number) {
  const [trials, expected] = TRIALS[subject];
  const reasons = new Map<string, number>();
  let judged = 0;
  await fc.assert(
    fc.asyncProperty(await trials(), async ({ what, judge }) => {
      const reason = await judge();
      if (!expected.includes(reason)) throw new Error(`${reason}: ${what}`);
      reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
      judged++;
    }),
    { numRuns: count, seed },
  );
  return { judged, reasons };
}

const TRIALS: Readonly<
  Record<(typeof SUBJECTS)[number], readonly [() => Promise<fc.Arbitrary<Trial>>, readonly string[]]>
> = {
  license: [
    licenseTrials,
    ['same', 'malformed', 'unsigned', 'unknown_key', 'bad_signature', 'sibling_mismatch'],
  ],
  list: [listTrials, ['same', 'malformed', 'unknown_key', 'bad_signature']],
  update: [updateTrials, ['same', 'malformed', 'unknown_key', 'bad_signature']],
};

async function licenseTrials(): Promise<fc.Arbitrary<Trial>> {
  const validUntil = new Date('2027-01-01T00:00:00Z');
  const sign = (key: string, seats: number) => {
    const terms = { key, product: 'app', validUntil, entitlements: { seats, plan: 'Zoë/日本' } };
    return signLicense(terms, signerOf('license'), { now: NOW });
  };
  const files = await Promise.all([sign('AAAA-AAAA', 1), sign('BBBB-BBBB', 2), sign('CCCC-CCCC', 3)]);
  const other = await sign('DDDD-DDDD', 4);
  const signed = new Set(files.map(({ response }) => JSON.stringify(response.license)));
  const judge = async (file: unknown) => {
    const policy = { product: 'app', key: null, device: null, now: NOW };
    const verdict = await verifyLicense(file, keyring, policy);
    if (!verdict.ok) return verdict.reason;
    return signed.has(JSON.stringify(verdict.license.signed)) ? 'same' : 'passed';
  };
  return fc.oneof(
    mutants(files, other).map(({ what, envelope }) => ({
      what,
      // These change what is signed, or the signature: none of them may say the same.
      judge: async () => ((await judge(envelope)) === 'same' ? 'passed' : judge(envelope)),
    })),
    otherTexts(files.map(formatEnvelope), ',').map(({ what, value }) => ({
      what,
      judge: () => judge(value),
    })),
    strange.map((value) => ({ what: 'anything at all', judge: () => judge(value) })),
  );
}

async function listTrials(): Promise<fc.Arbitrary<Trial>> {
  const lists = await Promise.all([
    list({}, rowsOf('AAAA-AAAA', 'BBBB-BBBB', 'CCCC-CCCC').replace('\n', ' unpaid\n')),
    list({ number: '6' }, ''),
    list({ number: '7' }, rowsOf('AAAA-AAAA'), [signerOf('list'), signerOf('nextList')]),
  ]);
  return bodyTrials(lists.map(String), async (value) => {
    const answer = await open(value);
    if (answer.ok) return 'ok';
    return answer.cause ?? 'malformed';
  });
}

async function updateTrials(): Promise<fc.Arbitrary<Trial>> {
  const terms = { name: 'acme.example/keyring', number: 5, issued: NOW };
  const [one, other] = [signerOf('keyring'), signerOf('stranger')];
  const updates = await Promise.all([
    signKeyringUpdate(keyring, terms, [one]),
    signKeyringUpdate(keyring, { ...terms, number: 6 }, [other, one]),
  ]);
  const kept = formatKeyring(keyring);
  return bodyTrials(updates, async (value) => {
    const answer = applyKeyringUpdate(keyring, value);
    if (!answer.ok) return answer.reason;
    return formatKeyring(answer.keyring) === kept ? 'ok' : 'passed';
  });
}

/** Mutants of texts that end in signature lines, as texts and as bytes. What is signed ends at the last empty line. */
function bodyTrials(
  texts: readonly string[],
  judge: (value: unknown) => Promise<string>,
): fc.Arbitrary<Trial> {
  const signed = texts.map((text) => text.slice(0, text.lastIndexOf('\n\n') + 2));
  const judgeText = async (value: unknown, text: string) => {
    const answer = await judge(value);
    if (answer !== 'ok') return answer;
    return signed.some((part) => text.startsWith(part)) ? 'same' : 'passed';
  };
  const bytes = fc.tuple(fc.constantFrom(...texts), fc.nat(), fc.nat(255)).map(([text, place, byte]) => {
    const changed = Buffer.from(text);
    changed[place % changed.length] = byte;
    return { what: `byte ${byte} at ${place % changed.length}`, changed };
  });
  return fc.oneof(
    otherTexts(texts, '\n').map(({ what, value }) => ({ what, judge: () => judgeText(value, value) })),
    bytes.map(({ what, changed }) => ({
      what,
      judge: () => judgeText(Uint8Array.from(changed), changed.toString('latin1')),
    })),
    strange.map((value) => ({ what: 'anything at all', judge: () => judgeText(value, '') })),
  );
}
