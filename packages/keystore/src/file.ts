// Keys in files under a passphrase: for programs on servers and in terminals.

import { createHash, scrypt } from 'node:crypto'
import { join } from 'node:path'
import { toHex, toUtf8, wipe } from '@posthorn/bytes'
import { type Crypto, loadCrypto } from '@posthorn/crypto'
import { UsageError, VerificationError } from '@posthorn/errors'
import {
  additionalData,
  decodeSealedFile,
  encodeSealedFile,
  memoryBytes,
  type ScryptCost,
  type SealedFile,
} from './file/sealed-file.ts'
import { readSecretFile, removeSecretFile, writeSecretFile } from './file/secret-file.ts'
import { type KeyOwner, type KeyVault, ownerText } from './vault/key-vault.ts'

export type { KeyOwner, KeyVault } from './vault/key-vault.ts'

/** What a passphrase is asked for: to open keys that lie there, or to seal keys from now on. */
export type PassphrasePurpose = 'open' | 'seal'

/** Options of {@link createFileVault}. */
export type FileVaultOptions = {
  /** Made with mode 0700 when it is missing. */
  readonly directory: string
  /** The passphrase, or how to ask for it each time it is needed. */
  readonly passphrase: string | ((purpose: PassphrasePurpose) => string | Promise<string>)
  /**
   * Binary logarithm of what a guess costs, 10 to 20; default 17: 128 MiB and about half a second. Files tell
   * theirs, so it may be changed at any time.
   */
  readonly costLog2?: number | undefined
  /** Default: the fastest back end of the platform. */
  readonly crypto?: Crypto | undefined
}

const defaultCostLog2 = 17
const blockSize = 8
const keyBytes = 32
const saltBytes = 32
const nonceBytes = 12
const suffixBytes = 8

/**
 * A vault of files `<32 hexadecimal digits>.keys`, mode 0600, each sealed under a passphrase with scrypt and
 * AES-256-GCM.
 *
 * Its methods reject also with VerificationError `keystore/wrong-passphrase`;
 * UsageError `keystore/empty-passphrase`, `keystore/file-too-open`
 *
 * @throws UsageError `keystore/bad-cost`
 */
export function createFileVault(options: FileVaultOptions): KeyVault {
  const { directory, passphrase, costLog2 = defaultCostLog2 } = options
  if (!Number.isInteger(costLog2) || costLog2 < 10 || costLog2 > 20) throw badCost()
  const cost: ScryptCost = { n: 2 ** costLog2, r: blockSize, p: 1 }
  const pathOf = (owner: KeyOwner): string => join(directory, `${fileName(owner)}.keys`)
  let loading: Promise<Crypto> | undefined
  const loadedCrypto = (): Promise<Crypto> => {
    loading ??= options.crypto === undefined ? loadCrypto() : Promise.resolve(options.crypto)
    return loading
  }

  async function ask(purpose: PassphrasePurpose): Promise<string> {
    const text = typeof passphrase === 'string' ? passphrase : await passphrase(purpose)
    if (text !== '') return text
    throw new UsageError('keystore/empty-passphrase', 'Ask for passphrase: found an empty one')
  }

  return {
    load: async (owner) => {
      const bytes = await readSecretFile(pathOf(owner))
      if (bytes === undefined) return undefined
      const sealed = decodeSealedFile(bytes)
      return open(await loadedCrypto(), sealed, { owner, passphrase: await ask('open') })
    },
    save: async (owner, bytes) => {
      const crypto = await loadedCrypto()
      const sealing = { owner, passphrase: await ask('seal'), cost }
      const sealed = await seal(crypto, bytes, sealing)
      const suffix = toHex(crypto.randomBytes(suffixBytes))
      await writeSecretFile(pathOf(owner), encodeSealedFile(sealed), suffix)
    },
    remove: (owner) => removeSecretFile(pathOf(owner)),
  }
}

type Lock = { readonly owner: KeyOwner; readonly passphrase: string }

async function seal(
  crypto: Crypto,
  plaintext: Uint8Array,
  lock: Lock & { readonly cost: ScryptCost },
): Promise<SealedFile> {
  const { owner, passphrase, cost } = lock
  const salt = crypto.randomBytes(saltBytes)
  const nonce = crypto.randomBytes(nonceBytes)
  const key = await deriveKey(passphrase, salt, cost)
  try {
    const additional = additionalData(ownerText(owner), { cost, salt })
    const input = { key, nonce, additionalData: additional, plaintext }
    return { cost, salt, nonce, ciphertext: await crypto.aead.encrypt(input) }
  } finally {
    wipe(key)
  }
}

async function open(crypto: Crypto, sealed: SealedFile, lock: Lock): Promise<Uint8Array> {
  const { salt, nonce, ciphertext, cost } = sealed
  const key = await deriveKey(lock.passphrase, salt, cost)
  try {
    const additional = additionalData(ownerText(lock.owner), sealed)
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

function fileName(owner: KeyOwner): string {
  const digest = createHash('sha256')
    .update(`posthorn keys ${ownerText(owner)}`)
    .digest()
  return toHex(digest.subarray(0, 16))
}

function badCost(): UsageError {
  return new UsageError(
    'keystore/bad-cost',
    'Create file vault: costLog2 must be a whole number from 10 to 20',
  )
}

// The same whatever is wrong: nothing tells a changed file from a mistyped passphrase.
function wrongPassphrase(): VerificationError {
  return new VerificationError(
    'keystore/wrong-passphrase',
    'Load keys: the passphrase does not open the file, wanted the one that it was saved with',
  )
}
