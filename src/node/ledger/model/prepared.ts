/** A file of a batch, durable under its temporary name and about to be published. */
export interface RecordedFile {
  /** Where it lies until then: as `path`. */
  readonly temporary: string;
  /** Where it goes: from the folder of the last file, or as a whole path. */
  readonly path: string;
  readonly bytes: number;
  /** In hex. */
  readonly sha256: string;
}

/** What `Ledger.prepare` keeps, locked with the ledger's secret, until the same command comes again. */
export interface Prepared {
  /** In the order of publication: the manifest last. */
  readonly files: readonly RecordedFile[];
  /** Whatever the caller wants back to tell the same story again. */
  readonly report: string;
}
