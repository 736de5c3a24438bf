// What messages must do.

// biome-ignore lint/correctness/noUndeclaredDependencies: whoever runs the suite brings its runner
import { describe, expect, test } from 'vitest'
import { allIds, conversation, type Harness, message, openWithConversation } from './fixtures.ts'

/** Describes messages. */
export function testMessages(newMedium: Harness): void {
  describe('messages', () => {
    testOnce(newMedium)
    testPages(newMedium)
    testAbout(newMedium)
    testRemoval(newMedium)
  })
}

function testOnce(newMedium: Harness): void {
  test('default: a message comes back as it was put, by id and in its conversation', async () => {
    await using world = await openWithConversation(newMedium)
    const full = message(7, {
      sentNs: 2n ** 64n - 1n,
      copyKey: 'copy',
      sequence: 12,
      extra: new Uint8Array([0, 255]),
      isQuiet: false,
    })
    const report = await world.store.put({ messages: [full] })
    expect(report).toEqual({ newMessageIds: [full.id], knownCount: 0 })
    expect(await world.store.message(full.id)).toEqual(full)
    const page = await world.store.messages({
      topic: world.topic,
      direction: 'descending',
      limit: 5,
    })
    expect(page).toEqual({ items: [full], next: undefined, damagedCount: 0 })
  })

  test('behavior: of several messages those come that are there', async () => {
    await using world = await openWithConversation(newMedium)
    const { store } = world
    await store.put({ messages: [message(1), message(2), message(3)] })
    const found = await store.messagesWithIds(['message 3', 'message 9', 'message 1', 'message 1'])
    expect(found.toSorted((a, b) => (a.id < b.id ? -1 : 1))).toEqual([message(1), message(3)])
    expect(await store.messagesWithIds([])).toEqual([])
  })

  test('behavior: the same message and copies of it are stored once', async () => {
    await using world = await openWithConversation(newMedium)
    const { store, topic } = world
    const first = message(1, { copyKey: 'copy' })
    const copy = message(2, { copyKey: 'copy' })
    expect(await store.put({ messages: [first, first, copy] })).toMatchObject({ knownCount: 2 })
    expect(await store.put({ messages: [copy, first] })).toMatchObject({ knownCount: 2 })
    expect(await allIds(store, topic)).toEqual(['message 1'])
    expect(await store.conversation(topic)).toMatchObject({ unreadCount: 1 })
  })

  test('behavior: the same id at another time is the same message', async () => {
    await using world = await openWithConversation(newMedium)
    await world.store.put({ messages: [message(1)] })
    await world.store.put({ messages: [message(1, { sentNs: 99n })] })
    expect(await allIds(world.store, world.topic)).toEqual(['message 1'])
  })

  test('behavior: a message that can be read now takes the place of what could not', async () => {
    await using world = await openWithConversation(newMedium)
    const { store, topic } = world
    const unread = { text: undefined, content: undefined, undecodable: 'content/unknown' }
    await store.put({ messages: [message(1, { ...unread, sentNs: 3n })] })
    const report = await store.put({ messages: [message(1)] })
    expect(report.newMessageIds).toEqual(['message 1'])
    expect(await store.message('message 1')).toEqual(message(1))
    expect(await store.conversation(topic)).toMatchObject({ unreadCount: 1, orderNs: 1n })
    await store.put({ messages: [message(1, unread)] })
    expect(await store.message('message 1')).toEqual(message(1))
  })

  test("behavior: the node's number is taken up when it becomes known", async () => {
    await using world = await openWithConversation(newMedium)
    await world.store.put({ messages: [message(1)] })
    await world.store.put({ messages: [message(1, { sequence: 44 })] })
    expect(await world.store.message('message 1')).toMatchObject({ sequence: 44 })
  })

  test('error: a message without its conversation refuses the whole batch', async () => {
    await using world = await openWithConversation(newMedium)
    const orphan = message(2, { topic: 'unknown' })
    const put = world.store.put({ messages: [message(1), orphan] })
    await expect(put).rejects.toMatchObject({ code: 'local-store/no-conversation' })
    expect(await world.store.message('message 1')).toBeUndefined()
  })

  test('error: a time outside 64 bits is refused', async () => {
    await using world = await openWithConversation(newMedium)
    for (const sentNs of [-1n, 2n ** 64n]) {
      const put = world.store.put({ messages: [message(1, { sentNs })] })
      await expect(put).rejects.toMatchObject({ code: 'local-store/bad-time' })
    }
  })
}

function testPages(newMedium: Harness): void {
  test('default: pages go both ways, and within times', async () => {
    await using world = await openWithConversation(newMedium)
    const { store, topic } = world
    const other = conversation(2)
    const messages = [1, 2, 3, 4, 5].map((n) => message(n * 10))
    const foreign = message(35, { topic: other.topic })
    await store.put({ conversations: [other], messages: [...messages, foreign] })
    const up = await store.messages({ topic, direction: 'ascending', limit: 2, startNs: 20n })
    expect(up.items.map(({ sentNs }) => sentNs)).toEqual([20n, 30n])
    const rest = { topic, direction: 'ascending', limit: 9, after: up.next, endNs: 40n } as const
    expect((await store.messages(rest)).items.map(({ sentNs }) => sentNs)).toEqual([40n])
    const down = await store.messages({ topic, direction: 'descending', limit: 3, endNs: 49n })
    expect(down.items.map(({ sentNs }) => sentNs)).toEqual([40n, 30n, 20n])
    const end = { topic, direction: 'descending', limit: 3, after: down.next } as const
    expect(await store.messages(end)).toMatchObject({ items: [{ sentNs: 10n }], next: undefined })
  })

  test('behavior: messages of one time are all there, each once', async () => {
    await using world = await openWithConversation(newMedium)
    const messages = Array.from({ length: 20 }, (_, n) => message(n, { sentNs: 5n }))
    await world.store.put({ messages })
    const ids = await allIds(world.store, world.topic, 3)
    expect(ids.toSorted()).toEqual(messages.map(({ id }) => id).toSorted())
    expect(await allIds(world.store, world.topic, 7)).toEqual(ids)
  })

  test('error: a cursor of another conversation is refused', async () => {
    await using world = await openWithConversation(newMedium)
    const { store, topic } = world
    await store.put({ messages: [message(1), message(2)] })
    const { next } = await store.messages({ topic, direction: 'ascending', limit: 1 })
    const query = { topic: 'other', direction: 'ascending', limit: 1, after: next } as const
    await expect(store.messages(query)).rejects.toMatchObject({ code: 'local-store/bad-cursor' })
  })
}

function testAbout(newMedium: Harness): void {
  test('default: messages about something are found, page by page, until they are removed', async () => {
    await using world = await openWithConversation(newMedium)
    const { store } = world
    const answers = [1, 2, 3].map((n) => message(n, { about: 'message 9' }))
    await store.put({ messages: [message(9), ...answers, message(4, { about: 'other' })] })
    const first = await store.messagesAbout({ about: 'message 9', limit: 2 })
    expect(first.items).toEqual(answers.slice(0, 2))
    const rest = { about: 'message 9', limit: 2, after: first.next }
    expect(await store.messagesAbout(rest)).toEqual({
      items: answers.slice(2),
      next: undefined,
      damagedCount: 0,
    })
    await store.removeMessages(['message 2'])
    await store.repair()
    const { items } = await store.messagesAbout({ about: 'message 9', limit: 9 })
    expect(items.map(({ id }) => id)).toEqual(['message 1', 'message 3'])
  })

  test('behavior: a later revision replaces content, text and words, and an earlier one nothing', async () => {
    await using world = await openWithConversation(newMedium)
    const { store, topic } = world
    const original = message(1, { copyKey: 'copy', sequence: 7 })
    const revised = { ...message(1), text: 'corrected', revisedNs: 5n, sentNs: 99n }
    await store.put({ messages: [original, message(2), revised] })
    await store.put({ messages: [original, { ...revised, text: 'outdated', revisedNs: 4n }] })
    expect(await store.message(original.id)).toEqual({
      ...original,
      text: 'corrected',
      revisedNs: 5n,
    })
    expect((await store.search({ text: 'number1', limit: 5 })).items).toEqual([])
    expect((await store.search({ text: 'corrected', limit: 5 })).items).toHaveLength(1)
    await store.put({
      messages: [{ ...message(2), isQuiet: true, text: undefined, revisedNs: 9n }],
    })
    expect(await store.conversation(topic)).toMatchObject({
      unreadCount: 1,
      last: { id: original.id, preview: 'corrected' },
    })
  })

  test('behavior: a revision leaves a message that waits to be sent where it waits', async () => {
    await using world = await openWithConversation(newMedium)
    const { store } = world
    const entry = await store.outbox.enqueue({
      message: message(1, { isOwn: true }),
      envelopes: [],
    })
    const revised = message(1, { isOwn: true, text: 'corrected', revisedNs: 1n, status: 'sending' })
    await store.put({ messages: [revised] })
    expect(await store.outbox.entries()).toHaveLength(1)
    expect(await store.message('message 1')).toMatchObject({ status: 'sending', text: 'corrected' })
    await store.outbox.markSent(entry?.number ?? -1)
    expect(await store.message('message 1')).toMatchObject({ status: 'stored', text: 'corrected' })
  })
}

function testRemoval(newMedium: Harness): void {
  test('default: a removed message is gone from everywhere, and may come again', async () => {
    await using world = await openWithConversation(newMedium)
    const { store, topic } = world
    await store.put({ messages: [message(1), message(2, { copyKey: 'copy' })] })
    await store.removeMessages(['message 2', 'unknown'])
    expect(await store.message('message 2')).toBeUndefined()
    expect(await allIds(store, topic)).toEqual(['message 1'])
    expect((await store.search({ text: 'number2', limit: 5 })).items).toEqual([])
    expect(await store.conversation(topic)).toMatchObject({
      unreadCount: 1,
      last: { id: 'message 1' },
      orderNs: 1n,
    })
    const again = await store.put({ messages: [message(2, { copyKey: 'copy' })] })
    expect(again.newMessageIds).toEqual(['message 2'])
    expect((await store.search({ text: 'number2', limit: 5 })).items).toHaveLength(1)
  })
}
