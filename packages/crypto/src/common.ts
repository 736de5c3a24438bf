// What the entries for Node and for browsers have in common.

export type { LoadCryptoOptions } from './backend-choice.ts'
export {
  decryptEcies,
  type EciesCiphertext,
  type EciesEncryptInput,
  encryptEcies,
} from './ecies.ts'
export {
  decryptHkdfAesGcm,
  encryptHkdfAesGcm,
  type HkdfAesGcmCiphertext,
  type HkdfAesGcmDecryptInput,
  type HkdfAesGcmEncryptInput,
} from './hkdf-aes-gcm.ts'
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
export { generatePrivateKey } from './private-key.ts'
