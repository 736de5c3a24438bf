// Who is speaking: accounts, keys, key bundles, and the tokens and proofs made with them.

export { authorizationHeader, type CreateAuthTokenOptions, createAuthToken } from './auth-token.ts'
export {
  type ConsentProof,
  type CreateConsentProofOptions,
  consentProofFromWire,
  consentProofLifetimeMs,
  consentProofToWire,
  createConsentProof,
  type VerifyConsentProofOptions,
  verifyConsentProof,
} from './consent-proof.ts'
export {
  addPreKey,
  type CreateKeyBundleOptions,
  type CreateKeyCrypto,
  createKeyBundle,
} from './create-key-bundle.ts'
export {
  type OpenedKeyBundleRecord,
  type OpenKeyBundleRecordOptions,
  openKeyBundleRecord,
  type SealKeyBundleRecordOptions,
  sealKeyBundleRecord,
} from './key-bundle-record.ts'
export { createLocalSigner } from './local-signer.ts'
export type { PrivateKey } from './private-key.ts'
export {
  type DecodedPrivateKeyBundle,
  decodePrivateKeyBundle,
  encodePrivateKeyBundleV1,
  encodePrivateKeyBundleV2,
  type PrivateKeyBundle,
  type PrivateKeyBundleForm,
  type PrivateKeyCrypto,
  publicKeyBundleOf,
  verifyPrivateKeyBundle,
} from './private-key-bundle.ts'
export {
  type ConsentProofTextInput,
  consentProofText,
  enableIdentityText,
} from './signature-text.ts'
export * from './verify.ts'
export type { WalletSigner } from './wallet-signer.ts'
