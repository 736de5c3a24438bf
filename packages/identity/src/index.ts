// Who is speaking: accounts, keys, key bundles, and the tokens and proofs made with them.

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
export { enableIdentityText } from './signature-text.ts'
export * from './verify.ts'
export type { WalletSigner } from './wallet-signer.ts'
