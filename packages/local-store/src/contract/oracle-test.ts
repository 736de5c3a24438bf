// Whatever happens in whatever order: counts, lists and search are what counting anew would give.

// biome-ignore lint/correctness/noUndeclaredDependencies: whoever runs the suite brings its runner
import fc from 'fast-check'
// biome-ignore lint/correctness/noUndeclaredDependencies: whoever runs the suite brings its runner
import { describe, expect, test } from 'vitest'
import type { LocalStore } from '../local-store.ts'
import type { LocalConsentState, LocalMessage } from '../records.ts'
import { allIds, conversation, type Harness, message } from './fixtures.ts'
import { LocalOracle } from './oracle.ts'

const states: readonly LocalConsentState[] = ['allowed', 'denied', 'unknown']
const words = ['horse', 'post', 'relay', 'horn']

const number = fc.integer({ min: 1, max: 3 })
const time = fc.bigInt({ min: 0n, max: 12n })
const anyMessage = fc
  .record({
    n: fc.integer({ min: 0, max: 15 }),
    of: number,
    sentNs: time,
    isOwn: fc.boolean(),
    isQuiet: fc.boolean(),
    text: fc.constantFrom(...words, undefined),
    isUndecodable: fc.boolean(),
  })
  // An id belongs to one conversation, whatever else about it varies.
  .map(({ n, isUndecodable, ...more }): LocalMessage => {
    const { topic } = conversation(1 + (n % 3))
    const undecodable = isUndecodable ? { undecodable: 'content/unknown' } : {}
    const { sentNs, isOwn, isQuiet, text } = more
    return message(n, { topic, sentNs, isOwn, isQuiet, text, ...undecodable })
  })
const anyStep = fc.oneof(
  fc.record({ kind: fc.constant('messages' as const), messages: fc.array(anyMessage) }),
  fc.record({ kind: fc.constant('mark' as const), of: number, readNs: time }),
  fc.record({
    kind: fc.constant('consent' as const),
    of: number,
    state: fc.constantFrom(...states),
  }),
  fc.record({ kind: fc.constant('forget' as const), id: fc.integer({ min: 0, max: 15 }) }),
  fc.record({ kind: fc.constant('remove' as const), of: number }),
  fc.record({ kind: fc.constant('repair' as const) }),
)
type Step = typeof anyStep extends fc.Arbitrary<infer S> ? S : never

/** Describes the store beside its oracle. */
export function testOracle(newMedium: Harness): void {
  describe('anything in any order', () => {
    test('default: counts, lists and search are what counting anew gives', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(anyStep, { maxLength: 12 }), async (steps) => {
          await using medium = await newMedium()
          await using store = await medium.open()
          const oracle = new LocalOracle()
          for (const [at, step] of steps.entries()) await take(store, oracle, { step, at })
          await compare(store, oracle)
        }),
        { numRuns: 40 },
      )
    })
  })
}

type Taken = { readonly step: Step; readonly at: number }

async function take(store: LocalStore, oracle: LocalOracle, { step, at }: Taken): Promise<void> {
  switch (step.kind) {
    case 'messages': {
      const conversations = [1, 2, 3].map((n) => conversation(n))
      await store.put({ conversations, messages: step.messages })
      for (const n of [1, 2, 3]) oracle.add(n)
      for (const each of step.messages) oracle.put(each)
      break
    }
    case 'mark': {
      const { topic } = conversation(step.of)
      await store.put({ readMarks: [{ topic, readNs: step.readNs }] })
      oracle.mark(topic, step.readNs)
      break
    }
    case 'consent': {
      const { peerAddress: value, topic } = conversation(step.of)
      const entry = { subject: 'address', value, state: step.state, decidedNs: BigInt(at) } as const
      await store.put({ consents: [entry] })
      oracle.consents.set(topic, step.state)
      break
    }
    case 'forget':
      await store.removeMessages([`message ${step.id}`])
      oracle.messages.delete(`message ${step.id}`)
      break
    case 'remove':
      await store.removeConversation(conversation(step.of).topic)
      oracle.remove(conversation(step.of).topic)
      break
    case 'repair':
      expect(await store.repair()).toEqual({ removedCount: 0 })
  }
}

async function compare(store: LocalStore, oracle: LocalOracle): Promise<void> {
  const { items, damagedCount } = await store.conversations({ limit: 100 })
  expect(damagedCount).toBe(0)
  expect(new Set(items.map(({ topic }) => topic))).toEqual(oracle.topics)
  const times = items.map(({ orderNs }) => orderNs)
  expect(times).toEqual(times.toSorted((a, b) => (a < b ? 1 : a > b ? -1 : 0)))
  const totals = { allowed: [0, 0], denied: [0, 0], unknown: [0, 0] }
  for (const { topic, unreadCount, last, consent, orderNs, createdNs } of items) {
    expect(consent).toBe(oracle.consents.get(topic) ?? 'unknown')
    expect(unreadCount).toBe(oracle.unread(topic))
    expect(last?.sentNs).toBe(oracle.lastNs(topic))
    expect(orderNs).toBe(last?.sentNs ?? createdNs)
    const ids = oracle.of(topic).map(({ id }) => id)
    expect((await allIds(store, topic)).toSorted()).toEqual(ids.toSorted())
    totals[consent][0] = (totals[consent][0] ?? 0) + 1
    totals[consent][1] = (totals[consent][1] ?? 0) + unreadCount
  }
  for (const state of states) {
    const [conversations, unread] = totals[state]
    expect((await store.totals())[state]).toEqual({ conversations, unread })
  }
  for (const word of words) {
    const hits = await store.search({ text: word, limit: 100 })
    const wanted = [...oracle.messages.values()].filter(({ text }) => text?.includes(word))
    const expected = wanted.map(({ id }) => id).toSorted()
    expect(hits.items.map(({ id }) => id).toSorted()).toEqual(expected)
  }
}
