import { decodeBase64, encodeBase64 } from '../encoding/base64.js';
import { decodeUtf8, encodeUtf8 } from '../encoding/utf8.js';
import { type Note, parseNote } from '../note/note.js';
import { type Checkpoint, parseCheckpoint, parsePlace } from './checkpoint.js';
import { formatLeaf, type KeylessLeaf, parseKeylessLeaf } from './leaf.js';
import { HASH_LENGTH } from './merkle.js';

/** That one row stands in a sealed batch, as C2SP tlog-proof@v1 has it. It holds no key: the verifier brings what was typed. */
export interface Proof {
  readonly leaf: KeylessLeaf;
  /** Where the row stands, from 0. */
  readonly index: number;
  /** The hashes beside the way from the leaf to the root, from the leaf's sibling up. */
  readonly path: readonly Uint8Array[];
  readonly note: Note;
  readonly checkpoint: Checkpoint;
}

const FIRST_LINE = 'c2sp.org/tlog-proof@v1';
/** A note of a hundred signatures, and {@link LONGEST_CLAIMS}. */
const LONGEST_PROOF = 131_072;
/** The bytes of claims. */
export const LONGEST_CLAIMS = 65_536;
/** As many levels as an index has bits. */
export const LONGEST_PATH = 53;

/** Reads a proof; undefined when it is none. */
export function parseProof(source: unknown): Proof | undefined {
  if (typeof source !== 'string' || source.length > LONGEST_PROOF) return undefined;
  const split = source.indexOf('\n\n');
  const [first, extra = '', place = '', ...hashes] = source.slice(0, Math.max(0, split)).split('\n');
  const leaf = parseExtra(extra);
  const index = place.startsWith('index ') ? parsePlace(place.slice(6)) : undefined;
  if (first !== FIRST_LINE || leaf === undefined || index === undefined) return undefined;
  const path = hashes.slice(0, LONGEST_PATH + 1).flatMap((line) => decodeBase64(line) ?? []);
  const isWhole = path.length === hashes.length && path.length <= LONGEST_PATH;
  if (!isWhole || path.some(({ length }) => length !== HASH_LENGTH)) return undefined;
  const note = parseNote(source.slice(split + 2));
  const checkpoint = note && parseCheckpoint(note.text);
  return note && checkpoint && { leaf, index, path, note, checkpoint };
}

function parseExtra(line: string): KeylessLeaf | undefined {
  const bytes = line.startsWith('extra ') ? decodeBase64(line.slice(6)) : undefined;
  const text = bytes && decodeUtf8(bytes);
  return text === undefined ? undefined : parseKeylessLeaf(text);
}

/** The text of a proof under the signed seal `seal`. */
export function formatProof(
  { leaf, index, path }: Pick<Proof, 'leaf' | 'index' | 'path'>,
  seal: string,
): string {
  const extra = encodeBase64(encodeUtf8(formatLeaf(leaf, '')));
  const hashes = path.map((hash) => `${encodeBase64(hash)}\n`).join('');
  return `${proofHead(extra)}${index}\n${hashes}\n${seal}`;
}

/** How a proof begins, up to its index; `extra` is its leaf without the key, in base64. */
export function proofHead(extra: string): string {
  return `${FIRST_LINE}\nextra ${extra}\nindex `;
}
