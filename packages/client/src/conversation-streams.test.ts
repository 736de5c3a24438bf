import { beforeEach, describe, expect, test } from 'vitest'
import { contents, createWorld, take } from './test-world.ts'

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

  test('behavior: closing the client ends its streams and wipes its keys', async () => {
    const alice = await open()
    const stream = await alice.streamAllMessages()
    const waiting = stream.next()
    await alice.close()
    expect(await waiting).toEqual({ done: true, value: undefined })
    await expect(alice.exportKeys()).rejects.toMatchObject({ code: 'keystore/closed' })
  })
})
