// Sending, listing and following messages.

import type { Conversation, DecodedMessage } from '@posthorn/compat'
import { type Flow, type FlowWorld, isRefused, seen, take } from '../flow.ts'
import { settled } from './conversations.ts'

async function twoWithChat({ client }: FlowWorld): Promise<{
  here: Conversation
  there: Conversation
}> {
  const [alice, bob] = [await client(), await client()]
  const here = await alice.conversations.newConversation(bob.address)
  const [there] = await bob.conversations.list()
  if (there === undefined) throw new RangeError('the conversation did not arrive')
  return { here, there }
}

const contents = (messages: readonly DecodedMessage[]): unknown[] =>
  messages.map(({ content }) => content)

const sending: Flow = {
  name: 'texts are sent and read by both',
  run: async (world) => {
    const { here, there } = await twoWithChat(world)
    const sent = await here.send('gm')
    const answer = await there.send('gm ☀️')
    await here.send('')
    const messages = await here.messages()
    const same = await there.messages()
    return {
      sent: seen(sent),
      answer: seen(answer),
      messages: messages.map(seen),
      isSame: messages.map(({ id }, index) => id === same[index]?.id),
      isSent: [sent.id === messages[0]?.id, answer.id === messages[1]?.id],
      instance: messages[0] instanceof world.api.DecodedMessage,
      unknownType: await isRefused(() =>
        here.send('x', { contentType: new (typeOf(sent))({ ...text, typeId: 'unknown' }) }),
      ),
    }
  },
}

const text = { authorityId: 'xmtp.org', typeId: 'text', versionMajor: 1, versionMinor: 0 }

function typeOf(message: DecodedMessage): new (id: typeof text) => DecodedMessage['contentType'] {
  return message.contentType.constructor as new (
    id: typeof text,
  ) => DecodedMessage['contentType']
}

const listing: Flow = {
  name: 'lists have a limit, a direction, a range and pages',
  run: async (world) => {
    const { here, there } = await twoWithChat(world)
    const day = (n: number): Date => new Date(Date.UTC(2024, 0, n))
    for (let n = 1; n <= 7; n++) await here.send(`day ${n}`, { timestamp: day(n) })
    const { SORT_DIRECTION_ASCENDING: up, SORT_DIRECTION_DESCENDING: down } =
      world.api.SortDirection
    const pages: unknown[] = []
    for await (const page of there.messagesPaginated({ pageSize: 3 })) pages.push(contents(page))
    const upwards: unknown[] = []
    for await (const page of there.messagesPaginated({
      pageSize: 3,
      direction: up,
      startTime: day(4),
    })) {
      upwards.push(contents(page))
    }
    return {
      all: contents(await there.messages()),
      limited: contents(await there.messages({ limit: 2 })),
      last: contents(await there.messages({ limit: 2, direction: down })),
      zero: contents(await there.messages({ limit: 0 })),
      range: contents(await there.messages({ startTime: day(3), endTime: day(5) })),
      from: contents(await there.messages({ startTime: day(6) })),
      until: contents(await there.messages({ endTime: day(2), direction: down })),
      nothing: contents(await there.messages({ startTime: day(20), endTime: day(21) })),
      small: contents(await there.messages({ pageSize: 2, limit: 5 })),
      big: contents(await there.messages({ pageSize: 500 })),
      pages,
      upwards,
      sent: (await there.messages({ limit: 1 })).map(({ sent }) => sent.toISOString()),
    }
  },
}

const following: Flow = {
  name: 'messages are followed, in their order, until the stream is left',
  run: async (world) => {
    const { here, there } = await twoWithChat(world)
    await here.send('before')
    const stream = await there.streamMessages()
    await settled()
    const waiting = [stream.next(), stream.next()]
    for (const content of ['one', 'two', 'three', 'four']) await here.send(content)
    const first = await Promise.all(waiting)
    const rest = await take(stream, 2)
    const left = await there.streamMessages()
    const pending = left.next()
    await left.return()
    return {
      first: first.map(({ value }) => value?.content),
      rest: rest.map(seen),
      ended: (await stream.next()).done,
      pending: (await pending).done,
      instance: stream instanceof world.api.Stream,
    }
  },
}

const ephemeral: Flow = {
  name: 'messages that are not kept reach who listens',
  run: async (world) => {
    const { here, there } = await twoWithChat(world)
    const stream = await there.streamEphemeral()
    await settled()
    const sent = await here.send('typing', { ephemeral: true })
    const received = await take(stream, 1)
    return {
      sent: { ...seen(sent), isOnEphemeral: sent.contentTopic === here.ephemeralTopic },
      received: received.map(seen),
      stored: contents(await there.messages()),
    }
  },
}

const preparing: Flow = {
  name: 'messages are prepared now and sent later',
  run: async (world) => {
    const { here, there } = await twoWithChat(world)
    const timestamp = new Date('2024-03-04T05:06:07.089Z')
    const prepared = await here.prepareMessage('later', { timestamp })
    const { messageEnvelope } = prepared
    const before = (await there.messages()).length
    const sent = await prepared.send()
    const [read] = await there.messages()
    return {
      before,
      ids: [await prepared.messageID(), read?.id].map((id) => id === sent.id),
      sent: seen(sent),
      topic: messageEnvelope.contentTopic === here.topic,
      timestampNs: messageEnvelope.timestampNs,
      isBytes: messageEnvelope.message instanceof Uint8Array,
      time: read?.sent.toISOString(),
    }
  },
}

const storing: Flow = {
  name: 'messages become bytes and messages again, and envelopes are decoded by themselves',
  run: async (world) => {
    const { api, client } = world
    const [alice, bob] = [await client(), await client()]
    const context = { conversationId: 'example.org/1', metadata: { a: 'b' } }
    const chat = await alice.conversations.newConversation(bob.address, context)
    const sent = await chat.send('keep me')
    const stored = sent.toBytes()
    const restored = await api.DecodedMessage.fromBytes(stored, alice)
    const answer = await restored.conversation.send('from the restored one')
    const envelopes = await alice.listEnvelopes(chat.topic, async (envelope) => envelope)
    const decoded = await Promise.all(envelopes.map((each) => chat.decodeMessage(each)))
    const nonsense = { ...must(envelopes[0]), message: Uint8Array.of(1, 2, 3) }
    const pages: number[] = []
    for await (const page of alice.listEnvelopesPaginated(chat.topic, async () => 1)) {
      pages.push(page.length)
    }
    return {
      stored: stored.length > 100,
      restored: seen(restored),
      isSame: restored.id === sent.id && restored.sent.getTime() === sent.sent.getTime(),
      conversation: restored.conversation.context,
      answer: seen(answer),
      decoded: decoded.map(seen),
      nonsense: await isRefused(() => chat.decodeMessage(nonsense)),
      badBytes: await isRefused(() => api.DecodedMessage.fromBytes(Uint8Array.of(1), alice)),
      pages,
      fields: envelopes.map(({ contentTopic, timestampNs }) => [
        contentTopic === chat.topic,
        typeof timestampNs,
      ]),
      mapped: await alice.listEnvelopes(
        chat.topic,
        async ({ timestampNs }) => {
          if (timestampNs === envelopes[0]?.timestampNs) throw new RangeError('left out')
          return 'kept'
        },
        { limit: 5 },
      ),
    }
  },
}

const junk: Flow = {
  name: 'what cannot be read is left out',
  run: async (world) => {
    const { api, client } = world
    const [alice, bob] = [await client(), await client()]
    const chat = await alice.conversations.newConversation(bob.address)
    await chat.send('first')
    const stream = await chat.streamMessages()
    await settled()
    const [envelope] = await bob.listEnvelopes(chat.topic, async (each) => each)
    const changed = Uint8Array.from(must(envelope).message)
    changed[changed.length - 60] = (changed[changed.length - 60] ?? 0) ^ 1
    await bob.publishEnvelopes([
      { contentTopic: chat.topic, message: Uint8Array.of(9, 9, 9) },
      { contentTopic: chat.topic, message: changed },
    ])
    await bob.publishEnvelopes([
      {
        contentTopic: api.buildUserInviteTopic(alice.address),
        message: Uint8Array.of(9, 9, 9),
        timestamp: new Date(),
      },
    ])
    await chat.send('last')
    return {
      listed: contents(await chat.messages()),
      followed: contents(await take(stream, 1)),
      conversations: (await alice.conversations.list()).length,
      empty: await isRefused(() =>
        alice.publishEnvelopes([{ contentTopic: chat.topic, message: new Uint8Array() }]),
      ),
      noTopic: await isRefused(() =>
        alice.publishEnvelopes([{ contentTopic: '', message: Uint8Array.of(1) }]),
      ),
    }
  },
}

function must<T>(value: T | undefined): T {
  if (value === undefined) throw new RangeError('nothing there')
  return value
}

export const messageFlows: readonly Flow[] = [
  sending,
  listing,
  following,
  ephemeral,
  preparing,
  storing,
  junk,
]
