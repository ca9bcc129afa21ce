import type { KeyringUpdateReason } from '../../core/keyring-update/keyring-update.js';
import type { BodyReason } from '../../core/note/signed-body.js';

/** Why what a signed note tells about is not to be believed, as a sentence: what is wrong, by the names the core gives it. */
export function faultSentence(reason: BodyReason | KeyringUpdateReason, fault: string): string {
  if (reason !== 'malformed') return REASONS[reason];
  return FAULTS[fault] ?? `Its line ${fault} cannot be read.`;
}

const REASONS: Readonly<Record<Exclude<KeyringUpdateReason, 'malformed'>, string>> = {
  unknown_key: 'None of the keys that were given, and that are for this, signed it.',
  bad_signature: 'The signature does not hold: what was signed has been changed.',
  key_compromised: 'The key that signed it was stolen.',
  key_retired: 'It was signed outside the validity of its key.',
  rollback: 'A newer one of the same key was taken before, or another one of the same number.',
};

const FAULTS: Readonly<Record<string, string>> = {
  size: 'It is longer than 64 MiB.',
  note: 'There is no signed note at its end.',
  schema: 'What was signed is something else.',
  lines: 'The note does not have the lines it should have, in their order.',
  name: 'It is published under another name.',
  kind: 'It is a list, but none of revoked keys.',
  product: 'It is of another product.',
  next: 'The next issue was due before it was issued itself, or at no time that can be read.',
  width: 'The ids of its keys have another length.',
  count: 'It holds another number of keys than its note says.',
  sha256: 'What stands above the note is not what was signed.',
  body: 'What stands above the note cannot be read.',
};
