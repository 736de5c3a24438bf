// Run by tests in a process of its own, to be killed.

import { fromHex } from '@posthorn/bytes'
import { loadCrypto } from '@posthorn/crypto'
import { openSqliteStore } from '@posthorn/local-store/sqlite'
import { createClient } from '../create-client.ts'
import { broadcast } from './broadcast.ts'
import { createStoreJournal } from './store-journal.ts'

/** What the child is told. */
export type KillChildInput = {
  readonly url: string
  /** Where its journal lies. */
  readonly directory: string
  /** Hex of exported keys. */
  readonly keys: string
  readonly content: string
  readonly recipients: readonly string[]
}

/** Broadcasts with a journal on disk, and tells the outcome of each recipient that is settled. */
export async function broadcastAndTell(
  { url, directory, keys, content, recipients }: KillChildInput,
  tell: (kind: string) => void,
): Promise<void> {
  const crypto = await loadCrypto()
  await using client = await createClient(fromHex(keys), { url, crypto, keystore: 'static' })
  await using store = await openSqliteStore({
    crypto,
    directory,
    key: new Uint8Array(32),
    network: 'test',
    address: client.address,
  })
  const journal = createStoreJournal({ store, name: 'job' })
  for await (const { outcome } of broadcast(client, { recipients, content, journal })) {
    tell(outcome.kind)
  }
}
