// What several stores on the same data must do: other tabs, other processes.

// biome-ignore lint/correctness/noUndeclaredDependencies: whoever runs the suite brings its runner
import { describe, expect, test } from 'vitest'
import { allIds, type Harness, message, openWithConversation } from './fixtures.ts'

/** Describes stores that share their data. */
export function testSharing(newMedium: Harness): void {
  describe('two stores on the same data', () => {
    test('default: what one writes the other reads', async () => {
      await using world = await openWithConversation(newMedium)
      await using other = await world.medium.open()
      await other.put({ messages: [message(1)] })
      expect(await world.store.message('message 1')).toEqual(message(1))
    })

    test('behavior: writing at once loses nothing and counts everything', async () => {
      await using world = await openWithConversation(newMedium)
      await using other = await world.medium.open()
      const puts = Array.from({ length: 40 }, (_, n) =>
        (n % 2 === 0 ? world.store : other).put({ messages: [message(n), message(n + 1)] }),
      )
      await Promise.all(puts)
      expect(await allIds(other, world.topic, 100)).toHaveLength(41)
      expect(await other.conversation(world.topic)).toMatchObject({ unreadCount: 41 })
      expect((await world.store.search({ text: 'text', limit: 99 })).items).toHaveLength(41)
    })
  })
}
