// Changing the keys that others write to, while the identity stays.

import { wipe } from '@posthorn/bytes'
import { rotateKeyBundle } from '@posthorn/keystore'
import { importKeystore, type Keystore } from '@posthorn/protocol-v2'
import { knownRecord } from './check-record.ts'
import {
  type ClientBase,
  type ClientOptions,
  clientBase,
  createClient,
  networkOf,
  openKeystore,
} from './create-client.ts'
import { keepInVault, loadKept } from './open-kept-keystore.ts'
import { keepOnNetwork } from './open-keystore.ts'
import { signerFrom, type WalletSource } from './signer-from.ts'
import { type CountingSigner, countPrompts } from './wallet-prompts.ts'

/**
 * Gives the account a new pre-key: its keys on the network and in the vault are replaced, and then it is
 * advertised. Older pre-keys stay and open what was sealed to them. The wallet signs once to seal the keys
 * anew, and once before that unless the vault has them. Clients that are open keep the old keys: open them anew,
 * those on other devices without what their vaults keep.
 *
 * @throws as `createClient`
 */
export async function rotateKeys(wallet: WalletSource, options: ClientOptions = {}): Promise<void> {
  const base = await clientBase(options)
  const { crypto, clock, transport } = base
  try {
    const signer = countPrompts(await signerFrom(crypto, wallet), options.onBeforeSign)
    const before = await exportedBy(signer, { ...options, ...base })
    const after = rotateKeyBundle(crypto, before, clock.nowMs())
    wipe(before)
    await using keystore = importKeystore(crypto, after)
    wipe(after)
    await keep(keystore, signer, { ...options, ...base })
    // A client of these keys finds that another contact is advertised and publishes theirs.
    const plain = { vault: undefined, autoLock: undefined, publishContact: true }
    await createClient(keystore, { ...options, ...plain, transport })
  } finally {
    if (options.transport === undefined) await transport[Symbol.asyncDispose]()
  }
}

async function exportedBy(
  signer: CountingSigner,
  parts: ClientOptions & ClientBase,
): Promise<Uint8Array> {
  const quiet = { onBeforeSign: undefined, autoLock: undefined }
  await using keystore = (await openKeystore(signer, { ...parts, ...quiet })).keystore
  return await keystore.exportKeyBundle()
}

// On the network first: what is advertised must be there for the account's other clients.
async function keep(
  keystore: Keystore,
  signer: CountingSigner,
  parts: ClientOptions & ClientBase,
): Promise<void> {
  const { crypto, vault } = parts
  const envelope =
    parts.keystore === 'local' ? undefined : await keepOnNetwork(keystore, { ...parts, signer })
  if (vault === undefined) return
  const owner = { network: networkOf(parts), address: keystore.address }
  const kept = await loadKept({ crypto, vault }, owner)
  await kept?.keystore[Symbol.asyncDispose]()
  const record = envelope ? knownRecord(crypto, envelope) : kept?.record
  await keepInVault(vault, owner, { keys: await keystore.exportKeyBundle(), record })
}
