// Keys at rest under a passphrase: scrypt, then AES-256-GCM, bound to the account whose keys they are.

import { createCipheriv, createDecipheriv, randomBytes, scrypt } from 'node:crypto'
import { fromHex, toHex, toUtf8, wipe } from '@posthorn/bytes'
import { ValidationError, VerificationError } from '@posthorn/errors'

/** Sealed keys as they stand in a key file; bytes are hex. */
export type SealedKey = {
  readonly kdf: 'scrypt'
  readonly cost: number
  readonly blockSize: number
  readonly parallelization: number
  readonly salt: string
  readonly cipher: 'aes-256-gcm'
  readonly nonce: string
  /** Ciphertext and 16-byte tag. */
  readonly ciphertext: string
}

/** What seals keys. */
export type SealInput = {
  readonly secret: Uint8Array
  readonly passphrase: string
  /** Additional data: opening takes the same text. */
  readonly boundTo: string
}

const cipherName = 'aes-256-gcm'
const saltBytes = 16
const nonceBytes = 12
const tagBytes = 16
const keyBytes = 32
// 64 MiB and a fifth of a second for each guess.
const defaultCost = { cost: 2 ** 16, blockSize: 8, parallelization: 1 }
// A key file is data: it may not ask for more memory than this.
const maxMemoryBytes = 512 * 1024 * 1024

/** Seals keys. */
export async function sealKey({ secret, passphrase, boundTo }: SealInput): Promise<SealedKey> {
  const salt = randomBytes(saltBytes)
  const nonce = randomBytes(nonceBytes)
  const key = await deriveKey(passphrase, { ...defaultCost, salt })
  const cipher = createCipheriv(cipherName, key, nonce)
  cipher.setAAD(toUtf8(boundTo))
  const sealed = Buffer.concat([cipher.update(secret), cipher.final(), cipher.getAuthTag()])
  wipe(key)
  return {
    kdf: 'scrypt',
    ...defaultCost,
    salt: toHex(salt),
    cipher: cipherName,
    nonce: toHex(nonce),
    ciphertext: toHex(sealed),
  }
}

/**
 * The keys under a passphrase.
 *
 * @throws VerificationError `cli/wrong-passphrase`; ValidationError `cli/key-damaged`
 */
export async function openKey(
  sealed: SealedKey,
  { passphrase, boundTo }: Pick<SealInput, 'passphrase' | 'boundTo'>,
): Promise<Uint8Array> {
  const bytes = fromHex(sealed.ciphertext)
  const key = await deriveKey(passphrase, { ...sealed, salt: fromHex(sealed.salt) })
  try {
    const options = { authTagLength: tagBytes }
    const decipher = createDecipheriv(cipherName, key, fromHex(sealed.nonce), options)
    decipher.setAAD(toUtf8(boundTo))
    decipher.setAuthTag(bytes.subarray(-tagBytes))
    const head = decipher.update(bytes.subarray(0, -tagBytes))
    return new Uint8Array(Buffer.concat([head, decipher.final()]))
  } catch (cause) {
    throw new VerificationError(
      'cli/wrong-passphrase',
      'Open key file: the passphrase does not fit',
      { cause },
    )
  } finally {
    wipe(key)
  }
}

type Derivation = Pick<SealedKey, 'cost' | 'blockSize' | 'parallelization'> & {
  readonly salt: Uint8Array
}

function deriveKey(passphrase: string, derivation: Derivation): Promise<Uint8Array> {
  const { cost, blockSize, parallelization, salt } = derivation
  const options = { cost, blockSize, parallelization, maxmem: maxMemoryBytes }
  const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>()
  const damaged = (cause: unknown): ValidationError =>
    new ValidationError(
      'cli/key-damaged',
      'Open key file: found scrypt parameters out of bounds, wanted those that posthorn writes',
      { cause },
    )
  try {
    scrypt(passphrase.normalize('NFKC'), salt, keyBytes, options, (error, key) =>
      error === null ? resolve(key) : reject(damaged(error)),
    )
  } catch (cause) {
    reject(damaged(cause))
  }
  return promise
}
