import assert from 'node:assert/strict'
import type { Check } from '../check.ts'
import { newAccount } from '../sdk.ts'

const context = { conversationId: 'example.org/thread-1', metadata: { title: 'Träume ☀', b: '2' } }

export const conversationChecks: readonly Check[] = [
  {
    name: 'conversations: one begun by the SDK appears in our list with the same topic and time',
    run: async ({ ourClient, sdkClient }) => {
      const [ours, theirs] = [await ourClient(), await sdkClient()]
      const begun = await theirs.conversations.newConversation(ours.address)
      const [found] = await ours.conversations()
      assert.equal(found?.topic, begun.topic)
      assert.equal(found?.version, 'v2')
      assert.equal(found?.peerAddress, theirs.address)
      assert.equal(found?.createdAt.getTime(), begun.createdAt.getTime())
    },
  },
  {
    name: 'conversations: one begun by our client appears in the list of the SDK',
    run: async ({ ourClient, sdkClient }) => {
      const [ours, theirs] = [await ourClient(), await sdkClient()]
      const begun = await ours.newConversation(theirs.address)
      const [found] = await theirs.conversations.list()
      assert.equal(found?.topic, begun.topic)
      assert.equal(found?.peerAddress, ours.address)
      assert.equal(found?.createdAt.getTime(), begun.createdAt.getTime())
    },
  },
  {
    name: 'conversations: both sides beginning at once arrive at one topic',
    run: async ({ ourClient, sdkClient }) => {
      const [ours, theirs] = [await ourClient(), await sdkClient()]
      const [a, b] = await Promise.all([
        ours.newConversation(theirs.address),
        theirs.conversations.newConversation(ours.address),
      ])
      assert.equal(a.topic, b.topic)
      assert.equal((await ours.conversations()).length, 1)
      assert.equal((await theirs.conversations.list()).length, 1)
    },
  },
  {
    name: 'conversations: a context begun by the SDK is read by our client',
    run: async ({ ourClient, sdkClient }) => {
      const [ours, theirs] = [await ourClient(), await sdkClient()]
      await theirs.conversations.newConversation(ours.address, context)
      const [found] = await ours.conversations()
      assert.deepEqual(found?.context, context)
    },
  },
  {
    name: 'conversations: a context begun by our client is read by the SDK',
    run: async ({ ourClient, sdkClient }) => {
      const [ours, theirs] = [await ourClient(), await sdkClient()]
      await ours.newConversation(theirs.address, context)
      const [found] = await theirs.conversations.list()
      assert.deepEqual({ ...found?.context }, context)
    },
  },
  {
    name: 'conversations: a second conversation id with one peer is a second topic on both sides',
    run: async ({ ourClient, sdkClient }) => {
      const [ours, theirs] = [await ourClient(), await sdkClient()]
      const plain = await ours.newConversation(theirs.address)
      const named = await theirs.conversations.newConversation(ours.address, context)
      assert.notEqual(plain.topic, named.topic)
      assert.equal((await ours.conversations()).length, 2)
      assert.equal((await theirs.conversations.list()).length, 2)
    },
  },
  {
    name: 'conversations: beginning again gives the conversation that is there',
    run: async ({ ourClient, sdkClient }) => {
      const [ours, theirs] = [await ourClient(), await sdkClient()]
      const begun = await theirs.conversations.newConversation(ours.address)
      assert.equal((await ours.newConversation(theirs.address)).topic, begun.topic)
      assert.equal((await ours.newConversation(theirs.address.toLowerCase())).topic, begun.topic)
      assert.equal((await theirs.conversations.list()).length, 1)
    },
  },
  {
    name: 'conversations: nobody writes to themselves or to an account that is not there',
    run: async ({ ourClient }) => {
      const ours = await ourClient()
      await assert.rejects(ours.newConversation(ours.address), { code: 'conversation/self' })
      await assert.rejects(ours.newConversation(newAccount().address), {
        code: 'contact/not-registered',
      })
    },
  },
  {
    name: 'conversations: a second client of the wallet, of the other kind, finds them all',
    run: async ({ ourClient, sdkClient }) => {
      const account = newAccount()
      const first = await ourClient(account)
      const peers = [await sdkClient(), await ourClient()]
      for (const peer of peers) await first.newConversation(peer.address)
      const second = await sdkClient(account)
      assert.deepEqual(
        (await second.conversations.list()).map((conversation) => conversation.peerAddress),
        peers.map((peer) => peer.address),
      )
    },
  },
]
