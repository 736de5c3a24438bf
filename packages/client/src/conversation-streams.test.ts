import type { Transport } from '@posthorn/transport'
import { beforeEach, describe, expect, test } from 'vitest'
import { contents, createWorld, take, wallet } from './test-world.ts'

let { network, open, openV1Only } = createWorld()

beforeEach(() => {
  ;({ network, open, openV1Only } = createWorld())
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
    const peer = await openV1Only()
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

  test('behavior: a conversation that begins while the stream opens is not missed', async () => {
    const bob = await open()
    for (const kind of ['conversations', 'messages'] as const) {
      const plain = network.connect()
      const during: (() => Promise<unknown>)[] = []
      const transport: Transport = {
        ...plain,
        query: async (request, options) => {
          await during.shift()?.()
          return plain.query(request, options)
        },
      }
      const alice = await open(wallet(), { transport })
      // Between the list of what there is and the look at what was stored shortly before.
      const begin = async (): Promise<unknown> =>
        (await bob.newConversation(alice.address)).send('just now')
      during.push(async () => undefined, begin)
      const heard =
        kind === 'messages'
          ? contents(await take(await alice.streamAllMessages(), 1))
          : (await take(await alice.streamConversations(), 1)).map((each) => each.peerAddress)
      expect(heard).toEqual([kind === 'messages' ? 'just now' : bob.address])
    }
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
