import assert from 'node:assert/strict'
import type { Check } from '../check.ts'
import { contentsOf, take } from '../tools.ts'
import { pairIn } from './messages.ts'

export const streamChecks: readonly Check[] = [
  {
    // One by one: the SDK opens several at a time and gives them out as they are done.
    name: 'streams: what our client sends reaches a conversation stream of the SDK, each once',
    run: async (world) => {
      const { ourSide, theirSide } = await pairIn(world)
      const stream = await theirSide.streamMessages()
      const items = stream[Symbol.asyncIterator]()
      for (let i = 0; i < 10; i++) {
        await ourSide.send(`live ${i}`)
        assert.equal((await items.next()).value?.content, `live ${i}`)
      }
    },
  },
  {
    name: 'streams: what the SDK sends reaches a conversation stream of our client, in order',
    run: async (world) => {
      const { ourSide, theirSide } = await pairIn(world)
      const stream = await ourSide.stream()
      for (let i = 0; i < 10; i++) await theirSide.send(`live ${i}`)
      assert.deepEqual(
        contentsOf(await take(stream, 10)),
        Array.from({ length: 10 }, (_, i) => `live ${i}`),
      )
    },
  },
  {
    name: 'streams: the SDK hears of a conversation that our client begins',
    run: async ({ ourClient, sdkClient }) => {
      const [ours, theirs] = [await ourClient(), await sdkClient()]
      const stream = await theirs.conversations.stream()
      const begun = await ours.newConversation(theirs.address)
      assert.equal((await stream.next()).value?.topic, begun.topic)
      await stream.return()
    },
  },
  {
    name: 'streams: our client hears of a conversation that the SDK begins',
    run: async ({ ourClient, sdkClient }) => {
      const [ours, theirs] = [await ourClient(), await sdkClient()]
      const stream = await ours.streamConversations()
      const begun = await theirs.conversations.newConversation(ours.address)
      const [heard] = await take(stream, 1)
      assert.equal(heard?.topic, begun.topic)
    },
  },
  {
    name: 'streams: all messages of the SDK include a conversation begun after the stream',
    run: async ({ ourClient, sdkClient }) => {
      const [ours, theirs] = [await ourClient(), await sdkClient()]
      const stream = await theirs.conversations.streamAllMessages()
      const next = stream.next()
      const begun = await ours.newConversation(theirs.address)
      await begun.send('out of the blue')
      assert.equal((await next).value?.content, 'out of the blue')
    },
  },
  {
    name: 'streams: all messages of our client include conversations begun after the stream',
    run: async ({ ourClient, sdkClient }) => {
      const ours = await ourClient()
      const strangers = [await sdkClient(), await sdkClient()]
      const stream = await ours.streamAllMessages()
      for (const [index, stranger] of strangers.entries()) {
        const begun = await stranger.conversations.newConversation(ours.address)
        await begun.send(`first ${index}`)
        await begun.send(`second ${index}`)
      }
      assert.deepEqual(contentsOf(await take(stream, 4)).toSorted(), [
        'first 0',
        'first 1',
        'second 0',
        'second 1',
      ])
    },
  },
  {
    name: 'streams: ephemeral messages of our client reach the SDK and are not kept',
    run: async (world) => {
      const { ourSide, theirSide } = await pairIn(world)
      const stream = await theirSide.streamEphemeral()
      await ourSide.send('typing', { ephemeral: true })
      assert.equal((await stream.next()).value?.content, 'typing')
      assert.deepEqual(await theirSide.messages(), [])
      await stream.return()
    },
  },
  {
    name: 'streams: ephemeral messages of the SDK are not kept for our client either',
    run: async (world) => {
      const { ourSide, theirSide } = await pairIn(world)
      await theirSide.send('typing', { ephemeral: true })
      await theirSide.send('stays')
      assert.deepEqual(contentsOf(await ourSide.messages()), ['stays'])
    },
  },
]
