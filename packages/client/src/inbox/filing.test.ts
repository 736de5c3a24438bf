// What others file, whatever it is, and what becomes of it.

import { toUtf8 } from '@posthorn/bytes'
import { type ContentCodec, parseContentType } from '@posthorn/content'
import { loadCrypto } from '@posthorn/crypto'
import { introTopic, inviteTopic, maxTimestampNs } from '@posthorn/envelope'
import { AdmissionError } from '@posthorn/errors'
import type { Transport } from '@posthorn/transport'
import { expect, test } from 'vitest'
import { internalsOf } from '../internals.ts'
import { clock, createWorld, wallet } from '../test-world.ts'
import { inboxTopics } from './inbox-topics.ts'
import {
  contentOfStore,
  contentsOf,
  inboxOf,
  memoryStore,
  messagesOf,
  settled,
  until,
} from './test-inbox.ts'

const crypto = await loadCrypto()

test('junk on every topic, before and after the inbox opens, stops nothing', async () => {
  const world = createWorld()
  const alice = await world.open(wallet(), { crypto })
  const bob = await world.open(wallet(), { crypto })
  const chat = await alice.newConversation(bob.address)
  const { context } = internalsOf(bob)
  const { all } = await inboxTopics(context.keystore)
  const topics = [...all, chat.topic, chat.topic.replace('/m-', '/mE-')]
  const junk = [new Uint8Array(), toUtf8('junk'), crypto.randomBytes(300), new Uint8Array(70_000)]
  const file = (): Promise<void> =>
    context.publisher.publish(
      topics.flatMap((contentTopic) =>
        junk.flatMap((message, at) =>
          [0n, BigInt(clock.nowMs()) * 1_000_000n, maxTimestampNs].map((timestampNs) => ({
            contentTopic,
            timestampNs,
            message: message.map((byte) => byte ^ at),
          })),
        ),
      ),
    )
  await chat.send('one')
  await file()
  const store = await memoryStore()
  await using inbox = await inboxOf(bob, store)
  await until(inbox, 'live')
  junk.push(crypto.randomBytes(40))
  await file()
  await chat.send('two')
  const readable = async () =>
    (await messagesOf(inbox, chat.topic)).filter(({ kind }) => kind === 'message')
  await settled(async () => (await readable()).length === 2)
  expect((await readable()).map(({ content }) => content)).toEqual(['one', 'two'])
  const conversations = await inbox.conversations()
  expect(conversations.items).toMatchObject([
    { topic: chat.topic, unreadCount: 2, last: { preview: 'two' } },
  ])
  await using again = await inboxOf(bob)
  await until(again, 'live')
  expect((await contentsOf(again, chat.topic)).filter(Boolean)).toEqual(['one', 'two'])
})

test('replays and copies of invitations and messages change nothing', async () => {
  const world = createWorld()
  const alice = await world.open(wallet(), { crypto })
  const bob = await world.open(wallet(), { crypto })
  const chat = await alice.newConversation(bob.address)
  await chat.send('once')
  const store = await memoryStore()
  await using inbox = await inboxOf(bob, store)
  await until(inbox, 'live')
  const before = await contentOfStore(store)
  const own = new Set([inviteTopic(bob.address), introTopic(bob.address), chat.topic])
  const filed = world.network.stored.filter(({ contentTopic }) => own.has(contentTopic))
  const replayed = filed.map((each) => ({ ...each, timestampNs: each.timestampNs + 5n }))
  await internalsOf(alice).context.publisher.publish(replayed)
  await chat.send('later')
  await settled(async () => (await contentsOf(inbox, chat.topic)).length === 2)
  expect(await contentsOf(inbox, chat.topic)).toEqual(['once', 'later'])
  expect((await contentOfStore(store)).filter((line) => before.includes(line))).toHaveLength(
    before.length - 1,
  )
})

const pollType = parseContentType('example.org/poll:1.0')
const pollCodec: ContentCodec<{ question: string }> = {
  contentType: pollType,
  encode: (poll) => ({
    type: pollType,
    parameters: {},
    fallback: 'A poll',
    content: toUtf8(JSON.stringify(poll)),
  }),
  decode: ({ content }) => JSON.parse(new TextDecoder().decode(content)),
  fallback: () => undefined,
  shouldPush: () => true,
}

test('content that no codec reads is kept, and read when there is one', async () => {
  const world = createWorld()
  const codecs = [pollCodec] as ContentCodec[]
  const alice = await world.open(wallet(), { crypto, codecs })
  const me = wallet()
  const chat = await alice.newConversation((await world.open(me, { crypto })).address)
  const { id } = await chat.send({ question: 'Lunch?' }, { contentType: pollType })
  const store = await memoryStore()
  {
    await using inbox = await inboxOf(await world.open(me, { crypto }), store)
    await until(inbox, 'live')
    const code = 'content/unknown-type'
    expect(await inbox.message(id)).toMatchObject({ kind: 'undecodable', code, fallback: 'A poll' })
    expect(await inbox.conversation(chat.topic)).toMatchObject({
      unreadCount: 1,
      last: { preview: 'A poll' },
    })
  }
  await using inbox = await inboxOf(await world.open(me, { crypto, codecs }), store)
  expect(await inbox.message(id)).toMatchObject({
    kind: 'message',
    content: { question: 'Lunch?' },
  })
  await settled(async () => (await store.message(id))?.undecodable === undefined)
  expect(await store.message(id)).not.toHaveProperty('about')
})

test('a refusal is told and not asked again, until it is', async () => {
  const world = createWorld()
  const transport = world.network.connect()
  let asked = 0
  let isRefusing = true
  const refusing: Transport = {
    ...transport,
    batchQuery: async (requests, options) => {
      asked++
      if (isRefusing) throw new AdmissionError('read/not-allowed', 'Query: not allowed')
      return transport.batchQuery(requests, options)
    },
  }
  const client = await world.open(wallet(), { crypto, transport: refusing })
  await using inbox = await inboxOf(client)
  expect(await until(inbox, 'refused')).toMatchObject({ error: { code: 'read/not-allowed' } })
  expect(asked).toBe(1)
  isRefusing = false
  inbox.wake()
  expect(await until(inbox, 'live')).toEqual({ kind: 'live' })
})
