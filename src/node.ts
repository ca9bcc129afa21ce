export * from './core/errors.js';
export {
  isDemoKey,
  type KeyPairFiles,
  type PrivateKeySources,
  readPrivateKey,
  writeKeyPair,
} from './node/key-pairs.js';
export { nativeSigner } from './node/native-signer.js';
export { type SignedLines, type SignLinesOptions, signLines } from './node/sign-lines.js';
