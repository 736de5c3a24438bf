// What conversations must do.

// biome-ignore lint/correctness/noUndeclaredDependencies: whoever runs the suite brings its runner
import { describe, expect, test } from 'vitest'
import type { LocalStore } from '../local-store.ts'
import { conversation, type Harness, message, openWithConversation } from './fixtures.ts'

/** Describes conversations, their lists and counts. */
export function testConversations(newMedium: Harness): void {
  describe('conversations', () => {
    testRecords(newMedium)
    testLists(newMedium)
    testConsent(newMedium)
    testReadMarks(newMedium)
  })
}

async function topicsIn(store: LocalStore, limit: number): Promise<string[]> {
  const topics: string[] = []
  let after: string | undefined
  do {
    const page = await store.conversations({ limit, after })
    topics.push(...page.items.map(({ topic }) => topic))
    after = page.next
  } while (after !== undefined)
  return topics
}

function testRecords(newMedium: Harness): void {
  test('default: a conversation comes back as it was put, with what is derived', async () => {
    await using world = await openWithConversation(newMedium)
    expect(await world.store.conversation(world.topic)).toEqual({
      ...conversation(1),
      consent: 'unknown',
      unreadCount: 0,
      last: undefined,
      orderNs: 1n,
    })
    expect(await world.store.conversation('other')).toBeUndefined()
  })

  test('behavior: putting it again takes what is new and keeps what is derived', async () => {
    await using world = await openWithConversation(newMedium)
    const { store, topic } = world
    await store.put({ messages: [message(5)] })
    await store.put({ conversations: [conversation(1, { conversationId: 'other' })] })
    const found = await store.conversation(topic)
    expect(found).toMatchObject({ conversationId: 'other', unreadCount: 1, orderNs: 5n })
    expect(await store.totals()).toMatchObject({ unknown: { conversations: 1, unread: 1 } })
  })

  test('behavior: all conversations with a peer are found, whatever the case of its address', async () => {
    await using world = await openWithConversation(newMedium)
    const peerAddress = '0xABCDEF'
    const [a, b] = [conversation(2, { peerAddress }), conversation(3, { peerAddress })]
    await world.store.put({ conversations: [a, b] })
    const found = await world.store.conversationsWith('0xabcdef')
    expect(found.map(({ topic }) => topic).toSorted()).toEqual([a.topic, b.topic])
  })

  test('behavior: a removed conversation is gone with its messages', async () => {
    await using world = await openWithConversation(newMedium)
    const { store, topic } = world
    await store.put({
      messages: [message(1), message(2)],
      drafts: [{ topic, text: 'draft', changedNs: 1n }],
    })
    await store.removeConversation(topic)
    expect(await store.conversation(topic)).toBeUndefined()
    expect(await store.message('message 1')).toBeUndefined()
    expect(await store.draft(topic)).toBeUndefined()
    expect((await store.search({ text: 'text', limit: 9 })).items).toEqual([])
    expect((await store.conversations({ limit: 9 })).items).toEqual([])
    expect(await store.totals()).toMatchObject({ unknown: { conversations: 0, unread: 0 } })
  })
}

function testLists(newMedium: Harness): void {
  test('default: lists go from the newest message to the oldest, page by page', async () => {
    await using world = await openWithConversation(newMedium)
    const { store } = world
    const numbers = [2, 3, 4, 5, 6, 7]
    await store.put({ conversations: numbers.map((n) => conversation(n)) })
    const { topic } = conversation(3)
    await store.put({ messages: [message(100, { topic }), message(50)] })
    const expected = [3, 1, 7, 6, 5, 4, 2].map((n) => conversation(n).topic)
    for (const limit of [1, 2, 3, 100]) expect(await topicsIn(store, limit)).toEqual(expected)
  })

  test('default: a conversation shows its last message, quiet ones aside', async () => {
    await using world = await openWithConversation(newMedium)
    const { store, topic } = world
    const text = `  two\n lines ${'🐎'.repeat(200)}`
    await store.put({
      messages: [message(1), message(3, { text }), message(9, { isQuiet: true }), message(2)],
    })
    const found = await store.conversation(topic)
    expect(found).toMatchObject({ orderNs: 3n, unreadCount: 3, last: { id: 'message 3' } })
    expect([...(found?.last?.preview ?? '')]).toHaveLength(140)
    expect(found?.last?.preview).toMatch(/^two lines 🐎+$/u)
  })

  test('error: a page of no or too many rows is refused', async () => {
    await using world = await openWithConversation(newMedium)
    for (const limit of [0, -1, 1.5, 10_001]) {
      const bad = { code: 'local-store/bad-limit' }
      await expect(world.store.conversations({ limit })).rejects.toMatchObject(bad)
    }
  })
}

function testConsent(newMedium: Harness): void {
  test('default: a decision moves the conversations with an address, and their counts', async () => {
    await using world = await openWithConversation(newMedium)
    const { store } = world
    await store.put({ conversations: [conversation(2)], messages: [message(5)] })
    const value = conversation(1).peerAddress.toUpperCase().replace('0X', '0x')
    await store.put({ consents: [{ subject: 'address', value, state: 'allowed', decidedNs: 2n }] })
    const allowed = await store.conversations({ consent: ['allowed'], limit: 9 })
    expect(allowed.items).toMatchObject([{ topic: world.topic, consent: 'allowed' }])
    const others = await store.conversations({ consent: ['unknown', 'denied'], limit: 9 })
    expect(others.items).toMatchObject([{ topic: conversation(2).topic }])
    expect(await store.totals()).toEqual({
      allowed: { conversations: 1, unread: 1 },
      denied: { conversations: 0, unread: 0 },
      unknown: { conversations: 1, unread: 0 },
    })
  })

  test('behavior: a later decision stays, in whatever order decisions come', async () => {
    await using world = await openWithConversation(newMedium)
    const entry = { subject: 'address', value: conversation(1).peerAddress } as const
    await world.store.put({ consents: [{ ...entry, state: 'allowed', decidedNs: 1n }] })
    await world.store.put({ consents: [{ ...entry, state: 'allowed', decidedNs: 5n }] })
    await world.store.put({ consents: [{ ...entry, state: 'denied', decidedNs: 3n }] })
    expect(await world.store.consent('address', entry.value)).toMatchObject({ state: 'allowed' })
    expect(await world.store.conversation(world.topic)).toMatchObject({ consent: 'allowed' })
  })

  test('behavior: a conversation that comes after the decision has it', async () => {
    await using world = await openWithConversation(newMedium)
    const { peerAddress, topic } = conversation(2)
    const consent = { subject: 'address', value: peerAddress, state: 'denied' } as const
    await world.store.put({ consents: [{ ...consent, decidedNs: 1n }] })
    await world.store.put({ conversations: [conversation(2)] })
    expect(await world.store.conversation(topic)).toMatchObject({ consent: 'denied' })
  })
}

function testReadMarks(newMedium: Harness): void {
  test('default: what is read does not count, and marks never go back', async () => {
    await using world = await openWithConversation(newMedium)
    const { store, topic } = world
    await store.put({ messages: [1, 2, 3, 4].map((n) => message(n)) })
    await store.put({ messages: [message(5, { isOwn: true })] })
    expect(await store.conversation(topic)).toMatchObject({ unreadCount: 4 })
    await store.put({ readMarks: [{ topic, readNs: 3n }] })
    expect(await store.conversation(topic)).toMatchObject({ unreadCount: 1 })
    await store.put({ readMarks: [{ topic, readNs: 2n }] })
    expect(await store.readMark(topic)).toEqual({ topic, readNs: 3n })
    expect(await store.conversation(topic)).toMatchObject({ unreadCount: 1 })
    await store.put({ messages: [message(0), message(6)] })
    expect(await store.conversation(topic)).toMatchObject({ unreadCount: 2 })
    await store.put({ readMarks: [{ topic, readNs: 2n ** 64n - 1n }] })
    expect(await store.totals()).toMatchObject({ unknown: { unread: 0 } })
  })

  test('behavior: a mark may come before its conversation and its messages', async () => {
    await using world = await openWithConversation(newMedium)
    const { topic } = conversation(2)
    await world.store.put({ readMarks: [{ topic, readNs: 5n }] })
    await world.store.put({
      conversations: [conversation(2)],
      messages: [message(5, { topic }), message(6, { topic })],
    })
    expect(await world.store.conversation(topic)).toMatchObject({ unreadCount: 1 })
  })
}
