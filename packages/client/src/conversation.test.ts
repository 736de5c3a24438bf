import {
  attachmentCodec,
  attachmentType,
  type ContentCodec,
  codecRegistry,
  encodeContent,
  reactionCodec,
  reactionType,
} from '@posthorn/content'
import { type Envelope, inviteTopic } from '@posthorn/envelope'
import { importKeystore } from '@posthorn/protocol-v2'
import { beforeEach, describe, expect, test } from 'vitest'
import { clock, contents, createWorld, crypto, take, wallet } from './test-world.ts'

let { network, open } = createWorld()

beforeEach(() => {
  ;({ network, open } = createWorld())
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
      { ...real, timestampNs: later(2), message: crypto.randomBytes(50) },
      { ...real, timestampNs: later(3), message: altered },
    ])
    const read = await chat.messages()
    expect(read.map((message) => message.kind)).toEqual(['message', 'undecodable', 'undecodable'])
    expect(read[1]).toMatchObject({ code: expect.any(String), reason: expect.any(String) })
    expect(read[1]?.senderAddress).toBeUndefined()
  })

  test('behavior: copies that a stranger makes of a message are no messages', async () => {
    const [alice, bob] = [await open(), await open()]
    const chat = await alice.newConversation(bob.address)
    const streams = [await chat.stream(), await bob.streamAllMessages()]
    await chat.send('once')
    const real = network.stored.at(-1) as Envelope
    const copies = [1, 30].map((fromEnd) => {
      const message = real.message.slice()
      message[message.length - fromEnd] = (message.at(-fromEnd) ?? 0) ^ 1
      return { ...real, message }
    })
    await network.connect().publish(copies)
    await chat.send('twice')
    expect(contents(await chat.messages())).toEqual(['once', 'twice'])
    for (const stream of streams) {
      expect(contents(await take(stream, 2))).toEqual(['once', 'twice'])
    }
  })

  test('behavior: a stranger who has the key is flagged', async () => {
    const [alice, bob] = [await open(), await open()]
    const chat = await alice.newConversation(bob.address)
    const keystore = importKeystore(crypto, await alice.exportKeys())
    const invite = network.stored.find((each) => each.contentTopic === inviteTopic(alice.address))
    const { message: bytes = crypto.randomBytes(1), timestampNs = 0n } = invite ?? {}
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
    const tick = new Date(still.nowMs())
    expect(contents(await chat.messages({ start: tick, end: tick }))).toEqual(texts)
  })

  test('behavior: a prepared message has its final id and can be sent twice', async () => {
    const [alice, bob] = [await open(), await open()]
    const chat = await alice.newConversation(bob.address)
    const prepared = await chat.prepare('later')
    expect(await chat.messages()).toEqual([])
    const { contentBytes } = prepared.message
    expect(await chat.read(prepared.envelope)).toMatchObject({
      id: prepared.message.id,
      content: 'later',
      contentBytes,
    })
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
    const before = network.stored.length
    await here?.send('typing too', { ephemeral: true })
    expect(network.stored).toHaveLength(before)
    await stream?.return?.()
  })
})
