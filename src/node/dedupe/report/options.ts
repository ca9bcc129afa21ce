import type { Comparison } from '../../../core/dedupe/compared-text.js';
import type { KeyFormat } from '../../../core/format/key-format.js';
import type { RandomSource } from '../../../core/random/random-source.js';
import type { ByteSink } from '../../files/byte-sink.js';
import type { Ledger } from '../../ledger/model/ledger.js';
import type { ReaderChoices } from '../../lists/kinds/reader.js';
import type { ListKind } from '../../lists/kinds/readers.js';
import type { ListReading } from '../../lists/kinds/reading.js';
import type { KeyFileStyle } from '../../rows/key-rows.js';

/** What `auditFiles` and `dedupeFiles` have in common. */
export interface AuditFilesOptions extends Omit<ReaderChoices, 'fits' | 'doubtfulRow' | 'mostJson'> {
  /** Lists of keys that are known already: `-` is `stdin`. A key that stands in one counts as a duplicate of it. */
  readonly against?: readonly string[] | undefined;
  /** Keys that it holds as issued or created are known as well: that takes one more reading of the lists. */
  readonly ledger?: Ledger | undefined;
  /**
   * A CSV file to write: every duplicate with the places of both occurrences, every invalid row; of several formats also
   * which of them each key fits.
   */
  readonly report?: string | undefined;
  /** Rows that are no keys of this format, or of any of several, are invalid. Without it, texts that are no license keys. */
  readonly format?: KeyFormat | readonly KeyFormat[] | undefined;
  /**
   * Compare texts as they are, not their canonical forms. Without this and {@link ignoreCase} formats decide: where their
   * keys may differ in case alone, texts are compared; where they may not, or none is given, canonical forms are.
   */
  readonly exact?: boolean | undefined;
  /** Keys that mix cases are the same when only their case differs; without a format these are told as `case`. */
  readonly ignoreCase?: boolean | undefined;
  /**
   * Bytes that tables and buffers may take, 1 MiB at least; a JSON document may have half of it, and always 16 MiB. Default: a
   * quarter of what the process may use, and documents of 128 MiB.
   */
  readonly memory?: number | undefined;
  /** Where temporary files go when there is more than `memory` holds. Default: the system's directory for them. */
  readonly tmpDir?: string | undefined;
  /** How many findings the result holds. Default 10. */
  readonly findings?: number | undefined;
  /** Replace files that exist. */
  readonly force?: boolean | undefined;
  /** Files beside the lists that are read or held open: no output may be one of them. */
  readonly inputs?: readonly string[] | undefined;
  readonly stdin?: AsyncIterable<Uint8Array> | undefined;
  /** Where the hash takes its secret from. Default `systemRandom()`. */
  readonly random?: RandomSource | undefined;
  /** Ends the work, with its reason, and leaves nothing behind. */
  readonly signal?: AbortSignal | undefined;
  /** Called with the number of keys read so far, some hundred times a second at most. */
  readonly onProgress?: ((read: number) => void) | undefined;
}

/** How `dedupeFiles` reads, compares and writes. */
export interface DedupeFilesOptions extends AuditFilesOptions {
  /** The file to write, or what takes its bytes; nothing is written to it before everything is known. */
  readonly out: string | ByteSink;
  /** What the output is. Default: by the ending of `out`, else what the first input is. */
  readonly as?: KeyFileStyle | undefined;
  /** Invalid rows: write nothing but the report when there are any (default), leave them out, or keep them. */
  readonly invalid?: 'fail' | 'drop' | 'keep' | undefined;
}

/** What was counted, in one file or in all. */
export interface DedupeCounts {
  /** Rows, those without key included. `read = kept + duplicates + known + cases + dropped`. */
  readonly read: number;
  /** Rows that stay: first occurrences, and the invalid ones when they are kept. */
  readonly kept: number;
  /** Rows whose key stands further up, in this file or in one before. */
  readonly duplicates: number;
  /** Rows whose key stands in a list of `against`, or in the ledger. */
  readonly known: number;
  /** Rows that differ in case alone from one further up, or from a known one, one of both mixing cases: nobody said what that means. */
  readonly cases: number;
  /** Of `duplicates` and `known`, how many are spelled differently there. A ledger knows no spelling. */
  readonly spellings: number;
  /** Rows that are no keys, kept or not. Each still counts where it belongs: they are compared like all others. */
  readonly invalid: number;
  /** Of `invalid`, how many were left out for that, and not as duplicates. */
  readonly dropped: number;
}

/** Where a key stands. */
export interface KeyPlace {
  readonly path: string;
  /** The line, or the element of a JSON list; from 1. A ledger, whose path is `ledger`, has none: 0. */
  readonly line: number;
}

/** One duplicate, known or invalid row. */
export type Finding = KeyPlace & {
  /** The key as it stands there. */
  readonly key: string;
  /** Of several formats the mask of the one that it fits. */
  readonly format?: string | undefined;
} & (
    | {
        readonly kind: 'duplicate' | 'known' | 'case';
        /** The first occurrence. */
        readonly first: KeyPlace;
        /** Whether it is spelled differently there. */
        readonly differs: boolean;
      }
    | { readonly kind: 'invalid'; readonly problem: string }
  );

/** An input and what was counted in it. */
export interface DedupedFile extends DedupeCounts {
  readonly path: string;
  readonly kind: ListKind;
  /** How it was read: which column the keys are, which rows have none. */
  readonly reading: ListReading;
  /** How many keys fit each format; a key that fits several counts for the first. Empty without a format. */
  readonly fits: readonly number[];
}

/** A list of known keys. */
export interface KnownFile {
  readonly path: string;
  readonly keys: number;
  readonly reading: ListReading;
}

/** What `auditFiles` found. */
export interface AuditFilesResult extends DedupeCounts {
  /** How keys were compared. */
  readonly comparison: Comparison;
  readonly files: readonly DedupedFile[];
  readonly against: readonly KnownFile[];
  /** Manifests among `against`, which hold no keys. */
  readonly skipped: readonly string[];
  /** The first findings, in the order of the rows. */
  readonly findings: readonly Finding[];
  /** Whether the keys were too many for `memory`, and went through temporary files. */
  readonly partitioned: boolean;
}

/** What `dedupeFiles` found and wrote. */
export interface DedupeFilesResult extends AuditFilesResult {
  /** The bytes written to `out`; 0 when invalid rows forbid it, or keys that differ in case alone. */
  readonly bytes: number;
}
