// V1: peers that only advertise a V1 contact.

import assert from 'node:assert/strict'
import type { Check } from '../check.ts'
import { newAccount } from '../sdk.ts'
import { contentsOf, take } from '../tools.ts'

const legacyOnly = { publishLegacyContact: true }

export const firstGenerationChecks: readonly Check[] = [
  {
    name: 'V1: our client writes V1 to a peer that only has a V1 contact, and is read',
    run: async ({ ourClient, sdkClient }) => {
      const [ours, theirs] = [await ourClient(), await sdkClient(newAccount(), legacyOnly)]
      const begun = await ours.newConversation(theirs.address)
      assert.equal(begun.version, 'v1')
      await begun.send('first')
      await begun.send('second')
      const [found] = await theirs.conversations.list()
      assert.equal(found?.conversationVersion, 'v1')
      assert.equal(found?.topic, begun.topic)
      assert.deepEqual(
        (await found.messages()).map((message) => message.content),
        ['first', 'second'],
      )
    },
  },
  {
    name: 'V1: the SDK writes V1 and our client lists, reads and answers',
    run: async ({ ourClient, sdkClient }) => {
      const theirs = await sdkClient()
      const account = newAccount()
      // Only the V1 contact is advertised while the SDK looks the account up.
      const legacy = await sdkClient(account, legacyOnly)
      const begun = await theirs.conversations.newConversation(legacy.address)
      assert.equal(begun.conversationVersion, 'v1')
      await begun.send('hello V1')
      const ours = await ourClient(account)
      const [found] = await ours.conversations()
      assert.equal(found?.version, 'v1')
      assert.equal(found?.peerAddress, theirs.address)
      await found.send('answer V1')
      assert.deepEqual(contentsOf(await found.messages({ direction: 'ascending' })), [
        'hello V1',
        'answer V1',
      ])
      assert.deepEqual(
        (await begun.messages()).map((message) => message.content),
        ['hello V1', 'answer V1'],
      )
    },
  },
  {
    name: 'V1: an existing V1 conversation goes on although both now have V2 contacts',
    run: async ({ ourClient, sdkClient }) => {
      const account = newAccount()
      const legacy = await sdkClient(account, legacyOnly)
      const ours = await ourClient()
      const begun = await ours.newConversation(legacy.address)
      await begun.send('still V1')
      await sdkClient(account)
      const again = await ourClient()
      assert.equal((await ours.newConversation(legacy.address)).version, 'v1')
      assert.equal((await again.newConversation(legacy.address)).version, 'v2')
    },
  },
  {
    name: 'V1: streams carry messages both ways',
    run: async ({ ourClient, sdkClient }) => {
      const [ours, theirs] = [await ourClient(), await sdkClient(newAccount(), legacyOnly)]
      const ourSide = await ours.newConversation(theirs.address)
      await ourSide.send('introduction')
      const [theirSide] = await theirs.conversations.list()
      assert.ok(theirSide)
      const theirStream = await theirSide.streamMessages()
      const ourStream = await ourSide.stream()
      await ourSide.send('to them')
      assert.equal((await theirStream.next()).value?.content, 'to them')
      await theirSide.send('to us')
      assert.deepEqual(contentsOf(await take(ourStream, 2)), ['to them', 'to us'])
      await theirStream.return()
    },
  },
]
