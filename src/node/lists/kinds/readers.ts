import { CSV_READER } from './csv-list.js';
import { JSON_READER } from './json-list.js';
import { JSONL_READER } from './jsonl-list.js';
import { MANIFEST_READER } from './manifest-list.js';
import { TEXT_READER } from './text-list.js';
import { XLSX_READER } from './xlsx-list.js';

/** The kinds of lists, in the order in which they are asked: the first that takes a list has it, and the last two take every one. */
export const READERS = [
  XLSX_READER,
  MANIFEST_READER,
  JSON_READER,
  JSONL_READER,
  CSV_READER,
  TEXT_READER,
] as const;

/** What a key file turned out to be; a `manifest` describes a batch and holds no keys. */
export type KeyFileKind = (typeof READERS)[number]['kind'];

/** What a list of keys turned out to be. */
export type ListKind = Exclude<KeyFileKind, 'manifest'>;
