import { type Envelope, introTopic, inviteTopic } from '@posthorn/envelope'
import { decodePrivateKeyBundle } from '@posthorn/identity'
import {
  createKeystore,
  importKeystore,
  type Keystore,
  sealInvitation,
} from '@posthorn/protocol-v2'
import type { Transport } from '@posthorn/transport'
import { beforeEach, describe, expect, test } from 'vitest'
import { clock, contents, createWorld, crypto, wallet } from './test-world.ts'

let { network, open, categories, openV1Only } = createWorld()

beforeEach(() => {
  ;({ network, open, categories, openV1Only } = createWorld())
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

  test('behavior: beginning many in a row looks for new ones once', async () => {
    const peers = [await open(), await open(), await open()]
    const looks: string[] = []
    const plain = network.connect()
    const transport: Transport = {
      ...plain,
      query: (request, options) => {
        if (request.topics.some((topic) => topic.includes('/invite-'))) looks.push('look')
        return plain.query(request, options)
      },
    }
    let nowMs = clock.nowMs()
    const alice = await open(wallet(), { transport, clock: { ...clock, nowMs: () => nowMs } })
    for (const peer of peers) await alice.newConversation(peer.address)
    expect(looks).toHaveLength(1)
    nowMs += 5_001
    await alice.newConversation((await open()).address)
    expect(looks).toHaveLength(2)
    expect(await alice.conversations()).toHaveLength(4)
  })

  test('behavior: junk on the inbox topics hides nothing', async () => {
    const [alice, bob] = [await open(), await open()]
    const begun = await alice.newConversation(bob.address)
    const timestampNs = BigInt(clock.nowMs()) * 1_000_000n
    const stored = network.stored.find((each) => each.contentTopic === inviteTopic(bob.address))
    await network.connect().publish([
      ...[inviteTopic(bob.address), introTopic(bob.address)].flatMap((contentTopic) => [
        { contentTopic, timestampNs, message: crypto.randomBytes(300) },
        { contentTopic, timestampNs, message: new Uint8Array(0) },
        // A true invitation at another time than it says.
        { contentTopic, timestampNs, message: stored?.message ?? crypto.randomBytes(1) },
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
      invitation: { topic: begun.topic, keyMaterial: crypto.randomBytes(32) },
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
    const peer = await openV1Only()
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

  test('behavior: a peer that has moved on to V2 is written to in V2, unless V1 has begun', async () => {
    const alice = await open()
    const peer = await openV1Only()
    expect((await alice.newConversation(peer.address)).version).toBe('v1')
    await open(peer)
    expect((await alice.newConversation(peer.address)).version).toBe('v2')
  })

  test('behavior: a V1 conversation goes on when both have V2 contacts, but not with an id', async () => {
    const alice = await open()
    const peer = await openV1Only()
    await alice.conversations()
    await (await alice.newConversation(peer.address)).send('V1')
    await open(peer)
    expect((await alice.newConversation(peer.address)).version).toBe('v1')
    const named = await alice.newConversation(peer.address, { conversationId: 'a/1' })
    expect(named.version).toBe('v2')
    expect((await alice.conversations()).map((each) => each.version)).toEqual(['v1', 'v2'])
  })
})
