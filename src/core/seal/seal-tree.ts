import { encodeBase64 } from '../encoding/base64.js';
import { respellJson, spellValue } from '../encoding/json-spelling.js';
import type { JsonObject } from '../encoding/json-text.js';
import { isUtcTime } from '../encoding/utc-time.js';
import { encodeAscii, encodeUtf8 } from '../encoding/utf8.js';
import { KeywrightError } from '../errors.js';
import type { LicenseComparison } from '../revocations/revoked-id.js';
import type { HashTree } from './hash-tree.js';
import { LEAF_LINES, SALT_LENGTH, sealedKeyText } from './leaf.js';
import { LeafTree } from './leaf-tree.js';
import { LEAF_MARK, type LeafHasher } from './merkle.js';
import { LONGEST_CLAIMS } from './proof.js';
import { parseClaims } from './seal-claims.js';

/** In base64, between two line feeds. */
const LONGEST_SALT = 26;

/**
 * The tree over the rows of a batch, each a key with its claims, in their order. Of its leaves only the roots of blocks are
 * kept. For proofs the same rows are appended to a second tree, whose `visit` is given the tree of each block of 4,096 rows
 * as soon as it is whole: the path of a row is its path there, and then that of its block in the first tree's `finish()`.
 */
export class SealTree {
  readonly #leaves: LeafTree;
  readonly #comparison: LicenseComparison;
  readonly #first: Uint8Array;
  /** The claims given last, which most rows of a batch share, as they are hashed. */
  #claims = { text: '', bytes: new Uint8Array() };
  /** The message of the row before, where the key ends in it; 0 where more than the key will be another one. */
  #message: Uint8Array = new Uint8Array();
  #laidOut = 0;

  /** `hash` does what core's own SHA-256 does, faster. */
  constructor(
    comparison: LicenseComparison,
    visit?: (block: HashTree, number: number) => void,
    hash?: LeafHasher,
  ) {
    this.#comparison = comparison;
    this.#leaves = new LeafTree(visit, hash);
    this.#first = Uint8Array.of(LEAF_MARK, ...encodeUtf8(`${LEAF_LINES[comparison]}\n`));
  }

  /** How many rows there are. */
  get size(): number {
    return this.#leaves.size;
  }

  /** The hash of the row that was appended last. */
  get lastHash(): Uint8Array {
    return this.#leaves.lastHash;
  }

  /**
   * Appends a row. Its claims are a text that {@link formatClaims} made.
   *
   * @throws {KeywrightError} `not_a_key` for a text that is no key; `invalid_option` for claims that no verifier would take,
   * and for a salt that is not 16 bytes.
   */
  append(key: string, claims: string, salt?: Uint8Array): void {
    const text = sealedKeyText(key, this.#comparison);
    if (text === undefined)
      throw new KeywrightError(
        'not_a_key',
        'the key cannot be compared with others: correct or remove it',
        {},
      );
    this.appendCompared(text, claims, salt);
  }

  /** As {@link append}, of the key of which `compared` is what is compared. */
  appendCompared(compared: string, claims: string, salt?: Uint8Array): void {
    if (claims !== this.#claims.text) {
      this.#claims = { text: claims, bytes: checkedClaims(claims) };
      this.#laidOut = 0;
    }
    const [first, rest] = [this.#first, this.#claims.bytes];
    const message = this.#leaves.message(first.length + 3 * compared.length + LONGEST_SALT + rest.length);
    let end = writeUtf8(compared, message, first.length);
    // Most rows differ from the one before by the key alone.
    if (end !== this.#laidOut || salt !== undefined || message !== this.#message) {
      const between = encodeAscii(salt === undefined ? '\n\n' : `\n${spellSalt(salt)}\n`);
      message.set(first);
      message.set(between, end);
      message.set(rest, end + between.length);
      this.#laidOut = salt === undefined ? end : 0;
      this.#message = message;
      end += between.length;
    } else end += 2;
    this.#leaves.append(end + rest.length);
  }

  /** Ends the tree: the one over its blocks, whose root is the root of all. */
  finish(): HashTree {
    return this.#leaves.finish();
  }
}

/**
 * The text of the claims of a row, as it is hashed: when the batch was issued, and whatever else the seller says.
 *
 * @throws {KeywrightError} `invalid_option` for a time that is no date up to the year 9999, and for claims that no verifier
 * would take; `invalid_payload` for values that JSON does not carry.
 *
 * @example
 * formatClaims(new Date(0), { product: 'app', valid_until: null }); // '{"issued":0,"product":"app","valid_until":null}'
 */
export function formatClaims(issued: Date, claims: JsonObject = {}): string {
  if (!isUtcTime(issued)) throw refuse('issued', 'is no Date of the years 0 to 9999: pass new Date()');
  if (Object.hasOwn(claims, 'issued')) throw refuse('claims', 'name issued, which is given apart: remove it');
  const text = spellValue({ issued: Math.floor(issued.getTime() / 1000), ...claims });
  checkedClaims(text);
  return text;
}

/** The bytes of claims that a verifier takes, with their line feed. */
function checkedClaims(text: string): Uint8Array<ArrayBuffer> {
  const claims = parseClaims(text);
  if (typeof claims === 'string') throw refuse('claims', `have no ${claims} that can be used: correct it`);
  if (respellJson(text, 'compact') !== text) throw refuse('claims', 'are no compact JSON: use formatClaims');
  const bytes = encodeUtf8(`${text}\n`);
  if (bytes.length > LONGEST_CLAIMS)
    throw refuse('claims', 'are longer than 64 KiB, so that no proof would be read: shorten them');
  return bytes;
}

/** Writes a text at `at`, where there is room for 3 bytes a character; where it ends. */
function writeUtf8(text: string, into: Uint8Array, at: number): number {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code > 0x7f) {
      const bytes = encodeUtf8(text);
      into.set(bytes, at);
      return at + bytes.length;
    }
    into[at + index] = code;
  }
  return at + text.length;
}

function spellSalt(salt: Uint8Array): string {
  if (salt.length !== SALT_LENGTH) throw refuse('salt', `is not ${SALT_LENGTH} bytes: make it so long`);
  return encodeBase64(salt);
}

function refuse(option: string, what: string): KeywrightError<'invalid_option'> {
  return new KeywrightError('invalid_option', `the ${option} ${what}`, { option });
}
