// What others may write onto a topic must never disturb its readers.

import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import type { Check } from '../check.ts'
import { contentsOf, take } from '../tools.ts'
import { pairIn } from './messages.ts'

/** Junk of several shapes: random, empty-ish, and a message that was cut or altered. */
function junk(real: Uint8Array): Uint8Array[] {
  const middle = Math.floor(real.length / 2)
  return [randomBytes(200), Uint8Array.of(0), real.subarray(0, 100), flipped(real, middle)]
}

function flipped(bytes: Uint8Array, at: number): Uint8Array {
  const copy = Uint8Array.from(bytes)
  copy[at] = (copy[at] ?? 0) ^ 1
  return copy
}

export const hostileChecks: readonly Check[] = [
  {
    name: 'hostile: junk on a conversation topic hides no message from either side',
    run: async (world) => {
      const { theirs, ourSide, theirSide } = await pairIn(world)
      await ourSide.send('before')
      const real = await rawMessage(world.url, ourSide.topic)
      const envelopes = junk(real).map((message) => ({ contentTopic: ourSide.topic, message }))
      await theirs.publishEnvelopes(envelopes)
      await theirSide.send('after')
      const read = await ourSide.messages({ direction: 'ascending' })
      const good = read.filter((message) => message.kind === 'message')
      assert.deepEqual(contentsOf(good), ['before', 'after'])
      assert.equal(read.length - good.length, 4)
      assert.deepEqual(
        (await theirSide.messages()).map((message) => message.content),
        ['before', 'after'],
      )
    },
  },
  {
    name: 'hostile: junk on a live topic ends no stream',
    run: async (world) => {
      const { theirs, ourSide, theirSide } = await pairIn(world)
      const [ourStream, theirStream] = [await ourSide.stream(), await theirSide.streamMessages()]
      const message = new Uint8Array(randomBytes(150))
      await theirs.publishEnvelopes([{ contentTopic: ourSide.topic, message }])
      await ourSide.send('still here')
      assert.equal((await theirStream.next()).value?.content, 'still here')
      const isMessage = (item: { kind: string }) => item.kind === 'message'
      assert.deepEqual(contentsOf(await take(ourStream, 1, isMessage)), ['still here'])
      await theirStream.return()
    },
  },
  {
    name: 'hostile: a stranger who repeats a message under a new time changes nothing for us',
    run: async (world) => {
      const { ourSide } = await pairIn(world)
      await ourSide.send('once')
      const real = await rawMessage(world.url, ourSide.topic)
      const stranger = await world.sdkClient()
      await stranger.publishEnvelopes([
        { contentTopic: ourSide.topic, message: real, timestamp: new Date(Date.now() + 1000) },
      ])
      assert.deepEqual(contentsOf(await ourSide.messages()), ['once'])
    },
  },
  {
    name: 'hostile: bytes that nothing signs, changed by a stranger, make no second message for us',
    run: async (world) => {
      const { ourSide } = await pairIn(world)
      await ourSide.send('once')
      const real = await rawMessage(world.url, ourSide.topic)
      const stranger = await world.sdkClient()
      // The last byte says whether to ring; the thirty before it are the sender's HMAC.
      const copies = [flipped(real, real.length - 1), flipped(real, real.length - 30)]
      await stranger.publishEnvelopes(
        copies.map((message) => ({ contentTopic: ourSide.topic, message })),
      )
      assert.deepEqual(contentsOf(await ourSide.messages()), ['once'])
    },
  },
  {
    name: 'hostile: a message moved to the topic of another conversation is refused there',
    run: async (world) => {
      const { ours, theirs, ourSide } = await pairIn(world)
      const context = { conversationId: 'example.org/other', metadata: {} }
      const other = await ours.newConversation(theirs.address, context)
      await ourSide.send('belongs elsewhere')
      const real = await rawMessage(world.url, ourSide.topic)
      await theirs.publishEnvelopes([{ contentTopic: other.topic, message: real }])
      const read = await other.messages()
      assert.deepEqual(
        read.map((message) => message.kind),
        ['undecodable'],
      )
    },
  },
  {
    name: 'hostile: junk invitations and introductions hide no conversation from either side',
    run: async (world) => {
      const { ours, theirs, ourSide } = await pairIn(world)
      const stranger = await world.sdkClient()
      const topics = [ours, theirs].flatMap(({ address }) => [
        `/xmtp/0/invite-${address}/proto`,
        `/xmtp/0/intro-${address}/proto`,
      ])
      const message = new Uint8Array(randomBytes(300))
      await stranger.publishEnvelopes(topics.map((contentTopic) => ({ contentTopic, message })))
      assert.equal((await ours.conversations())[0]?.topic, ourSide.topic)
      assert.equal((await theirs.conversations.list())[0]?.topic, ourSide.topic)
    },
  },
]

async function rawMessage(url: string, topic: string): Promise<Uint8Array> {
  const answer = await fetch(`${url}/message/v1/query`, {
    method: 'POST',
    body: JSON.stringify({ contentTopics: [topic] }),
  })
  const { envelopes } = (await answer.json()) as { envelopes: { message: string }[] }
  return new Uint8Array(Buffer.from(envelopes[0]?.message ?? '', 'base64'))
}
