import { describe, expect, it } from 'vitest';
import { decodeBase64, encodeBase64 } from '../../../src/core/encoding/base64.js';
import {
  findSigners,
  isNoteName,
  type Note,
  noteKeyId,
  parseNote,
  signNote,
} from '../../../src/core/note/note.js';
import { ed25519Signer, generateKeyPair, type Signer } from '../../../src/index.js';
import { failureOf } from '../../failure.js';
import { hasVectors, NEEDS, readVectors } from '../../vectors/vector-files.js';
import { demoEd25519, signers } from '../sign/demo-keys.js';

const NAME = 'acme.example/app';
const TEXT = 'one\ntwo\n';
const other = await generateKeyPair();
const key = demoEd25519.publicKey;
const ours = await signNote(TEXT, NAME, signers.Ed25519);
const theirs = await signNote(TEXT, NAME, ed25519Signer(other));
const noise = (index: number) => `— log.example/${index} ${encodeBase64(new Uint8Array(80).fill(index))}\n`;

function parsed(source: string): Note {
  const note = parseNote(source);
  if (note === undefined) throw new Error('no note');
  return note;
}
const kidsOf = (source: string, keys = [key], name = NAME) =>
  findSigners(parsed(source), name, keys)?.map(({ kid }) => kid);

interface Example {
  readonly name: string;
  readonly vkey: string;
  readonly note: string;
  readonly verifies: boolean;
}

const { cases } = readVectors<{ readonly cases: readonly Example[] }>('note/examples.json', { cases: [] });

describe.skipIf(!hasVectors)(`signed notes of others (C2SP, golang/mod)${NEEDS}`, () => {
  it.each(cases)('$name', ({ vkey, note, verifies }) => {
    const [, name = '', id = '', base64 = ''] = /^([^+]+)\+([0-9a-f]{8})\+(.*)$/.exec(vkey) ?? [];
    const bytes = decodeBase64(base64)?.subarray(1) ?? new Uint8Array();
    expect(Buffer.from(noteKeyId(name, bytes)).toString('hex')).toBe(id);
    expect(findSigners(parsed(note), name, [{ kid: 'theirs', bytes }])).toHaveLength(verifies ? 1 : 0);
    const changed = note.replace('e', 'E');
    expect(findSigners(parsed(changed), name, [{ kid: 'theirs', bytes }])).toBeUndefined();
  });

  it('are both there', () => {
    expect(cases.length).toBeGreaterThanOrEqual(2);
  });
});

describe('a note', () => {
  it('is a text, an empty line, and signature lines', () => {
    expect(parseNote(`${TEXT}\n${ours}`)).toMatchObject({ text: TEXT, signatures: [{ name: NAME }] });
    expect(kidsOf(`${TEXT}\n${ours}`)).toEqual([key.kid]);
  });

  it('ends its text at the last empty line', () => {
    const text = 'one\n\n— acme.example/app AAAAAAAA\n\ntwo\n';
    expect(parseNote(`${text}\n${ours}`)?.text).toBe(text);
  });

  it.each([
    ['nothing', ''],
    ['a text alone', TEXT],
    ['a text and an empty line', `${TEXT}\n`],
    ['no empty line', `${TEXT}${ours}`],
    ['a signature without its line feed', `${TEXT}\n${ours.trimEnd()}`],
    ['an empty line at its end', `${TEXT}\n${ours}\n`],
    ['a line between that is no signature', `${TEXT}\n${ours}hello\n`],
    ['a hyphen in the place of U+2014', `${TEXT}\n${ours.replace('—', '-')}`],
    ['U+2013 in the place of U+2014', `${TEXT}\n${ours.replace('—', '–')}`],
    ['two blanks', `${TEXT}\n${ours.replace('— ', '—  ')}`],
    ['a blank at its end', `${TEXT}\n${ours.replace('\n', ' \n')}`],
    ['no name', `${TEXT}\n${ours.replace(NAME, '')}`],
    ['a name with a plus', `${TEXT}\n${ours.replace(NAME, 'a+b')}`],
    ['a name with U+00A0', `${TEXT}\n${ours.replace(NAME, 'a\u00a0b')}`],
    ['CRLF', `${TEXT}\n${ours}`.replaceAll('\n', '\r\n')],
    ['a tab', `one\ttwo\n\n${ours}`],
    ['a NUL', `one\0\n\n${ours}`],
    ['a carriage return in its text alone', `one\r\ntwo\r\n\n${ours}`],
    ['base64 without padding', `${TEXT}\n${ours.replace(/=+\n$/, '\n')}`],
    [
      'base64 in the url alphabet',
      `${TEXT}\n— ${NAME} ${encodeBase64(new Uint8Array(68).fill(255), 'url')}==\n`,
    ],
    ['base64 with unused bits', `${TEXT}\n— ${NAME} AAAAAAB=\n`],
    ['base64 with a line feed within', `${TEXT}\n${ours.replace(/.{9}\n$/, '\n$&')}`],
    ['a signature of no byte', `${TEXT}\n— ${NAME} AAAAAA==\n`],
  ])('is none with %s', (_, source) => {
    expect(parseNote(source)).toBeUndefined();
  });

  it('may hold what is no ASCII control character, as the specification has it', () => {
    expect(parseNote(`\x7f\u0085 Zoë 日本 🔑\n\n${ours}`)?.text).toBe('\x7f\u0085 Zoë 日本 🔑\n');
  });

  it('may have an empty first line alone', () => {
    expect(parseNote(`\n\n${ours}`)?.text).toBe('\n');
  });

  it.each([16, 100])('may have %i signatures', (count) => {
    const others = Array.from({ length: count - 1 }, (_, index) => noise(index)).join('');
    expect(kidsOf(`${TEXT}\n${others}${ours}`)).toEqual([key.kid]);
  });

  it('may not have 101', () => {
    const others = Array.from({ length: 100 }, (_, index) => noise(index)).join('');
    expect(parseNote(`${TEXT}\n${others}${ours}`)).toBeUndefined();
  });
});

describe('who signed a note', () => {
  it('is found among lines of unknown names and unknown keys', () => {
    expect(kidsOf(`${TEXT}\n${noise(1)}${theirs}${ours}${noise(2)}`)).toEqual([key.kid]);
    expect(kidsOf(`${TEXT}\n${theirs}`)).toEqual([]);
    expect(kidsOf(`${TEXT}\n${ours}`, [key], 'acme.example/other')).toEqual([]);
  });

  it('is each of several, in the order of their lines, each once', () => {
    const both = [key, other.publicKey];
    expect(kidsOf(`${TEXT}\n${theirs}${ours}`, both)).toEqual([other.kid, key.kid]);
    expect(kidsOf(`${TEXT}\n${ours}${theirs}${ours}${ours}`, both)).toEqual([key.kid, other.kid]);
  });

  it('is nobody at all where a known key has a line that does not hold', () => {
    const [, base64 = ''] = /([^ ]+)\n$/.exec(ours) ?? [];
    const bytes = decodeBase64(base64) ?? new Uint8Array();
    for (const change of [
      bytes.with(67, (bytes[67] ?? 0) ^ 1),
      bytes.slice(0, 67),
      Uint8Array.of(...bytes, 0),
    ]) {
      const bad = `— ${NAME} ${encodeBase64(change)}\n`;
      expect(kidsOf(`${TEXT}\n${bad}${ours}`)).toBeUndefined();
      expect(kidsOf(`${TEXT}\n${ours}${bad}`)).toBeUndefined();
      expect(kidsOf(`${TEXT}\n${theirs}${bad}`, [key, other.publicKey])).toBeUndefined();
      expect(kidsOf(`${TEXT}\n${theirs}${bad}`, [other.publicKey])).toEqual([other.kid]);
    }
    expect(kidsOf(`${TEXT}!\n\n${ours}`)).toBeUndefined();
  });

  it('is not told by a key id of another name', () => {
    const moved = ours.replace(NAME, 'acme.example/other');
    expect(kidsOf(`${TEXT}\n${moved}`, [key], 'acme.example/other')).toEqual([]);
  });
});

describe('signing a note', () => {
  it.each(['', 'a b', 'a+b', 'a\nb', 'a\u2003b', 'a\u200bb', 'x'.repeat(256)])(
    'refuses the name %j',
    async (name) => {
      expect(isNoteName(name)).toBe(false);
      expect((await failureOf(() => signNote(TEXT, name, signers.Ed25519))).code).toBe('invalid_option');
    },
  );

  it.each<[string, Signer]>([
    ['of RSA', signers.RS256],
    ['that tells no public key', { ...signers.Ed25519, publicKey: undefined }],
    ['that holds another key than it says', { ...signers.Ed25519, publicKey: other.publicKey }],
    ['that signs another text', { ...signers.Ed25519, sign: () => signers.Ed25519.sign(new Uint8Array(1)) }],
    ['that answers nothing', { ...signers.Ed25519, sign: async () => new Uint8Array() }],
  ])('refuses a signer %s', async (_, signer) => {
    expect((await failureOf(() => signNote(TEXT, NAME, signer))).code).toBe('invalid_key');
  });
});
