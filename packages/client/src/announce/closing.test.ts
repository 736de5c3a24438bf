// Ending a subscription at the node that users run.

import { loadCrypto } from '@posthorn/crypto'
import { closableTopicId, closingTopic } from '@posthorn/envelope'
import { parseConfig, type RunningNode, startNode } from '@posthorn/node'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Client } from '../client.ts'
import { createClient } from '../create-client.ts'
import { internalsOf } from '../internals.ts'
import { wallet } from '../test-world.ts'
import { createMemoryJournal } from './journal.ts'
import { mySubscriptions, unsubscribe } from './my-subscriptions.ts'
import { notify } from './notify.ts'
import { signSubscription } from './sign-subscription.ts'
import { openSubscriptions, type Subscriptions } from './subscriptions.ts'

const crypto = await loadCrypto()
const topic = 'news'
let node: RunningNode
let url: string

beforeAll(async () => {
  const flags = { 'api-port': '0', store: 'memory', 'grace-ms': '100' }
  node = await startNode(parseConfig({ flags }))
  url = node.apiUrls[0] ?? ''
})
afterAll(() => node.kill())

async function outcomes(shop: Client, subscriptions: Subscriptions): Promise<string[]> {
  const kinds: string[] = []
  const notification = { topic, title: 'Hello' }
  for await (const { outcome } of notify(shop, { subscriptions, notification })) {
    kinds.push(outcome.kind)
  }
  return kinds
}

test('an ended subscription is refused by the node whatever the sender does, and a new one is taken', async () => {
  const signer = wallet()
  await using bob = await createClient(signer, { url, crypto })
  await using shop = await createClient(crypto.randomBytes(32), { url, crypto })
  const subscriptions = await openSubscriptions(shop, createMemoryJournal())
  const sign = (nowMs: number) =>
    signSubscription(crypto, { signer, sender: shop.address, topics: [topic], nowMs })
  await subscriptions.accept(await sign(Date.now()))
  expect(await outcomes(shop, subscriptions)).toEqual(['sent'])
  const [chat] = await shop.conversations()
  await chat?.send('besides the library')
  expect((await mySubscriptions(bob)).length).toBe(1)

  await unsubscribe(bob, { sender: shop.address, topic })
  const refused = {
    name: 'AdmissionError',
    message: expect.stringContaining('closed its topic for good'),
  }
  await expect(chat?.send('still there?')).rejects.toMatchObject(refused)
  await expect(chat?.send('typing', { ephemeral: true })).rejects.toMatchObject(refused)
  expect(await outcomes(shop, subscriptions)).toEqual([])
  await unsubscribe(bob, { sender: shop.address, topic })

  await subscriptions.accept(await sign(Date.now() + 2_000))
  expect(await outcomes(shop, subscriptions)).toEqual(['sent'])
  expect((await mySubscriptions(bob)).map(({ isMuted }) => isMuted)).toEqual([true, false])
})

test('nobody else can close a conversation', async () => {
  const signer = wallet()
  await using shop = await createClient(crypto.randomBytes(32), { url, crypto })
  await using mallory = await createClient(crypto.randomBytes(32), { url, crypto })
  await using _bob = await createClient(signer, { url, crypto })
  const subscriptions = await openSubscriptions(shop, createMemoryJournal())
  const signing = { signer, sender: shop.address, topics: [topic] }
  await subscriptions.accept(await signSubscription(crypto, signing))
  await outcomes(shop, subscriptions)
  const [chat] = await shop.conversations()
  const contentTopic = closingTopic(closableTopicId(chat?.topic ?? '') ?? '')
  const { publisher } = internalsOf(mallory).context
  const guess = { contentTopic, timestampNs: 1n, message: crypto.randomBytes(32) }
  await expect(publisher.publish([guess])).rejects.toMatchObject({ name: 'ValidationError' })
  expect(await outcomes(shop, subscriptions)).toEqual(['sent'])
})
