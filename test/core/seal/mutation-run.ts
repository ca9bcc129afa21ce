import fc from 'fast-check';
import { canonicalForm, formatClaims, verifySealedKey } from '../../../src/index.js';
import { otherTexts, strange } from '../vendors/mutation.js';
import { batchOf, CLAIMS, ISSUED, nextSealKey, ORIGIN, POLICY, type Row, ring, rows } from './batches.js';

/** A key and a proof that were not sealed like this, and what was done to them. */
interface Trial {
  readonly what: string;
  readonly key: unknown;
  readonly proof: unknown;
}

/** What is changed. */
export const SUBJECTS = ['proof', 'note', 'key', 'claims'] as const;
type Subject = (typeof SUBJECTS)[number];

/** The verdicts that a change can lead to; `same`: of the row that was sealed, with the claims that were. */
const EXPECTED: Readonly<Record<Subject, readonly string[]>> = {
  proof: ['same', 'malformed', 'unknown_origin', 'unknown_key', 'bad_signature', 'not_in_batch'],
  note: ['same', 'malformed', 'unknown_origin', 'unknown_key', 'bad_signature', 'not_in_batch'],
  key: ['same', 'not_in_batch'],
  claims: ['same', 'malformed', 'not_in_batch'],
};

/**
 * Judges that many mutants of one subject. Throws when one passes that says another thing than what was sealed, gets a
 * reason that a mutation cannot have, or makes the verifier throw; the error tells the seed.
 */
export async function judgeMutants(subject: Subject, count: number, seed: number) {
  const sealed = await sealedRows();
  const reasons = new Map<string, number>();
  let judged = 0;
  fc.assert(
    fc.property(trialsOf(subject, sealed), ({ what, key, proof }) => {
      const reason = judge(key, proof, sealed);
      if (!EXPECTED[subject].includes(reason)) throw new Error(`${reason}: ${what}`);
      reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
      judged++;
    }),
    { numRuns: count, seed },
  );
  return { judged, reasons };
}

interface SealedRow extends Row {
  readonly origin: string;
  readonly index: number;
  readonly claims: typeof CLAIMS;
  readonly proof: string;
}

/** Rows of three batches: plain ones, salted ones, those that are compared as texts. */
async function sealedRows(): Promise<readonly SealedRow[]> {
  const salted = rows(6).map((row, index) => ({ ...row, salt: new Uint8Array(16).fill(index) }));
  const cased = ['aB-1', 'Ab-1', 'ab-1'].map((key, seats) => ({ key, claims: { ...CLAIMS, seats } }));
  const batches = [
    { name: ORIGIN, all: rows(21), comparison: 'canonical' },
    { name: `${ORIGIN}-salted`, all: salted, comparison: 'canonical' },
    { name: `${ORIGIN}-exact`, all: cased, comparison: 'exact' },
  ] as const;
  const sealed = batches.map(async ({ name: origin, all, comparison }) => {
    const { proofs } = await batchOf(all, { origin, comparison });
    return all.map((row: Row, index) => ({
      ...row,
      origin,
      index,
      claims: row.claims ?? CLAIMS,
      proof: proofs[index] ?? '',
    }));
  });
  return (await Promise.all(sealed)).flat();
}

function judge(key: unknown, proof: unknown, sealed: readonly SealedRow[]): string {
  const typed: string = JSON.parse('null') ?? key;
  const verdict = verifySealedKey(typed, proof, ring, POLICY);
  if (!verdict.ok) return verdict.reason;
  const row = sealed.find(({ origin, index }) => origin === verdict.origin && index === verdict.index);
  if (row === undefined) return 'passed';
  const isExact = row.origin.endsWith('-exact');
  const isKey = isExact ? row.key === typed : canonicalForm(row.key) === canonicalForm(typed);
  const { issued, ...claims } = verdict.claims.sealed;
  const isSame = issued === ISSUED.getTime() / 1000 && JSON.stringify(claims) === JSON.stringify(row.claims);
  return isKey && isSame ? 'same' : 'passed';
}

function trialsOf(subject: Subject, sealed: readonly SealedRow[]): fc.Arbitrary<Trial> {
  const row = fc.constantFrom(...sealed);
  if (subject === 'key') {
    const typed = (own: string) =>
      fc.oneof(
        otherTexts([own], '-'),
        fc.constantFrom(...sealed).map(({ key: value }) => ({ what: 'the key of another row', value })),
        fc.string({ unit: 'binary' }).map((value) => ({ what: 'any text', value })),
        strange.map((value) => ({ what: 'anything at all', value })),
      );
    return row.chain(({ key: own, proof }) =>
      typed(own).map(({ what, value: key }) => ({ what, key, proof })),
    );
  }
  const changed = { proof: proofTrials, note: noteTrials, claims: claimTrials }[subject](sealed);
  return fc.oneof(
    fc.tuple(row, changed).map(([{ key }, { what, value }]) => ({ what, key, proof: value })),
    // The key that the changed text was of.
    changed.map(({ what, value, of }) => ({ what, key: of?.key ?? '', proof: value })),
  );
}

interface Changed {
  readonly what: string;
  readonly value: unknown;
  readonly of?: SealedRow | undefined;
}

/** The row whose proof a text was, as far as that can be told. */
function ownerOf(text: string, sealed: readonly SealedRow[]): SealedRow | undefined {
  const index = /\nindex (\d+)\n/.exec(text)?.[1];
  return sealed.find((each) => String(each.index) === index && text.includes(`\n${each.origin}\n`));
}

function proofTrials(sealed: readonly SealedRow[]): fc.Arbitrary<Changed> {
  const proofs = sealed.map(({ proof }) => proof);
  return fc.oneof(
    otherTexts(proofs, '\n').map(({ what, value }) => ({ what, value, of: ownerOf(value, sealed) })),
    strange.map((value) => ({ what: 'anything at all', value })),
  );
}

function noteTrials(sealed: readonly SealedRow[]): fc.Arbitrary<Changed> {
  const halves = sealed.map((row) => {
    const split = row.proof.indexOf('\n\n') + 2;
    return { row, head: row.proof.slice(0, split), note: row.proof.slice(split) };
  });
  const notes = [...new Set(halves.map(({ note }) => note))];
  return fc
    .tuple(fc.constantFrom(...halves), otherTexts([...notes, stranger(notes[0] ?? '')], '\n'))
    .map(([{ row, head }, { what, value }]) => ({ what, value: head + value, of: row }));
}

/** A note with a line that nobody knows. */
function stranger(note: string): string {
  const line = Buffer.concat([nextSealKey.publicKey.bytes.subarray(0, 4), Buffer.alloc(64)]);
  return `${note}\u2014 ${ORIGIN} ${line.toString('base64')}\n`;
}

function claimTrials(sealed: readonly SealedRow[]): fc.Arbitrary<Changed> {
  const leaves = sealed.map((row) => ({
    row,
    text: Buffer.from(/extra (\S+)/.exec(row.proof)?.[1] ?? '', 'base64').toString(),
  }));
  const forged = [
    formatClaims(ISSUED, { ...CLAIMS, product: 'other' }),
    formatClaims(ISSUED, { product: 'app', valid_until: null }),
    JSON.stringify({ ...CLAIMS, issued: ISSUED.getTime() / 1000 }),
    JSON.stringify({ issued: ISSUED.getTime() / 1000, ...CLAIMS }, null, 1).replaceAll('\n', ''),
  ].map((claims) => `keywright/key/v1\n\n\n${claims}\n`);
  const texts = [...leaves.map(({ text }) => text), ...forged];
  return fc
    .tuple(fc.constantFrom(...sealed), fc.oneof(otherTexts(texts, '\n'), otherTexts(texts, ',')))
    .map(([row, { what, value }]) => {
      const extra = Buffer.from(value).toString('base64');
      return { what, value: row.proof.replace(/extra \S+/, `extra ${extra}`), of: row };
    });
}
