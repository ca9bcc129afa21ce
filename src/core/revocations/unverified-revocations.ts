import { readBody } from '../note/signed-body.js';
import { readRows } from './id-rows.js';
import { LIST, type ListTerms, readTerms } from './revocations.js';

/** What a list of revoked keys says of itself, whoever signed it: to be shown, and believed by nobody. */
export interface UnverifiedRevocations extends ListTerms {
  readonly name: string;
  readonly number: number;
  readonly issued: Date;
  /** How many signatures stand under it. */
  readonly signatures: number;
  /** The ids, with the reason of each, empty where it gives none. */
  ids(): Map<string, string>;
}

/** Reads a list without a key; or what is wrong with it: the name of a line, or `size`, `note`, `schema`, `lines`, `body`. */
export function readUnverified(list: unknown): UnverifiedRevocations | string {
  const read = readBody(list, LIST);
  if (typeof read === 'string') return read;
  const { body, lines, note } = read;
  const { name, number, issued } = lines;
  const terms = readTerms(read, name, lines.all.get('product') ?? '');
  if (typeof terms === 'string') return terms;
  return { name, number, issued, ...terms, signatures: note.signatures.length, ids: () => readRows(body) };
}
