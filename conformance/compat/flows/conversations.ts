// Beginning, listing and following conversations.

import { type Flow, isRefused, seen, seenConversation, take } from '../flow.ts'

const beginning: Flow = {
  name: 'conversations are begun, found again and listed',
  run: async ({ client, wallet }) => {
    const [alice, bob] = [await client(), await client()]
    const chat = await alice.conversations.newConversation(bob.address.toLowerCase())
    const again = await alice.conversations.newConversation(bob.address)
    const context = { conversationId: 'example.org/order-17', metadata: { title: 'Order 17' } }
    const order = await alice.conversations.newConversation(bob.address, context)
    const orderAgain = await alice.conversations.newConversation(bob.address, {
      conversationId: context.conversationId,
      metadata: {},
    })
    const other = await alice.conversations.newConversation(bob.address, {
      conversationId: 'example.org/order-18',
      metadata: {},
    })
    const ofBob = await bob.conversations.list()
    const cached = await alice.conversations.listFromCache()
    return {
      begun: [chat, order, other].map(seenConversation),
      isSame: [again.topic === chat.topic, orderAgain.topic === order.topic],
      differ: new Set([chat.topic, order.topic, other.topic]).size,
      cached: cached.map(({ topic }) => [chat, order, other].findIndex((c) => c.topic === topic)),
      listed: (await alice.conversations.list()).map(seenConversation),
      listedByBob: ofBob.map(seenConversation),
      topics: ofBob.map(({ topic }, index) => topic === [chat, order, other][index]?.topic),
      updated: (await bob.conversations.updateV2Conversations()).length,
      toNobody: await isRefused(() => alice.conversations.newConversation(wallet().address)),
      toSelf: await isRefused(() => alice.conversations.newConversation(alice.address)),
      toNonsense: await isRefused(() => alice.conversations.newConversation('bob')),
      isLeftAlone: (await bob.conversations.list()).length,
    }
  },
}

const invitations: Flow = {
  name: 'sealed invitations are listed',
  run: async ({ client }) => {
    const [alice, bob] = [await client(), await client()]
    await alice.conversations.newConversation(bob.address)
    await alice.conversations.newConversation(bob.address, { conversationId: 'x', metadata: {} })
    const [mine, his] = [await alice.listInvitations(), await bob.listInvitations({ limit: 1 })]
    return { mine: mine.length, his: his.length, isBytes: his[0]?.message instanceof Uint8Array }
  },
}

const following: Flow = {
  name: 'new conversations are followed',
  run: async ({ client }) => {
    const [alice, bob] = [await client(), await client()]
    const stream = await bob.conversations.stream()
    await settled()
    const chat = await alice.conversations.newConversation(bob.address)
    await alice.conversations.newConversation(bob.address, { conversationId: 'x', metadata: {} })
    const [first, second] = await take(stream, 2)
    const after = await stream.next()
    return {
      first: first && seenConversation(first),
      second: second && seenConversation(second),
      isChat: first?.topic === chat.topic,
      after: after.done,
    }
  },
}

const followingAll: Flow = {
  name: 'messages of all conversations are followed, those of new ones too',
  run: async ({ client }) => {
    const [alice, bob, carol] = [await client(), await client(), await client()]
    const known = await alice.conversations.newConversation(bob.address)
    await known.send('before')
    const stream = await bob.conversations.streamAllMessages()
    await settled()
    await known.send('one')
    const [received] = await take(next(stream), 1)
    const begun = await carol.conversations.newConversation(bob.address)
    await begun.send('two')
    const [fromNew] = await take(next(stream), 1)
    await settled()
    await (await bob.conversations.newConversation(carol.address)).send('three')
    const own = await until(stream, ({ content }) => content === 'three')
    const end = await stream.return(undefined)
    return {
      received: received && seen(received),
      fromNew: fromNew && seen(fromNew),
      own: seen(own),
      end: end.done,
    }
  },
}

const firstGeneration: Flow = {
  name: 'accounts that only old clients know are written to as old clients do',
  run: async ({ api, client }) => {
    const old = { publishLegacyContact: true }
    const [alice, bob] = [await client(old), await client(old)]
    const chat = await alice.conversations.newConversation(bob.address.toLowerCase())
    const before = (await alice.conversations.list()).length
    const sent = await chat.send('gm')
    await chat.send('again', { timestamp: new Date('2024-01-02T03:04:05.678Z') })
    const [found] = await bob.conversations.list()
    const answered = await found?.send('gm too')
    const messages = await chat.messages()
    const prepared = await chat.prepareMessage('later')
    const sentLater = await prepared.send()
    const [first] = messages
    return {
      isV1: chat instanceof api.ConversationV1,
      isTopic: chat.topic === api.buildDirectMessageTopic(bob.address, alice.address),
      chat: seenConversation(chat),
      before,
      found: found && seenConversation(found),
      createdAt: found?.createdAt.toISOString() === first?.sent.toISOString(),
      sent: seen(sent),
      answered: answered && seen(answered),
      messages: messages.map(seen),
      isPrepared: (await prepared.messageID()) === sentLater.id,
      listed: (await alice.conversations.list()).map(seenConversation),
      times: (await chat.messages({ endTime: new Date('2024-06-01') })).map(({ sent }) => sent),
    }
  },
}

/** The published package takes some time to subscribe after it says that a stream is there. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 300))
}

// The published package gives messages of a new conversation twice.
async function until<T>(stream: AsyncIterator<T>, accept: (item: T) => boolean): Promise<T> {
  for await (const item of next(stream)) if (accept(item)) return item
  throw new RangeError('the stream ended')
}

/** A stream without its end: leaving a loop over it leaves it open. */
function next<T>(stream: AsyncIterator<T>): AsyncIterable<T> {
  return { [Symbol.asyncIterator]: () => ({ next: () => stream.next() }) }
}

export const conversationFlows: readonly Flow[] = [
  beginning,
  invitations,
  following,
  followingAll,
  firstGeneration,
]
