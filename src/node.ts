export * from './core/errors.js';
export { type Filling, fillRequest } from './core/vendors/fill-request.js';
export {
  type BatchFilesOptions,
  type BatchFilesReport,
  type BatchOptions,
  type ByteSink,
  generateBatch,
  streamBatch,
} from './node/batch.js';
export type {
  AuditFilesOptions,
  AuditFilesResult,
  DedupeCounts,
  DedupedFile,
  DedupeFilesOptions,
  DedupeFilesResult,
  Finding,
  KeyPlace,
} from './node/dedupe/options.js';
export { auditFiles, dedupeFiles } from './node/dedupe.js';
export { type OutputFile, OutputFiles, type OutputOptions, type PublishedFile } from './node/files.js';
export { type KeyFile, type KeyFileKind, type KeyFileOptions, openKeyFile } from './node/key-files.js';
export {
  isDemoKey,
  type KeyPairFiles,
  type PrivateKeySources,
  readPrivateKey,
  writeKeyPair,
} from './node/key-pairs.js';
export type { ConstantField, KeyFileStyle, KeyRowsOptions } from './node/key-rows.js';
export { changeKeyringFile, type KeyringChangeOptions, readKeyringFile } from './node/keyring-file.js';
export type { KnownList } from './node/known-lists.js';
export {
  type Batch,
  type BatchKind,
  type BatchRecord,
  type BatchState,
  type Claim,
  type Comparison,
  type Holder,
  type KeySet,
  type KeyTexts,
  keyTexts,
  type Ledger,
  type LedgerKeys,
  type LedgerStatus,
  MOST_KEYS,
  type Prepared,
  type RecordedFile,
  type Reservation,
} from './node/ledger/ledger.js';
export { type MemoryLedgerOptions, memoryLedger } from './node/ledger/memory.js';
export {
  createLedger,
  type LedgerOptions,
  type NewLedgerOptions,
  openLedger,
} from './node/ledger/open-ledger.js';
export { ListedKeys, type ListedKeysOptions } from './node/listed-keys.js';
export type { BatchFile, BatchReport } from './node/manifest.js';
export { nativeSigner } from './node/native-signer.js';
export { type PrepareRequestsOptions, prepareRequests } from './node/prepare/prepare-requests.js';
export type { RowProblem } from './node/prepare/problems.js';
export type { PreparedFiles, UsedQuota } from './node/prepare/report.js';
export type {
  CsvLayout,
  JsonLayout,
  ListSpans,
  RowLayout,
  RowSpans,
  TextLayout,
} from './node/row-spans.js';
export { type SignedLines, type SignLinesOptions, signLines } from './node/sign-lines.js';
