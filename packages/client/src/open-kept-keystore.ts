// Coming by keys that this device keeps; and keeping them, when they came from elsewhere.

import { wipe } from '@posthorn/bytes'
import { NotFoundError, VerificationError } from '@posthorn/errors'
import { parseAddress } from '@posthorn/identity'
import {
  createLockingKeystore,
  decodeKeptKeys,
  encodeKeptKeys,
  type KeptKeys,
  type KeyOwner,
  type KeyVault,
  type KnownRecord,
} from '@posthorn/keystore'
import { importKeystore, type Keystore } from '@posthorn/protocol-v2'
import type { AutoLock } from './auto-lock.ts'
import { checkRecord, knownRecord } from './check-record.ts'
import type { OwnKeyAlarm } from './key-alarm.ts'
import {
  newestRecord,
  type OpenedKeystore,
  type OpenKeystoreInput,
  openNetworkKeystore,
} from './open-keystore.ts'
import { signerFrom, type WalletSource } from './signer-from.ts'
import { type CountingSigner, countPrompts, type OnBeforeSign } from './wallet-prompts.ts'

/** What {@link openKeptKeystore} needs. */
export type KeptKeystoreParts = Omit<OpenKeystoreInput, 'signer'> & {
  readonly vault: KeyVault
  /** Name under which the vault keeps the keys. */
  readonly network: string
  readonly autoLock?: AutoLock | undefined
  readonly onBeforeSign?: OnBeforeSign | undefined
}

/**
 * The keystore of keys that the vault keeps, without a prompt; or else those that the wallet opens, which are
 * kept from now on. An address does where the vault has keys of it.
 *
 * @throws NotFoundError `client/no-kept-keys`; VerificationError `keystore/other-account`; whatever the vault
 * throws; and as `openNetworkKeystore`
 */
export async function openKeptKeystore(
  from: WalletSource,
  parts: KeptKeystoreParts,
): Promise<OpenedKeystore> {
  const { crypto, onBeforeSign } = parts
  const isAddress = typeof from === 'string' && /^0x[0-9a-f]{40}$/i.test(from)
  const signer = isAddress ? undefined : countPrompts(await signerFrom(crypto, from), onBeforeSign)
  const address = signer?.address ?? parseAddress(crypto, String(from))
  const owner: KeyOwner = { network: parts.network, address }
  const found = await loadKept(parts, owner)
  const { keystore, record } = found ?? (await fetchAndKeep(parts, owner, signer))
  return {
    keystore: lockable(keystore, parts, owner),
    promptCount: signer?.promptCount ?? 0,
    isFromVault: found !== undefined,
    checkRecord: () => findAlarm(parts, address, record),
  }
}

/** What a vault kept. */
export type Kept = { readonly keystore: Keystore; readonly record: KnownRecord | undefined }

/** The keystore of what a vault keeps, if anything. */
export async function loadKept(
  { crypto, vault }: Pick<KeptKeystoreParts, 'crypto' | 'vault'>,
  owner: KeyOwner,
): Promise<Kept | undefined> {
  const bytes = await vault.load(owner)
  if (bytes === undefined) return undefined
  try {
    const { keys, record } = decodeKeptKeys(bytes)
    const keystore = importKeystore(crypto, keys)
    if (keystore.address !== owner.address) throw otherAccount()
    return { keystore, record }
  } finally {
    wipe(bytes)
  }
}

async function fetchAndKeep(
  parts: KeptKeystoreParts,
  owner: KeyOwner,
  signer: CountingSigner | undefined,
): Promise<Kept> {
  if (signer === undefined) throw noKeptKeys()
  const { keystore, record: envelope } = await openNetworkKeystore({ ...parts, signer })
  const record = envelope && knownRecord(parts.crypto, envelope)
  await keepInVault(parts.vault, owner, { keys: await keystore.exportKeyBundle(), record })
  return { keystore, record }
}

/** Puts keys into a vault and wipes them here. */
export async function keepInVault(vault: KeyVault, owner: KeyOwner, kept: KeptKeys): Promise<void> {
  const bytes = encodeKeptKeys(kept)
  try {
    await vault.save(owner, bytes)
  } finally {
    wipe(bytes, kept.keys)
  }
}

function lockable(keystore: Keystore, parts: KeptKeystoreParts, owner: KeyOwner): Keystore {
  const { autoLock, clock } = parts
  if (autoLock === undefined) return keystore
  const unlock = async (): Promise<Keystore> => {
    await autoLock.onUnlock?.()
    const kept = await loadKept(parts, owner)
    if (kept === undefined) throw noKeptKeys()
    return kept.keystore
  }
  return createLockingKeystore(keystore, { ...autoLock, clock, unlock })
}

async function findAlarm(
  parts: KeptKeystoreParts,
  address: string,
  known: KnownRecord | undefined,
): Promise<OwnKeyAlarm | undefined> {
  const newest = await newestRecord(address, parts)
  const kind = checkRecord(known, newest && knownRecord(parts.crypto, newest))
  return kind && { kind, address }
}

function noKeptKeys(): NotFoundError {
  return new NotFoundError(
    'client/no-kept-keys',
    'Open kept keys: the vault has none of this account on this network, wanted them or a wallet',
  )
}

function otherAccount(): VerificationError {
  return new VerificationError(
    'keystore/other-account',
    'Open kept keys: found the keys of another account, wanted those of the wallet',
  )
}
