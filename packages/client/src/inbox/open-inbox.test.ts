import { eventually } from '@posthorn/testing'
import { expect, test } from 'vitest'
import { createWorld, wallet } from '../test-world.ts'
import { openInbox } from './open-inbox.ts'
import { contentsOf, inboxOf, memoryStore, until, untilContents } from './test-inbox.ts'

test('an inbox fills an empty store with all conversations and messages, and follows', async () => {
  const world = createWorld()
  const alice = await world.open()
  const bob = await world.open()
  const chat = await alice.newConversation(bob.address)
  await chat.send('before')
  await using inbox = await inboxOf(bob)
  await until(inbox, 'live')
  expect(await contentsOf(inbox, chat.topic)).toEqual(['before'])
  await chat.send('after')
  expect(await untilContents(inbox, chat.topic, 2)).toEqual(['before', 'after'])
  const carol = await world.open()
  const other = await carol.newConversation(bob.address)
  await other.send('hello')
  expect(await untilContents(inbox, other.topic, 1)).toEqual(['hello'])
  const { items } = await inbox.conversations()
  expect(items.map(({ peerAddress, unreadCount }) => [peerAddress, unreadCount])).toEqual([
    [carol.address, 1],
    [alice.address, 2],
  ])
})

test('what is written in an inbox arrives, and is stored once on both sides', async () => {
  const world = createWorld()
  const bob = await world.open()
  await using alices = await inboxOf(await world.open())
  await using bobs = await inboxOf(bob)
  await until(bobs, 'live')
  const { topic } = await alices.begin(bob.address)
  const sent = await alices.send(topic, 'one')
  expect(sent).toMatchObject({ status: 'sending', content: 'one', isOwn: true })
  await alices.send(topic, 'two')
  expect(await untilContents(bobs, topic, 2)).toEqual(['one', 'two'])
  await until(alices, 'live')
  expect(await untilContents(alices, topic, 2)).toEqual(['one', 'two'])
  const page = await alices.messages({ topic })
  expect(page.items.map(({ status }) => status)).toEqual(['stored', 'stored'])
})

test('two clients of one wallet end with equal decisions and read marks', async () => {
  const world = createWorld()
  const me = wallet()
  const alice = await world.open()
  const chat = await alice.newConversation((await world.open(me)).address)
  await chat.send('hello')
  const stores = [await memoryStore(), await memoryStore()] as const
  await using phone = await inboxOf(await world.open(me), stores[0])
  await using desk = await inboxOf(await world.open(me), stores[1])
  expect(await untilContents(phone, chat.topic, 1)).toEqual(['hello'])
  expect(await untilContents(desk, chat.topic, 1)).toEqual(['hello'])
  await phone.markRead(chat.topic)
  await phone.allow(alice.address)
  const wanted = { unreadCount: 0, consent: 'allowed' }
  await eventually(async () => expect(await desk.conversation(chat.topic)).toMatchObject(wanted))
  expect(await stores[1].readMark(chat.topic)).toEqual(await stores[0].readMark(chat.topic))
})

test('behavior: of two inboxes on one store one works, and the other one writes through it', async () => {
  const world = createWorld()
  const me = wallet()
  const client = await world.open(me)
  const alice = await world.open()
  const chat = await alice.newConversation(client.address)
  await chat.send('hello')
  const store = await memoryStore()
  const { promise: elected, resolve: elect } = Promise.withResolvers<void>()
  await using second = openInbox({ client, store, elected })
  {
    await using first = await inboxOf(client, store)
    await until(first, 'live')
    expect(second.state).toEqual({ kind: 'standby' })
    expect(await contentsOf(second, chat.topic)).toEqual(['hello'])
    const { id } = await second.send(chat.topic, 'through the other tab')
    await second.deny(alice.address)
    await eventually(async () =>
      expect(await second.message(id)).toMatchObject({ status: 'stored' }),
    )
    await eventually(async () => {
      await alice.consent.load()
      await client.consent.load()
      expect(client.consent.state(alice.address)).toBe('denied')
    })
  }
  elect()
  await until(second, 'live')
  await chat.send('after the first tab closed')
  expect(await untilContents(second, chat.topic, 3)).toHaveLength(3)
})

test('behavior: an inbox ends with its client, and something else is no client', async () => {
  const world = createWorld()
  const client = await world.open()
  const store = await memoryStore()
  const inbox = await inboxOf(client, store)
  await until(inbox, 'live')
  await client.close()
  expect(await until(inbox, 'closed')).toEqual({ kind: 'closed' })
  expect((await inbox.conversations()).items).toEqual([])
  expect(() => openInbox({ client: { ...client }, store })).toThrow(
    expect.objectContaining({ code: 'client/not-a-client' }),
  )
})
