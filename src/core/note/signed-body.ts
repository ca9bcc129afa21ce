import { encodeBase64 } from '../encoding/base64.js';
import { parseUtcTime } from '../encoding/utc-time.js';
import { decodeUtf8, encodeUtf8 } from '../encoding/utf8.js';
import { type KeyPurpose, schemaOf } from '../sign/artefacts.js';
import type { Keyring, KeyringKey } from '../sign/keyring.js';
import { sha256 } from '../sign/sha256.js';
import { isFor, isValidAt } from '../sign/verify.js';
import { findSigners, type Note, parseNote } from './note.js';

/*
 * A body of any length, an empty line, and a signed note that tells about it:
 *
 *   5a7b119f0927ae24 unpaid          the body
 *
 *   keywright/list/v1                what it is
 *   name acme.example/licenses       the name of the body, and of the key
 *   number 42
 *   issued 2026-11-28T00:00:00Z
 *   …                                lines of that artefact, in a fixed order
 *   sha256 <base64>                  of the body
 *
 *   — acme.example/licenses <base64>
 *
 * It is read from its end, so nothing is searched in a body whose note does not hold.
 */

/** An artefact that is a body with a note. */
export interface BodyKind {
  readonly artefact: KeyPurpose;
  /** The names of all its lines in their order; `name`, `number`, `issued` and `sha256` are among them. */
  readonly lines: readonly string[];
}

/** A body whose note was signed by a key that is trusted with it. */
export interface OpenedBody {
  readonly ok: true;
  /** A copy that nobody else has. */
  readonly body: Uint8Array;
  readonly lines: BodyLines;
  /** The trusted keys that signed: at least one. */
  readonly signers: readonly [KeyringKey, ...KeyringKey[]];
}

/** What the note says of the body. */
export interface BodyLines {
  readonly name: string;
  /** Grows from one issue to the next. */
  readonly number: number;
  readonly issued: Date;
  /** The base64 of the body's SHA-256. */
  readonly sha256: string;
  /** The lines as they stand there, by name. */
  readonly all: ReadonlyMap<string, string>;
}

/** Why a body is not to be believed; the first that applies, in the order they stand here. */
export type BodyReason = 'malformed' | 'unknown_key' | 'bad_signature' | 'key_compromised' | 'key_retired';

/** A body that is not to be believed. */
export interface RefusedBody {
  readonly ok: false;
  readonly reason: BodyReason;
  /** What is wrong: the name of a line, or `size`, `note`, `schema`, `lines`, `body`. */
  readonly fault: string;
}

/** The longest body with its note: 64 MiB, near four million revoked keys. */
export const BODY_BYTES = 67_108_864;
/** The longest note: 100 signatures, a dozen lines. */
const NOTE_BYTES = 65_536;

/** A body, and what its note says of it, whoever signed that. */
export interface UnverifiedBody {
  /** A copy that nobody else has. */
  readonly body: Uint8Array;
  readonly lines: BodyLines;
  readonly note: Note;
}

/** Reads a body with its note; or what is wrong with it, as `RefusedBody.fault`. Never throws. */
export function readBody(source: unknown, kind: BodyKind): UnverifiedBody | string {
  const bytes = copyOf(source);
  if (bytes === undefined) return 'size';
  const split = findNote(bytes);
  if (split === undefined) return 'note';
  const lines = readLines(split.note, kind);
  return typeof lines === 'string' ? lines : { ...split, lines };
}

/** Reads a body with its note, and whether a key of `keyring` that is for such artefacts signed it. Never throws. */
export function openBody(source: unknown, kind: BodyKind, keyring: Keyring): OpenedBody | RefusedBody {
  const read = readBody(source, kind);
  if (typeof read === 'string') return refuse('malformed', read);
  const { body, lines, note } = read;
  const [reason, signers] = judge(note, lines, keyring, kind.artefact);
  const [first, ...others] = signers;
  if (first === undefined) return refuse(reason, 'note');
  if (encodeBase64(sha256(body)) !== lines.sha256) return refuse('malformed', 'sha256');
  return { ok: true, body, lines, signers: [first, ...others] };
}

/** What was verified stays what is read: nobody else has these bytes. */
function copyOf(source: unknown): Uint8Array | undefined {
  try {
    if (typeof source === 'string') return source.length > BODY_BYTES ? undefined : encodeUtf8(source);
    // Bytes of another realm, such as a frame or a test runner has, are no instance of this one's class.
    if (!ArrayBuffer.isView(source) || source.byteLength > BODY_BYTES) return undefined;
    return new Uint8Array(source.buffer, source.byteOffset, source.byteLength).slice();
  } catch {
    return undefined; // a getter that throws, or a buffer that is gone
  }
}

/** The note, and the body: what stands before the empty line that the note stands behind. */
function findNote(bytes: Uint8Array): Pick<UnverifiedBody, 'note' | 'body'> | undefined {
  const least = Math.max(0, bytes.length - NOTE_BYTES);
  const signatures = findEmptyLine(bytes, bytes.length, least);
  const start = signatures === undefined ? undefined : findEmptyLine(bytes, signatures - 1, least);
  if (start === undefined) return undefined;
  const text = decodeUtf8(bytes.subarray(start + 1));
  const note = text === undefined ? undefined : parseNote(text);
  return note && { note, body: bytes.subarray(0, start) };
}

/** Where the last empty line before `end` begins: behind a line feed, or at the very start. */
function findEmptyLine(bytes: Uint8Array, end: number, least: number): number | undefined {
  for (let at = end - 1; at >= least; at--) {
    if (bytes[at] === LF && (at === 0 || bytes[at - 1] === LF)) return at;
  }
  return undefined;
}

const LF = 0x0a;

/** What the lines say, or the name of the one that is wrong. */
function readLines({ text }: Note, { artefact, lines }: BodyKind): BodyLines | string {
  const [schema, ...given] = text.slice(0, -1).split('\n');
  if (schema !== schemaOf(artefact)) return 'schema';
  const all = new Map<string, string>();
  for (const [index, name] of lines.entries()) {
    const line = given[index] ?? '';
    if (line.startsWith(`${name} `)) all.set(name, line.slice(name.length + 1));
  }
  if (given.length !== lines.length || all.size !== lines.length) return 'lines';
  const [name = '', digits, sha256 = ''] = ['name', 'number', 'sha256'].map((line) => all.get(line));
  const [number, issued] = [Number(digits), parseUtcTime(all.get('issued'))];
  if (!Number.isSafeInteger(number) || number < 1 || String(number) !== digits) return 'number';
  return issued === undefined ? 'issued' : { name, number, issued, sha256, all };
}

/** The trusted keys that signed; or none, and why. */
function judge(
  note: Note,
  { name, issued }: BodyLines,
  { keys }: Keyring,
  purpose: KeyPurpose,
): [BodyReason, readonly KeyringKey[]] {
  const signers = findSigners(
    note,
    name,
    keys.filter((key) => key.alg === 'Ed25519' && isFor(key, purpose)),
  );
  if (signers === undefined) return ['bad_signature', []];
  const sound = signers.filter(({ status }) => status !== 'compromised');
  const reason = sound.length > 0 ? 'key_retired' : signers.length > 0 ? 'key_compromised' : 'unknown_key';
  return [reason, sound.filter((key) => isValidAt(key, issued.getTime() / 1000))];
}

function refuse(reason: BodyReason, fault: string): RefusedBody {
  return { ok: false, reason, fault };
}

/** The bytes of a body with a note around it, still without signatures: those follow line by line. */
export function formatBodyNote(
  kind: BodyKind,
  body: Uint8Array,
  lines: Readonly<Record<string, string>>,
): string {
  const values = new Map(Object.entries({ ...lines, sha256: encodeBase64(sha256(body)) }));
  return `${schemaOf(kind.artefact)}\n${kind.lines.map((name) => `${name} ${values.get(name) ?? ''}\n`).join('')}`;
}
