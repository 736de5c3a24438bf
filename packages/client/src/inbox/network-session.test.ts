// Staying on the network, on the node that users run and with stores in files.

import { randomBytes } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { loadCrypto } from '@posthorn/crypto'
import { TransportError } from '@posthorn/errors'
import type { LocalStore } from '@posthorn/local-store'
import { openSqliteStore } from '@posthorn/local-store/sqlite'
import { parseConfig, type RunningNode, startNode } from '@posthorn/node'
import { type TemporaryDirectory, temporaryDirectory } from '@posthorn/testing'
import { createJsonTransport, type Transport } from '@posthorn/transport'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Client } from '../client.ts'
import { createClient } from '../create-client.ts'
import { internalsOf } from '../internals.ts'
import { systemClock } from '../system-clock.ts'
import { contentOfStore, contentsOf, inboxOf, settled, until, untilContents } from './test-inbox.ts'

const crypto = await loadCrypto()
let folder: TemporaryDirectory
let node: RunningNode

beforeEach(async () => {
  folder = await temporaryDirectory()
  node = await start('0')
})

afterEach(async () => {
  await node.kill()
  await folder[Symbol.asyncDispose]()
})

function start(port: string): Promise<RunningNode> {
  const data = join(folder.path, 'node')
  return startNode(parseConfig({ flags: { 'api-port': port, data, 'grace-ms': '100' } }))
}

const url = (): string => node.apiUrls[0] ?? ''

function openStore(name = 'store'): Promise<LocalStore> {
  const key = new Uint8Array(32).fill(3)
  const owner = { network: name, address: '0x1' }
  return openSqliteStore({ crypto, key, directory: folder.path, ...owner })
}

type Calls = { readonly queries: number[]; readonly transport: Transport }

// The real way to the node, with a count of what is asked for.
function counted(): Calls {
  const transport = createJsonTransport({ url: url(), timers: systemClock })
  const queries: number[] = []
  return {
    queries,
    transport: {
      ...transport,
      batchQuery: (requests, options) => {
        queries.push(requests.length)
        return transport.batchQuery(requests, options)
      },
    },
  }
}

async function chatting(
  secret: Uint8Array,
): Promise<{ chat: Awaited<ReturnType<Client['newConversation']>> }> {
  const me = await createClient(secret, { url: url() })
  const alice = await createClient(randomBytes(32), { url: url() })
  return { chat: await alice.newConversation(me.address) }
}

test('a warm store is shown without a network, and then only what is new is fetched', async () => {
  const secret = randomBytes(32)
  const { chat } = await chatting(secret)
  for (let n = 0; n < 5; n++) await chat.send(`${n}`)
  await using client = await createClient(secret, { url: url() })
  {
    await using store = await openStore()
    await using inbox = await inboxOf(client, store)
    await until(inbox, 'live')
  }
  await chat.send('meanwhile')
  const { transport, queries } = counted()
  await using again = await createClient(secret, { transport })
  await using store = await openStore()
  await using inbox = await inboxOf(again, store)
  expect(await contentsOf(inbox, chat.topic)).toEqual(['0', '1', '2', '3', '4'])
  expect(await untilContents(inbox, chat.topic, 6)).toHaveLength(6)
  await until(inbox, 'live')
  expect(queries).toEqual([])
})

test('an inbox says when the node is away, and goes on when it is back', async () => {
  const secret = randomBytes(32)
  const { chat } = await chatting(secret)
  await using client = await createClient(secret, { url: url() })
  await using store = await openStore()
  await using inbox = await inboxOf(client, store)
  const seen: string[] = []
  const watching = (async () => {
    for await (const { kind } of inbox.states()) seen.push(kind)
  })()
  await until(inbox, 'live')
  const { port } = new URL(url())
  await node.kill()
  const state = await until(inbox, 'offline')
  expect(state).toMatchObject({ kind: 'offline', error: expect.any(TransportError) })
  await inbox.send(chat.topic, 'written meanwhile')
  node = await start(port)
  inbox.wake()
  await until(inbox, 'live')
  await chat.send('after')
  expect(await untilContents(inbox, chat.topic, 2)).toEqual(['written meanwhile', 'after'])
  await inbox[Symbol.asyncDispose]()
  await watching
  expect(seen.at(-1)).toBe('closed')
  expect(seen).toContain('offline')
})

test('a node with another log is read anew, and nothing is lost or comes twice', async () => {
  const secret = randomBytes(32)
  const { chat } = await chatting(secret)
  await chat.send('old')
  await using client = await createClient(secret, { url: url() })
  await using store = await openStore()
  {
    await using inbox = await inboxOf(client, store)
    await until(inbox, 'live')
  }
  const before = await store.progress('inbox')
  const { port } = new URL(url())
  const history = await everything(client, chat.topic)
  await node.kill()
  await rm(join(folder.path, 'node'), { recursive: true })
  node = await start(port)
  // The other node has what this one had, in another order, and more that the inbox has never seen.
  await internalsOf(client).context.publisher.publish(history.toReversed())
  await chat.send('new')
  await using inbox = await inboxOf(client, store)
  expect(await untilContents(inbox, chat.topic, 2)).toEqual(['old', 'new'])
  await until(inbox, 'live')
  const after = await store.progress('inbox')
  expect(after?.logId).not.toBe(before?.logId)
  expect(await contentsOf(inbox, chat.topic)).toEqual(['old', 'new'])
})

async function everything(client: Client, topic: string) {
  const transport = createJsonTransport({ url: url(), timers: systemClock })
  const topics = [`/xmtp/0/invite-${client.address}/proto`, topic]
  return (await transport.query({ topics, direction: 'ascending' })).envelopes
}

test('two clients of one wallet on two stores end with the same content', async () => {
  const secret = randomBytes(32)
  const { chat } = await chatting(secret)
  for (let n = 0; n < 3; n++) await chat.send(`${n}`)
  await using phone = await createClient(secret, { url: url() })
  await using desk = await createClient(secret, { url: url() })
  await using phoneStore = await openStore('phone')
  await using deskStore = await openStore('desk')
  await using onPhone = await inboxOf(phone, phoneStore)
  await until(onPhone, 'live')
  await onPhone.send(chat.topic, 'from the phone')
  await onPhone.markRead(chat.topic)
  await using onDesk = await inboxOf(desk, deskStore)
  await until(onDesk, 'live')
  const { peerAddress = '' } = (await onDesk.conversation(chat.topic)) ?? {}
  await onDesk.deny(peerAddress)
  await onDesk.send(chat.topic, 'from the desk')
  await chat.send('late')
  await untilContents(onPhone, chat.topic, 6)
  await untilContents(onDesk, chat.topic, 6)
  await until(onPhone, 'live')
  await settled(
    async () => `${await contentOfStore(phoneStore)}` === `${await contentOfStore(deskStore)}`,
  )
  expect(await contentOfStore(phoneStore)).toEqual(await contentOfStore(deskStore))
  expect(await phoneStore.readMark(chat.topic)).toBeDefined()
  expect(await onPhone.conversation(chat.topic)).toMatchObject({
    unreadCount: 1,
    consent: 'denied',
  })
})
