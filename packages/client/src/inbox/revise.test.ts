import {
  codecRegistry,
  deleteMessageCodec,
  deleteMessageType,
  editMessageCodec,
  editMessageType,
  reactionType,
  replyCodec,
  replyType,
  textType,
} from '@posthorn/content'
import { loadCrypto } from '@posthorn/crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Client } from '../client.ts'
import type { Conversation } from '../conversation.ts'
import { createWorld, wallet } from '../test-world.ts'
import type { Inbox } from './inbox.ts'
import { inboxCodecs } from './inbox-codecs.ts'
import { withRevisions } from './revise.ts'
import { contentsOf, inboxOf, memoryStore, messagesOf, settled, until } from './test-inbox.ts'

const crypto = await loadCrypto()
const codecs = [editMessageCodec, deleteMessageCodec, replyCodec] as never[]

type Chat = { readonly bob: Client; readonly from: Conversation; readonly to: Conversation }

async function chatting(): Promise<Chat> {
  const world = createWorld()
  const open = (): Promise<Client> => world.open(wallet(), { crypto, codecs })
  const [alice, bob] = [await open(), await open()]
  const from = await alice.newConversation(bob.address)
  const [to] = await bob.conversations()
  if (to === undefined) throw new TypeError('no conversation')
  return { bob, from, to }
}

function edit(chat: Conversation, messageId: string, content: string): Promise<{ id: string }> {
  const contentType = { contentType: editMessageType }
  return chat.send({ messageId, contentType: textType, content }, contentType)
}

function takeBack(chat: Conversation, messageId: string): Promise<{ id: string }> {
  return chat.send({ messageId }, { contentType: deleteMessageType })
}

async function shown(inbox: Inbox, topic: string, id: string) {
  const found = await inbox.message(id)
  const { items } = await inbox.search({ text: 'text', limit: 50 })
  const { last } = (await inbox.conversation(topic)) ?? {}
  return { kind: found?.kind, content: found?.content, hits: items.length, preview: last?.preview }
}

test('an edit and a deletion by the sender change what is shown, found and previewed', async () => {
  const { bob, from } = await chatting()
  await using inbox = await inboxOf(bob)
  const { topic } = from
  const first = await from.send('first text')
  const second = await from.send('second text')
  await edit(from, second.id, 'corrected text')
  await settled(async () => (await messagesOf(inbox, topic)).length === 3)
  expect(await shown(inbox, topic, second.id)).toEqual({
    kind: 'message',
    content: 'corrected text',
    hits: 2,
    preview: 'corrected text',
  })
  await takeBack(from, second.id)
  await settled(async () => (await messagesOf(inbox, topic)).length === 4)
  expect(await shown(inbox, topic, second.id)).toEqual({
    kind: 'deleted',
    content: undefined,
    hits: 1,
    preview: 'first text',
  })
  expect(await inbox.conversation(topic)).toMatchObject({ unreadCount: 1, last: { id: first.id } })
})

test('edits and deletions by anybody else, or with other content, change nothing', async () => {
  const { bob, from, to } = await chatting()
  await using inbox = await inboxOf(bob)
  const { id } = await from.send('untouched text')
  const other = await to.send('from the other side')
  await edit(to, id, 'forged')
  await takeBack(to, id)
  await takeBack(from, other.id)
  const reply = { reference: id, contentType: textType, content: 'nested' }
  const change = { messageId: id, contentType: replyType, content: reply }
  await from.send(change, { contentType: editMessageType })
  await takeBack(from, 'no message at all')
  await settled(async () => (await messagesOf(inbox, from.topic)).length === 7)
  expect((await inbox.message(id))?.content).toBe('untouched text')
  expect((await inbox.message(other.id))?.content).toBe('from the other side')
})

test('what is shown does not depend on the order in which messages and revisions come', async () => {
  const { bob, from } = await chatting()
  const { id } = await from.send('original')
  for (const text of ['one', 'two', 'three']) await edit(from, id, text)
  const store = await memoryStore()
  await using inbox = await inboxOf(bob, store)
  await until(inbox, 'live')
  const { items } = await store.messages({ topic: from.topic, direction: 'ascending', limit: 9 })
  const [original, ...edits] = items
  if (original === undefined) throw new TypeError('nothing arrived')
  const { content, text, extra, revisedNs, ...rest } = original
  expect(text).toBe('three')
  const fresh = [{ ...rest, content: edits[0]?.content, text: 'original' }, ...edits]
  await fc.assert(
    fc.asyncProperty(fc.shuffledSubarray(fresh, { minLength: 4 }), async (order) => {
      const other = await memoryStore()
      const conversations = [
        { topic: from.topic, peerAddress: '0x1', createdNs: 1n, version: 'v1' as const },
      ]
      await other.put({ conversations })
      const parts = { store: other, registry: inboxCodecs(codecRegistry()), decoding: {} }
      for (const message of order) {
        await other.put(await withRevisions(parts, [message]))
      }
      expect((await other.message(id))?.text).toBe('three')
    }),
    { numRuns: 24 },
  )
})

test('own edits and deletions show at once, before they are sent', async () => {
  const { bob, to } = await chatting()
  await using inbox = await inboxOf(bob)
  await until(inbox, 'live')
  const { id } = await inbox.send(to.topic, 'mistaken')
  const content = { messageId: id, contentType: textType, content: 'corrected' }
  await inbox.send(to.topic, content, { contentType: editMessageType })
  expect(await inbox.message(id)).toMatchObject({ content: 'corrected', isOwn: true })
  await inbox.send(to.topic, { messageId: id }, { contentType: deleteMessageType })
  expect(await inbox.message(id)).toMatchObject({ kind: 'deleted', content: undefined })
  await settled(async () => (await inbox.message(id))?.status === 'stored')
  expect(await inbox.message(id)).toMatchObject({ kind: 'deleted', status: 'stored' })
})

test('replies and reactions are found by the message that they are about', async () => {
  const { bob, from, to } = await chatting()
  await using inbox = await inboxOf(bob)
  const { id } = await from.send('question')
  await from.send(
    { reference: id, contentType: textType, content: 'reply' },
    { contentType: replyType },
  )
  await settled(async () => (await contentsOf(inbox, to.topic)).length === 2)
  const reaction = { action: 'added', reference: id, schema: 'unicode', content: '👍' }
  await inbox.send(to.topic, reaction, { contentType: reactionType })
  const { items } = await inbox.about(id)
  expect(items.map(({ about, content }) => [about, content])).toEqual([
    [id, expect.objectContaining({ content: 'reply' })],
    [id, expect.objectContaining({ content: '👍' })],
  ])
})
