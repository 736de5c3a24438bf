import { loadCrypto } from '@posthorn/crypto'
import { AdmissionError, TransportError, UsageError, ValidationError } from '@posthorn/errors'
import { createVirtualClock, eventually } from '@posthorn/testing'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { conversation, message, storeKey } from '../contract/fixtures.ts'
import type { LocalStore } from '../local-store.ts'
import { openMemoryStore } from '../memory.ts'
import type { OutboxEntry } from '../records.ts'
import { isPermanentRefusal, runOutbox } from './run-outbox.ts'

const crypto = await loadCrypto()
const unavailable = () => new TransportError('transport/unavailable', 'Publish: no network')

/** A store with two conversations. */
async function openStore(): Promise<LocalStore> {
  const store = await openMemoryStore({ crypto, key: storeKey })
  await store.put({ conversations: [conversation(1), conversation(2)] })
  return store
}

/** Enqueues message `n` in conversation `of`; its envelope holds random bytes, as a sealed one does. */
async function enqueue(store: LocalStore, n: number, of = 1): Promise<OutboxEntry> {
  const { topic } = conversation(of)
  const envelope = { contentTopic: topic, timestampNs: 1n, message: crypto.randomBytes(20) }
  const entry = { message: message(n, { topic, isOwn: true }), envelopes: [envelope] }
  const enqueued = await store.outbox.enqueue(entry)
  if (enqueued === undefined) throw new RangeError('not enqueued')
  return enqueued
}

const drained = (store: LocalStore) =>
  eventually(async () => expect(await store.outbox.entries()).toEqual([]))

describe('runOutbox', () => {
  test('default: sends what waits and what comes, in order, and marks it stored', async () => {
    await using store = await openStore()
    const sent: string[] = []
    await enqueue(store, 1)
    await enqueue(store, 2)
    const send = async ({ messageId }: OutboxEntry) => void sent.push(messageId)
    await using _run = runOutbox({ store, send, timers: createVirtualClock(), random: () => 0 })
    await drained(store)
    await enqueue(store, 3)
    await drained(store)
    expect(sent).toEqual(['message 1', 'message 2', 'message 3'])
    expect(await store.message('message 3')).toMatchObject({ status: 'stored' })
  })

  test('behavior: waits longer after each failure, sends the same bytes, and keeps the order', async () => {
    await using store = await openStore()
    const clock = createVirtualClock()
    const first = await enqueue(store, 1)
    await enqueue(store, 2)
    const attempts: (readonly [ms: number, id: string, bytes: Uint8Array | undefined])[] = []
    const send = async ({ messageId, envelopes }: OutboxEntry) => {
      attempts.push([clock.monotonicMs(), messageId, envelopes[0]?.message])
      if (attempts.length <= 4) throw unavailable()
    }
    await using _run = runOutbox({
      store,
      send,
      timers: clock,
      random: () => 0.5,
      baseDelayMs: 100,
    })
    for (let n = 0; n < 40; n++) await clock.advance(50)
    await drained(store)
    expect(attempts.map(([ms]) => ms)).toEqual([0, 75, 225, 525, 1125, 1125])
    expect(attempts.map(([, id]) => id).slice(0, 5)).toEqual(Array(5).fill('message 1'))
    for (const [, , bytes] of attempts.slice(0, 5)) {
      expect(bytes).toEqual(first.envelopes[0]?.message)
    }
  })

  test('behavior: waits at least as long as a node asks', async () => {
    await using store = await openStore()
    const clock = createVirtualClock()
    await enqueue(store, 1)
    const times: number[] = []
    const send = async () => {
      times.push(clock.monotonicMs())
      const busy = { retryAfterMs: 30_000 }
      if (times.length === 1) throw new AdmissionError('rate/exceeded', 'Publish: too fast', busy)
    }
    await using _run = runOutbox({ store, send, timers: clock, random: () => 0 })
    for (let n = 0; n < 32; n++) await clock.advance(1_000)
    await drained(store)
    expect(times).toEqual([0, 30_000])
  })

  test('behavior: what is refused for good is parked with its code, and the rest goes on', async () => {
    await using store = await openStore()
    const refused = await enqueue(store, 1)
    await enqueue(store, 2)
    const send = async ({ messageId }: OutboxEntry) => {
      if (messageId === 'message 1') throw new AdmissionError('postage/not-allowed', 'Publish: no')
    }
    await using _run = runOutbox({ store, send, timers: createVirtualClock(), random: () => 0 })
    await eventually(async () =>
      expect(await store.outbox.entries()).toMatchObject([
        { number: refused.number, state: 'failed', code: 'postage/not-allowed' },
      ]),
    )
    expect(await store.message('message 1')).toMatchObject({ status: 'failed' })
    expect(await store.message('message 2')).toMatchObject({ status: 'stored' })
  })

  test('behavior: a parked entry that waits again is sent', async () => {
    await using store = await openStore()
    const entry = await enqueue(store, 1)
    await store.outbox.markFailed(entry.number, 'postage/not-allowed')
    const sent: number[] = []
    const send = async ({ number }: OutboxEntry) => void sent.push(number)
    await using _run = runOutbox({ store, send, timers: createVirtualClock(), random: () => 0 })
    await store.outbox.retry(entry.number)
    await drained(store)
    expect(sent).toEqual([entry.number])
  })

  test('behavior: one conversation that does not get through holds up no other', async () => {
    await using store = await openStore()
    await enqueue(store, 1, 1)
    await enqueue(store, 2, 2)
    const stuck = conversation(1).topic
    const send = async ({ topic }: OutboxEntry) => {
      if (topic === stuck) throw unavailable()
    }
    await using _run = runOutbox({ store, send, timers: createVirtualClock(), random: () => 0 })
    await eventually(async () => expect(await store.outbox.entries()).toHaveLength(1))
    expect(await store.message('message 2')).toMatchObject({ status: 'stored' })
  })

  test('behavior: waking tries again before the wait is over', async () => {
    await using store = await openStore()
    await enqueue(store, 1)
    let tries = 0
    const send = async () => {
      if (++tries === 1) throw unavailable()
    }
    const timers = createVirtualClock()
    await using run = runOutbox({ store, send, timers, random: () => 0 })
    await eventually(() => expect(timers.pendingTimers()).toBe(1))
    run.wake()
    await drained(store)
    expect(tries).toBe(2)
  })

  test('behavior: what is discarded while it waits is not sent', async () => {
    await using store = await openStore()
    const entry = await enqueue(store, 1)
    let tries = 0
    const send = async () => {
      tries++
      throw unavailable()
    }
    const timers = createVirtualClock()
    await using run = runOutbox({ store, send, timers, random: () => 0 })
    await eventually(() => expect(timers.pendingTimers()).toBe(1))
    await store.outbox.discard(entry.number)
    run.wake()
    await enqueue(store, 2, 2)
    await eventually(() => expect(tries).toBe(2))
    expect(await store.message('message 1')).toBeUndefined()
  })

  test('behavior: disposing it aborts what is being sent, which waits for the next run', async () => {
    await using store = await openStore()
    await enqueue(store, 1)
    const { promise: started, resolve: start } = Promise.withResolvers<void>()
    const send = (_: OutboxEntry, { signal }: { readonly signal: AbortSignal }) =>
      new Promise<void>((_resolve, reject) => {
        start()
        signal.addEventListener('abort', () => reject(new ValidationError('a/b', 'cut off')))
      })
    const run = runOutbox({ store, send, timers: createVirtualClock(), random: () => 0 })
    await started
    await run[Symbol.asyncDispose]()
    expect(await store.outbox.entries()).toMatchObject([{ state: 'waiting' }])
  })

  test('behavior: it ends with its store', async () => {
    const store = await openStore()
    await enqueue(store, 1)
    const send = () => Promise.reject(unavailable())
    const run = runOutbox({ store, send, timers: createVirtualClock(), random: () => 0 })
    await store[Symbol.asyncDispose]()
    await run[Symbol.asyncDispose]()
  })

  test('behavior: crashes anywhere lose nothing, double nothing and keep the order', async () => {
    const fault = fc.constantFrom('none', 'before', 'after', 'crash before', 'crash after')
    await fc.assert(
      fc.asyncProperty(fc.array(fault, { maxLength: 12 }), async (faults) => {
        await using store = await openStore()
        const node = new Map<string, string>()
        for (const n of [1, 2, 3]) await enqueue(store, n, 1)
        await enqueue(store, 4, 2)
        const planned = [...faults]
        let isRunning = true
        while (isRunning) {
          const { promise: crashed, resolve: crash } = Promise.withResolvers<void>()
          const send = async ({ messageId, envelopes }: OutboxEntry) => {
            const fault = planned.shift() ?? 'none'
            if (fault.startsWith('crash b')) return new Promise<void>(() => crash())
            if (fault === 'before') throw unavailable()
            // What the node already has it recognises by its bytes.
            node.set(String(envelopes[0]?.message), messageId)
            if (fault.startsWith('crash a')) return new Promise<void>(() => crash())
            if (fault === 'after') throw unavailable()
          }
          const timers = { sleep: () => Promise.resolve() }
          const run = runOutbox({ store, send, timers, random: () => 0 })
          const isDone = await Promise.race([
            crashed.then(() => false),
            drained(store).then(() => true),
          ])
          // A crash is a run that is left behind: its call never returns.
          if (isDone) await run[Symbol.asyncDispose]()
          isRunning = !isDone
        }
        const arrived = [...node.values()]
        expect(arrived.filter((id) => id !== 'message 4')).toEqual(
          [1, 2, 3].map((n) => `message ${n}`),
        )
        expect(arrived.toSorted()).toEqual([1, 2, 3, 4].map((n) => `message ${n}`))
      }),
      { numRuns: 30 },
    )
  })
})

test('isPermanentRefusal tells refusals from trouble', () => {
  const again = [unavailable(), new RangeError('bug'), new UsageError('client/closed', 'closed')]
  const rate = new AdmissionError('rate/exceeded', 'Publish: too fast')
  const later = new AdmissionError('postage/unpaid', 'Publish: not yet', { retryAfterMs: 1 })
  for (const error of [...again, rate, later]) expect(isPermanentRefusal(error)).toBe(false)
  const never = new ValidationError('transport/invalid-argument', 'Publish: too big')
  expect(isPermanentRefusal(never)).toBe(true)
})
