import { contentOf, textType } from '@posthorn/content'
import { loadCrypto } from '@posthorn/crypto'
import { beforeEach, expect, test } from 'vitest'
import type { Client } from '../client.ts'
import { createWorld, type TestWallet, type TestWorld, take, wallet } from '../test-world.ts'
import { createMemoryJournal, type Journal } from './journal.ts'
import {
  muteSubscription,
  mySubscriptions,
  unmuteSubscription,
  unsubscribe,
} from './my-subscriptions.ts'
import { type Notification, notificationCodec } from './notification.ts'
import { type NotifyOptions, notify } from './notify.ts'
import { type SignedSubscription, signSubscription } from './sign-subscription.ts'
import { subscriptionChangeCodec, subscriptionChangeType } from './subscription-change.ts'
import { openSubscriptions, type Subscriptions } from './subscriptions.ts'

const crypto = await loadCrypto()
const codecs = [notificationCodec, subscriptionChangeCodec]
const topic = 'price-alerts'
const notification: Notification = {
  topic,
  title: 'ETH is up',
  body: 'by 5 %',
  url: 'https://example.org/eth',
}

let world: TestWorld
let shop: Client
let journal: Journal
let subscriptions: Subscriptions
let bobsWallet: TestWallet
let bob: Client

beforeEach(async () => {
  world = createWorld()
  shop = await world.open(wallet(), { crypto })
  journal = createMemoryJournal()
  subscriptions = await openSubscriptions(shop, journal)
  bobsWallet = wallet()
  bob = await world.open(bobsWallet, { crypto, codecs })
})

function sign(options: { topics?: readonly string[]; nowMs?: number } = {}) {
  const { topics = [topic], nowMs } = options
  return signSubscription(crypto, { signer: bobsWallet, sender: shop.address, topics, nowMs })
}

async function outcomes(options: Partial<NotifyOptions> = {}): Promise<string[]> {
  const kinds: string[] = []
  const to = [bob.address]
  for await (const { outcome } of notify(shop, { subscriptions, notification, to, ...options })) {
    kinds.push(outcome.kind)
  }
  return kinds
}

async function inbox(client: Client): Promise<unknown[]> {
  const found: unknown[] = []
  for (const conversation of await client.conversations()) {
    for (const message of await conversation.messages()) {
      if (message.senderAddress !== client.address) found.push(message.content ?? message.fallback)
    }
  }
  return found
}

test('one signature on a web page leads to a notification in the inbox', async () => {
  const before = bobsWallet.texts.length
  const sent: SignedSubscription = JSON.parse(JSON.stringify(await sign()))
  expect(bobsWallet.texts.slice(before)).toEqual(['XMTP : Grant inbox consent to sender'])
  await subscriptions.accept(sent)
  const stream = await bob.streamAllMessages()
  expect(await outcomes({ to: undefined })).toEqual(['sent'])
  const [message] = await take(stream, 1)
  expect(message && contentOf(notificationCodec, message)).toEqual(notification)
  await bob.consent.load()
  expect(bob.consent.state(shop.address)).toBe('allowed')
  expect(await mySubscriptions(bob)).toMatchObject([
    { sender: shop.address, topic, isMuted: false },
  ])
  expect(await mySubscriptions(shop)).toEqual([])
})

test('a client that does not know notifications shows them as text', async () => {
  await subscriptions.accept(await sign())
  await outcomes()
  const old = await world.open(bobsWallet, { crypto })
  expect(await inbox(old)).toEqual(['ETH is up\nby 5 %\nhttps://example.org/eth'])
})

test('who has not signed, or signed for another topic or sender, is not written to', async () => {
  expect(await outcomes()).toEqual(['not-subscribed'])
  await subscriptions.accept(await sign({ topics: ['news'] }))
  expect(await outcomes()).toEqual(['not-subscribed'])
  const other = await world.open(wallet(), { crypto })
  const forOther = await openSubscriptions(other, createMemoryJournal())
  const notMine = { code: 'identity/consent-proof-not-mine' }
  await expect(forOther.accept(await sign())).rejects.toMatchObject(notMine)
  const signed = await sign()
  const changed = [
    { ...signed, address: other.address },
    { ...signed, signedMs: signed.signedMs - 60_000 },
  ]
  for (const each of changed) {
    await expect(subscriptions.accept(each)).rejects.toMatchObject(notMine)
  }
  expect(await inbox(bob)).toEqual([])
})

test('a signature from long ago or of a time to come is refused', async () => {
  const dayMs = 86_400_000
  for (const [nowMs, code] of [
    [Date.now() - 31 * dayMs, 'identity/consent-proof-expired'],
    [Date.now() + dayMs, 'identity/consent-proof-from-future'],
  ] as const) {
    await expect(subscriptions.accept(await sign({ nowMs }))).rejects.toMatchObject({ code })
  }
  await subscriptions.accept(await sign({ nowMs: Date.now() + 60_000 }))
})

test('unsubscribing holds, also for a sender that has lost its journal, until the wallet signs anew', async () => {
  const first = await sign()
  await subscriptions.accept(first)
  await outcomes()
  await unsubscribe(bob, { sender: shop.address, topic })
  expect(await outcomes()).toEqual(['unsubscribed'])
  expect(await outcomes({ to: undefined })).toEqual([])
  const ended = { code: 'subscription/ended-later' }
  await expect(subscriptions.accept(first)).rejects.toMatchObject(ended)

  const again = await openSubscriptions(shop, journal)
  expect(again.get(bob.address.toLowerCase(), topic)).toMatchObject({ state: 'unsubscribed' })
  const anew = await world.open(await shop.exportKeys(), { crypto, keystore: 'static' })
  const lost = await openSubscriptions(anew, createMemoryJournal())
  await lost.refresh()
  await expect(lost.accept(first)).rejects.toMatchObject(ended)

  await subscriptions.accept(await sign({ nowMs: Date.now() + 2_000 }))
  expect(await outcomes()).toEqual(['sent'])
  expect((await inbox(bob)).length).toBe(2)
})

test('ending one topic leaves the others, and is known to all clients of the subscriber', async () => {
  await subscriptions.accept(await sign({ topics: [topic, 'news'] }))
  await outcomes()
  await outcomes({ notification: { topic: 'news', title: 'Hello' } })
  await unsubscribe(bob, { sender: shop.address, topic })
  expect(await outcomes()).toEqual(['unsubscribed'])
  expect(await outcomes({ notification: { topic: 'news', title: 'Hello' } })).toEqual(['sent'])
  const phone = await world.open(bobsWallet, { crypto })
  await phone.consent.load()
  expect(phone.consent.state(shop.address)).toBe('allowed')
  const muted = (await mySubscriptions(phone)).map((each) => [each.topic, each.isMuted])
  expect(muted).toEqual([
    [topic, true],
    ['news', false],
  ])
})

test('muting holds until it is taken back, which does not bring back what was ended', async () => {
  const which = { sender: shop.address, topic }
  await subscriptions.accept(await sign())
  await outcomes()
  await muteSubscription(bob, which)
  expect(await outcomes()).toEqual(['muted'])
  await unmuteSubscription(bob, which)
  expect(await outcomes()).toEqual(['sent'])
  await unsubscribe(bob, which)
  await unsubscribe(bob, which)
  for (const again of [muteSubscription, unmuteSubscription]) {
    await expect(again(bob, which)).rejects.toMatchObject({ code: 'subscription/ended' })
  }
  expect(await outcomes()).toEqual(['unsubscribed'])
})

test('who was denied stays denied when it is told to stop', async () => {
  await subscriptions.accept(await sign())
  await outcomes()
  await bob.consent.deny(shop.address)
  await unsubscribe(bob, { sender: shop.address, topic })
  expect(bob.consent.state(shop.address)).toBe('denied')
})

test('only the subscriber can end its subscription', async () => {
  await subscriptions.accept(await sign())
  await outcomes()
  const sender = await world.open(await shop.exportKeys(), { crypto, keystore: 'static', codecs })
  const change = { topic, state: 'unsubscribed' }
  for (const client of [sender, await world.open(wallet(), { crypto, codecs })]) {
    const to = client === sender ? bob : shop
    const [own] = client === sender ? await sender.conversations() : []
    const id = own?.context?.conversationId ?? `posthorn.org/notifications/${topic}/0`
    const chat = await client.newConversation(to.address, { conversationId: id })
    await chat.send(change, { contentType: subscriptionChangeType })
  }
  expect(await outcomes()).toEqual(['sent'])
  const elsewhere = await bob.newConversation(shop.address)
  await elsewhere.send(change, { contentType: subscriptionChangeType })
  expect(await outcomes()).toEqual(['sent'])
  expect(subscriptions.list().map(({ address }) => address)).toContain(bob.address)
})

test('a stream of messages tells of changes at once', async () => {
  const listening = await world.open(await shop.exportKeys(), {
    crypto,
    keystore: 'static',
    codecs,
  })
  const live = await openSubscriptions(listening, journal)
  await live.accept(await sign())
  await outcomes({ subscriptions: live })
  const stream = await listening.streamAllMessages()
  const chat = await bob.conversations()
  await chat[0]?.send('thanks', { contentType: textType })
  await unsubscribe(bob, { sender: shop.address, topic })
  const absorbed: boolean[] = []
  for (const message of await take(stream, 2)) absorbed.push(await live.absorb(message))
  expect(absorbed).toEqual([false, true])
  expect(live.list(topic)).toMatchObject([{ address: bob.address, state: 'unsubscribed' }])
})

test('a notification that is none, and a journal that is damaged, are refused', async () => {
  await expect(outcomes({ notification: { topic, title: '' } })).rejects.toMatchObject({
    code: 'notification/malformed',
  })
  await expect(outcomes({ notification: { topic: 'No Topic', title: 'x' } })).rejects.toMatchObject(
    { code: 'notification/bad-topic' },
  )
  await journal.append(['{"kind":"subscription"}'])
  await expect(openSubscriptions(shop, journal)).rejects.toMatchObject({
    code: 'subscription/journal-damaged',
  })
})
