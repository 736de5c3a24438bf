// Keys in files under a passphrase: for programs on servers and in terminals.

import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { toHex } from '@posthorn/bytes'
import { type Crypto, loadCrypto } from '@posthorn/crypto'
import { UsageError } from '@posthorn/errors'
import { openSealed, scryptCost, sealUnder } from './file/passphrase-seal.ts'
import { decodeSealedFile, encodeSealedFile } from './file/sealed-file.ts'
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
  const { directory, passphrase } = options
  const cost = scryptCost(options.costLog2)
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
      const lock = { owner: ownerText(owner), passphrase: await ask('open') }
      return openSealed(await loadedCrypto(), sealed, lock)
    },
    save: async (owner, bytes) => {
      const crypto = await loadedCrypto()
      const lock = { owner: ownerText(owner), passphrase: await ask('seal'), cost }
      const sealed = await sealUnder(crypto, bytes, lock)
      const suffix = toHex(crypto.randomBytes(suffixBytes))
      await writeSecretFile(pathOf(owner), encodeSealedFile(sealed), suffix)
    },
    remove: (owner) => removeSecretFile(pathOf(owner)),
  }
}

function fileName(owner: KeyOwner): string {
  const digest = createHash('sha256')
    .update(`posthorn keys ${ownerText(owner)}`)
    .digest()
  return toHex(digest.subarray(0, 16))
}
