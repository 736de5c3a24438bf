// Sealing under a passphrase: scrypt makes the key, AES-256-GCM seals.

import { scrypt } from 'node:crypto'
import { toUtf8, wipe } from '@posthorn/bytes'
import type { Crypto } from '@posthorn/crypto'
import { UsageError, VerificationError } from '@posthorn/errors'
import { additionalData, memoryBytes, type ScryptCost, type SealedFile } from './sealed-file.ts'

/** What opens. */
export type Lock = {
  /** Whose keys they are; sealed in as additional data. */
  readonly owner: string
  readonly passphrase: string
}

const defaultCostLog2 = 17
const blockSize = 8
const keyBytes = 32
const saltBytes = 32
const nonceBytes = 12

/**
 * What a guess costs, by its binary logarithm, 10 to 20; default 17: 128 MiB and about half a second.
 *
 * @throws UsageError `keystore/bad-cost`
 */
export function scryptCost(costLog2: number = defaultCostLog2): ScryptCost {
  if (Number.isInteger(costLog2) && costLog2 >= 10 && costLog2 <= 20) {
    return { n: 2 ** costLog2, r: blockSize, p: 1 }
  }
  throw new UsageError(
    'keystore/bad-cost',
    'Seal keys: costLog2 must be a whole number from 10 to 20',
  )
}

/** Seals bytes under a passphrase, with a fresh salt and nonce. */
export async function sealUnder(
  crypto: Crypto,
  plaintext: Uint8Array,
  lock: Lock & { readonly cost: ScryptCost },
): Promise<SealedFile> {
  const { owner, passphrase, cost } = lock
  const salt = crypto.randomBytes(saltBytes)
  const nonce = crypto.randomBytes(nonceBytes)
  const key = await deriveKey(passphrase, salt, cost)
  try {
    const input = { key, nonce, additionalData: additionalData(owner, { cost, salt }), plaintext }
    return { cost, salt, nonce, ciphertext: await crypto.aead.encrypt(input) }
  } finally {
    wipe(key)
  }
}

/** The sealed bytes. @throws VerificationError `keystore/wrong-passphrase` */
export async function openSealed(
  crypto: Crypto,
  sealed: SealedFile,
  { owner, passphrase }: Lock,
): Promise<Uint8Array> {
  const { salt, nonce, ciphertext, cost } = sealed
  const key = await deriveKey(passphrase, salt, cost)
  try {
    const additional = additionalData(owner, sealed)
    return await crypto.aead.decrypt({ key, nonce, additionalData: additional, ciphertext })
  } catch (error) {
    throw error instanceof VerificationError ? wrongPassphrase() : error
  } finally {
    wipe(key)
  }
}

function deriveKey(passphrase: string, salt: Uint8Array, cost: ScryptCost): Promise<Uint8Array> {
  // One passphrase may be typed as different bytes on different keyboards.
  const secret = toUtf8(passphrase.normalize('NFKC'))
  const options = { N: cost.n, r: cost.r, p: cost.p, maxmem: memoryBytes(cost) }
  return new Promise((resolve, reject) => {
    scrypt(secret, salt, keyBytes, options, (error, key) => {
      wipe(secret)
      // Node says null when all is well, and Bun undefined.
      if (error) reject(error)
      else resolve(key)
    })
  })
}

// The same whatever is wrong: nothing tells a changed file from a mistyped passphrase.
function wrongPassphrase(): VerificationError {
  return new VerificationError(
    'keystore/wrong-passphrase',
    'Load keys: the passphrase does not open the file, wanted the one that it was saved with',
  )
}
