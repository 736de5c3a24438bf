// One wallet on three machines: two of ours with stores in folders of their own, and one of the published SDK.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import { type Inbox, openInbox } from '../../../packages/client/src/inbox.ts'
import type { Client } from '../../../packages/client/src/index.ts'
import { loadCrypto } from '../../../packages/crypto/src/index.ts'
import { openSqliteStore } from '../../../packages/local-store/src/sqlite.ts'
import type { Check } from '../check.ts'
import { newAccount, type SdkClient } from '../sdk.ts'
import type { World } from '../world.ts'

export const portableInboxChecks: readonly Check[] = [
  {
    name: 'inbox: two of ours and one of the SDK, of one wallet, end with the same',
    run: async (world) => {
      await using machines = await openMachines(world)
      const { here, there, published, address } = machines
      const [friend, foe, shop] = [
        await world.sdkClient(),
        await world.sdkClient(),
        await world.ourClient(),
      ]
      for (const peer of [friend, foe]) {
        const begun = await peer.conversations.newConversation(address)
        for (const text of ['one', 'two', 'three']) await begun.send(`${text} of ${peer.address}`)
      }
      await sendFrom(here, friend.address, 'from here')
      await sendFrom(there, shop.address, 'from there')
      const listed = await published.conversations.list()
      const ofFriend = listed.find(({ peerAddress }) => peerAddress === friend.address)
      await ofFriend?.send('from the SDK')
      await published.contacts.deny([foe.address])
      await there.allow(friend.address)
      const [read] = (await here.conversations()).items
      assert.ok(read)
      await here.markRead(read.topic)
      const [answer] = await shop.conversations()
      await answer?.send('from the shop')
      await expectSame(machines, 3)
    },
  },
]

type Machines = AsyncDisposable & {
  readonly address: string
  readonly here: Inbox
  readonly there: Inbox
  readonly published: SdkClient
}

async function openMachines(world: World): Promise<Machines> {
  const account = newAccount()
  const folders = [1, 2].map(() => mkdtempSync(join(tmpdir(), 'posthorn-machine-')))
  const open = async (client: Client, directory = ''): Promise<Inbox> => {
    const owner = { network: 'conformance', address: client.address, directory }
    const key = new Uint8Array(32).fill(7)
    const store = await openSqliteStore({ crypto: await loadCrypto(), key, ...owner })
    const opened = openInbox({ client, store })
    closers.push(async () => {
      await opened[Symbol.asyncDispose]()
      await store[Symbol.asyncDispose]()
    })
    return opened
  }
  const closers: (() => Promise<void>)[] = []
  return {
    address: account.address,
    here: await open(await world.ourClient(account), folders[0]),
    there: await open(await world.ourClient(account), folders[1]),
    published: await world.sdkClient(account),
    [Symbol.asyncDispose]: async () => {
      for (const close of closers) await close()
      for (const folder of folders) rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function sendFrom(inbox: Inbox, peer: string, text: string): Promise<void> {
  const { topic } = await inbox.begin(peer)
  await inbox.send(topic, text)
}

/** A conversation as all three see it, and as only ours do. */
type Seen = {
  readonly common: { readonly topic: string; readonly peer: string; readonly texts: unknown[] }
  readonly consent: string
  readonly unreadCount?: number
}

async function seenBy(inbox: Inbox): Promise<Seen[]> {
  const { items } = await inbox.conversations()
  const seen = items.map(async ({ topic, peerAddress: peer, consent, unreadCount }) => {
    const messages = (await inbox.messages({ topic, direction: 'ascending' })).items
    const texts = messages.map(({ id, senderAddress, content }) => [id, senderAddress, content])
    return { common: { topic, peer, texts }, consent, unreadCount }
  })
  return sorted(await Promise.all(seen))
}

async function seenByPublished(client: SdkClient): Promise<Seen[]> {
  await client.contacts.refreshConsentList()
  const seen = (await client.conversations.list()).map(async (each) => {
    const messages = await each.messages()
    const texts = messages.map(({ id, senderAddress, content }) => [id, senderAddress, content])
    const common = { topic: each.topic, peer: each.peerAddress, texts }
    return { common, consent: client.contacts.consentState(each.peerAddress) }
  })
  return sorted(await Promise.all(seen))
}

function sorted(seen: readonly Seen[]): Seen[] {
  return [...seen].sort((a, b) => (a.common.topic < b.common.topic ? -1 : 1))
}

const patienceMs = 12_000
const pollMs = 200

// What was written last may be on its way.
async function expectSame({ here, there, published }: Machines, count: number): Promise<void> {
  const endMs = performance.now() + patienceMs
  for (;;) {
    const [ours, others, theirs] = [
      await seenBy(here),
      await seenBy(there),
      await seenByPublished(published),
    ]
    const shared = ours.map(({ common, consent }) => ({ common, consent }))
    const isSame = isDeepStrictEqual(ours, others) && isDeepStrictEqual(shared, theirs)
    if (isSame && ours.length === count && isFinal(ours)) return
    if (performance.now() > endMs) {
      assert.deepEqual(others, ours)
      assert.deepEqual(theirs, shared)
      assert.fail(`found ${JSON.stringify(ours)}`)
    }
    await sleep(pollMs)
  }
}

// Everything that was done shows.
function isFinal(seen: readonly Seen[]): boolean {
  const texts = seen.flatMap(({ common }) => common.texts)
  const states = seen.map(({ consent }) => consent).sort()
  const isRead = seen.some(({ unreadCount }) => unreadCount === 0)
  return texts.length === 10 && states.join(' ') === 'allowed allowed denied' && isRead
}
