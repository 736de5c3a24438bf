// What broadcasts must do.

import { type Envelope, maxMessageBytes } from '@posthorn/envelope'
// biome-ignore lint/correctness/noUndeclaredDependencies: whoever runs the suite brings its runner
import { describe, expect, test } from 'vitest'
import type { Store } from '../store.ts'
import { numbered, type Open } from './fixtures.ts'

/** Describes broadcasts. */
export function testBroadcast(open: Open): void {
  describe('broadcast', () => {
    test('default: brings every envelope whole and in order, and stores none', async () => {
      await using store = await open()
      const heard = await listen(store)
      const large = new Uint8Array(maxMessageBytes).map((_, i) => (i * i) >> 8)
      const zeros = new Uint8Array(20_000)
      const sent = [
        numbered(1),
        numbered(1),
        { contentTopic: 'é 💌', timestampNs: 2n ** 64n - 1n, message: large },
        { contentTopic: 'zeros', timestampNs: 1n, message: zeros },
        { contentTopic: 'zeros', timestampNs: 2n, message: zeros },
        { contentTopic: '', timestampNs: 0n, message: new Uint8Array(0) },
      ]
      await store.broadcast(sent.slice(0, 2))
      await store.broadcast(sent.slice(2))
      expect(await heard.next(6)).toEqual(sent)
      expect(await store.counts()).toEqual({ envelopes: 0, topics: 0, lastSequence: 0 })
    })

    test('behavior: those who have left hear nothing, the others go on', async () => {
      await using store = await open()
      const [first, second] = [await listen(store), await listen(store)]
      first.leave()
      await store.broadcast([numbered(1)])
      expect(await second.next(1)).toEqual([numbered(1)])
      expect(first.waiting()).toBe(0)
    })

    test('error: an envelope that breaks a rule keeps all from being told', async () => {
      await using store = await open()
      const heard = await listen(store)
      const bad = { ...numbered(2), timestampNs: -1n }
      const refused = { code: 'envelope/bad-timestamp' }
      await expect(store.broadcast([numbered(1), bad])).rejects.toMatchObject(refused)
      await store.broadcast([numbered(3)])
      expect(await heard.next(1)).toEqual([numbered(3)])
    })
  })
}

const mark = numbered(0, 'mark')
const roundMs = 10

// It may take a moment until a listener hears: marks are sent until one comes.
async function listen(store: Store) {
  const heard: Envelope[] = []
  const listening = store.onBroadcast((envelope) => heard.push(envelope))
  while (heard.length === 0) {
    await store.broadcast([mark])
    await pause()
  }
  const others = () => heard.filter(({ contentTopic }) => contentTopic !== mark.contentTopic)
  return {
    waiting: () => others().length,
    leave: () => listening[Symbol.dispose](),
    next: async (count: number): Promise<readonly Envelope[]> => {
      while (others().length < count) await pause()
      return others()
    },
  }
}

function pause(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, roundMs)
  })
}
