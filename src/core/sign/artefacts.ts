/**
 * What is signed, one row an artefact, and what carries the signature: an envelope, or a note. A row's name is also what a
 * key is for (its *purpose*), and it marks the artefact: the payload of an envelope says `"schema": "keywright/NAME/v1"`, a
 * note begins with that line. So nothing that was signed as one artefact is ever taken for another.
 */
export const ARTEFACTS = {
  /** Answers of a server; they say no schema of ours. */
  response: 'envelope',
  license: 'envelope',
  /** Batches. A seal's first line is its origin, which never begins so. */
  seal: 'note',
  /** Lists of revoked keys. */
  list: 'note',
  /** Updates of a keyring. */
  keyring: 'note',
} as const;

/**
 * What a key is for: answers of a server, license files, seals of batches, signed lists (of revocations),
 * updates of a keyring.
 */
export type KeyPurpose = keyof typeof ARTEFACTS;

/** Whether `value` is the name of a purpose. */
export function isPurpose(value: unknown): value is KeyPurpose {
  return typeof value === 'string' && Object.hasOwn(ARTEFACTS, value);
}

/** What a key can be for. */
export const PURPOSES: readonly KeyPurpose[] = Object.keys(ARTEFACTS).filter(isPurpose);

/** The mark of an artefact. */
export function schemaOf(artefact: KeyPurpose): string {
  return `keywright/${artefact}/v1`;
}
