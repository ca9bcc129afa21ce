/**
 * What is signed, one row an artefact. A row is also what a key is for (its *purpose*), and it marks the artefact: the
 * payload of an envelope says `"schema": "keywright/ROW/v1"`, a note begins with that line. So nothing that was signed as
 * one artefact is ever taken for another. Responses say no schema of ours, and a seal's first line is its origin.
 */
export const ARTEFACTS = ['response', 'license', 'seal', 'list', 'keyring'] as const;

/**
 * What a key is for: answers of a server, license files, seals of batches, signed lists (of revocations),
 * updates of a keyring.
 */
export type KeyPurpose = (typeof ARTEFACTS)[number];

/** Whether `value` is the name of a purpose. */
export function isPurpose(value: unknown): value is KeyPurpose {
  return ARTEFACTS.some((purpose) => purpose === value);
}

/** The mark of an artefact. */
export function schemaOf(artefact: KeyPurpose): string {
  return `keywright/${artefact}/v1`;
}
