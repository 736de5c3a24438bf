// Writing: without a network, over restarts, to old clients, and with content that nobody keeps.

import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { loadCrypto } from '@posthorn/crypto'
import { TransportError } from '@posthorn/errors'
import { openSqliteStore } from '@posthorn/local-store/sqlite'
import { parseConfig, startNode } from '@posthorn/node'
import { temporaryDirectory } from '@posthorn/testing'
import type { Transport } from '@posthorn/transport'
import { expect, test } from 'vitest'
import type { Client } from '../client.ts'
import { createClient } from '../create-client.ts'
import { createWorld, wallet } from '../test-world.ts'
import {
  contentsOf,
  inboxOf,
  memoryStore,
  messagesOf,
  settled,
  until,
  untilContents,
} from './test-inbox.ts'

const crypto = await loadCrypto()

// A way to the network that can be cut.
function switchable(transport: Transport): { transport: Transport; isCut: boolean } {
  const gone = (): TransportError => new TransportError('transport/unavailable', 'Call: cut')
  const line = {
    isCut: false,
    transport: {
      ...transport,
      publish: async (...args) => {
        if (line.isCut) throw gone()
        return transport.publish(...args)
      },
      query: async (...args) => {
        if (line.isCut) throw gone()
        return transport.query(...args)
      },
      batchQuery: async (...args) => {
        if (line.isCut) throw gone()
        return transport.batchQuery(...args)
      },
      subscribe: (...args) => {
        if (line.isCut) throw gone()
        return transport.subscribe(...args)
      },
    } as Transport,
  }
  return line
}

test('what was written without a node is sent in order and once, after a restart of both', async () => {
  await using folder = await temporaryDirectory()
  const data = join(folder.path, 'node')
  const start = (port: string) =>
    startNode(parseConfig({ flags: { 'api-port': port, data, 'grace-ms': '100' } }))
  const owner = { network: 'test', address: '0x1', directory: folder.path }
  const openStore = () => openSqliteStore({ crypto, key: new Uint8Array(32), ...owner })
  let node = await start('0')
  const url = node.apiUrls[0] ?? ''
  const secret = randomBytes(32)
  await using bob = await createClient(randomBytes(32), { url })
  await using alice = await createClient(secret, { url })
  let topic = ''
  {
    await using store = await openStore()
    await using inbox = await inboxOf(alice, store)
    await until(inbox, 'live')
    topic = (await inbox.begin(bob.address)).topic
    await node.kill()
    for (let n = 0; n < 5; n++) await inbox.send(topic, `${n}`)
    expect((await messagesOf(inbox, topic)).map(({ status }) => status)).toEqual(
      Array.from({ length: 5 }, () => 'sending'),
    )
  }
  node = await start(new URL(url).port)
  await using store = await openStore()
  await using inbox = await inboxOf(alice, store)
  await settled(async () =>
    (await messagesOf(inbox, topic)).every(({ status }) => status === 'stored'),
  )
  const [chat] = await bob.conversations()
  const received = (await chat?.messages()) ?? []
  expect(received.map(({ content }) => content)).toEqual(['0', '1', '2', '3', '4'])
  expect(await contentsOf(inbox, topic)).toEqual(['0', '1', '2', '3', '4'])
  await node.kill()
})

test('a conversation begins without a network when the peer is known, and says what is needed otherwise', async () => {
  const world = createWorld()
  const line = switchable(world.network.connect())
  const alice = await world.open(wallet(), { crypto, transport: line.transport })
  const [bob, carol] = [await world.open(), await world.open()]
  const store = await memoryStore()
  await using inbox = await inboxOf(alice, store)
  await until(inbox, 'live')
  await inbox.begin(bob.address, { conversationId: 'example.org/first' })
  line.isCut = true
  world.network.dropStreams()
  const { topic, context } = await inbox.begin(bob.address, {
    conversationId: 'example.org/second',
  })
  expect(context).toEqual({ conversationId: 'example.org/second', metadata: {} })
  expect(await inbox.begin(bob.address, { conversationId: 'example.org/second' })).toMatchObject({
    topic,
  })
  await expect(inbox.begin(carol.address)).rejects.toMatchObject({ code: 'inbox/contact-needed' })
  await inbox.send(topic, 'hello')
  expect(await until(inbox, 'offline')).toMatchObject({ kind: 'offline' })
  line.isCut = false
  inbox.wake()
  await settled(async () => (await bob.conversations()).length > 0)
  const conversations = await bob.conversations()
  expect(conversations.map((each) => each.topic)).toEqual([topic])
  expect((await conversations[0]?.messages())?.map(({ content }) => content)).toEqual(['hello'])
  expect(await inbox.conversation(topic)).toMatchObject({ consent: 'allowed' })
})

test('error: nobody, oneself, a missing conversation and unknown content are refused by name', async () => {
  const world = createWorld()
  const client = await world.open(wallet(), { crypto })
  await using inbox = await inboxOf(client)
  const nobody = '0x00000000000000000000000000000000000000aa'
  await expect(inbox.begin(nobody)).rejects.toMatchObject({ code: 'contact/not-registered' })
  await expect(inbox.begin(client.address)).rejects.toMatchObject({ code: 'conversation/self' })
  await expect(inbox.send('nowhere', 'x')).rejects.toMatchObject({ code: 'inbox/no-conversation' })
  const { topic } = await inbox.begin((await world.open()).address)
  const contentType = { authorityId: 'a', typeId: 'b', versionMajor: 1, versionMinor: 0 }
  await expect(inbox.send(topic, 'x', { contentType })).rejects.toMatchObject({
    code: 'content/codec-not-registered',
  })
  await expect(inbox.send(topic, 'x'.repeat(1_100_000))).rejects.toMatchObject({
    code: 'envelope/message-too-big',
  })
  expect(await messagesOf(inbox, topic)).toEqual([])
})

test('a message that the node refuses is parked, and goes out again or away when told', async () => {
  const world = createWorld()
  const transport = world.network.connect()
  let isRefusing = false
  const { AdmissionError } = await import('@posthorn/errors')
  const refusing: Transport = {
    ...transport,
    publish: async (envelopes, options) => {
      if (isRefusing) throw new AdmissionError('postage/not-allowed', 'Publish: not allowed')
      return transport.publish(envelopes, options)
    },
  }
  const alice: Client = await world.open(wallet(), { crypto, transport: refusing })
  const bob = await world.open()
  await using inbox = await inboxOf(alice)
  await until(inbox, 'live')
  const { topic } = await inbox.begin(bob.address)
  isRefusing = true
  const first = await inbox.send(topic, 'first')
  const second = await inbox.send(topic, 'second')
  await settled(async () => (await inbox.message(second.id))?.status === 'failed')
  expect((await messagesOf(inbox, topic)).map(({ status }) => status)).toEqual(['failed', 'failed'])
  isRefusing = false
  await inbox.discard(first.id)
  await inbox.retry(second.id)
  await settled(async () => (await inbox.message(second.id))?.status === 'stored')
  expect(await contentsOf(inbox, topic)).toEqual(['second'])
  const [chat] = await bob.conversations()
  expect((await chat?.messages())?.map(({ content }) => content)).toEqual(['second'])
})

test('V1: an account of the oldest clients is written to and read', async () => {
  const world = createWorld()
  const old = await world.openV1Only()
  const bob = await world.open(old, { publishContact: false })
  const alice = await world.open(wallet(), { crypto })
  await using inbox = await inboxOf(alice)
  await until(inbox, 'live')
  const { topic, version } = await inbox.begin(old.address)
  await inbox.send(topic, 'hello')
  await inbox.send(topic, 'again')
  expect(version).toBe('v1')
  await settled(async () => (await bob.conversations()).length === 1)
  const [chat] = await bob.conversations()
  await settled(async () => ((await chat?.messages()) ?? []).length === 2)
  expect((await chat?.messages())?.map(({ content }) => content)).toEqual(['hello', 'again'])
  await chat?.send('reply')
  expect(await untilContents(inbox, topic, 3)).toEqual(['hello', 'again', 'reply'])
})
