import { randomBytes } from 'node:crypto'
import {
  attachmentCodec,
  attachmentType,
  type ContentCodec,
  codecRegistry,
  encodeContent,
  reactionCodec,
  reactionType,
} from '@posthorn/content'
import { createNobleCrypto } from '@posthorn/crypto'
import {
  contactTopic,
  type Envelope,
  introTopic,
  inviteTopic,
  privateStoreTopic,
  topicCategory,
} from '@posthorn/envelope'
import {
  createConsentProof,
  createLocalSigner,
  decodePrivateKeyBundle,
  encodeContactBundle,
  type WalletSigner,
} from '@posthorn/identity'
import {
  createKeystore,
  importKeystore,
  type Keystore,
  sealInvitation,
} from '@posthorn/protocol-v2'
import { createMemoryNetwork, type MemoryNetwork, type Transport } from '@posthorn/transport'
import { beforeEach, describe, expect, test } from 'vitest'
import type { Client } from './client.ts'
import { type ClientOptions, createClient } from './create-client.ts'
import type { Message } from './message.ts'
import { systemClock } from './system-clock.ts'

const crypto = createNobleCrypto()
const clock = {
  ...systemClock,
  sleep: (delayMs: number, options?: { signal?: AbortSignal | undefined }) =>
    systemClock.sleep(Math.min(delayMs, 5), options),
}

let network: MemoryNetwork

beforeEach(() => {
  network = createMemoryNetwork({ sha256: crypto.hash.sha256 })
})

type TestWallet = WalletSigner & { readonly texts: string[] }

function wallet(secret: Uint8Array = randomBytes(32)): TestWallet {
  const signer = createLocalSigner(crypto, secret)
  const texts: string[] = []
  return {
    ...signer,
    texts,
    signText: (text) => {
      texts.push(text.split('\n')[0] ?? '')
      return signer.signText(text)
    },
  }
}

function open(
  from: Parameters<typeof createClient>[0] = wallet(),
  options: ClientOptions = {},
): Promise<Client> {
  return createClient(from, { crypto, clock, transport: network.connect(), ...options })
}

const contents = (messages: readonly Message[]): unknown[] =>
  messages.map((message) => (message.kind === 'message' ? message.content : message.code))

async function take<T>(stream: AsyncIterable<T>, count: number): Promise<T[]> {
  const taken: T[] = []
  for await (const item of stream) {
    taken.push(item)
    if (taken.length === count) break
  }
  return taken
}

const categories = (from = 0): string[] =>
  network.stored.slice(from).map(({ contentTopic }) => topicCategory(contentTopic))

// An account that only advertises a V1 contact, as the oldest clients do.
async function v1Only(): Promise<Keystore> {
  const keystore = await createKeystore(crypto, { signer: wallet(), nowMs: clock.nowMs() })
  const { address, keyBundle } = keystore
  const message = encodeContactBundle({ version: 'v1', keyBundle })
  const timestampNs = BigInt(clock.nowMs()) * 1_000_000n
  const envelope = { contentTopic: contactTopic(address), timestampNs, message }
  await network.connect().publish([envelope])
  return keystore
}

describe('createClient', () => {
  test('default: asks twice on first use, once later, and never with exported keys', async () => {
    const signer = wallet()
    const first = await open(signer)
    expect(signer.texts).toEqual(['XMTP : Create Identity', 'XMTP : Enable Identity'])
    expect(categories()).toEqual(['private', 'contact', 'contact'])
    const second = await open(signer)
    expect(signer.texts).toHaveLength(3)
    const third = await open(await first.exportKeys(), { keystore: 'static' })
    expect(signer.texts).toHaveLength(3)
    expect([first, second, third].map((client) => client.promptCount)).toEqual([2, 1, 0])
    expect([second.address, third.address]).toEqual([first.address, first.address])
    expect(await second.exportKeys()).toEqual(await first.exportKeys())
    expect(network.stored).toHaveLength(3)
  })

  test('behavior: onBeforeSign hears of each prompt before it is shown', async () => {
    const signer = wallet()
    const heard: unknown[] = []
    await open(signer, {
      onBeforeSign: ({ purpose, text }) => {
        heard.push([purpose, text.split('\n')[0], signer.texts.length])
      },
    })
    expect(heard).toEqual([
      ['create-identity', 'XMTP : Create Identity', 0],
      ['enable-identity', 'XMTP : Enable Identity', 1],
    ])
  })

  test('behavior: local keys are not published', async () => {
    const signer = wallet()
    await open(signer, { keystore: 'local' })
    expect(signer.texts).toEqual(['XMTP : Create Identity'])
    expect(categories()).toEqual(['contact', 'contact'])
  })

  test('behavior: the contact is published again when another one is newer', async () => {
    const signer = wallet()
    const client = await open(signer)
    const other = await createKeystore(crypto, { signer, nowMs: clock.nowMs() })
    const message = encodeContactBundle({ version: 'v2', keyBundle: other.keyBundle })
    const timestampNs = BigInt(clock.nowMs() + 1) * 1_000_000n
    await network
      .connect()
      .publish([{ contentTopic: contactTopic(client.address), timestampNs, message }])
    await systemClock.sleep(3)
    const before = network.stored.length
    await open(signer)
    expect(categories(before)).toEqual(['contact', 'contact'])
  })

  test('error: a wallet whose signature is not of its address is explained', async () => {
    const signer = wallet()
    const liar: WalletSigner = { address: wallet().address, signText: signer.signText }
    await expect(open(liar)).rejects.toMatchObject({
      name: 'VerificationError',
      code: 'client/not-signed-by-account',
      message: expect.stringContaining('contract wallets'),
    })
    expect(network.stored).toEqual([])
  })

  test('error: a record that cannot be opened is not overwritten', async () => {
    const signer = wallet()
    await open(signer)
    const record = network.stored[0] as Envelope
    const spoilt = record.message.slice()
    spoilt[spoilt.length - 1] = (spoilt.at(-1) ?? 0) ^ 1
    const timestampNs = record.timestampNs + 1n
    await network.connect().publish([{ ...record, timestampNs, message: spoilt }])
    const before = network.stored.length
    const notOpened = { name: 'VerificationError', code: 'client/keys-not-opened' }
    await expect(open(signer)).rejects.toMatchObject(notOpened)
    await network
      .connect()
      .publish([{ ...record, timestampNs: timestampNs + 1n, message: randomBytes(40) }])
    await expect(open(signer)).rejects.toMatchObject(notOpened)
    expect(network.stored.slice(before).map((each) => each.contentTopic)).toEqual([
      privateStoreTopic(signer.address),
    ])
  })

  test('error: static without exported keys is client/keys-expected', async () => {
    await expect(open(wallet(), { keystore: 'static' })).rejects.toMatchObject({
      code: 'client/keys-expected',
    })
  })
})

describe('canMessage', () => {
  test('default: is true for who has joined, in any case of letters', async () => {
    const [alice, bob] = [await open(), await open()]
    expect(await alice.canMessage(bob.address)).toBe(true)
    expect(await alice.canMessage(bob.address.toLowerCase())).toBe(true)
    expect(await alice.canMessage(wallet().address)).toBe(false)
  })

  test('behavior: many are asked in groups of fifty and answered in their order', async () => {
    const bob = await open()
    const sizes: number[] = []
    const plain = network.connect()
    const transport: Transport = {
      ...plain,
      batchQuery: (requests, options) => {
        sizes.push(requests.length)
        return plain.batchQuery(requests, options)
      },
    }
    const alice = await open(wallet(), { transport })
    const many = Array.from({ length: 120 }, () => `0x${randomBytes(20).toString('hex')}`)
    const asked = [...many, bob.address, bob.address.toLowerCase()]
    expect(await alice.canMessage(asked)).toEqual([...many.map(() => false), true, true])
    expect(sizes).toEqual([50, 50, 21])
  })

  test('behavior: junk and contacts of others on the topic are passed over', async () => {
    const [alice, bob] = [await open(), await open()]
    const stranger = wallet().address
    const row = network.stored.find((each) => each.contentTopic === contactTopic(bob.address))
    const contentTopic = contactTopic(stranger)
    const timestampNs = BigInt(clock.nowMs()) * 1_000_000n
    await network.connect().publish([
      { contentTopic, timestampNs, message: row?.message ?? randomBytes(1) },
      { contentTopic, timestampNs, message: randomBytes(100) },
    ])
    expect(await alice.canMessage(stranger)).toBe(false)
  })

  test('error: what is no address is identity/bad-address', async () => {
    const alice = await open()
    await expect(alice.canMessage('alice.eth')).rejects.toMatchObject({
      code: 'identity/bad-address',
    })
  })
})

describe('conversations', () => {
  test('default: two clients write to each other', async () => {
    const [alice, bob] = [await open(), await open()]
    const before = network.stored.length
    const there = await alice.newConversation(bob.address)
    const sent = await there.send('gm')
    expect(categories(before)).toEqual([
      'v2-invite',
      'v2-invite',
      'userpreferences',
      'v2-conversation',
    ])
    expect(network.stored.slice(before, before + 2).map((each) => each.contentTopic)).toEqual([
      inviteTopic(bob.address),
      inviteTopic(alice.address),
    ])
    const [here] = await bob.conversations()
    expect(here).toMatchObject({ version: 'v2', topic: there.topic, peerAddress: alice.address })
    expect(here?.createdAt).toEqual(there.createdAt)
    await here?.send('gm too')
    const messages = await there.messages()
    expect(messages).toMatchObject([
      { kind: 'message', id: sent.id, senderAddress: alice.address, content: 'gm' },
      { kind: 'message', senderAddress: bob.address, content: 'gm too', isSenderParty: true },
    ])
    expect(messages[0]).toEqual({ ...sent, conversation: messages[0]?.conversation })
    expect(messages[0]?.conversation.topic).toBe(there.topic)
  })

  test('behavior: a second client of the wallet finds everything and writes on', async () => {
    const signer = wallet()
    const bob = await open()
    const first = await (await open(signer)).newConversation(bob.address)
    await first.send('one')
    const [again] = await (await open(signer)).conversations()
    await again?.send('two')
    expect(contents(await first.messages())).toEqual(['one', 'two'])
  })

  test('behavior: beginning again, from either side and in any case, gives the same one', async () => {
    const [alice, bob] = [await open(), await open()]
    const begun = await alice.newConversation(bob.address)
    expect(await alice.newConversation(bob.address.toLowerCase())).toBe(begun)
    expect((await bob.newConversation(alice.address)).topic).toBe(begun.topic)
    expect((await bob.conversationWith(alice.address))?.topic).toBe(begun.topic)
    expect(await alice.conversations()).toHaveLength(1)
    expect(await alice.conversationWith(wallet().address)).toBeUndefined()
  })

  test('behavior: a conversation id makes another conversation, with its context', async () => {
    const [alice, bob] = [await open(), await open()]
    const plain = await alice.newConversation(bob.address)
    const metadata = { title: 'Träume' }
    const named = await alice.newConversation(bob.address, { conversationId: 'a/1', metadata })
    expect(named.topic).not.toBe(plain.topic)
    const found = await bob.conversations()
    expect(found.map((each) => each.context)).toEqual([
      undefined,
      { conversationId: 'a/1', metadata },
    ])
    expect((await bob.conversationWith(alice.address, 'a/1'))?.topic).toBe(named.topic)
  })

  test('behavior: both beginning at once arrive at one conversation', async () => {
    const [alice, bob] = [await open(), await open()]
    const [a, b] = await Promise.all([
      alice.newConversation(bob.address),
      bob.newConversation(alice.address),
    ])
    expect(a.topic).toBe(b.topic)
    expect(await alice.conversations()).toHaveLength(1)
  })

  test('behavior: a second list opens no invitation again', async () => {
    const opens: string[] = []
    const signer = wallet()
    const first = await open(signer)
    const inner = importKeystore(crypto, await first.exportKeys())
    const counting: Keystore = {
      ...inner,
      openInvitation: (input) => {
        opens.push('invitation')
        return inner.openInvitation(input)
      },
    }
    const client = await open(counting)
    for (const peer of [await open(), await open(), await open()]) {
      await peer.newConversation(client.address)
    }
    expect(await client.conversations()).toHaveLength(3)
    expect(opens).toHaveLength(3)
    expect(await client.conversations()).toHaveLength(3)
    expect(opens).toHaveLength(3)
    await (await open()).newConversation(client.address)
    expect(await client.conversations()).toHaveLength(4)
    expect(opens).toHaveLength(4)
  })

  test('behavior: junk on the inbox topics hides nothing', async () => {
    const [alice, bob] = [await open(), await open()]
    const begun = await alice.newConversation(bob.address)
    const timestampNs = BigInt(clock.nowMs()) * 1_000_000n
    const stored = network.stored.find((each) => each.contentTopic === inviteTopic(bob.address))
    await network.connect().publish([
      ...[inviteTopic(bob.address), introTopic(bob.address)].flatMap((contentTopic) => [
        { contentTopic, timestampNs, message: randomBytes(300) },
        { contentTopic, timestampNs, message: new Uint8Array(0) },
        // A true invitation at another time than it says.
        { contentTopic, timestampNs, message: stored?.message ?? randomBytes(1) },
      ]),
    ])
    expect((await bob.conversations()).map((each) => each.topic)).toEqual([begun.topic])
  })

  test('behavior: a stranger cannot claim the topic of a conversation by inviting to it earlier', async () => {
    const [alice, bob] = [await open(), await open()]
    const mallory = await createKeystore(crypto, { signer: wallet(), nowMs: clock.nowMs() })
    const begun = await alice.newConversation(bob.address)
    const { bundle: keys } = decodePrivateKeyBundle(await mallory.exportKeyBundle())
    const contact = importKeystore(crypto, await bob.exportKeys()).keyBundle
    const createdNs = 1_000_000_000_000_000_000n
    const bytes = await sealInvitation(crypto, {
      identity: { address: mallory.address, keys },
      recipient: contact,
      createdNs,
      invitation: { topic: begun.topic, keyMaterial: randomBytes(32) },
    })
    await network
      .connect()
      .publish([{ contentTopic: inviteTopic(bob.address), timestampNs: createdNs, message: bytes }])
    await begun.send('for bob')
    const [found] = await bob.conversations()
    expect(found?.peerAddress).toBe(alice.address)
    expect(contents((await found?.messages()) ?? [])).toEqual(['for bob'])
  })

  test('error: nobody writes to themselves or to an account that never joined', async () => {
    const alice = await open()
    await expect(alice.newConversation(alice.address)).rejects.toMatchObject({
      name: 'UsageError',
      code: 'conversation/self',
    })
    await expect(alice.newConversation(wallet().address)).rejects.toMatchObject({
      name: 'NotFoundError',
      code: 'contact/not-registered',
    })
    expect(categories()).toEqual(['private', 'contact', 'contact'])
  })
})

describe('V1', () => {
  test('default: a peer with a V1 contact is written to in V1, with one introduction', async () => {
    const alice = await open()
    const peer = await v1Only()
    const chat = await alice.newConversation(peer.address)
    expect(chat.version).toBe('v1')
    await alice.consent.allow(peer.address)
    const before = network.stored.length
    await chat.send('first')
    await chat.send('second')
    expect(categories(before)).toEqual([
      'v1-intro',
      'v1-intro',
      'v1-conversation',
      'v1-conversation',
    ])
    expect(network.stored.slice(before, before + 2).map((each) => each.contentTopic)).toEqual([
      introTopic(peer.address),
      introTopic(alice.address),
    ])
    const first = network.stored[before] as Envelope
    expect(first.timestampNs % 1_000_000n).toBe(0n)

    const old = await open(peer, { publishContact: false })
    const [found] = await old.conversations()
    expect(found).toMatchObject({ version: 'v1', peerAddress: alice.address, topic: chat.topic })
    const answer = await found?.send('answer')
    expect(categories(before).slice(4)).toEqual(['v1-conversation', 'userpreferences'])
    expect(await chat.messages()).toMatchObject([
      { content: 'first', senderAddress: alice.address },
      { content: 'second', senderAddress: alice.address },
      { content: 'answer', senderAddress: peer.address, id: answer?.id },
    ])
  })

  test('behavior: a V1 conversation goes on when both have V2 contacts, but not with an id', async () => {
    const alice = await open()
    const peer = await v1Only()
    await (await alice.newConversation(peer.address)).send('V1')
    await open(peer)
    expect((await alice.newConversation(peer.address)).version).toBe('v1')
    const named = await alice.newConversation(peer.address, { conversationId: 'a/1' })
    expect(named.version).toBe('v2')
    expect((await alice.conversations()).map((each) => each.version)).toEqual(['v1', 'v2'])
  })
})

describe('messages', () => {
  test('behavior: range, limit and direction choose messages', async () => {
    const [alice, bob] = [await open(), await open()]
    const chat = await alice.newConversation(bob.address)
    const base = clock.nowMs() - 10_000
    for (let i = 0; i < 6; i++) {
      await chat.send(String(i), { timestamp: new Date(base + i * 1000) })
    }
    const [start, end] = [new Date(base + 1000), new Date(base + 4000)]
    expect(contents(await chat.messages({ start, end }))).toEqual(['1', '2', '3', '4'])
    const last = await chat.messages({ start, end, limit: 2, direction: 'descending' })
    expect(contents(last)).toEqual(['4', '3'])
    const pages = []
    for await (const page of chat.messagePages({ pageSize: 4 })) pages.push(contents(page))
    expect(pages).toEqual([
      ['0', '1', '2', '3'],
      ['4', '5'],
    ])
    const early = new Date(-5000)
    expect(await chat.messages({ start: early })).toHaveLength(6)
    expect(await chat.messages({ end: early })).toEqual([])
    const noDate = new Date(Number.NaN)
    await expect(chat.messages({ start: noDate })).rejects.toMatchObject({
      code: 'conversation/bad-date',
    })
    await expect(chat.messages({ limit: 0 })).rejects.toMatchObject({
      code: 'conversation/bad-count',
    })
  })

  test('behavior: what cannot be read is an item, and a repeated message is one message', async () => {
    const [alice, bob] = [await open(), await open()]
    const chat = await alice.newConversation(bob.address)
    await chat.send('once')
    const real = network.stored.at(-1) as Envelope
    const altered = real.message.slice()
    altered[altered.length - 40] = (altered.at(-40) ?? 0) ^ 1
    const later = (ms: number): bigint => real.timestampNs + BigInt(ms) * 1_000_000n
    await network.connect().publish([
      { ...real, timestampNs: later(1) },
      { ...real, timestampNs: later(2), message: randomBytes(50) },
      { ...real, timestampNs: later(3), message: altered },
    ])
    const read = await chat.messages()
    expect(read.map((message) => message.kind)).toEqual(['message', 'undecodable', 'undecodable'])
    expect(read[1]).toMatchObject({ code: expect.any(String), reason: expect.any(String) })
    expect(read[1]?.senderAddress).toBeUndefined()
  })

  test('behavior: a stranger who has the key is flagged', async () => {
    const [alice, bob] = [await open(), await open()]
    const chat = await alice.newConversation(bob.address)
    const keystore = importKeystore(crypto, await alice.exportKeys())
    const invite = network.stored.find((each) => each.contentTopic === inviteTopic(alice.address))
    const { message: bytes = randomBytes(1), timestampNs = 0n } = invite ?? {}
    const { conversation } = await keystore.openInvitation({ bytes, timestampNs })
    const stranger = await open(wallet())
    const mallory = importKeystore(crypto, await stranger.exportKeys())
    await chat.send('hello')
    const { bytes: content } = await encodeContent(codecRegistry(), 'psst')
    const sentNs = BigInt(clock.nowMs()) * 1_000_000n + 5_000_000n
    const sealed = await mallory.sealMessage({ conversation, content, shouldPush: true, sentNs })
    await network
      .connect()
      .publish([{ contentTopic: chat.topic, timestampNs: sentNs, message: sealed.bytes }])
    expect(await chat.messages()).toMatchObject([
      { content: 'hello', isSenderParty: true },
      { content: 'psst', isSenderParty: false, senderAddress: stranger.address },
    ])
  })

  test('behavior: other content needs its codec, and shows its fallback without', async () => {
    const codecs = [reactionCodec, attachmentCodec] as ContentCodec[]
    const [alice, bob] = [await open(wallet(), { codecs }), await open()]
    const chat = await alice.newConversation(bob.address)
    const attachment = { filename: 'a.txt', mimeType: 'text/plain', data: Uint8Array.of(1) }
    await chat.send(attachment, { contentType: attachmentType })
    const [seen] = (await (await bob.conversations())[0]?.messages()) ?? []
    expect(seen).toMatchObject({
      kind: 'message',
      content: undefined,
      contentType: attachmentType,
      fallback: expect.stringContaining('a.txt'),
    })
    expect(contents(await chat.messages())).toEqual([attachment])
    const [here] = await bob.conversations()
    await expect(here?.send({}, { contentType: reactionType })).rejects.toMatchObject({
      code: 'content/codec-not-registered',
    })
  })

  test('behavior: messages keep the order of sending within one tick of the clock', async () => {
    const still = { ...clock, nowMs: () => 1_700_000_000_000 }
    const [alice, bob] = [await open(wallet(), { clock: still }), await open()]
    const chat = await alice.newConversation(bob.address)
    const texts = Array.from({ length: 20 }, (_, index) => String(index))
    for (const text of texts) await chat.send(text)
    expect(contents(await chat.messages())).toEqual(texts)
  })

  test('behavior: a prepared message has its final id and can be sent twice', async () => {
    const [alice, bob] = [await open(), await open()]
    const chat = await alice.newConversation(bob.address)
    const prepared = await chat.prepare('later')
    expect(await chat.messages()).toEqual([])
    await prepared.send()
    await prepared.send()
    expect(await chat.messages()).toMatchObject([{ id: prepared.message.id, content: 'later' }])
  })

  test('behavior: ephemeral messages reach who is listening and are not stored', async () => {
    const [alice, bob] = [await open(), await open()]
    const chat = await alice.newConversation(bob.address)
    const [here] = await bob.conversations()
    const stream = await here?.stream({ ephemeral: true })
    await chat.send('typing', { ephemeral: true })
    expect((await stream?.next())?.value).toMatchObject({ content: 'typing' })
    expect(await chat.messages()).toEqual([])
    await stream?.return?.()
  })
})

describe('streams', () => {
  test('default: all messages include those of conversations that begin later', async () => {
    const [alice, bob, carol] = [await open(), await open(), await open()]
    const old = await bob.newConversation(alice.address)
    await old.send('before')
    const stream = await alice.streamAllMessages()
    await old.send('one')
    const fresh = await carol.newConversation(alice.address)
    await fresh.send('two')
    await fresh.send('three')
    await old.send('four')
    const got = contents(await take(stream, 4))
    expect(got.toSorted()).toEqual(['four', 'one', 'three', 'two'])
    expect(got.indexOf('two')).toBeLessThan(got.indexOf('three'))
  })

  test('behavior: a V1 conversation that begins later is followed too', async () => {
    const bob = await open()
    const peer = await v1Only()
    const old = await open(peer, { publishContact: false })
    const stream = await old.streamAllMessages()
    const chat = await bob.newConversation(peer.address)
    await chat.send('out of the blue')
    await chat.send('and again')
    expect(contents(await take(stream, 2))).toEqual(['out of the blue', 'and again'])
  })

  test('behavior: nothing is lost or doubled when every connection breaks', async () => {
    const alice = await open()
    const peers = [await open(), await open(), await open()]
    const states: string[] = []
    const stream = await alice.streamAllMessages({
      onStateChange: (state) => states.push(state.kind),
    })
    const sent: string[] = []
    const sending = (async () => {
      for (const [index, peer] of peers.entries()) {
        const chat = await peer.newConversation(alice.address)
        for (let i = 0; i < 10; i++) {
          sent.push(`${index}.${i}`)
          await chat.send(`${index}.${i}`)
          if (i % 4 === 0) network.dropStreams()
        }
      }
    })()
    const got = contents(await take(stream, 30))
    await sending
    expect(got.toSorted()).toEqual(sent.toSorted())
    expect(states[0]).toBe('live')
    expect(states).toContain('reconnecting')
  })

  test('behavior: conversations are announced once, our own included', async () => {
    const [alice, bob, carol] = [await open(), await open(), await open()]
    await bob.newConversation(alice.address)
    const stream = await alice.streamConversations()
    await carol.newConversation(alice.address)
    await carol.newConversation(alice.address, { conversationId: 'a/1' })
    network.dropStreams()
    const own = await alice.newConversation((await open()).address)
    const heard = await take(stream, 3)
    expect(heard.map((each) => each.peerAddress)).toEqual([
      carol.address,
      carol.address,
      own.peerAddress,
    ])
  })

  test('behavior: closing the client ends its streams and wipes its keys', async () => {
    const alice = await open()
    const stream = await alice.streamAllMessages()
    const waiting = stream.next()
    await alice.close()
    expect(await waiting).toEqual({ done: true, value: undefined })
    await expect(alice.exportKeys()).rejects.toMatchObject({ code: 'keystore/closed' })
  })
})

describe('consent', () => {
  test('default: what one client decides another of the account loads', async () => {
    const signer = wallet()
    const alice = await open(signer)
    const [friend, foe] = [wallet().address, wallet().address]
    await alice.consent.allow([friend.toLowerCase(), foe])
    await alice.consent.deny(foe)
    expect(alice.consent.state(foe)).toBe('denied')
    const second = await open(signer)
    expect(second.consent.state(friend)).toBe('unknown')
    await second.consent.load()
    expect(second.consent.state(friend.toLowerCase())).toBe('allowed')
    expect(second.consent.list()).toEqual([
      { subject: 'address', value: friend, state: 'allowed' },
      { subject: 'address', value: foe, state: 'denied' },
    ])
  })

  test('behavior: the last word wins although another client’s clock is ahead', async () => {
    const signer = wallet()
    const ahead = { ...clock, nowMs: () => clock.nowMs() + 60_000 }
    const [here, there] = [await open(signer), await open(signer, { clock: ahead })]
    const other = wallet().address
    await there.consent.deny(other)
    await here.consent.load()
    await here.consent.allow(other)
    await there.consent.load()
    expect(there.consent.state(other)).toBe('allowed')
  })

  test('behavior: writing allows whom nothing was decided about, and nobody else', async () => {
    const signer = wallet()
    const [bob, carol] = [await open(), await open()]
    const first = await open(signer)
    await bob.newConversation(first.address)
    await carol.newConversation(first.address)
    await first.consent.deny(carol.address)
    const alice = await open(signer)
    for (const chat of await alice.conversations()) await chat.send('hi')
    await alice.consent.load()
    expect(alice.consent.state(bob.address)).toBe('allowed')
    expect(alice.consent.state(carol.address)).toBe('denied')
  })

  test('behavior: a consent proof in an invitation is taken up once, and only where it holds', async () => {
    const signer = wallet()
    const [alice, bob, carol] = [await open(signer), await open(), await open()]
    const timestampMs = clock.nowMs() - 1000
    const proof = { signer, broadcasterAddress: bob.address, timestampMs }
    const consentProof = await createConsentProof(crypto, proof)
    await bob.newConversation(alice.address, { consentProof })
    await carol.newConversation(alice.address, { consentProof })
    await alice.consent.load()
    expect(alice.consent.state(bob.address)).toBe('allowed')
    expect(alice.consent.state(carol.address)).toBe('unknown')
    await alice.consent.deny(bob.address)
    await alice.consent.load()
    expect(alice.consent.state(bob.address)).toBe('denied')
  })

  test('behavior: decisions are streamed', async () => {
    const signer = wallet()
    const [here, there] = [await open(signer), await open(signer)]
    const stream = await here.consent.stream()
    const other = wallet().address
    await there.consent.allow(other)
    expect((await stream.next()).value).toEqual({
      subject: 'address',
      value: other,
      state: 'allowed',
    })
    expect(here.consent.state(other)).toBe('allowed')
    await stream.return?.()
  })
})
