// What search must do.

// biome-ignore lint/correctness/noUndeclaredDependencies: whoever runs the suite brings its runner
import { describe, expect, test } from 'vitest'
import type { LocalStore } from '../local-store.ts'
import { conversation, type Harness, message, openWithConversation } from './fixtures.ts'

/** Describes search. */
export function testSearch(newMedium: Harness): void {
  describe('search', () => {
    test('default: every word has to begin a word of the message, newest first', async () => {
      await using world = await openWithConversation(newMedium)
      const { store } = world
      await store.put({
        messages: [
          message(1, { text: 'The quick brown fox' }),
          message(3, { text: 'A BROWN cow, quickly' }),
          message(2, { text: 'nothing' }),
        ],
      })
      expect(await ids(store, 'brown qui')).toEqual(['message 3', 'message 1'])
      expect(await ids(store, 'rown')).toEqual([])
      expect(await ids(store, 'quick slow')).toEqual([])
      expect(await ids(store, ' ,. ')).toEqual([])
      expect(await ids(store, 'constructor')).toEqual([])
    })

    test('behavior: case, accents and scripts without spaces do not matter', async () => {
      await using world = await openWithConversation(newMedium)
      const { store } = world
      const texts = ['Crème Brûlée', '明日は晴れです', 'ＦＵＬＬ width', 'constructor __proto__']
      await store.put({ messages: texts.map((text, n) => message(n, { text })) })
      expect(await ids(store, 'creme brule')).toEqual(['message 0'])
      expect(await ids(store, '晴れ')).toEqual(['message 1'])
      expect(await ids(store, 'full')).toEqual(['message 2'])
      expect(await ids(store, 'constructor proto')).toEqual(['message 3'])
    })

    test('behavior: pages of hits are whole, over hundreds of messages and two conversations', async () => {
      await using world = await openWithConversation(newMedium)
      const { store, topic } = world
      const other = conversation(2)
      const messages = Array.from({ length: 300 }, (_, n) =>
        message(n, { text: `horse ${n}`, topic: n % 3 === 0 ? other.topic : topic }),
      )
      await store.put({ conversations: [other], messages })
      const found: string[] = []
      let after: string | undefined
      do {
        const page = await store.search({ text: 'HOR', limit: 70, after })
        found.push(...page.items.map(({ id }) => id))
        after = page.next
      } while (after !== undefined)
      expect(found).toEqual(messages.map(({ id }) => id).toReversed())
      const here = await store.search({ text: 'horse 299', topic: other.topic, limit: 9 })
      expect(here.items).toEqual([])
      const there = await store.search({ text: 'horse 299', topic, limit: 9 })
      expect(there.items).toMatchObject([{ id: 'message 299' }])
    })
  })
}

async function ids(store: LocalStore, text: string): Promise<string[]> {
  return (await store.search({ text, limit: 100 })).items.map(({ id }) => id)
}
