// What a client keeps on its device: keys that spare the next start the wallet, and an inbox that is there without
// a network.

import { type Client, type ClientOptions, createClient, type WalletSource } from '@posthorn/client'
import { type Inbox, openInbox } from '@posthorn/client/inbox'
import type { Crypto } from '@posthorn/crypto'
import type { KeyVault } from '@posthorn/keystore'
import type { LocalStore, OpenLocalStoreOptions } from '@posthorn/local-store'
import { expectEqual, type Result, resultOf } from './report.ts'

/** Where a platform keeps things. */
export type Device = {
  readonly vault: KeyVault
  openStore(
    options: OpenLocalStoreOptions & { readonly network: string; readonly address: string },
  ): Promise<LocalStore>
}

/** What the story needs. */
export type DeviceOptions = {
  readonly device: Device
  readonly crypto: Crypto
  /** Base address of the node. */
  readonly url: string
}

const network = 'platforms'
const nowhere = 'http://127.0.0.1:9'
const texts = ['from the outbox', 'into the store']

/** Tells the story; each part stands on the one before. */
export async function keepOnDevice({ device, crypto, url }: DeviceOptions): Promise<Result[]> {
  const { vault } = device
  const connect = (from: WalletSource, options: ClientOptions): Promise<Client> =>
    createClient(from, { crypto, network, ...options })
  const privateKey = crypto.randomBytes(32)
  const key = crypto.randomBytes(32)
  let address: `0x${string}` = '0x'
  let topic = ''
  const openStore = (): Promise<LocalStore> => device.openStore({ crypto, key, network, address })
  return [
    await resultOf('keys in a vault spare the next start the wallet', async () => {
      await using first = await connect(privateKey, { url, vault })
      address = first.address as `0x${string}`
      await using again = await connect(address, { url, vault })
      expectEqual([first.promptCount, again.promptCount], [2, 0], 'prompts')
    }),
    await resultOf('an inbox sends what it holds and holds what comes', async () => {
      await using client = await connect(address, { url, vault })
      await using peer = await connect(crypto.randomBytes(32), { url })
      await using store = await openStore()
      expectEqual(store.persistence.kind, 'durable', 'persistence')
      await using inbox = openInbox({ client, store })
      const arriving = await peer.streamAllMessages()
      topic = (await inbox.begin(peer.address)).topic
      await inbox.send(topic, texts[0])
      const { value } = await arriving.next()
      await value?.conversation.send(texts[1])
      await untilItHas(inbox, topic)
    }),
    await resultOf('the same inbox is there again without a network', async () => {
      await using client = await connect(address, { url: nowhere, vault })
      await using store = await openStore()
      await using inbox = openInbox({ client, store })
      expectEqual(await contents(inbox, topic), texts, 'contents')
      const { items } = await inbox.search({ text: 'outbox', limit: 5 })
      expectEqual(items.length, 1, 'hits of a search')
    }),
  ]
}

async function untilItHas(inbox: Inbox, topic: string): Promise<void> {
  const leaving = new AbortController()
  const changes = inbox.changes({ signal: leaving.signal })[Symbol.asyncIterator]()
  let change = changes.next()
  while ((await contents(inbox, topic)).length < texts.length) {
    await change
    change = changes.next()
  }
  leaving.abort()
  await change.catch(() => undefined)
}

async function contents(inbox: Inbox, topic: string): Promise<unknown[]> {
  const { items } = await inbox.messages({ topic, direction: 'ascending' })
  return items.map(({ content }) => content)
}
