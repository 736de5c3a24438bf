export {
  decryptHkdfAesGcm,
  encryptHkdfAesGcm,
  type HkdfAesGcmCiphertext,
  type HkdfAesGcmDecryptInput,
  type HkdfAesGcmEncryptInput,
} from './hkdf-aes-gcm.ts'
export { type LoadCryptoOptions, loadCrypto } from './load.ts'
export { createNobleCrypto } from './noble/noble-crypto.ts'
export { personalMessageDigest } from './personal-message.ts'
export type {
  Aead,
  AeadInput,
  BackendDescription,
  BackendName,
  Crypto,
  Curve,
  Hashes,
  HkdfInput,
  RandomBytes,
  RecoverableSignature,
  VerifyCrypto,
} from './port.ts'
