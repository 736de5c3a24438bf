// Encryption to a public key, as the clients of the protocol keep their local state: an ephemeral
// Diffie-Hellman, SHA-512 of the X coordinate split into an AES-256-CBC and an HMAC-SHA-256 key.

import { cbc } from '@noble/ciphers/aes.js'
import { sha512 } from '@noble/hashes/sha2.js'
import { concatBytes, equalConstantTime, wipe } from '@posthorn/bytes'
import { VerificationError } from '@posthorn/errors'
import { requireLength } from './check.ts'
import type { Crypto } from './port.ts'
import { generatePrivateKey } from './private-key.ts'

const ivBytes = 16
const macBytes = 32
const publicKeyBytes = 65

/** Ephemeral public key 65 bytes, iv 16, mac 32, ciphertext padded to blocks of 16. */
export type EciesCiphertext = {
  readonly ephemeralPublicKey: Uint8Array
  readonly iv: Uint8Array
  readonly mac: Uint8Array
  readonly ciphertext: Uint8Array
}

/** What {@link encryptEcies} takes; ephemeral key and iv are drawn when not given, and must never repeat. */
export type EciesEncryptInput = {
  readonly publicKey: Uint8Array
  readonly plaintext: Uint8Array
  readonly ephemeralPrivateKey?: Uint8Array | undefined
  readonly iv?: Uint8Array | undefined
}

/**
 * Encrypts to a public key.
 *
 * @throws ValidationError `crypto/bad-public-key`, `crypto/bad-private-key`, `crypto/bad-length`
 */
export function encryptEcies(
  crypto: Pick<Crypto, 'curve' | 'hash' | 'randomBytes'>,
  input: EciesEncryptInput,
): EciesCiphertext {
  const iv = input.iv ?? crypto.randomBytes(ivBytes)
  requireLength('an iv', iv, ivBytes)
  const ephemeralPrivateKey = input.ephemeralPrivateKey ?? generatePrivateKey(crypto)
  const ephemeralPublicKey = crypto.curve.publicKey(ephemeralPrivateKey)
  const keys = deriveKeys(crypto, ephemeralPrivateKey, input.publicKey)
  const ciphertext = cbc(keys.encryption, iv).encrypt(input.plaintext)
  const mac = crypto.hash.hmacSha256(keys.mac, concatBytes(iv, ephemeralPublicKey, ciphertext))
  wipe(keys.encryption, keys.mac)
  if (input.ephemeralPrivateKey === undefined) wipe(ephemeralPrivateKey)
  return { ephemeralPublicKey, iv, mac, ciphertext }
}

/**
 * The plaintext, once the MAC holds.
 *
 * @throws ValidationError `crypto/bad-public-key`, `crypto/bad-private-key`, `crypto/bad-length`;
 * VerificationError `crypto/decrypt-failed`
 */
export function decryptEcies(
  crypto: Pick<Crypto, 'curve' | 'hash'>,
  privateKey: Uint8Array,
  { ephemeralPublicKey, iv, mac, ciphertext }: EciesCiphertext,
): Uint8Array {
  requireLength('an ephemeral public key', ephemeralPublicKey, publicKeyBytes)
  requireLength('an iv', iv, ivBytes)
  requireLength('a MAC', mac, macBytes)
  const keys = deriveKeys(crypto, privateKey, ephemeralPublicKey)
  try {
    const wanted = crypto.hash.hmacSha256(keys.mac, concatBytes(iv, ephemeralPublicKey, ciphertext))
    if (!equalConstantTime(mac, wanted)) throw decryptFailed()
    return decryptBlocks(keys.encryption, iv, ciphertext)
  } finally {
    wipe(keys.encryption, keys.mac)
  }
}

function decryptBlocks(key: Uint8Array, iv: Uint8Array, ciphertext: Uint8Array): Uint8Array {
  try {
    return cbc(key, iv).decrypt(ciphertext)
  } catch (cause) {
    throw decryptFailed(cause)
  }
}

function deriveKeys(
  crypto: Pick<Crypto, 'curve'>,
  privateKey: Uint8Array,
  publicKey: Uint8Array,
): { encryption: Uint8Array; mac: Uint8Array } {
  const point = crypto.curve.sharedPoint(privateKey, publicKey)
  const digest = sha512(withoutLeadingZeros(point.subarray(1, 33)))
  const keys = { encryption: digest.slice(0, 32), mac: digest.slice(32) }
  wipe(point, digest)
  return keys
}

// The clients in the field hash X as a number without its leading zero bytes, once in 256 times
// shorter than 32 bytes; whoever hashes all 32 cannot read those records.
function withoutLeadingZeros(x: Uint8Array): Uint8Array {
  const start = x.findIndex((byte) => byte !== 0)
  return x.subarray(start < 0 ? x.length : start)
}

function decryptFailed(cause?: unknown): VerificationError {
  return new VerificationError(
    'crypto/decrypt-failed',
    'Decrypt: the MAC or the padding does not hold, wanted a ciphertext made for this key',
    { cause },
  )
}
