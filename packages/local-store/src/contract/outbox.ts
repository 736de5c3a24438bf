// What the outbox must do.

// biome-ignore lint/correctness/noUndeclaredDependencies: whoever runs the suite brings its runner
import { describe, expect, test } from 'vitest'
import { allIds, type Harness, message, openWithConversation } from './fixtures.ts'

const envelopes = [
  { contentTopic: 'topic', timestampNs: 5n, message: new Uint8Array([1, 2]) },
  { contentTopic: 'intro', timestampNs: 5n, message: new Uint8Array([3]) },
]
const own = (n: number) => message(n, { isOwn: true })

/** Describes the outbox. */
export function testOutbox(newMedium: Harness): void {
  describe('outbox', () => {
    testEnqueue(newMedium)
    testOutcomes(newMedium)
  })
}

function testEnqueue(newMedium: Harness): void {
  test('default: a message shows at once, and its entry outlives the store', async () => {
    await using world = await openWithConversation(newMedium)
    const { medium, topic } = world
    const entry = await world.store.outbox.enqueue({ message: own(1), envelopes })
    await world.store[Symbol.asyncDispose]()
    await using store = await medium.open()
    expect(await store.outbox.entries()).toEqual([entry])
    expect(entry).toMatchObject({ topic, messageId: 'message 1', state: 'waiting', envelopes })
    expect(await store.message('message 1')).toMatchObject({ status: 'sending' })
    expect(await store.conversation(topic)).toMatchObject({
      unreadCount: 0,
      last: { status: 'sending' },
    })
  })

  test('behavior: enqueueing again changes nothing', async () => {
    await using world = await openWithConversation(newMedium)
    const { outbox } = world.store
    const first = await outbox.enqueue({ message: own(1), envelopes })
    const again = await outbox.enqueue({ message: own(1), envelopes: [] })
    expect(again).toEqual(first)
    expect(await outbox.entries()).toEqual([first])
    await world.store.put({ messages: [own(2)] })
    expect(await outbox.enqueue({ message: own(2), envelopes })).toBeUndefined()
  })

  test('behavior: entries keep the order of enqueueing, and numbers are never given twice', async () => {
    await using world = await openWithConversation(newMedium)
    const { outbox } = world.store
    for (const n of [3, 1, 2]) await outbox.enqueue({ message: own(n), envelopes })
    const entries = await outbox.entries()
    expect(entries.map(({ messageId }) => messageId)).toEqual([
      'message 3',
      'message 1',
      'message 2',
    ])
    const last = entries.at(-1)?.number ?? 0
    await outbox.markSent(last)
    expect((await outbox.enqueue({ message: own(4), envelopes }))?.number).toBeGreaterThan(last)
  })

  test('error: without its conversation nothing is enqueued', async () => {
    await using world = await openWithConversation(newMedium)
    const orphan = message(1, { topic: 'unknown' })
    const enqueued = world.store.outbox.enqueue({ message: orphan, envelopes })
    await expect(enqueued).rejects.toMatchObject({ code: 'local-store/no-conversation' })
    expect(await world.store.outbox.entries()).toEqual([])
  })
}

function testOutcomes(newMedium: Harness): void {
  test('default: what is sent is stored, once and again', async () => {
    await using world = await openWithConversation(newMedium)
    const { store, topic } = world
    const entry = await store.outbox.enqueue({ message: own(1), envelopes })
    await store.outbox.markSent(entry?.number ?? -1)
    await store.outbox.markSent(entry?.number ?? -1)
    expect(await store.outbox.entries()).toEqual([])
    expect(await store.message('message 1')).toMatchObject({ status: 'stored' })
    expect(await store.conversation(topic)).toMatchObject({ last: { status: 'stored' } })
  })

  test('default: what is refused stays as failed until it is tried again', async () => {
    await using world = await openWithConversation(newMedium)
    const { outbox, message: read } = world.store
    const entry = await outbox.enqueue({ message: own(1), envelopes })
    const number = entry?.number ?? -1
    await outbox.markFailed(number, 'postage/not-allowed')
    expect(await outbox.entries()).toMatchObject([{ state: 'failed', code: 'postage/not-allowed' }])
    expect(await read('message 1')).toMatchObject({ status: 'failed' })
    await outbox.retry(number)
    expect(await outbox.entries()).toEqual([entry])
    expect(await read('message 1')).toMatchObject({ status: 'sending' })
  })

  test('behavior: a discarded entry takes its message along, and a removed message its entry', async () => {
    await using world = await openWithConversation(newMedium)
    const { store, topic } = world
    const first = await store.outbox.enqueue({ message: own(1), envelopes })
    await store.outbox.enqueue({ message: own(2), envelopes })
    await store.outbox.discard(first?.number ?? -1)
    expect(await allIds(store, topic)).toEqual(['message 2'])
    await store.removeMessages(['message 2'])
    expect(await store.outbox.entries()).toEqual([])
  })

  test('behavior: what comes back from the network is stored, whatever a node answers later', async () => {
    await using world = await openWithConversation(newMedium)
    const { store } = world
    const entry = await store.outbox.enqueue({ message: own(1), envelopes })
    await store.put({ messages: [{ ...own(1), sequence: 8 }] })
    expect(await store.message('message 1')).toMatchObject({ status: 'stored', sequence: 8 })
    await store.outbox.markFailed(entry?.number ?? -1, 'transport/timeout')
    expect(await store.message('message 1')).toMatchObject({ status: 'stored' })
    expect(await store.outbox.entries()).toEqual([])
  })
}
