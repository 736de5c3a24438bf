import { toUtf8 } from '@posthorn/bytes'
import { parseContentType, reactionCodec, reactionType } from '@posthorn/content'
import { loadCrypto } from '@posthorn/crypto'
import { AdmissionError } from '@posthorn/errors'
import type { Transport } from '@posthorn/transport'
import { beforeEach, expect, test } from 'vitest'
import type { Client } from '../client.ts'
import {
  contents,
  createWorld,
  type TestWallet,
  type TestWorld,
  take,
  wallet,
} from '../test-world.ts'
import { type Escrow, openEscrow } from './open-escrow.ts'

const crypto = await loadCrypto()
let world: TestWorld
let alicesWallet: TestWallet
let alice: Client
let escrow: Escrow
let bobsWallet: TestWallet

beforeEach(async () => {
  world = createWorld()
  alicesWallet = wallet()
  alice = await world.open(alicesWallet, { crypto })
  escrow = openEscrow(alice)
  bobsWallet = wallet()
})

/** What Bob finds: for each conversation its contents. */
async function read(bob: Client): Promise<unknown[][]> {
  const found: unknown[][] = []
  for (const conversation of await bob.conversations()) {
    found.push(contents(await conversation.messages()))
  }
  return found
}

const messagesStored = (): string[] =>
  world.categories().filter((kind) => kind === 'v2-conversation' || kind === 'v1-conversation')

test('what is written to somebody who has not joined is there when they have', async () => {
  const first = await escrow.send(bobsWallet.address.toLowerCase(), 'welcome')
  expect(first).toEqual({ kind: 'queued', depositId: expect.any(String) })
  await escrow.send(bobsWallet.address, 'read the rules')
  expect(await escrow.waiting()).toMatchObject([{ to: bobsWallet.address }, {}])
  expect(await escrow.deliverDue()).toEqual([])
  const bob = await world.open(bobsWallet, { crypto })
  expect(await escrow.deliverDue()).toMatchObject([
    { kind: 'delivered', to: bobsWallet.address },
    { kind: 'delivered' },
  ])
  expect(await read(bob)).toEqual([['welcome', 'read the rules']])
  expect(await escrow.waiting()).toEqual([])
  expect(await escrow.deliverDue()).toEqual([])
  expect(await escrow.send(bobsWallet.address, 'hello')).toMatchObject({ kind: 'sent' })
  expect(await read(bob)).toEqual([['welcome', 'read the rules', 'hello']])
  expect(contents((await (await alice.conversationWith(bob.address))?.messages()) ?? [])).toEqual([
    'welcome',
    'read the rules',
    'hello',
  ])
})

test('a message keeps the time, the type and the conversation that it was written with', async () => {
  const codecs = [reactionCodec]
  const writer = await world.open(alicesWallet, { crypto, codecs })
  const before = Date.now()
  const reaction = { action: 'added', reference: 'x', schema: 'unicode', content: '👍' }
  await openEscrow(writer).send(bobsWallet.address, reaction, {
    contentType: reactionType,
    conversationId: 'example.org/1',
    metadata: { title: 'One' },
  })
  const written = Date.now()
  await new Promise((resolve) => setTimeout(resolve, 20))
  const bob = await world.open(bobsWallet, { crypto, codecs })
  await escrow.deliverDue()
  const [conversation] = await bob.conversations()
  expect(conversation?.context).toEqual({
    conversationId: 'example.org/1',
    metadata: { title: 'One' },
  })
  const [message] = (await conversation?.messages()) ?? []
  expect(message?.content).toEqual(reaction)
  expect(message?.sent.getTime()).toBeGreaterThanOrEqual(before)
  expect(message?.sent.getTime()).toBeLessThanOrEqual(written)
})

test('any client of the sender delivers what another one has kept', async () => {
  await escrow.send(bobsWallet.address, 'welcome')
  await alice.close()
  const bob = await world.open(bobsWallet, { crypto })
  const phone = await world.open(alicesWallet, { crypto })
  expect(await openEscrow(phone).deliverDue()).toMatchObject([{ kind: 'delivered' }])
  expect(await read(bob)).toEqual([['welcome']])
})

test('two clients that deliver at the same time deliver one message', async () => {
  const phone = openEscrow(await world.open(alicesWallet, { crypto }))
  await escrow.send(bobsWallet.address, 'welcome')
  const bob = await world.open(bobsWallet, { crypto })
  const delivered = await Promise.all([escrow.deliverDue(), phone.deliverDue()])
  expect(delivered[0]).toEqual(delivered[1])
  expect(messagesStored()).toEqual(['v2-conversation'])
  expect(await read(bob)).toEqual([['welcome']])
})

test('a delivery that is not noted as done is done again without a second message', async () => {
  await escrow.send(bobsWallet.address, 'welcome')
  const bob = await world.open(bobsWallet, { crypto })
  const transport = world.network.connect()
  let left = 1
  const publish: Transport['publish'] = async (envelopes, options) => {
    if (left-- <= 0) throw new AdmissionError('test/killed', 'Test: the process was killed')
    await transport.publish(envelopes, options)
  }
  const dying = await world.open(alicesWallet, { crypto, transport: { ...transport, publish } })
  await expect(openEscrow(dying).deliverDue()).rejects.toMatchObject({ code: 'test/killed' })
  expect(messagesStored().length).toBe(1)
  expect(await escrow.deliverDue()).toMatchObject([{ kind: 'delivered' }])
  expect(messagesStored().length).toBe(1)
  expect(await read(bob)).toEqual([['welcome']])
})

test('a stream delivers at the moment somebody joins, also what another client keeps meanwhile', async () => {
  const phone = await world.open(alicesWallet, { crypto })
  const carolsWallet = wallet()
  await escrow.send(bobsWallet.address, 'welcome')
  await using deliveries = await escrow.deliveries()
  await openEscrow(phone).send(carolsWallet.address, 'hi Carol')
  const bob = await world.open(bobsWallet, { crypto })
  expect((await deliveries.next()).value).toMatchObject({ to: bob.address, kind: 'delivered' })
  const carol = await world.open(carolsWallet, { crypto })
  expect((await deliveries.next()).value).toMatchObject({ to: carol.address, kind: 'delivered' })
  expect([await read(bob), await read(carol)]).toEqual([[['welcome']], [['hi Carol']]])
})

test('a stream delivers what became due while it was not open', async () => {
  await escrow.send(bobsWallet.address, 'welcome')
  const bob = await world.open(bobsWallet, { crypto })
  expect(await take(await escrow.deliveries(), 1)).toMatchObject([{ to: bob.address }])
})

test('a stream goes on when the way to the node is in trouble', async () => {
  await using deliveries = await escrow.deliveries()
  await escrow.send(bobsWallet.address, 'welcome')
  world.network.dropStreams()
  const bob = await world.open(bobsWallet, { crypto })
  expect((await deliveries.next()).value).toMatchObject({ to: bob.address })
})

test('what was withdrawn is not delivered by any client', async () => {
  const sent = await escrow.send(bobsWallet.address, 'never mind')
  const id = sent.kind === 'queued' ? sent.depositId : ''
  const phone = openEscrow(await world.open(alicesWallet, { crypto }))
  expect(await phone.withdraw(id)).toBe(true)
  expect(await escrow.withdraw(id)).toBe(false)
  const bob = await world.open(bobsWallet, { crypto })
  expect(await escrow.deliverDue()).toEqual([])
  expect(await read(bob)).toEqual([])
})

test('the oldest clients get it, too', async () => {
  const old = await world.openV1Only()
  const again = createWorld()
  const writer = await again.open(alicesWallet, { crypto })
  const kept = openEscrow(writer)
  await kept.send(old.address, 'welcome')
  for (const envelope of world.network.stored) {
    if (envelope.contentTopic.includes(`contact-${old.address}`)) {
      await again.network.connect().publish([envelope])
    }
  }
  expect(await kept.deliverDue()).toMatchObject([{ kind: 'delivered' }])
  const kinds = again.categories().filter((kind) => kind.startsWith('v'))
  expect(kinds).toEqual(['v1-intro', 'v1-intro', 'v1-conversation'])
})

test('a recipient whom the node refuses waits on, and holds up nobody', async () => {
  const carolsWallet = wallet()
  const transport = world.network.connect()
  const publish: Transport['publish'] = async (envelopes, options) => {
    if (envelopes.some(({ contentTopic }) => contentTopic.includes(bobsWallet.address))) {
      throw new AdmissionError('postage/unpaid', 'Publish: test')
    }
    await transport.publish(envelopes, options)
  }
  const client = await world.open(alicesWallet, { crypto, transport: { ...transport, publish } })
  const own = openEscrow(client)
  await own.send(bobsWallet.address, 'hi Bob')
  await own.send(carolsWallet.address, 'hi Carol')
  await world.open(bobsWallet, { crypto })
  const carol = await world.open(carolsWallet, { crypto })
  expect(await own.deliverDue()).toMatchObject([
    { kind: 'refused', to: bobsWallet.address, code: 'postage/unpaid' },
    { kind: 'delivered', to: carol.address },
  ])
  expect(await own.waiting()).toMatchObject([{ to: bobsWallet.address }])
})

test('nothing that is kept can be read by anybody else, and junk on the topic changes nothing', async () => {
  await escrow.send(bobsWallet.address, 'top secret')
  const kept = world.network.stored.at(-1)
  expect(kept?.contentTopic).toMatch(/^\/xmtp\/0\/userpreferences-[\w-]{43}\/proto$/)
  const text = new TextDecoder('latin1').decode(kept?.message)
  for (const word of ['secret', bobsWallet.address, bobsWallet.address.slice(2).toLowerCase()]) {
    expect(text).not.toContain(word)
  }
  const contentTopic = kept?.contentTopic ?? ''
  const transport = world.network.connect()
  await transport.publish([{ contentTopic, timestampNs: 1n, message: toUtf8('junk') }])
  const mallory = await world.open(wallet(), { crypto })
  expect(await openEscrow(mallory).waiting()).toEqual([])
  expect((await openEscrow(alice).waiting()).length).toBe(1)
})

test('writing to oneself, to no address, or content without a codec is refused', async () => {
  await expect(escrow.send(alice.address, 'x')).rejects.toMatchObject({ code: 'conversation/self' })
  await expect(escrow.send('bob', 'x')).rejects.toMatchObject({ code: 'identity/bad-address' })
  const contentType = parseContentType('example.org/poll:1.0')
  await expect(escrow.send(bobsWallet.address, {}, { contentType })).rejects.toMatchObject({
    code: 'content/codec-not-registered',
  })
  await expect(escrow.send(bobsWallet.address, 'x'.repeat(900_000))).rejects.toMatchObject({
    code: 'envelope/message-too-big',
  })
})
