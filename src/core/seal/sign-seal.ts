import { KeywrightError } from '../errors.js';
import { findSigners, MOST_SIGNATURES, parseNote, signNote } from '../note/note.js';
import type { Signer } from '../sign/signer.js';
import { type Checkpoint, formatCheckpoint, isSealOrigin, parseCheckpoint } from './checkpoint.js';
import { HASH_LENGTH } from './merkle.js';

/**
 * Seals a batch: the signed text, a C2SP note, that proofs end with.
 *
 * @throws {KeywrightError} `invalid_option` for an origin that is not `SELLER/keywright/seal/v1/BATCH` in printable ASCII
 * without blanks and `+`, for a size that is no whole number from 1, and for a root that is not 32 bytes; `invalid_key` for
 * a signer of another algorithm than Ed25519, or one without its public key.
 *
 * @example
 * const rows = sealRows([{ key: '7QX4M-9K2TD', claims: formatClaims(issued) }]);
 * const seal = await signSeal({ origin: 'acme.example/keywright/seal/v1/2026-11', ...rows }, signer);
 */
export async function signSeal(checkpoint: Checkpoint, signer: Signer): Promise<string> {
  const text = checkedText(checkpoint);
  return `${text}\n${await signNote(text, checkpoint.origin, signer)}`;
}

/**
 * The seal with one more signature, as after a compromise of the key that signed it. `checkpoint` is what was found anew in
 * the batch: a seal that says something else is not endorsed.
 *
 * @throws {KeywrightError} as {@link signSeal}; `invalid_option` for what is no seal, for one of another batch, for one that
 * this signer has signed, and for one of a hundred signatures.
 *
 * @example
 * const rows = sealRows([{ key: '7QX4M-9K2TD', claims: formatClaims(issued) }]);
 * const checkpoint = { origin: 'acme.example/keywright/seal/v1/2026-11', ...rows };
 * const seal = await signSeal(checkpoint, signer);
 * (await endorseSeal(seal, checkpoint, ed25519Signer(await generateKeyPair()))).startsWith(seal); // true
 */
export async function endorseSeal(seal: string, checkpoint: Checkpoint, signer: Signer): Promise<string> {
  const text = checkedText(checkpoint);
  const note = parseNote(seal);
  if (note === undefined || parseCheckpoint(note.text) === undefined)
    throw refuseSeal('is no seal: name one');
  if (note.text !== text) throw refuseSeal('is of other rows: endorse none that you did not find anew');
  const own = signer.publicKey && [{ kid: signer.kid, bytes: signer.publicKey.bytes }];
  const signed = findSigners(note, checkpoint.origin, own ?? []);
  if (signed === undefined) throw refuseSeal('holds a bad signature of this key: seal the batch anew');
  if (signed.length > 0) throw refuseSeal('is signed by this key already: nothing is left to do');
  if (note.signatures.length === MOST_SIGNATURES)
    throw refuseSeal(
      `has ${MOST_SIGNATURES} signatures, and more are not read: take out those of stolen keys`,
    );
  return seal + (await signNote(text, checkpoint.origin, signer));
}

function checkedText(checkpoint: Checkpoint): string {
  const { origin, size, root } = checkpoint;
  if (!isSealOrigin(origin))
    throw refuse('origin', 'is not SELLER/keywright/seal/v1/BATCH without blanks and +: name it so');
  if (!Number.isSafeInteger(size) || size < 1)
    throw refuse('size', 'is no whole number from 1: count the rows');
  if (root.length !== HASH_LENGTH) throw refuse('root', 'is not 32 bytes: take that of a SealTree');
  return formatCheckpoint(checkpoint);
}

function refuseSeal(what: string): KeywrightError<'invalid_option'> {
  return refuse('seal', what);
}

function refuse(option: string, what: string): KeywrightError<'invalid_option'> {
  return new KeywrightError('invalid_option', `the ${option} ${what}`, { option });
}
