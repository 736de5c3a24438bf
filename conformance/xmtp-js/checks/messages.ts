import assert from 'node:assert/strict'
import type { Client, Conversation } from '../../../packages/client/src/index.ts'
import type { Check } from '../check.ts'
import { newAccount, type SdkClient, type SdkConversation, sdk } from '../sdk.ts'
import { contentsOf, gather } from '../tools.ts'
import type { World } from '../world.ts'

type Pair = {
  readonly ours: Client
  readonly theirs: SdkClient
  readonly ourSide: Conversation
  readonly theirSide: SdkConversation
}

/** Two clients in a conversation, seen from both sides. */
export async function pairIn({ ourClient, sdkClient }: World): Promise<Pair> {
  const [ours, theirs] = [await ourClient(), await sdkClient()]
  const ourSide = await ours.newConversation(theirs.address)
  const theirSide = await theirs.conversations.newConversation(ours.address)
  return { ours, theirs, ourSide, theirSide }
}

const texts = ['gm', '', 'Grüße aus Zürich ☀️ 👩‍👩‍👧‍👦', 'a\nb\u0000c', 'x'.repeat(100_000)]

export const messageChecks: readonly Check[] = [
  {
    name: 'messages: texts of every kind sent by the SDK are read by our client',
    run: async (world) => {
      const { theirs, ourSide, theirSide } = await pairIn(world)
      for (const text of texts) await theirSide.send(text)
      const read = await ourSide.messages({ direction: 'ascending' })
      assert.deepEqual(contentsOf(read), texts)
      assert.ok(read.every((m) => m.kind === 'message' && m.senderAddress === theirs.address))
    },
  },
  {
    name: 'messages: texts of every kind sent by our client are read by the SDK',
    run: async (world) => {
      const { ours, ourSide, theirSide } = await pairIn(world)
      for (const text of texts) await ourSide.send(text)
      const read = await theirSide.messages()
      assert.deepEqual(
        read.map((message) => message.content),
        texts,
      )
      assert.ok(read.every((message) => message.senderAddress === ours.address))
    },
  },
  {
    name: 'messages: both sides give a message the same id and time',
    run: async (world) => {
      const { ourSide, theirSide } = await pairIn(world)
      const sent = [await ourSide.send('one')]
      const theirs = await theirSide.send('two')
      const ourView = await ourSide.messages({ direction: 'ascending' })
      const theirView = await theirSide.messages()
      const facts = (list: readonly { id: string; sent?: Date }[]) =>
        list.map(({ id, sent: time }) => [id, time?.getTime()])
      assert.deepEqual(facts(ourView as { id: string; sent?: Date }[]), facts(theirView))
      assert.deepEqual(
        ourView.map((message) => message.id),
        [sent[0]?.id, theirs.id],
      )
    },
  },
  {
    name: 'messages: 250 of them come whole and in order, on both sides',
    run: async (world) => {
      const { ourSide, theirSide } = await pairIn(world)
      const expected = Array.from({ length: 250 }, (_, index) => `message ${index}`)
      for (const text of expected) await ourSide.send(text)
      assert.deepEqual(contentsOf(await ourSide.messages({ direction: 'ascending' })), expected)
      const theirView = await theirSide.messages()
      assert.deepEqual(
        theirView.map((message) => message.content),
        expected,
      )
      const pages = await gather(theirSide.messagesPaginated({ pageSize: 100 }))
      assert.deepEqual(
        pages.map((page) => page.length),
        [100, 100, 50],
      )
    },
  },
  {
    name: 'messages: limit, direction and time range agree on both sides',
    run: async (world) => {
      const { ourSide, theirSide } = await pairIn(world)
      const base = Date.now() - 10_000
      for (let i = 0; i < 6; i++) {
        await theirSide.send(String(i), { timestamp: new Date(base + i * 1000) })
      }
      const [start, end] = [new Date(base + 1000), new Date(base + 4000)]
      const descending = sdk.SortDirection.SORT_DIRECTION_DESCENDING
      const theirView = await theirSide.messages({
        startTime: start,
        endTime: end,
        limit: 3,
        direction: descending,
      })
      const ourView = await ourSide.messages({ start, end, limit: 3, direction: 'descending' })
      assert.deepEqual(contentsOf(ourView), ['4', '3', '2'])
      assert.deepEqual(
        theirView.map((message) => message.content),
        ['4', '3', '2'],
      )
    },
  },
  ...(['COMPRESSION_DEFLATE', 'COMPRESSION_GZIP'] as const).map((name) => ({
    name: `messages: ${name} by the SDK is read by our client, small and large`,
    run: async (world: World) => {
      const { ourSide, theirSide } = await pairIn(world)
      const sent = ['c'.repeat(900), 'd'.repeat(50_000)]
      for (const text of sent) await theirSide.send(text, { compression: sdk.Compression[name] })
      assert.deepEqual(contentsOf(await ourSide.messages({ direction: 'ascending' })), sent)
    },
  })),
  ...(['deflate', 'gzip'] as const).map((compression) => ({
    name: `messages: ${compression} asked of our client is read by the SDK, small and large`,
    run: async (world: World) => {
      const { ourSide, theirSide } = await pairIn(world)
      const sent = ['c'.repeat(900), 'd'.repeat(50_000)]
      for (const text of sent) await ourSide.send(text, { compression })
      const read = await theirSide.messages()
      assert.deepEqual(
        read.map((message) => message.content),
        sent,
      )
    },
  })),
  {
    name: 'messages: a client that joins later reads the whole history of its wallet',
    run: async ({ ourClient, sdkClient }) => {
      const account = newAccount()
      const peer = await sdkClient()
      const first = await sdkClient(account)
      const begun = await first.conversations.newConversation(peer.address)
      await begun.send('from the SDK')
      const second = await ourClient(account)
      const [found] = await second.conversations()
      assert.ok(found)
      await found.send('from ours')
      assert.deepEqual(contentsOf(await found.messages({ direction: 'ascending' })), [
        'from the SDK',
        'from ours',
      ])
      assert.deepEqual(
        (await begun.messages()).map((message) => [message.content, message.senderAddress]),
        [
          ['from the SDK', account.address],
          ['from ours', account.address],
        ],
      )
    },
  },
]
