import { createCipheriv, createDecipheriv, hkdfSync, randomBytes, randomUUID } from 'node:crypto';
import type { Comparison } from '../../core/dedupe/compared-text.js';
import type { KeywrightError } from '../../core/errors.js';
import { damagedLedger } from './model/ledger-error.js';
import type { LedgerMarks } from './model/marks.js';
import type { LedgerHeader, StoredRoot } from './model/store.js';
import { bareCopy, bareRoot, otherSecret, secretNeeded } from './secret.js';

const BYTES = 32;
const NONCE = 12;
const GCM_TAG = 16;

/** What a ledger keeps things under. Both come of its root, so a rotation of the secret re-wraps one row. */
export interface DerivedKeys {
  /** Of {@link TagMaker}. */
  readonly tags: Uint8Array;
  /** Of the locked records. */
  readonly records: Uint8Array;
}

/** A ledger about to be made: what it says of itself, and the keys of its new root. */
export interface NewLedger {
  readonly header: LedgerHeader;
  readonly keys: DerivedKeys;
}

/** Draws the id and the root of a new ledger. Without a secret the root stands in it bare. */
export function newLedger(
  secret: Uint8Array | undefined,
  { comparison, createdAt }: { readonly comparison: Comparison; readonly createdAt: Date },
): NewLedger {
  const [id, root] = [randomUUID(), randomBytes(BYTES)];
  const stored: StoredRoot =
    secret === undefined ? { wrapping: 'bare', bytes: root } : wrappedRoot(root, id, secret);
  return {
    header: { id, comparison, bornBare: secret === undefined, root: stored, createdAt, marks: NO_MARKS },
    keys: keysOf(root),
  };
}

const NO_MARKS: LedgerMarks = { movedTo: null, movedAt: null, copying: false, restoring: false };

/**
 * The keys of a ledger.
 *
 * @throws {KeywrightError} `wrong_secret`: one is needed, is another, or is given to a ledger without; `damaged_ledger`.
 */
export function ledgerKeys(name: string, header: LedgerHeader, secret: Uint8Array | undefined): DerivedKeys {
  return keysOf(openedRoot(name, header, secret));
}

/**
 * The root of a ledger wrapped anew; undefined where it is wrapped under `next` already.
 *
 * @throws {KeywrightError} as {@link ledgerKeys}.
 */
export function rewrappedRoot(
  name: string,
  header: LedgerHeader,
  secret: Uint8Array | undefined,
  next: Uint8Array,
): StoredRoot | undefined {
  const { id, root } = header;
  if (root.wrapping === 'secret' && unwrappedRoot(root.bytes, id, next) !== undefined) return undefined;
  return wrappedRoot(openedRoot(name, header, secret), id, next);
}

/**
 * The header of an empty ledger that becomes a copy of another: the same root, under the secret of its own.
 *
 * @throws {KeywrightError} `wrong_secret`: the root is kept outside, and the copy has no secret; else as {@link ledgerKeys}.
 */
export function adoptedHeader(
  name: string,
  header: LedgerHeader,
  secret: Uint8Array | undefined,
  own: { readonly name: string; readonly secret: Uint8Array | undefined },
): LedgerHeader {
  const root = openedRoot(name, header, secret);
  if (own.secret !== undefined) return { ...header, root: wrappedRoot(root, header.id, own.secret) };
  if (header.root.wrapping === 'secret') throw bareCopy(name, own.name);
  return header;
}

function openedRoot(name: string, header: LedgerHeader, secret: Uint8Array | undefined): Uint8Array {
  const { id, root, bornBare } = header;
  if (root.wrapping === 'bare') {
    // One that was born with a secret never stands bare.
    if (!bornBare || root.bytes.length !== BYTES) throw noRoot(name);
    if (secret !== undefined) throw bareRoot(name);
    return root.bytes;
  }
  if (secret === undefined) throw secretNeeded(name);
  if (root.bytes.length !== NONCE + BYTES + GCM_TAG) throw noRoot(name);
  const opened = unwrappedRoot(root.bytes, id, secret);
  if (opened === undefined) throw otherSecret(name);
  return opened;
}

function noRoot(name: string): KeywrightError<'damaged_ledger'> {
  return damagedLedger(name, 'holds a root key that is none: restore it from a backup');
}

/** The root, encrypted by AES-256-GCM and bound to the ledger's id, as a row of the ledger holds it. */
function wrappedRoot(root: Uint8Array, id: string, secret: Uint8Array): StoredRoot {
  const nonce = randomBytes(NONCE);
  const cipher = createCipheriv('aes-256-gcm', wrappingKey(secret, id), nonce).setAAD(Buffer.from(id));
  const bytes = Buffer.concat([nonce, cipher.update(root), cipher.final(), cipher.getAuthTag()]);
  return { wrapping: 'secret', bytes };
}

/** Undefined when it was wrapped under another secret, or is another ledger's. */
function unwrappedRoot(bytes: Uint8Array, id: string, secret: Uint8Array): Uint8Array | undefined {
  if (bytes.length !== NONCE + BYTES + GCM_TAG) return undefined;
  const options = { authTagLength: GCM_TAG };
  const decipher = createDecipheriv(
    'aes-256-gcm',
    wrappingKey(secret, id),
    bytes.subarray(0, NONCE),
    options,
  );
  decipher.setAAD(Buffer.from(id)).setAuthTag(bytes.subarray(-GCM_TAG));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(NONCE, -GCM_TAG)), decipher.final()]);
  } catch {
    return undefined;
  }
}

function wrappingKey(secret: Uint8Array, id: string): Uint8Array {
  return derived(secret, id, 'keywright/ledger/v1 root');
}

/** Without the id: a copy of a ledger under another id keeps its tags. */
function keysOf(root: Uint8Array): DerivedKeys {
  return {
    tags: derived(root, '', 'keywright/ledger/v1 tags'),
    records: derived(root, '', 'keywright/ledger/v1 locked records'),
  };
}

/** HKDF-SHA-256, RFC 5869. */
function derived(secret: Uint8Array, salt: string, info: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', secret, salt, info, BYTES));
}
