export * from './core/errors.js';
export {
  type BatchFilesOptions,
  type BatchFilesReport,
  type BatchOptions,
  type ByteSink,
  generateBatch,
  streamBatch,
} from './node/batch.js';
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
export { ListedKeys, type ListedKeysOptions } from './node/listed-keys.js';
export type { BatchFile, BatchReport } from './node/manifest.js';
export { nativeSigner } from './node/native-signer.js';
export { type SignedLines, type SignLinesOptions, signLines } from './node/sign-lines.js';
