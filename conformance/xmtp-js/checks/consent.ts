import assert from 'node:assert/strict'
import type { Check } from '../check.ts'
import { newAccount } from '../sdk.ts'

export const consentChecks: readonly Check[] = [
  {
    name: 'consent: what the SDK allows and denies is read by our client',
    run: async ({ ourClient, sdkClient }) => {
      const account = newAccount()
      const theirs = await sdkClient(account)
      const [friend, foe, stranger] = [newAccount(), newAccount(), newAccount()]
      await theirs.contacts.allow([friend.address, foe.address])
      await theirs.contacts.deny([foe.address])
      const ours = await ourClient(account)
      await ours.consent.load()
      assert.equal(ours.consent.state(friend.address), 'allowed')
      assert.equal(ours.consent.state(foe.address), 'denied')
      assert.equal(ours.consent.state(stranger.address), 'unknown')
    },
  },
  {
    name: 'consent: what our client allows and denies is read by the SDK',
    run: async ({ ourClient, sdkClient }) => {
      const account = newAccount()
      const ours = await ourClient(account)
      const [friend, foe] = [newAccount(), newAccount()]
      await ours.consent.deny([friend.address, foe.address])
      await ours.consent.allow([friend.address.toLowerCase()])
      const theirs = await sdkClient(account)
      await theirs.contacts.refreshConsentList()
      assert.equal(theirs.contacts.consentState(friend.address), 'allowed')
      assert.equal(theirs.contacts.consentState(foe.address), 'denied')
    },
  },
  {
    name: 'consent: the last word wins, whichever client spoke it',
    run: async ({ ourClient, sdkClient }) => {
      const account = newAccount()
      const [ours, theirs, other] = [
        await ourClient(account),
        await sdkClient(account),
        newAccount(),
      ]
      await ours.consent.allow([other.address])
      await theirs.contacts.deny([other.address])
      await ours.consent.load()
      assert.equal(ours.consent.state(other.address), 'denied')
      await ours.consent.allow([other.address])
      await theirs.contacts.refreshConsentList()
      assert.equal(theirs.contacts.consentState(other.address), 'allowed')
    },
  },
  {
    name: 'consent: beginning a conversation with our client allows the peer, as the SDK reads it',
    run: async ({ ourClient, sdkClient }) => {
      const account = newAccount()
      const [ours, peer] = [await ourClient(account), await sdkClient()]
      await ours.newConversation(peer.address)
      const theirs = await sdkClient(account)
      await theirs.contacts.refreshConsentList()
      assert.equal(theirs.contacts.consentState(peer.address), 'allowed')
    },
  },
  {
    name: 'consent: beginning a conversation with the SDK allows the peer, as our client reads it',
    run: async ({ ourClient, sdkClient }) => {
      const account = newAccount()
      const [theirs, peer] = [await sdkClient(account), await ourClient()]
      await theirs.conversations.newConversation(peer.address)
      const ours = await ourClient(account)
      await ours.consent.load()
      assert.equal(ours.consent.state(peer.address), 'allowed')
    },
  },
]
