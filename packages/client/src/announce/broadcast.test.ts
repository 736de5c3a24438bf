import { loadCrypto } from '@posthorn/crypto'
import { StorageError, ValidationError } from '@posthorn/errors'
import type { Transport } from '@posthorn/transport'
import { beforeEach, expect, test } from 'vitest'
import type { Client } from '../client.ts'
import { openEscrow } from '../escrow/open-escrow.ts'
import { contents, createWorld, type TestWorld, wallet } from '../test-world.ts'
import { type BroadcastOptions, broadcast } from './broadcast.ts'
import { createMemoryJournal, type Journal } from './journal.ts'
import type { AnnouncementResult } from './outcome.ts'
import { createCrowd, join, type Member, received } from './test-crowd.ts'

let world: TestWorld
let alice: Client
const crypto = await loadCrypto()
const crowd = await createCrowd(crypto, 55)
const addresses = crowd.map(({ signer }) => signer.address)

beforeEach(async () => {
  world = createWorld()
  alice = await world.open(wallet(), { crypto })
  await join(world.network.connect(), crowd)
})

async function all(results: AsyncIterable<AnnouncementResult>): Promise<AnnouncementResult[]> {
  const list: AnnouncementResult[] = []
  for await (const result of results) list.push(result)
  return list
}

const kinds = (results: readonly AnnouncementResult[]): Record<string, number> => {
  const counts: Record<string, number> = {}
  for (const { outcome } of results) counts[outcome.kind] = (counts[outcome.kind] ?? 0) + 1
  return counts
}

async function expectOneEach(members: readonly Member[], content: unknown): Promise<void> {
  const transport = world.network.connect()
  for (const member of members) {
    const got = await received(transport, member)
    expect(got).toEqual({ topics: [expect.any(String)], contents: [content] })
  }
}

test('everybody gets the message once, in a conversation of their own', async () => {
  const results = await all(broadcast(alice, { recipients: addresses, content: 'gm' }))
  expect(kinds(results)).toEqual({ sent: 55 })
  expect(results.map(({ settledCount }) => settledCount)).toEqual(addresses.map((_, n) => n + 1))
  expect(new Set(results.map(({ address }) => address))).toEqual(new Set(addresses))
  await expectOneEach(crowd, 'gm')
  const chats = await alice.conversations()
  expect(chats.length).toBe(55)
  const [first] = results
  const chat = await alice.conversationWith(first?.address ?? '')
  const [message] = (await chat?.messages()) ?? []
  expect(first?.outcome).toMatchObject({ topic: chat?.topic, messageId: message?.id })
})

test('each account is written to once, and who cannot be written to is said', async () => {
  const [one = '', two = ''] = addresses
  const stranger = wallet().address
  const recipients = [one, one.toLowerCase(), two, 'bob', alice.address, stranger]
  const results = await all(broadcast(alice, { recipients, content: 'gm' }))
  expect(results.map(({ address, outcome }) => [address, outcome.kind])).toEqual([
    ['bob', 'refused'],
    [alice.address, 'refused'],
    [stranger, 'not-registered'],
    [one, 'sent'],
    [two, 'sent'],
  ])
  expect(results.map(({ outcome }) => 'code' in outcome && outcome.code)).toEqual([
    'identity/bad-address',
    'conversation/self',
    false,
    false,
    false,
  ])
})

test('a conversation that there is already is used, also of the oldest clients', async () => {
  const bob = await world.open()
  const chat = await bob.newConversation(alice.address)
  await chat.send('hello')
  const old = await world.openV1Only()
  const again = await world.openV1Only()
  await (await alice.newConversation(old.address)).send('hello')
  const recipients = [bob.address, old.address, again.address]
  const before = world.network.stored.length
  expect(kinds(await all(broadcast(alice, { recipients, content: 'gm' })))).toEqual({ sent: 3 })
  expect(world.categories(before).filter((kind) => kind !== 'userpreferences')).toEqual([
    'v2-conversation',
    'v1-conversation',
    'v1-intro',
    'v1-intro',
    'v1-conversation',
  ])
  expect(contents(await chat.messages())).toEqual(['hello', 'gm'])
  expect((await alice.conversations()).length).toBe(3)
})

test('recipients are noted as allowed, unless something was decided about them', async () => {
  const [one = '', two = ''] = addresses
  await alice.consent.deny(one)
  await all(broadcast(alice, { recipients: [one, two], content: 'gm' }))
  expect([alice.consent.state(one), alice.consent.state(two)]).toEqual(['denied', 'allowed'])
})

// A journal, and a network, that fail for good after so many calls, as a process does that is killed.
function failingAfter(count: number, journal: Journal, transport: Transport): [Journal, Transport] {
  let left = count
  const step = (): void => {
    if (left-- <= 0) throw new StorageError('test/killed', 'Test: the process was killed')
  }
  const dying: Journal = {
    read: journal.read,
    append: async (lines) => {
      step()
      await journal.append(lines)
      step()
    },
  }
  const publish: Transport['publish'] = async (envelopes, options) => {
    step()
    await transport.publish(envelopes, options)
    step()
  }
  return [dying, { ...transport, publish }]
}

test('a job that dies at any step is finished by the next run, and nobody gets the message twice', async () => {
  const signer = wallet()
  await world.open(signer, { crypto })
  const options = { recipients: addresses, content: 'gm', concurrency: 3 }
  const journal = createMemoryJournal()
  let runs = 0
  for (let isDone = false; !isDone; runs++) {
    const [dying, transport] = failingAfter(1 + (runs % 7), journal, world.network.connect())
    const client = await world.open(signer, { transport, crypto, clock: impatient })
    try {
      const results = await all(broadcast(client, { ...options, journal: dying, perSecond: 20 }))
      expect(kinds(results)).toEqual({ sent: 55 })
      isDone = true
    } catch (error) {
      expect(error).toMatchObject({ code: 'test/killed' })
    }
  }
  expect(runs).toBeGreaterThan(2)
  await expectOneEach(crowd, 'gm')
})

// Its waits are over at once, and it runs ahead by as much.
const impatient = ((): NonNullable<Parameters<TestWorld['open']>[1]>['clock'] => {
  let aheadMs = 0
  return {
    nowMs: () => Date.now() + aheadMs,
    sleep: async (delayMs) => {
      aheadMs += delayMs
      await new Promise((resolve) => setImmediate(resolve))
    },
  }
})()

test('who leaves the loop can go on later', async () => {
  const journal = createMemoryJournal()
  const options: BroadcastOptions = { recipients: addresses, content: 'gm', journal }
  for await (const { settledCount } of broadcast(alice, options)) if (settledCount === 20) break
  const results = await all(broadcast(alice, options))
  expect(kinds(results)).toEqual({ sent: 55 })
  expect(results.filter(({ isEarlier }) => isEarlier).length).toBeGreaterThanOrEqual(20)
  await expectOneEach(crowd, 'gm')
})

test('a journal belongs to one job, may get more recipients, and tries again what it is told to', async () => {
  const journal = createMemoryJournal()
  const [one = '', two = ''] = addresses
  const late = await createCrowd(crypto, 1)
  const lateAddress = late[0]?.signer.address ?? ''
  await all(broadcast(alice, { recipients: [one, lateAddress], content: 'gm', journal }))
  const other = broadcast(alice, { recipients: [one], content: 'gn', journal })
  await expect(all(other)).rejects.toMatchObject({ code: 'announce/other-job' })
  await join(world.network.connect(), late)
  const recipients = [one, lateAddress, two]
  expect(kinds(await all(broadcast(alice, { recipients, content: 'gm', journal })))).toEqual({
    sent: 2,
    'not-registered': 1,
  })
  const tryAgain = ['not-registered'] as const
  const last = await all(broadcast(alice, { recipients, content: 'gm', journal, tryAgain }))
  expect(kinds(last)).toEqual({ sent: 3 })
  await expectOneEach([...crowd.slice(0, 2), ...late], 'gm')
})

test('the message is kept for who has not joined, and delivered once when they do', async () => {
  const [one = ''] = addresses
  const late = await createCrowd(crypto, 2)
  const recipients = [one, ...late.map(({ signer }) => signer.address)]
  const journal = createMemoryJournal()
  const options = { recipients, content: 'gm', journal, isKeptForUnregistered: true }
  for (const runs of [1, 2]) {
    expect([runs, kinds(await all(broadcast(alice, options)))]).toEqual([
      runs,
      { sent: 1, queued: 2 },
    ])
  }
  await join(world.network.connect(), late)
  expect((await openEscrow(alice).deliverDue()).map(({ kind }) => kind)).toEqual([
    'delivered',
    'delivered',
  ])
  await expectOneEach([...crowd.slice(0, 1), ...late], 'gm')
})

test('a journal that is damaged is refused', async () => {
  const journal = createMemoryJournal()
  await journal.append(['{"kind":"job"'])
  await expect(
    all(broadcast(alice, { recipients: addresses, content: 'gm', journal })),
  ).rejects.toMatchObject({ code: 'announce/journal-damaged' })
})

test('what the node refuses for one recipient is refused for that one only', async () => {
  const transport = world.network.connect()
  const refused = addresses[7] ?? ''
  const publish: Transport['publish'] = async (envelopes, options) => {
    if (envelopes.some(({ contentTopic }) => contentTopic.includes(refused))) {
      throw new ValidationError('postage/unpaid', 'Publish: test')
    }
    await transport.publish(envelopes, options)
  }
  const client = await world.open(wallet(), { crypto, transport: { ...transport, publish } })
  const results = await all(broadcast(client, { recipients: addresses, content: 'gm' }))
  expect(kinds(results)).toEqual({ sent: 54, refused: 1 })
  expect(results.find(({ address }) => address === refused)?.outcome).toMatchObject({
    kind: 'refused',
    code: 'postage/unpaid',
  })
})

test('content of which there is no codec, and options that make no sense, are refused before anything is sent', async () => {
  const recipients = addresses
  const contentType = { authorityId: 'a', typeId: 'b', versionMajor: 1, versionMinor: 0 }
  await expect(
    all(broadcast(alice, { recipients, content: 1, contentType })),
  ).rejects.toMatchObject({ code: 'content/codec-not-registered' })
  for (const options of [{ perSecond: 0 }, { perSecond: Number.NaN }, { concurrency: 0 }]) {
    const job = broadcast(alice, { recipients, content: 'gm', ...options })
    await expect(all(job)).rejects.toMatchObject({ code: 'announce/bad-option' })
  }
  const copy = { ...alice }
  await expect(all(broadcast(copy, { recipients, content: 'gm' }))).rejects.toMatchObject({
    code: 'client/not-a-client',
  })
})

test('a cancelled job says so', async () => {
  const ending = new AbortController()
  const job = broadcast(alice, { recipients: addresses, content: 'gm', signal: ending.signal })
  ending.abort()
  await expect(all(job)).rejects.toMatchObject({ code: 'transport/cancelled' })
})
