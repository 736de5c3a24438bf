import { type Client, createClient, type Message } from '@posthorn/client'
import { reactionCodec, reactionType } from '@posthorn/content'
import { loadCrypto } from '@posthorn/crypto'
import { createMemoryNetwork } from '@posthorn/transport'
import { beforeAll, describe, expect, test } from 'vitest'
import { conversationDocument, messageDocument, messageLine } from './message-view.ts'
import { toJson } from './printable.ts'
import { createStyle } from './style.ts'

const style = createStyle({ stream: {}, env: {}, isColorWanted: false })

let alice: Client
let bob: Client
let text: Message
let reaction: Message
let junk: Message

// Messages as they come, from a network in memory.
beforeAll(async () => {
  const { hash } = await loadCrypto()
  const network = createMemoryNetwork({ sha256: hash.sha256 })
  const join = (byte: number): Promise<Client> =>
    createClient(new Uint8Array(32).fill(byte), {
      transport: network.connect(),
      codecs: [reactionCodec],
    })
  alice = await join(1)
  bob = await join(2)
  const conversation = await alice.newConversation(bob.address)
  const { id } = await conversation.send('two\nlines')
  const content = { action: 'added', reference: id, schema: 'unicode', content: '👍' }
  await conversation.send(content, { contentType: reactionType })
  const timestampNs = BigInt(Date.now() + 1_000) * 1_000_000n
  const message = new Uint8Array(40).fill(7)
  await network.connect().publish([{ contentTopic: conversation.topic, timestampNs, message }])
  const own = await bob.conversationWith(alice.address)
  const messages = (await own?.messages()) ?? []
  ;[text, reaction, junk] = messages as [Message, Message, Message]
})

function lineFor(reader: Client, message: Message, isMixed = false): string {
  return messageLine(message, { style, ownAddress: reader.address, isMixed }).slice(21)
}

describe('messageLine', () => {
  test('default: shows the sender by both ends of the address, and lines under one another', () => {
    const { address } = alice
    const who = `${address.slice(0, 6)}…${address.slice(-6)}`
    expect(lineFor(bob, text)).toBe(`${who}  two\n${' '.repeat(36)}lines`)
  })

  test('behavior: shows our own as ours, with the peer where conversations mix', () => {
    const mine = { ...text, conversation: { ...text.conversation, peerAddress: bob.address } }
    expect(lineFor(alice, mine)).toMatch(/^you {12}two/)
    const who = `${bob.address.slice(0, 6)}…${bob.address.slice(-6)}`
    expect(lineFor(alice, mine, true)).toMatch(new RegExp(`^you → ${who}  two`))
  })

  test('behavior: shows what is no text by its stand-in', () => {
    expect(lineFor(bob, reaction)).toContain('[Reacted “👍” to an earlier message]')
  })

  test('behavior: shows that something could not be read, and believes nothing in it', () => {
    expect(lineFor(bob, junk)).toMatch(/^\? +\[.+\]$/)
  })

  test('behavior: warns of a sender who is neither side', () => {
    if (text.kind !== 'message') throw new RangeError(text.reason)
    const forged = { ...text, isSenderParty: false }
    expect(lineFor(bob, forged)).toContain('[from somebody outside the conversation]')
  })
})

describe('messageDocument', () => {
  test('default: holds the message, its conversation and its type', () => {
    expect(JSON.parse(toJson(messageDocument(reaction)))).toMatchObject({
      kind: 'message',
      id: expect.stringMatching(/^[0-9a-f]{64}$/),
      topic: text.conversation.topic,
      peerAddress: alice.address,
      senderAddress: alice.address,
      sent: reaction.sent.toISOString(),
      contentType: 'xmtp.org/reaction:1.0',
      content: { content: '👍' },
    })
  })

  test('behavior: says why something could not be read', () => {
    const document = JSON.parse(toJson(messageDocument(junk)))
    expect(document).toMatchObject({ kind: 'undecodable', code: expect.stringContaining('/') })
    expect(document).not.toHaveProperty('senderAddress')
  })

  test('conversationDocument names the peer and the topic', () => {
    expect(conversationDocument(text.conversation)).toMatchObject({
      topic: text.conversation.topic,
      peerAddress: alice.address,
      version: 'v2',
    })
  })
})
