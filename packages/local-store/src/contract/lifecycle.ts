// What opening, closing, wiping and telling changes must do.

// biome-ignore lint/correctness/noUndeclaredDependencies: whoever runs the suite brings its runner
import { describe, expect, test } from 'vitest'
import type { LocalChange } from '../changes.ts'
import { allIds, conversation, type Harness, message, openWithConversation } from './fixtures.ts'

/** Describes a store's life. */
export function testLifecycle(newMedium: Harness): void {
  describe('life of a store', () => {
    testRestart(newMedium)
    testWipe(newMedium)
    testChanges(newMedium)
  })
}

function testRestart(newMedium: Harness): void {
  test('default: everything is there when the store is opened again', async () => {
    await using world = await openWithConversation(newMedium)
    const { medium, topic } = world
    await world.store.put({ messages: [message(1), message(2)] })
    const before = await world.store.conversation(topic)
    await world.store[Symbol.asyncDispose]()
    await using store = await medium.open()
    expect(await store.conversation(topic)).toEqual(before)
    expect(await allIds(store, topic)).toEqual(['message 1', 'message 2'])
  })

  test('error: another key opens nothing and changes nothing', async () => {
    await using world = await openWithConversation(newMedium)
    const opened = world.medium.open(new Uint8Array(32).fill(8))
    await expect(opened).rejects.toMatchObject({ code: 'local-store/wrong-key' })
    expect(await world.store.conversation(world.topic)).toBeDefined()
  })

  test('error: a key of another length is refused', async () => {
    await using medium = await newMedium()
    const opened = medium.open(new Uint8Array(31))
    await expect(opened).rejects.toMatchObject({ code: 'local-store/bad-key' })
  })

  test('behavior: what is being read when the store is closed is still read', async () => {
    await using world = await openWithConversation(newMedium)
    const { store, topic } = world
    await store.put({ messages: [message(1)] })
    const reading = store.messages({ topic, direction: 'ascending', limit: 1 })
    await store[Symbol.asyncDispose]()
    expect(await reading).toMatchObject({ items: [message(1)], damagedCount: 0 })
  })

  test('error: after disposal every call says so, and disposing again is fine', async () => {
    await using world = await openWithConversation(newMedium)
    const { store, topic } = world
    const putting = store.put({ messages: [message(1)] })
    await store[Symbol.asyncDispose]()
    await store[Symbol.asyncDispose]()
    expect((await putting).newMessageIds).toEqual(['message 1'])
    const closed = { code: 'local-store/closed' }
    await expect(store.put({})).rejects.toMatchObject(closed)
    await expect(store.conversation(topic)).rejects.toMatchObject(closed)
    await expect(store.conversations({ limit: 1 })).rejects.toMatchObject(closed)
    await expect(store.search({ text: 'a', limit: 1 })).rejects.toMatchObject(closed)
    await expect(store.outbox.entries()).rejects.toMatchObject(closed)
    await expect(store.wipe()).rejects.toMatchObject(closed)
  })
}

function testWipe(newMedium: Harness): void {
  test('default: a wipe leaves an empty store that works', async () => {
    await using world = await openWithConversation(newMedium)
    const { store, topic } = world
    await store.put({ messages: [message(1)] })
    await store.wipe()
    expect(await store.conversation(topic)).toBeUndefined()
    expect(await store.message('message 1')).toBeUndefined()
    expect(await store.totals()).toMatchObject({ unknown: { conversations: 0 } })
    const engine = await world.medium.engine()
    const cells = await engine.scan({ from: ' ', before: '~', limit: 99 })
    expect(cells).toHaveLength(1)
    await engine[Symbol.asyncDispose]()
    await store.put({ conversations: [conversation(1)], messages: [message(2)] })
    expect(await allIds(store, topic)).toEqual(['message 2'])
  })
}

function testChanges(newMedium: Harness): void {
  test('default: changes are told once they are stored, each once', async () => {
    await using world = await openWithConversation(newMedium)
    const { store, topic } = world
    const changes = store.changes()[Symbol.asyncIterator]()
    await store.put({ messages: [message(1), message(1)], drafts: [] })
    await store.put({ messages: [message(1)] })
    await store.put({ settings: [{ key: 'k', value: 1 }] })
    const told: LocalChange[] = []
    while (told.length < 3) told.push(...((await changes.next()).value ?? []))
    expect(told).toHaveLength(3)
    expect(told).toContainEqual({ kind: 'message', topic, id: 'message 1' })
    expect(told).toContainEqual({ kind: 'conversation', topic })
    expect(told).toContainEqual({ kind: 'setting', key: 'k' })
  })

  test('behavior: a reader that fell far behind is told that everything changed', async () => {
    await using world = await openWithConversation(newMedium)
    const changes = world.store.changes()[Symbol.asyncIterator]()
    const messages = Array.from({ length: 1_001 }, (_, n) => message(n))
    await world.store.put({ messages })
    expect(await changes.next()).toEqual({ value: [{ kind: 'everything' }], done: false })
  })

  test('behavior: reading changes ends with its signal, and with the store', async () => {
    await using world = await openWithConversation(newMedium)
    const controller = new AbortController()
    const stopped = world.store
      .changes({ signal: controller.signal })
      [Symbol.asyncIterator]()
      .next()
    const ended = world.store.changes()[Symbol.asyncIterator]().next()
    controller.abort()
    expect(await stopped).toMatchObject({ done: true })
    await world.store[Symbol.asyncDispose]()
    expect(await ended).toMatchObject({ done: true })
  })
}
