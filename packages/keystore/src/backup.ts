// Keys as a text that can be put away: on paper, in a password manager, on another machine.

import { fromUtf8, toUtf8 } from '@posthorn/bytes'
import { type Crypto, loadCrypto } from '@posthorn/crypto'
import { UsageError } from '@posthorn/errors'
import { openSealed, scryptCost, sealUnder } from './file/passphrase-seal.ts'
import { decodeSealedFile, encodeSealedFile } from './file/sealed-file.ts'
import { ownerText } from './vault/key-vault.ts'
import { malformed } from './vault/vault-errors.ts'

/** Keys and whose they are. */
export type BackedUpKeys = {
  /** As `exportKeys` of a client gives them. */
  readonly keys: Uint8Array
  /** In EIP-55 form; stands in the backup for everybody to read. */
  readonly address: string
}

/** Options of {@link sealKeyBackup} and {@link openKeyBackup}. */
export type KeyBackupOptions = {
  readonly passphrase: string
  /** Binary logarithm of what a guess costs, 10 to 20; default 17: 128 MiB and about half a second. */
  readonly costLog2?: number | undefined
  /** Default: the fastest back end of the platform. */
  readonly crypto?: Crypto | undefined
}

const addressForm = /^0x[0-9a-fA-F]{40}$/
// No vault keeps keys for a network of this name, so neither opens what the other has sealed.
const backupNetwork = 'posthorn key backup'

/**
 * One line of JSON: keys sealed under a passphrase with scrypt and AES-256-GCM.
 *
 * @throws UsageError `keystore/empty-passphrase`, `keystore/bad-cost`
 */
export async function sealKeyBackup(
  { keys, address }: BackedUpKeys,
  options: KeyBackupOptions,
): Promise<string> {
  const cost = scryptCost(options.costLog2)
  const crypto = options.crypto ?? (await loadCrypto())
  const lock = { owner: ownerOf(address), passphrase: given(options), cost }
  const sealed = encodeSealedFile(await sealUnder(crypto, keys, lock))
  return JSON.stringify({ address, ...JSON.parse(fromUtf8(sealed)) })
}

/**
 * The keys of a backup; blanks around it do not matter.
 *
 * @throws VerificationError `keystore/wrong-passphrase`; CodecError `keystore/malformed`;
 * UsageError `keystore/empty-passphrase`
 */
export async function openKeyBackup(
  text: string,
  options: KeyBackupOptions,
): Promise<BackedUpKeys> {
  const sealed = decodeSealedFile(toUtf8(text))
  const { address }: { address?: unknown } = JSON.parse(text)
  if (typeof address !== 'string' || !addressForm.test(address)) throw malformed('no address')
  const crypto = options.crypto ?? (await loadCrypto())
  const lock = { owner: ownerOf(address), passphrase: given(options) }
  return { address, keys: await openSealed(crypto, sealed, lock) }
}

function ownerOf(address: string): string {
  return ownerText({ network: backupNetwork, address })
}

function given({ passphrase }: KeyBackupOptions): string {
  if (passphrase !== '') return passphrase
  throw new UsageError('keystore/empty-passphrase', 'Ask for passphrase: found an empty one')
}
