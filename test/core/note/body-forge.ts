import { createHash } from 'node:crypto';
import { signNote } from '../../../src/core/note/note.js';
import type { Signer } from '../../../src/index.js';

/** What a forger may choose: the lines of a note, each as a text or left out, in the order they stand here. */
export interface Forgery {
  readonly schema: string;
  readonly body: string;
  readonly lines: Readonly<Record<string, string | undefined>>;
  readonly signers: readonly Signer[];
  /** The name of the key, where it is not the one of the line. */
  readonly keyName?: string;
}

/** Signed bytes of whatever shape, written without the code under test (but for the signature lines). */
export async function forgeBody({ schema, body, lines, signers, keyName }: Forgery): Promise<Uint8Array> {
  const sha256 = createHash('sha256').update(body).digest('base64');
  // The hash stands last unless the forger says where.
  const all = Object.entries({ ...lines, sha256: lines.sha256 ?? sha256 });
  const ordered = all.filter(([, value]) => value !== undefined);
  const text = `${schema}\n${ordered.map(([name, value]) => `${name} ${value}\n`).join('')}`;
  const name = keyName ?? lines.name ?? '';
  let signatures = '';
  for (const signer of signers) signatures += await signNote(text, name, signer);
  return Buffer.from(`${body}\n${text}\n${signatures}`);
}
