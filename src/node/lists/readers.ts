import { CSV_READER } from './csv-list.js';
import { JSON_READER } from './json-list.js';
import { JSONL_READER } from './jsonl-list.js';
import { MANIFEST_READER } from './manifest-list.js';
import type { ListReader } from './reader.js';
import { TEXT_READER } from './text-list.js';
import { XLSX_READER } from './xlsx-list.js';

/** The kinds of lists, in the order in which they are asked; the last takes every list. */
export const READERS = {
  xlsx: XLSX_READER,
  manifest: MANIFEST_READER,
  json: JSON_READER,
  jsonl: JSONL_READER,
  csv: CSV_READER,
  text: TEXT_READER,
} as const satisfies Readonly<Record<string, ListReader>>;

/** What a key file turned out to be; a `manifest` describes a batch and holds no keys. */
export type KeyFileKind = keyof typeof READERS;

/** What a list of keys turned out to be. */
export type ListKind = Exclude<KeyFileKind, 'manifest'>;

/** The kinds of {@link READERS}, in their order. */
export const LIST_KINDS: readonly KeyFileKind[] = ['xlsx', 'manifest', 'json', 'jsonl', 'csv', 'text'];
