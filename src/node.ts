export type { Comparison } from './core/dedupe/compared-text.js';
export * from './core/errors.js';
export { type Filling, fillRequest } from './core/vendors/server/fill-request.js';
export {
  type BatchFilesOptions,
  type BatchFilesReport,
  type BatchOptions,
  generateBatch,
  streamBatch,
} from './node/batch/generate-batch.js';
export type { BatchFile, BatchReport } from './node/batch/manifest.js';
export {
  answerBulk,
  type BulkAnswer,
  type BulkAnswerOptions,
  type BulkLedger,
} from './node/bulk-create/bulk-answer.js';
export {
  type BulkInput,
  type BulkPaths,
  readBulkLists,
  readBulkRequest,
} from './node/bulk-create/bulk-files.js';
export { auditFiles, dedupeFiles } from './node/dedupe/dedupe-files.js';
export type {
  AuditFilesOptions,
  AuditFilesResult,
  DedupeCounts,
  DedupedFile,
  DedupeFilesOptions,
  DedupeFilesResult,
  Finding,
  KeyPlace,
  KnownFile,
} from './node/dedupe/report/options.js';
export type { ProblemGroup, RowProblem } from './node/fields/problems.js';
export type { ByteSink } from './node/files/byte-sink.js';
export { type AdoptedBatch, type AdoptOptions, adoptManifest } from './node/issue/adopt-manifest.js';
export { type ImportOptions, type ImportReport, importKeys } from './node/issue/import-keys.js';
export { holdersOf, issuedBy } from './node/issue/issued-keys.js';
export { verifyManifest } from './node/issue/verify-manifest.js';
export { type KeylessRows, type KeylessRowsOptions, readKeylessRows } from './node/keyless/keyless-rows.js';
export {
  applyKeyringUpdateFile,
  type KeyringUpdateOptions,
  signKeyringUpdateFile,
} from './node/keyring-update/keyring-update-file.js';
export {
  type CopyOptions,
  confirmRestored,
  copyLedger,
  dropCopy,
} from './node/ledger/copy/copy-ledger.js';
export type { CopyConflict } from './node/ledger/copy/copy-plan.js';
export type { CopyReport, VoidClaim } from './node/ledger/copy/copy-report.js';
export type { CopyChoices } from './node/ledger/copy/copy-stores.js';
export { type MemoryLedgerOptions, memoryLedger } from './node/ledger/memory.js';
export { MOST_KEYS } from './node/ledger/model/chunk-size.js';
export { type KeyTexts, keyTexts, type LedgerKeys } from './node/ledger/model/key-texts.js';
export type {
  Batch,
  BatchKind,
  BatchRecord,
  BatchState,
  Claim,
  Holder,
  KeySet,
  Ledger,
  LedgerStatus,
  Reservation,
} from './node/ledger/model/ledger.js';
export type { LedgerMarks } from './node/ledger/model/marks.js';
export type { Prepared, RecordedFile } from './node/ledger/model/prepared.js';
export type { TakenBack, VoidedShard, Voiding } from './node/ledger/model/voiding.js';
export {
  createLedger,
  type LedgerOptions,
  type NewLedgerOptions,
  openLedger,
  type RotateOptions,
  rotateLedger,
} from './node/ledger/open-ledger.js';
export type { LicenseForm } from './node/license/block-signer.js';
export { type IssueLicensesOptions, issueLicenses } from './node/license/issue-licenses.js';
export { type VerifiedLicense, verifyLicenseLines } from './node/license/license-lines.js';
export type { LicensePlace } from './node/license/license-output.js';
export type { LicensesReport } from './node/license/license-report.js';
export type { LicenseValidity } from './node/license/license-validity.js';
export { verifyLicenseNatively } from './node/license/native-license-verifier.js';
export type { KeyFileKind } from './node/lists/kinds/readers.js';
export type { ListReading } from './node/lists/kinds/reading.js';
export type { KnownList } from './node/lists/known-lists.js';
export { type KeyFile, type KeyFileOptions, openKeyFile } from './node/lists/list-file.js';
export { ListedKeys, type ListedKeysOptions } from './node/lists/listed-keys.js';
export { type PrepareRequestsOptions, prepareRequests } from './node/prepare/prepare-requests.js';
export type { RequestsReport, UsedQuota } from './node/prepare/report.js';
export {
  type OutputFile,
  OutputFiles,
  type OutputOptions,
  type PublishedFile,
} from './node/publish/output-files.js';
export {
  changeRevocationsFile,
  createRevocationsFile,
  type RevocationsChangeOptions,
  type RevocationsFileOptions,
  type RevocationsReport,
} from './node/revocations/revocations-file.js';
export type { ConstantField, KeyFileStyle, KeyRowsOptions } from './node/rows/key-rows.js';
export type {
  CsvLayout,
  JsonLayout,
  ListSpans,
  RowLayout,
  RowSpans,
  TextLayout,
} from './node/rows/row-spans.js';
export {
  type AuditedRows,
  type AuditSealOptions,
  auditSeal,
  type RowDifferences,
  type RowPlace,
  type SealAudit,
  type SomeRows,
} from './node/seal/audit-seal.js';
export { type CreatedSeal, type CreateSealOptions, createSealFile } from './node/seal/create-seal.js';
export {
  type EndorsedSeal,
  type EndorseSealOptions,
  endorseSealFile,
} from './node/seal/endorse-seal-file.js';
export type { SealedTerms } from './node/seal/leaf-rows.js';
export { type ProvenRows, type ProveOptions, proveKeys } from './node/seal/prove-keys.js';
export type { ResealedRows, ResealingOptions } from './node/seal/resealed-rows.js';
export type { SealedBatch, SealManifest } from './node/seal/seal-manifest.js';
export { type PreviewOptions, previewRequests, type RequestsPreview } from './node/send/preview.js';
export type { SendReport, SendRequestsOptions, SendStart } from './node/send/send-options.js';
export { sendRequests } from './node/send/send-requests.js';
export type { SendProblem } from './node/send/sending.js';
export { type ExternalSignerOptions, externalSigner } from './node/sign/external-signer.js';
export {
  createKeyPairFiles,
  isDemoKey,
  type KeyPairFiles,
  type PrivateKeySources,
  readPrivateKey,
} from './node/sign/key-pairs.js';
export { changeKeyringFile, type KeyringChangeOptions, readKeyringFile } from './node/sign/keyring-file.js';
export { nativeSigner } from './node/sign/native-signer.js';
export { verifyNatively } from './node/sign/native-verifier.js';
export { type SignedLines, type SignLinesOptions, signLines } from './node/sign/sign-lines.js';
export { type VerifiedLine, type VerifyLinesOptions, verifyLines } from './node/sign/verify-lines.js';
