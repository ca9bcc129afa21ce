import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { envelope, signed } from '../../samples/clients/vectors/envelopes.js';
import { APP, LISTS, type Pair, SEALS, UPDATES } from '../../samples/clients/vectors/keys.js';
import { line } from '../../samples/clients/vectors/notes.js';
import { someEdits, typing } from './edits.js';
import { bytesOf } from './own-verifiers.js';
import { type Input, type Kind, readVectors, type VectorCase } from './vector-case.js';

// What tries the limits is too long to be changed many times.
const CASES = readVectors().filter(({ input }) => !('repeated' in input));
const good = (kinds: readonly Kind[]) =>
  CASES.filter(({ kind, expect }) => expect.ok && kinds.includes(kind));

/** The bytes of a case, one a character. */
const textOf = ({ input }: VectorCase) => Buffer.from(bytesOf(input)).toString('latin1');

function inputOf(text: string): Input {
  const bytes = Buffer.from(text, 'latin1');
  const utf8 = bytes.toString();
  return Buffer.from(utf8).equals(bytes) ? { text: utf8 } : { base64: bytes.toString('base64') };
}

const withText = (one: VectorCase, what: string, text: string): VectorCase => ({
  ...one,
  name: `${what}: ${one.name}`,
  input: inputOf(text),
});

/** What is sent is changed: hardly anything of it holds. */
const bent = (kinds: readonly Kind[]) =>
  fc
    .tuple(fc.constantFrom(...good(kinds)), someEdits)
    .map(([one, edit]) => withText(one, 'bent', edit(textOf(one))));

/** What is signed is changed, and signed again: so payloads are read, whatever they say. */
const resignedEnvelope = fc
  .tuple(
    fc.constantFrom(...good(['response', 'license'])),
    someEdits,
    fc.option(someEdits, { freq: 3 }),
    fc.nat(3),
  )
  .map(([one, edit, copied, how]) => {
    const base64 = /"response_base64":"([^"]*)"/.exec(textOf(one))?.[1] ?? '';
    const payload = edit(Buffer.from(base64, 'base64').toString('latin1'));
    const parts = signed(Buffer.from(payload, 'latin1'), APP);
    const copy = how === 0 ? undefined : how === 1 && copied !== null ? copied(payload) : payload;
    // The copy is put in as bytes, not as the text that they may not be.
    const text = envelope({ ...parts, response: copy === undefined ? undefined : '@' });
    return withText(
      one,
      'signed',
      Buffer.from(text)
        .toString('latin1')
        .replace('"response":@', () => `"response":${copy}`),
    );
  });

/** A list or an update: its body, its lines, or both. */
const resignedBody = fc
  .tuple(fc.constantFrom(...good(['revocations', 'keyring'])), fc.nat(2), someEdits)
  .map(([one, part, edit]) => {
    const text = textOf(one);
    const end = text.lastIndexOf('\n\n');
    const start = text.lastIndexOf('\n\n', end - 1);
    const body = text.slice(0, Math.max(0, start + 1));
    const changedBody = part === 1 ? body : edit(body);
    const hash = createHash('sha256').update(Buffer.from(changedBody, 'latin1')).digest('base64');
    const lines = text.slice(start + 2, end + 1).replace(/^sha256 .*$/m, `sha256 ${hash}`);
    const count = changedBody.split('\n').length - 1;
    const told = part === 0 ? lines.replace(/^count .*$/m, `count ${count}`) : edit(lines);
    const [pair, name] =
      one.kind === 'keyring' ? [UPDATES, 'acme.example/keyring'] : [LISTS, 'acme.example/app'];
    return withText(one, 'signed', `${changedBody}\n${told}\n${signatureLine(told, name, pair)}`);
  });

/** The signature line under a text of bytes. */
function signatureLine(text: string, name: string, pair: Pair): string {
  const utf8 = Buffer.from(text, 'latin1').toString();
  return Buffer.from(line(utf8, name, pair)).toString('latin1');
}

const ORIGIN = 'acme.example/keywright/seal/v1/2026-11';

/** A batch of one row, whose leaf is changed before it is sealed, or whose checkpoint is. */
const resealed = fc
  .tuple(fc.constantFrom(...good(['proof'])), fc.boolean(), someEdits)
  .map(([one, isLeaf, edit]) => {
    const extra = Buffer.from(/^extra (.*)$/m.exec(textOf(one))?.[1] ?? '', 'base64').toString('latin1');
    const leaf = isLeaf ? edit(extra) : extra;
    const typed = `${one.policy['key']}`;
    const key = leaf.startsWith('keywright/key-exact')
      ? typed
      : typed.replace(/[-\s_.:/]/g, '').toUpperCase();
    const data = Buffer.from(
      leaf.replace('\n', () => `\n${key}`),
      'latin1',
    );
    const root = createHash('sha256').update(Buffer.of(0)).update(data).digest('base64');
    const plain = `${ORIGIN}\n1\n${root}\n`;
    const text = isLeaf ? plain : edit(plain);
    const head = `c2sp.org/tlog-proof@v1\nextra ${Buffer.from(leaf, 'latin1').toString('base64')}\nindex 0\n`;
    return withText(one, 'sealed', `${head}\n${text}\n${signatureLine(text, ORIGIN, SEALS)}`);
  });

/** What somebody types, and what another app asks of the same bytes. */
const asked = fc.oneof(
  fc.tuple(fc.constantFrom(...good(['license', 'proof'])), typing).map(([one, edit]) => {
    // What an edit leaves of a pair of surrogates is none of UTF-8, which carries the case.
    const key = Buffer.from(edit(`${one.policy['key'] ?? '7QX4M-9K2TD-HB3WR'}`)).toString();
    return { ...one, name: `typed: ${one.name}`, policy: { ...one.policy, key } };
  }),
  fc.constantFrom(...CASES).chain((one) =>
    fc.constantFrom(...CASES.filter(({ kind }) => kind === one.kind)).map((other) => ({
      ...one,
      name: `asked: ${one.name}`,
      policy: other.policy,
      keyring: other.keyring,
    })),
  ),
  fc
    .tuple(
      fc.constantFrom(...CASES.filter(({ policy }) => typeof policy['now'] === 'string')),
      fc.integer({ min: -40_000_000, max: 40_000_000 }),
      fc.nat(999),
    )
    .map(([one, seconds, rest]) => {
      const now = new Date(Date.parse(`${one.policy['now']}`) + 1000 * seconds + rest).toISOString();
      return { ...one, name: `at another time: ${one.name}`, policy: { ...one.policy, now } };
    }),
);

/** Parts of two cases, mixed at some sign. */
const mixed = fc
  .tuple(fc.constantFrom(...CASES), fc.nat(), fc.constantFrom(',', '\n', '"'), fc.nat(1000), fc.nat(1000))
  .map(([one, place, sign, cut, join]) => {
    const same = CASES.filter(({ kind }) => kind === one.kind);
    const other = same[place % same.length] ?? one;
    const [head, tail] = [textOf(one).split(sign), textOf(other).split(sign)];
    const text = [...head.slice(0, cut % head.length), ...tail.slice(join % tail.length)].join(sign);
    return withText(one, 'mixed', text);
  });

const ALL: readonly Kind[] = ['response', 'license', 'revocations', 'keyring', 'proof'];
const trials: fc.Arbitrary<VectorCase> = fc.oneof(
  { weight: 3, arbitrary: bent(ALL) },
  { weight: 5, arbitrary: resignedEnvelope },
  { weight: 3, arbitrary: resignedBody },
  { weight: 3, arbitrary: resealed },
  { weight: 3, arbitrary: asked },
  { weight: 1, arbitrary: mixed },
);

/** Blocks of cases that follow from the seed, each a vector that was changed; how they are judged nobody has said. */
export function* mutantBlocks(count: number, seed: number): Generator<readonly VectorCase[]> {
  const size = 1000;
  for (let block = 0; block * size < count; block++) {
    const numRuns = Math.min(size, count - block * size);
    yield fc.sample(trials, { numRuns, seed: seed + block });
  }
}

/** Whether the keys of a case are ASCII, as far as anybody can see: a platform without NFKC compares no others. */
export function isOfAscii(one: VectorCase): boolean {
  const { key = '', asks = [] } = one.policy;
  const base64 = /"response_base64"\s*:\s*"([^"\\]*)"/.exec(textOf(one))?.[1];
  const payload = base64 === undefined ? '' : Buffer.from(base64, 'base64').toString('latin1');
  return /^[\0-\x7f]*$/.test(`${key}${asks.join('')}${payload}`) && !/\\u/i.test(payload);
}
