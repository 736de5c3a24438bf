// What drafts, names, progress and settings must do.

// biome-ignore lint/correctness/noUndeclaredDependencies: whoever runs the suite brings its runner
import { describe, expect, test } from 'vitest'
import { type Harness, openWithConversation } from './fixtures.ts'

/** Describes the small records. */
export function testSmallRecords(newMedium: Harness): void {
  describe('drafts, names, progress and settings', () => {
    test('default: a draft is kept, replaced by a later one and deleted by an empty one', async () => {
      await using world = await openWithConversation(newMedium)
      const { store, topic } = world
      const draft = { topic, text: 'hel', changedNs: 5n, replyTo: 'message 1' }
      await store.put({ drafts: [draft] })
      await store.put({ drafts: [{ topic, text: 'h', changedNs: 4n }] })
      expect(await store.draft(topic)).toEqual(draft)
      await store.put({ drafts: [{ topic, text: '', changedNs: 6n }] })
      expect(await store.draft(topic)).toBeUndefined()
    })

    test('default: a name is kept, and that there is none as well', async () => {
      await using world = await openWithConversation(newMedium)
      const known = { query: 'a.eth', value: '0x1', fetchedNs: 1n, details: { avatar: 'x' } }
      const unknown = { query: 'b.eth', value: undefined, fetchedNs: 1n }
      await world.store.put({ names: [known, unknown] })
      expect(await world.store.name('a.eth')).toEqual(known)
      expect(await world.store.name('b.eth')).toEqual(unknown)
      expect(await world.store.name('c.eth')).toBeUndefined()
    })

    test('default: progress moves forward within a log, and starts anew in another', async () => {
      await using world = await openWithConversation(newMedium)
      const { store } = world
      const mark = (logId: string, sequence: number) =>
        store.put({ progress: [{ purpose: 'inbox', logId, sequence }] })
      await mark('a', 9)
      await mark('a', 7)
      expect(await store.progress('inbox')).toMatchObject({ logId: 'a', sequence: 9 })
      await mark('b', 1)
      expect(await store.progress('inbox')).toMatchObject({ logId: 'b', sequence: 1 })
    })

    test('default: a setting is any JSON, and undefined deletes it', async () => {
      await using world = await openWithConversation(newMedium)
      const { store } = world
      const value = { list: [1, 'two', null, true], $n: '5', $b: [0, 1], deep: { $$n: {} } }
      await store.put({ settings: [{ key: 'theme', value }] })
      expect(await store.setting('theme')).toEqual(value)
      await store.put({ settings: [{ key: 'theme', value: undefined }] })
      expect(await store.setting('theme')).toBeUndefined()
    })
  })
}
