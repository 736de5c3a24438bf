// The entry for programs that check identities and hold no private keys: nodes.

export { type AddressCrypto, addressOf, isAddress, parseAddress } from './account.ts'
export type { CheckCrypto } from './check-crypto.ts'
export {
  type ContactBundle,
  decodeContactBundle,
  encodeContactBundle,
  type VerifiedContactBundle,
  verifyContactBundle,
} from './contact-bundle.ts'
export {
  decodeKeyBundleV1,
  decodeKeyBundleV2,
  encodeKeyBundleV1,
  encodeKeyBundleV2,
  equalKeyBundles,
  isLegacyKeyBundle,
  keyBundleFromWireV1,
  keyBundleFromWireV2,
  keyBundleId,
  keyBundleToWireV1,
  keyBundleToWireV2,
  type PublicKeyBundle,
  recoverIdentityAddress,
  verifyKeyBundle,
} from './key-bundle.ts'
export {
  equalPublicKeys,
  type KeyRole,
  publicKeyFromWireV1,
  publicKeyFromWireV2,
  publicKeyToWireV1,
  publicKeyToWireV2,
  type SignedPublicKey,
  verifyPreKey,
} from './public-key.ts'
export {
  type KeySignature,
  parseWalletSignature,
  recoverSigner,
  type SignatureArm,
  signatureFromWire,
  signatureToWire,
} from './signature.ts'
export { createIdentityText } from './signature-text.ts'
export {
  authTokenLifetimeNs,
  checkAuthTokenAge,
  maxAuthorizationChars,
  maxAuthTokenSkewNs,
  type VerifiedAuthToken,
  verifyAuthorizationHeader,
} from './verify-auth-token.ts'
