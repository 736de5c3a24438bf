// Whatever applications do through the facade, in whatever order: all sides end with what a model of a few lines says.

import { toHex } from '@posthorn/bytes'
import { Client, type Conversation, type DecodedMessage, SortDirection } from '@posthorn/compat'
import { createNobleCrypto } from '@posthorn/crypto'
import { createLocalSigner } from '@posthorn/identity'
import { parseConfig, type RunningNode, startNode } from '@posthorn/node'
import { eventually } from '@posthorn/testing'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'

const crypto = createNobleCrypto()
const circles = [undefined, 'example.org/work', 'example.org/home'] as const
const accountCount = 3

let node: RunningNode
let apiUrl = ''

beforeAll(async () => {
  node = await startNode(
    parseConfig({ flags: { 'api-port': '0', store: 'memory', 'grace-ms': '100' } }),
  )
  apiUrl = node.apiUrls[0] ?? ''
})

afterAll(() => node.kill())

type Circle = (typeof circles)[number]
type Consent = 'allowed' | 'denied' | 'unknown'

type Operation =
  | { readonly kind: 'send' | 'sendAtOnce'; readonly to: number; readonly circle: Circle }
  | { readonly kind: 'reply'; readonly pick: number }
  | { readonly kind: 'allow' | 'deny'; readonly to: number }
  | { readonly kind: 'startStream' | 'stopStream' | 'compare' | 'canMessage' }

type Step = Operation & { readonly who: number }

const to = fc.integer({ min: 1, max: accountCount - 1 })
const operation: fc.Arbitrary<Operation> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constantFrom('send', 'sendAtOnce'),
      to,
      circle: fc.constantFrom(...circles),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('reply'), pick: fc.nat(9) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('allow', 'deny'), to }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constantFrom('startStream', 'stopStream', 'compare', 'canMessage'),
    }),
  },
)
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.tuple(fc.nat(accountCount - 1), operation).map(([who, each]) => ({ ...each, who })),
  { minLength: 4, maxLength: 14 },
)

/** A message of the model; what was sent at once has the same moment. */
type Sent = { readonly sender: number; readonly text: string; readonly moment: number }

/** A conversation of the model, between two accounts in one circle. */
type Talk = { readonly between: readonly [number, number]; readonly circle: Circle; sent: Sent[] }

type Listening = {
  readonly got: DecodedMessage[]
  readonly due: Sent[]
  stop(): Promise<void>
}

type Account = {
  readonly index: number
  readonly client: Client
  readonly wallet: ReturnType<typeof newWallet>
  readonly consent: Map<number, Consent>
  listening: Listening | undefined
}

type World = { readonly accounts: readonly Account[]; readonly talks: Talk[]; moment: number }

function newWallet() {
  const { address, signText } = createLocalSigner(crypto, crypto.randomBytes(32))
  return {
    getAddress: async () => address,
    signMessage: async (text: ArrayLike<number> | string) =>
      `0x${toHex(await signText(String(text)))}`,
  }
}

async function newAccount(index: number): Promise<Account> {
  const wallet = newWallet()
  const client = await Client.create(wallet, { apiUrl })
  return { index, client, wallet, consent: new Map(), listening: undefined }
}

const textOf = ({ content }: DecodedMessage): string => String(content)

// What comes later has a later time, on every side.
async function nextTick(): Promise<void> {
  const now = Date.now()
  while (Date.now() === now) await new Promise((resolve) => setTimeout(resolve, 1))
}

function accountOf({ accounts }: World, index: number): Account {
  return accounts[index % accountCount] as Account
}

function peerOf({ between: [one, two] }: Talk, { index }: Account): number {
  return one === index ? two : one
}

function talksOf({ talks }: World, { index }: Account): Talk[] {
  return talks.filter(({ between }) => between.includes(index))
}

function talkBetween(world: World, pair: readonly [Account, Account], circle: Circle): Talk {
  const [one, two] = pair.map(({ index }) => index).sort() as [number, number]
  const known = world.talks.find(
    (talk) => talk.between[0] === one && talk.between[1] === two && talk.circle === circle,
  )
  if (known !== undefined) return known
  const begun: Talk = { between: [one, two], circle, sent: [] }
  world.talks.push(begun)
  return begun
}

/** Says something and notes in the model what follows from it. */
async function say(world: World, sender: Account, talk: Talk, conversation: Conversation) {
  const text = `${sender.index} says ${talk.sent.length} ${Math.random()}`
  const sent = { sender: sender.index, text, moment: world.moment }
  talk.sent.push(sent)
  for (const { index, listening } of world.accounts) {
    if (talk.between.includes(index)) listening?.due.push(sent)
  }
  const message = await conversation.send(text)
  expect([textOf(message), message.senderAddress]).toEqual([text, sender.client.address])
  const peer = peerOf(talk, sender)
  if ((sender.consent.get(peer) ?? 'unknown') === 'unknown') sender.consent.set(peer, 'allowed')
}

async function sayTo(world: World, sender: Account, peer: Account, circle: Circle) {
  const { conversations } = sender.client
  const listed = await conversations.list()
  const isNew = !listed.some(
    ({ peerAddress, context }) =>
      peerAddress === peer.client.address && context?.conversationId === circle,
  )
  const talk = talkBetween(world, [sender, peer], circle)
  const context = circle && { conversationId: circle, metadata: { title: circle } }
  const conversation = await conversations.newConversation(
    peer.client.address,
    context || undefined,
  )
  // Beginning a conversation allows the peer, whatever was decided before.
  if (isNew) sender.consent.set(peer.index, 'allowed')
  await say(world, sender, talk, conversation)
}

async function reply(world: World, account: Account, pick: number) {
  const listed = await account.client.conversations.list()
  const conversation = listed[pick % Math.max(listed.length, 1)]
  if (conversation === undefined) return
  const peer = world.accounts.find(({ client }) => client.address === conversation.peerAddress)
  const circle = circles.find((each) => each === conversation.context?.conversationId)
  await say(world, account, talkBetween(world, [account, peer as Account], circle), conversation)
}

async function decide(account: Account, peer: Account, decision: 'allow' | 'deny') {
  await account.client.contacts[decision]([peer.client.address])
  account.consent.set(peer.index, decision === 'allow' ? 'allowed' : 'denied')
}

async function startStream(account: Account) {
  if (account.listening !== undefined) return
  const stream = await account.client.conversations.streamAllMessages()
  const got: DecodedMessage[] = []
  const ended = (async () => {
    for await (const message of stream) got.push(message)
  })()
  const stop = async (): Promise<void> => {
    await stream.return()
    await ended
  }
  account.listening = { got, due: [], stop }
}

async function stopStream(account: Account) {
  const { listening } = account
  if (listening === undefined) return
  const { got, due } = listening
  await eventually(() => expect(got.length).toBeGreaterThanOrEqual(due.length))
  await listening.stop()
  account.listening = undefined
  expect(got.map(textOf).sort()).toEqual(due.map(({ text }) => text).sort())
  for (const { conversation } of got) {
    const inIt = got.filter((each) => each.conversation.topic === conversation.topic)
    expectInOrder(inIt, due)
  }
}

/** What was said at different moments stands in that order. */
function expectInOrder(messages: readonly DecodedMessage[], sent: readonly Sent[]) {
  const moments = messages.map(
    (message) => sent.find(({ text }) => text === textOf(message))?.moment ?? Number.NaN,
  )
  expect(moments).toEqual(moments.toSorted((a, b) => a - b))
}

/** Everything that a client of an account tells, compared with the model; ids by conversation. */
async function compare(world: World, account: Account, client: Client) {
  const talks = talksOf(world, account)
  const nameOf = (peerAddress: string, circle: string | undefined) => `${peerAddress} ${circle}`
  const listed = await client.conversations.list()
  const expected = talks.map((talk) =>
    nameOf(accountOf(world, peerOf(talk, account)).client.address, talk.circle),
  )
  const names = listed.map((each) => nameOf(each.peerAddress, each.context?.conversationId))
  expect(names.toSorted()).toEqual(expected.toSorted())
  const times = listed.map(({ createdAt }) => createdAt.getTime())
  expect(times).toEqual(times.toSorted((a, b) => a - b))
  const ids = new Map<string, readonly string[]>()
  for (const [at, conversation] of listed.entries()) {
    const { sent = [] } = talks[expected.indexOf(names[at] ?? '')] ?? {}
    const messages = await conversation.messages()
    expect(messages.map((each) => `${each.senderAddress} ${textOf(each)}`).sort()).toEqual(
      sent.map(({ sender, text }) => `${accountOf(world, sender).client.address} ${text}`).sort(),
    )
    expectInOrder(messages, sent)
    ids.set(
      conversation.topic,
      messages.map(({ id }) => id),
    )
    const newest = await conversation.messages({
      limit: 2,
      direction: SortDirection.SORT_DIRECTION_DESCENDING,
    })
    expect(newest.map(({ id }) => id)).toEqual(
      messages
        .map(({ id }) => id)
        .reverse()
        .slice(0, 2),
    )
  }
  for (const { index, client: peer } of world.accounts) {
    if (index === account.index) continue
    expect(client.contacts.consentState(peer.address)).toBe(account.consent.get(index) ?? 'unknown')
  }
  return ids
}

async function canMessage({ accounts }: World, { client }: Account) {
  const stranger = `0x${toHex(crypto.randomBytes(20))}`
  const asked = [...accounts.map((each) => each.client.address), stranger]
  const answers = [...accounts.map(() => true), false]
  expect(await client.canMessage(asked)).toEqual(answers)
  expect(await Client.canMessage(asked, { apiUrl })).toEqual(answers)
}

async function take(world: World, step: Step): Promise<void> {
  const account = accountOf(world, step.who)
  await nextTick()
  world.moment += 1
  switch (step.kind) {
    case 'send':
      return sayTo(world, account, accountOf(world, step.who + step.to), step.circle)
    case 'sendAtOnce': {
      const peer = accountOf(world, step.who + step.to)
      const both = [sayTo(world, account, peer, step.circle)]
      both.push(sayTo(world, peer, account, step.circle))
      await Promise.all(both)
      return
    }
    case 'reply':
      return reply(world, account, step.pick)
    case 'allow':
    case 'deny':
      return decide(account, accountOf(world, step.who + step.to), step.kind)
    case 'startStream':
      return startStream(account)
    case 'stopStream':
      return stopStream(account)
    case 'canMessage':
      return canMessage(world, account)
    case 'compare':
      await compare(world, account, account.client)
  }
}

async function run(taken: readonly Step[]): Promise<void> {
  const indexes = Array.from({ length: accountCount }, (_, index) => index)
  const world: World = {
    accounts: await Promise.all(indexes.map(newAccount)),
    talks: [],
    moment: 0,
  }
  const clients = world.accounts.map(({ client }) => client)
  try {
    for (const step of taken) await take(world, step)
    const byTopic = new Map<string, readonly string[]>()
    for (const account of world.accounts) {
      await stopStream(account)
      const device = await Client.create(account.wallet, { apiUrl })
      clients.push(device)
      await device.contacts.loadConsentList()
      for (const client of [account.client, device]) {
        for (const [topic, ids] of await compare(world, account, client)) {
          expect(byTopic.get(topic) ?? ids).toEqual(ids)
          byTopic.set(topic, ids)
        }
      }
    }
    expect(byTopic.size).toBe(world.talks.length)
  } finally {
    await Promise.all(clients.map((client) => client.close()))
  }
}

test('applications that do anything in any order all see what a model says', async () => {
  await fc.assert(fc.asyncProperty(steps, run), { numRuns: 12, interruptAfterTimeLimit: 25_000 })
}, 60_000)
